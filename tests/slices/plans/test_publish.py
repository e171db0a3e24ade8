"""Sending out: everything in force at once, or nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, PersonsWord, Status
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.rules import MeetingKind, MeetingState
from netmeet.outbox.models import Message
from netmeet.plans import exports, queries
from netmeet.plans.models import Plan, PlanVersion
from netmeet.plans.rules import PlanType
from netmeet.plans.service import publish
from tests.plan_world import agreed, held, on_a_friday, on_a_tuesday
from tests.world import now


def told(kind):
    statement = select(Message.user_id).where(Message.kind == kind)
    return sorted(db.session.scalars(statement))


def test_plan_agreements_and_minutes_come_in_force_at_once(world):
    story = agreed(world)
    made = story.send()
    assert (made.n, made.meeting_id) == (1, story.meeting.id)
    assert story.meeting.state is MeetingState.PUBLISHED
    assert story.meeting.comments_until == calendar.add_working_days(
        calendar.to_local(on_a_tuesday()).date(), 3
    )
    assert all(a.published_at is not None for a in db.session.scalars(select(Action)))
    assert db.session.scalars(select(Plan)).one().kind is PlanType.SHARED


def test_who_may_read_neither_is_not_told(world):
    story = agreed(world, relative_scopes=(Scope.INVITE,))
    story.send()
    assert told("plans.published") == sorted([story.mia.id, world.lise.id, world.jonas.id])


def test_who_may_read_the_plan_is_told_neutrally(world):
    story = agreed(world)
    story.send()
    assert world.hanne.id in told("plans.published")
    message = db.session.scalars(select(Message).where(Message.user_id == world.hanne.id)).one()
    letter = exports.RENDERERS["plans.published"](message, on_a_tuesday())
    whole = letter.subject + letter.text + letter.html
    for word in ("Mia", "Sørensen", "plan", "møde", "psyk", "Lise"):
        assert word not in whole


def test_the_message_falls_when_the_consent_has_ended(world):
    story = agreed(world)
    story.send()
    message = db.session.scalars(select(Message).where(Message.user_id == world.hanne.id)).one()
    story.case.member(world.hanne.id).left_at = on_a_tuesday()
    db.session.commit()
    db.session.expire_all()
    assert exports.RENDERERS["plans.published"](message, on_a_tuesday()) is None


@pytest.mark.parametrize("lack", ["owner", "date"])
def test_an_agreement_without_owner_or_date_stops_everything(world, lack):
    story = agreed(world)
    if lack == "owner":
        story.agree("Nogen finder en bolig", None)
    else:
        story.agree("Jonas finder en bolig", world.jonas, in_days=None)
    with pytest.raises(publish.NotReady) as no:
        story.send()
    assert [one.lacks_owner for one in no.value.lacks] == [lack == "owner"]
    db.session.rollback()
    assert db.session.scalars(select(PlanVersion)).all() == []
    assert told("plans.published") == []


def test_near_the_weekend_somebody_to_call_is_named(world):
    story = agreed(world)
    jonas = world.jonas
    db.session.commit()
    with pytest.raises(Refused, match="ringes"):
        story.send(at=on_a_friday())
    db.session.rollback()
    made = story.send(at=on_a_friday(), caller=jonas)
    assert made.content["call"]["name"] == "Jonas Holm"


def test_a_meeting_that_changed_since_is_not_sent(world):
    story = agreed(world)
    meeting = queries.meeting_with_minutes(story.meeting.id)
    facts = queries.facts(meeting.case, None, meeting=meeting)
    content = exports.freeze(facts, kind=PlanType.SHARED, at=on_a_tuesday())
    with pytest.raises(Conflict):
        publish.publish(
            meeting,
            None,
            by=story.actor(world.lise),
            at=on_a_tuesday(),
            version=meeting.version + 1,
            content=content,
        )


def test_only_the_chair_sends_out(world):
    story = agreed(world)
    story.meeting.chair_id = world.jonas.id
    db.session.flush()
    with pytest.raises(Refused, match="der ledte mødet"):
        story.send()


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (MeetingKind.DISCHARGE, PlanType.DISCHARGE_AGREEMENT),
        (MeetingKind.DISCHARGE_WITHOUT, PlanType.COORDINATION_PLAN),
        (MeetingKind.KIP, PlanType.KIP),
        (MeetingKind.OUTPATIENT, PlanType.SHARED),
    ],
)
def test_the_meeting_decides_which_plan_it_is(world, kind, made):
    story = held(world)
    story.meeting.kind = kind
    db.session.flush()
    assert story.send().content["kind"] == made


def test_no_two_kinds_of_plan_share_their_name(world):
    del world
    names = [exports.name_of(kind, to_person=False) for kind in PlanType]
    assert len(set(names)) == len(names)


def test_the_follow_up_is_drafted_with_what_is_still_owed(world):
    story = agreed(world)
    start = calendar.to_local(on_a_tuesday() + timedelta(days=28)).replace(second=0, microsecond=0)
    story.meeting.next_starts_local = start
    db.session.flush()
    made = story.send()
    drafts = [m for m in queries.facts(story.case, made.plan).meetings if m.follows_id]
    assert [m.starts_local for m in drafts] == [start]
    assert made.content["next"]["starts"] == start.isoformat()


def test_sent_out_late_the_follow_up_is_drafted_without_the_time_that_has_passed(world):
    story = agreed(world)
    yesterday = calendar.to_local(on_a_tuesday() - timedelta(days=1))
    story.meeting.next_starts_local = yesterday.replace(second=0, microsecond=0)
    db.session.flush()
    made = story.send()
    (draft,) = [m for m in queries.facts(story.case, made.plan).meetings if m.follows_id]
    assert draft.starts_local is None
    assert made.content["next"] is None


def test_who_sends_out_leads_the_follow_up_when_the_chair_has_left(world):
    story = agreed(world)
    story.meeting.next_starts_local = calendar.to_local(
        on_a_tuesday() + timedelta(days=28)
    ).replace(tzinfo=None)
    story.meeting.chair = world.jonas
    story.case.member(world.jonas.id).left_at = now()
    db.session.flush()
    made = story.send()
    (draft,) = [m for m in queries.facts(story.case, made.plan).meetings if m.follows_id]
    assert draft.chair_id == world.lise.id


def test_a_version_is_never_changed(world):
    made = agreed(world).send()
    made.n = 7
    with pytest.raises(DatabaseError):
        db.session.flush()
    db.session.rollback()


def test_the_next_meeting_makes_version_two_with_what_changed(world):
    story = agreed(world)
    story.send()
    meeting = world.meeting(story.case, in_days=0, state=MeetingState.MINUTES_DRAFT)
    item = world.item(meeting, "Hvem følger op?", by=world.lise, raised_as=Role.REG)
    story.meeting, story.item_id = meeting, item.id
    story.agree("Viser to steder", world.jonas)
    done = db.session.scalars(select(Action).where(Action.is_persons)).one()
    done.status, done.closed_at = Status.DONE, on_a_tuesday() + timedelta(hours=1)
    db.session.commit()
    story.reload_case()
    two = story.send()
    assert two.n == 2
    reader = story.actor(story.mia)
    old, new = (exports.cut(one.content, case=two.case, reader=reader) for one in two.plan.versions)
    found = exports.changes(old, new)
    assert [said.partition(" (")[0] for said in found.added] == ["Jonas viser to steder"]
    assert [said.partition(" (")[0] for said in found.done] == ["Du bestiller tid hos lægen"]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        (PersonsWord.PARTLY, "Mia siger: Ikke helt."),
        (PersonsWord.NO, "Mia siger: Nej, det er ikke sket."),
    ],
)
def test_what_the_person_says_did_not_quite_happen_is_not_called_done(world, word, says):
    story = agreed(world)
    story.send()
    meeting = world.meeting(story.case, in_days=0, state=MeetingState.MINUTES_DRAFT)
    item = world.item(meeting, "Hvem følger op?", by=world.lise, raised_as=Role.REG)
    story.meeting, story.item_id = meeting, item.id
    action = db.session.scalars(select(Action).where(Action.owner_id == world.jonas.id)).one()
    action.status, action.closed_at = Status.DONE, on_a_tuesday() + timedelta(hours=1)
    action.persons_word = word
    action.persons_word_at = on_a_tuesday() + timedelta(hours=2)
    db.session.commit()
    story.reload_case()
    two = story.send()
    reader = story.actor(world.lise)
    old, new = (exports.cut(one.content, case=two.case, reader=reader) for one in two.plan.versions)
    found = exports.changes(old, new)
    assert found.done == []
    (line,) = found.not_kept
    assert line.startswith(action.what)
    assert line.endswith(says)
    mine = [
        exports.cut(one.content, case=two.case, reader=story.actor(story.mia))
        for one in two.plan.versions
    ]
    assert "Du siger:" in exports.changes(*mine).not_kept[0]
    assert exports.changes(new, new).is_empty
    kept = [
        e["text"]
        for e in exports.timeline(
            queries.facts(story.case, two.plan, is_whole=True),
            reader=reader,
            today=clock.today(),
        )
    ]
    assert not any(text.startswith("Sket:") for text in kept)
    assert any("sket: " + action.what in text for text in kept)


def test_what_was_done_before_and_is_doubted_since_comes_back(world):
    story = agreed(world)
    action = db.session.scalars(select(Action).where(Action.owner_id == world.jonas.id)).one()
    story.send()
    made = queries.of_case(story.case.id).newest.published_at
    action.status, action.closed_at = Status.DONE, made - timedelta(hours=1)
    db.session.flush()

    def ids():
        plan = queries.of_case(story.case.id)
        content = exports.freeze(queries.facts(plan.case, plan), kind=plan.kind, at=now())
        return [line["id"] for line in content["actions"]]

    assert action.id not in ids()
    action.persons_word, action.persons_word_at = PersonsWord.YES, made + timedelta(hours=1)
    assert action.id not in ids()
    action.persons_word = PersonsWord.PARTLY
    assert action.id in ids()


def test_whether_the_municipality_said_yes_is_frozen_and_read_in_words(world):
    story = agreed(world)
    action = db.session.scalars(select(Action).where(Action.owner_id == world.jonas.id)).one()
    action.kind, action.needs_yes = ActionKind.TASK, True
    db.session.commit()
    story.reload_case()
    made = story.send()
    reader = story.actor(world.lise)

    def granted(content):
        lines = exports.cut(content, case=made.case, reader=reader)["actions"]
        return next(line["granted"] for line in lines if line["id"] == action.id)

    assert granted(made.content) == "Kommunen har ikke sagt ja endnu."
    old = dict(made.content)
    keys = ("commitment", "party", "answered_on")
    old["actions"] = [
        {**{k: v for k, v in one.items() if k not in keys}, "is_granted": False}
        for one in old["actions"]
    ]
    assert granted(old) == "Der er ikke sagt ja endnu."
