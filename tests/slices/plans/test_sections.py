"""Writing the living plan: whose words they are, and nothing lost."""

from datetime import timedelta

import pytest
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.core import clock
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.plans import exports, queries
from netmeet.plans.exports import scale
from netmeet.plans.rules import GoalEnd, SectionKey
from netmeet.plans.service import sections
from tests.world import now


def begun(world):
    case = world.case()
    sections.begin(case, at=now())
    return queries.of_case(case.id)


def write(world, plan, key, text, user, version=0):
    by = world.actor(user)
    row = sections.write(plan, key, text, by=by, at=now(), version=version)
    db.session.commit()
    db.session.expire_all()
    return row


def test_what_the_person_wrote_nobody_else_writes_over(world):
    plan = begun(world)
    mia = plan.case.person.user
    write(world, plan, SectionKey.ABOUT_ME, "Sig det lige ud.", mia)
    plan = queries.of_case(plan.case_id)
    with pytest.raises(Refused):
        write(world, plan, SectionKey.ABOUT_ME, "Andet", world.lise, version=1)
    assert plan.section(SectionKey.ABOUT_ME).text == "Sig det lige ud."


def test_the_coordinator_writes_down_what_the_person_says_until_the_person_writes(world):
    plan = begun(world)
    row = write(world, plan, SectionKey.ABOUT_ME, "Sagt i telefonen.", world.lise)
    plan = queries.of_case(plan.case_id)
    write(world, plan, SectionKey.ABOUT_ME, "Mine ord", plan.case.person.user, row.version)
    plan = queries.of_case(plan.case_id)
    assert not sections.may_write(plan, SectionKey.ABOUT_ME, by=world.actor(world.lise))


def part(world, plan, key, text, user, version=0, of=None):
    by = world.actor(user)
    row = sections.write(
        plan, key, text, by=by, at=now(), version=version, part=of or by.organisation_id
    )
    db.session.commit()
    db.session.expire_all()
    return row


def test_made_sections_and_what_is_common_are_not_a_colleagues(world):
    plan = begun(world)
    jonas = world.actor(world.jonas)
    assert not sections.may_write(plan, SectionKey.ACTIONS, by=world.actor(world.lise))
    assert not sections.may_write(plan, SectionKey.EFFORTS, by=jonas)
    for key in (SectionKey.ABOUT_ME, SectionKey.CRISIS, SectionKey.CONTRIBUTIONS):
        assert not sections.may_write(plan, key, by=jonas, part=jonas.organisation_id)
    with pytest.raises(Refused):
        part(world, plan, SectionKey.EFFORTS, "Andres", world.jonas, of=world.ward.organisation_id)


def test_each_organisation_has_a_part_of_its_own_beside_the_common_one(world):
    plan = begun(world)
    town = world.office.organisation_id
    write(world, plan, SectionKey.EFFORTS, "Behandling: Ambulant hver uge.", world.lise)
    part(world, queries.of_case(plan.case_id), SectionKey.EFFORTS, "Bolig: Bostøtte.", world.jonas)
    plan = queries.of_case(plan.case_id)
    assert plan.section(SectionKey.EFFORTS).text == "Behandling: Ambulant hver uge."
    assert plan.section(SectionKey.EFFORTS, organisation_id=town).text == "Bolig: Bostøtte."
    content = exports.freeze(queries.facts(plan.case, plan), kind=plan.kind, at=now())
    shown = exports.cut(content, case=plan.case, reader=world.actor(world.lise))
    (efforts,) = shown["sections"]
    told = [(line["by"], line["area"], line["text"]) for line in efforts["lines"]]
    assert told == [
        ("", "treatment", "Ambulant hver uge."),
        ("Frederiksberg Kommune", "housing", "Bostøtte."),
    ]
    line = efforts["lines"][1]["line"]
    found = exports.find_line(shown, kind=line["kind"], line_id=line["id"], n=line["n"])
    assert found == "Bostøtte."


def test_a_stale_part_conflicts_and_who_coordinates_may_mend_any(world):
    plan = begun(world)
    town = world.office.organisation_id
    lise = world.actor(world.lise)
    assert not sections.may_write(plan, SectionKey.EFFORTS, by=lise, part=town)
    part(world, plan, SectionKey.EFFORTS, "Første", world.jonas)
    plan = queries.of_case(plan.case_id)
    with pytest.raises(Conflict):
        part(world, plan, SectionKey.EFFORTS, "Anden", world.jonas, version=0)
    part(world, plan, SectionKey.EFFORTS, "Rettet", world.lise, version=1, of=town)
    plan = queries.of_case(plan.case_id)
    assert plan.section(SectionKey.EFFORTS, organisation_id=town).text == "Rettet"


def test_two_first_texts_at_once_end_in_a_conflict(world):
    plan = begun(world)
    by = world.actor(world.lise)
    sections.write(plan, SectionKey.SITUATION, "Den ene", by=by, at=now(), version=0)
    set_committed_value(plan, "sections", [])
    with pytest.raises(Conflict) as both:
        sections.write(plan, SectionKey.SITUATION, "Den anden", by=by, at=now(), version=0)
    assert list(both.value.theirs.values()) == ["Den ene"]


