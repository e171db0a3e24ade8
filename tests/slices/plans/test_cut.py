"""Each reader's copy is cut from the same content by what is open to them."""

from datetime import timedelta

from netmeet.actions.rules import PersonsWord, Status
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.meetings.rules import LifeArea
from netmeet.plans import exports, queries
from netmeet.plans.rules import SectionKey
from netmeet.plans.service import sections
from tests.plan_world import agreed, held, on_a_tuesday
from tests.world import now


def whats(plan):
    return [action["what"] for action in plan["actions"]]


def limit(story, unit, areas, scopes=tuple(Scope)):
    """Let the person open only some areas of life to the unit's organisation."""
    cases.grant_consent(
        story.case,
        by=story.actor(story.mia),
        at=now(),
        scopes=scopes,
        how=ConsentHow.DIGITAL,
        organisation_id=unit.organisation_id,
        life_areas=areas,
    )


def test_the_person_reads_everything_and_is_never_told_of_an_extract(world):
    story = agreed(world)
    plan = story.cut(story.mia)
    assert len(plan["actions"]) == 3
    assert not plan["is_extract"]
    assert plan["name"] == "Min plan"
    assert plan["wishes"][0]["answer"] == "Du ser to steder først."
    assert plan["differs"][0]["text"] == "Lise: gerne personale om natten."


def test_a_colleague_reads_only_the_areas_of_the_consent_and_the_copy_says_so(world):
    story = agreed(world)
    limit(story, world.office, ["housing"])
    plan = story.cut(world.jonas)
    assert whats(plan) == ["Ansøger om midlertidig bolig"]
    assert plan["is_extract"]
    assert story.cut(world.lise)["is_extract"] is False


def test_what_belongs_to_no_area_is_closed_to_a_limited_consent(world):
    story = held(world)
    story.agree("Uden område", world.lise)
    limit(story, world.office, ["housing"])
    assert whats(story.cut(world.jonas)) == []


def test_an_owner_reads_what_they_owe_whatever_its_area(world):
    story = held(world)
    story.agree("Finder et kursus", world.jonas, life_area=LifeArea.WORK)
    limit(story, world.office, ["housing"])
    assert whats(story.cut(world.jonas)) == ["Finder et kursus"]


def test_a_relatives_copy_is_never_marked(world):
    story = agreed(world, relative_scopes=(Scope.PLAN,))
    plan = story.cut(world.hanne)
    assert whats(plan) == []
    assert plan["is_extract"] is False
    assert plan["team"] == []
    assert plan["person"] is None


def test_a_withdrawn_consent_closes_the_whole_plan(world):
    story = agreed(world)
    consent = next(c for c in story.case.consents if c.recipient_id == world.hanne.id)
    assert queries.may_read_plan(story.case, story.actor(world.hanne))
    cases.withdraw_consent(story.case, consent, by=story.actor(story.mia), at=now())
    assert not queries.may_read_plan(story.case, story.actor(world.hanne))


def test_the_crisis_plan_needs_its_own_consent_even_for_who_coordinates(world):
    story = held(world)
    plan = sections.begin(story.case, at=now())
    by = story.actor(story.mia)
    sections.write(plan, SectionKey.CRISIS, "Ring til Hanne.", by=by, at=now(), version=0)
    db.session.commit()
    db.session.expire_all()
    assert [one["key"] for one in story.cut(world.lise)["sections"]] == ["i"]
    limit(story, world.ward, [], scopes=[s for s in Scope if s is not Scope.CRISIS])
    limit(story, world.office, [], scopes=[s for s in Scope if s is not Scope.CRISIS])
    assert story.cut(world.lise)["sections"] == []
    assert story.cut(world.jonas)["is_extract"]
    assert [one["key"] for one in story.cut(story.mia)["sections"]] == ["i"]


