"""Writing the living plan: whose words they are, and nothing lost."""

from datetime import timedelta

import pytest

from netmeet.core import clock
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.plans import exports, queries
from netmeet.plans.exports import scale
from netmeet.plans.rules import SectionKey
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


def test_a_colleague_writes_nothing_and_made_sections_are_nobodys(world):
    plan = begun(world)
    assert not sections.may_write(plan, SectionKey.EFFORTS, by=world.actor(world.jonas))
    assert not sections.may_write(plan, SectionKey.ACTIONS, by=world.actor(world.lise))


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