def test_the_same_words_sent_twice_are_no_conflict_and_whoever_says_them_owns_them(world):
    plan = begun(world)
    town, said = world.office.organisation_id, "Det ene"
    for _twice in range(2):
        part(world, plan, SectionKey.EFFORTS, said, world.jonas, version=0)
        plan = queries.of_case(plan.case_id)
    part(world, plan, SectionKey.EFFORTS, said, world.lise, version=0, of=town)
    plan = queries.of_case(plan.case_id)
    section = plan.section(SectionKey.EFFORTS, organisation_id=town)
    assert (section.text, section.author_id) == (said, world.lise.id)


def test_a_stale_text_is_shown_beside_the_newer(world):
    plan = begun(world)
    write(world, plan, SectionKey.SITUATION, "Første", world.lise)
    plan = queries.of_case(plan.case_id)
    write(world, plan, SectionKey.SITUATION, "Anden", world.lise, version=1)
    plan = queries.of_case(plan.case_id)
    with pytest.raises(Conflict) as both:
        write(world, plan, SectionKey.SITUATION, "Tredje", world.lise, version=1)
    assert list(both.value.mine.values()) == ["Tredje"]
    assert list(both.value.theirs.values()) == ["Anden"]
    with pytest.raises(Conflict):
        write(world, plan, SectionKey.EFFORTS, "Ny", world.lise, version=3)


def test_a_goal_keeps_the_persons_words_and_scores_of_a_day_replace_each_other(world):
    plan = begun(world)
    by = world.actor(world.lise)
    goal = sections.add_goal(
        plan, by=by, at=now(), words="Sove igen", agreed="Ny bolig", area="housing"
    )
    sections.agree_goal(goal, agreed="Bolig i januar", area="housing", version=goal.version)
    with pytest.raises(Conflict):
        sections.agree_goal(goal, agreed="Andet", area="", version=99)
    today = clock.today()
    for value in (2, 3):
        sections.score(goal, on=today, value=value)
    with pytest.raises(Refused):
        sections.score(goal, on=today, value=11)
    assert [(one.on, one.value) for one in goal.scores] == [(today, 3)]
    db.session.commit()
    facts = queries.facts(plan.case, queries.of_case(plan.case_id))
    (shown,) = exports.freeze(facts, kind=plan.kind, at=now())["goals"]
    assert (shown["words"], shown["agreed"]) == ("Sove igen", "Bolig i januar")
    assert shown["area"] == "housing"


def test_a_goal_needs_the_persons_words(world):
    plan = begun(world)
    with pytest.raises(Refused):
        sections.add_goal(
            plan, by=world.actor(world.lise), at=now(), words=" ", agreed="x", area=""
        )


def test_the_scale_is_drawn_and_said_in_words(world):
    del world
    today = clock.today()
    drawn = scale.draw([(today - timedelta(days=30), 0), (today, 10)])
    assert [(p["x"], p["y"]) for p in drawn["points"]] == [(14, 106), (346, 14)]
    assert drawn["now"] == 10
    assert "10 den" in drawn["words"]
    assert scale.draw([]) is None


def ended(world, plan, *, how=GoalEnd.REACHED, days_ago=1):
    by = world.actor(world.lise)
    goal = sections.add_goal(plan, by=by, at=now(), words="Sove igen", agreed="", area="")
    db.session.flush()
    day = clock.today() - timedelta(days=days_ago)
    sections.end_goal(goal, ended=how, on=day, at=now(), version=goal.version)
    db.session.commit()
    return goal


def frozen(plan):
    plan = queries.of_case(plan.case_id)
    return exports.freeze(queries.facts(plan.case, plan), kind=plan.kind, at=now())


def test_an_ended_goal_leaves_the_goals_and_keeps_its_day(world):
    plan = begun(world)
    goal = ended(world, plan)
    content = frozen(plan)
    assert content["goals"] == []
    (kept,) = content["goals_ended"]
    day = (clock.today() - timedelta(days=1)).isoformat()
    assert (kept["id"], kept["ended"], kept["ended_on"]) == (goal.id, "reached", day)


def test_a_goal_is_taken_up_again_and_a_stale_form_conflicts(world):
    plan = begun(world)
    goal = ended(world, plan)
    with pytest.raises(Conflict):
        sections.reopen_goal(goal, version=99)
    sections.reopen_goal(goal, version=goal.version)
    db.session.commit()
    content = frozen(plan)
    assert [one["id"] for one in content["goals"]] == [goal.id]
    assert content["goals_ended"] == []
    with pytest.raises(Conflict):
        sections.end_goal(goal, ended=GoalEnd.REACHED, on=clock.today(), at=now(), version=99)


def test_a_goal_has_not_ended_on_a_day_ahead(world):
    plan = begun(world)
    with pytest.raises(Refused):
        ended(world, plan, days_ago=-2)


def test_what_is_new_tells_a_goal_reached_put_aside_and_taken_up_again(world):
    plan = begun(world)
    goal = ended(world, plan)
    reader = world.actor(world.lise)

    def cut(content):
        return exports.cut(content, case=plan.case, reader=reader)

    over = cut(frozen(plan))
    sections.reopen_goal(goal, version=goal.version)
    db.session.commit()
    going = cut(frozen(plan))
    assert exports.changes(going, over).done == ["Mål nået: Sove igen"]
    assert exports.changes(over, going).changed == ["Taget op igen: Sove igen"]
    assert exports.changes(over, over).is_empty
    sections.end_goal(
        goal, ended=GoalEnd.NOT_RELEVANT, on=clock.today(), at=now(), version=goal.version
    )
    db.session.commit()
    aside = exports.changes(going, cut(frozen(plan)))
    assert aside.changed == ["Mål, der ikke passer mere: Sove igen"]