def test_lines_of_a_section_are_cut_by_their_area(world):
    story = held(world)
    plan = sections.begin(story.case, at=now())
    text = "Bolig: Bostøtte to gange om ugen\nBehandling: Samtale hver uge\nUden område"
    by = story.actor(world.lise)
    sections.write(plan, SectionKey.EFFORTS, text, by=by, at=now(), version=0)
    db.session.commit()
    db.session.expire_all()
    queries.of_case(story.case.id)
    limit(story, world.office, ["housing"])
    (efforts,) = story.cut(world.jonas)["sections"]
    assert [line["text"] for line in efforts["lines"]] == ["Bostøtte to gange om ugen"]
    assert len(story.cut(story.mia)["sections"][0]["lines"]) == 3


def test_how_private_people_are_reached_is_for_staff(world):
    story = agreed(world, relative_scopes=(Scope.NETWORK, Scope.PLAN))
    for member in story.case.members:
        member.reachable = f"tlf. {member.user.first_name}"
    reach = {m["first"]: m["reach"] for m in story.cut(world.jonas)["team"]}
    assert reach["Hanne"] == "tlf. Hanne"
    to_person = {m["first"]: m["reach"] for m in story.cut(story.mia)["team"]}
    assert to_person["Hanne"] == ""
    assert to_person["Lise"] == "tlf. Lise"
    to_relative = {m["first"]: m["reach"] for m in story.cut(world.hanne)["team"]}
    assert set(to_relative.values()) == {""}


def test_the_person_is_told_what_number_to_ring(world):
    story = agreed(world, relative_scopes=(Scope.NETWORK, Scope.PLAN))
    world.lise.phone, world.ward.phone, world.hanne.phone = "00 00 12 01", "00 00 10 00", "99"
    world.office.phone = "00 00 30 00"
    numbers = {m["first"]: (m["phone"], m["office"]) for m in story.cut(story.mia)["team"]}
    assert numbers["Lise"] == ("00 00 12 01", "00 00 10 00")
    assert numbers["Jonas"] == ("", "00 00 30 00")
    assert numbers["Hanne"] == ("", "")
    to_relative = {m["first"]: (m["phone"], m["office"]) for m in story.cut(world.hanne)["team"]}
    assert to_relative["Lise"] == ("", "00 00 10 00")
    assert {one["name"].split()[0] for one in exports.to_ring(story.case)} == {"Lise", "Jonas"}


def test_who_reads_what_was_sent_out_sees_how_far_it_is(world):
    story = agreed(world, relative_scopes=(Scope.PLAN, Scope.ACTIONS))
    story.send()
    plan = queries.of_case(story.case.id)
    facts = queries.facts(plan.case, plan)
    for action in facts.actions:
        action.status, action.persons_word = Status.IN_PROGRESS, PersonsWord.NO
    db.session.flush()
    hanne = story.actor(world.hanne)
    read = exports.living(plan, facts, reader=hanne)
    assert {line["status"] for line in read["actions"]} == {"in_progress"}
    assert {line["persons_word"] for line in read["actions"]} == {""}
    then = exports.cut(plan.newest.content, case=plan.case, reader=hanne)
    assert "in_progress" not in {line["status"] for line in then["actions"]}


def test_the_living_plan_shows_what_was_done_since(world):
    story = agreed(world)
    story.send()
    plan = queries.of_case(story.case.id)
    facts = queries.facts(plan.case, plan)
    done = facts.actions[0]
    done.status, done.closed_at = Status.DONE, on_a_tuesday() + timedelta(days=1)
    db.session.flush()
    content = exports.freeze(facts, kind=plan.kind, at=now())
    assert [a["status"] for a in content["actions"]].count("done") == 1
    assert content["wishes"][0]["title"] == "Jeg vil ikke tilbage til bostedet"
    events = exports.timeline(facts, reader=story.actor(story.mia), today=clock.today())
    assert any(event["n"] == 1 for event in events)
    assert any("Sket:" in event["text"] for event in events)
