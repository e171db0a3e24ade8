from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, event

from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.rules import Scope
from netmeet.cases.service import network, rights
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations import service as invite
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings.models import MeetingRequest
from netmeet.meetings.rules import AgendaState, AgreedHow, MeetingState, RequestState
from netmeet.plans import queries as plans
from netmeet.plans.models import PlanVersion
from netmeet.plans.rules import AcceptanceAnswer
from netmeet.plans.service import answers
from netmeet.readiness import queries
from netmeet.readiness.rules import Group
from tests.plan_world import agreed
from tests.world import now, this_morning


def today():
    return calendar.to_local(now()).date()


def day(world, user=None):
    return queries.day(world.actor(user or world.lise), today(), calls_owed=plans.calls_owed)


def ready(world, case, *, in_days=20):
    meeting = world.meeting(
        case, in_days=in_days, state=MeetingState.INVITED, agenda=AgendaState.APPROVED
    )
    for invitation in meeting.current_invitations:
        invite.answer(invitation, AnswerValue.YES, via=Via.LOGIN, by=invitation.user_id, at=now())
    return meeting


def request(case, *, left, state=RequestState.REQUESTED):
    row = MeetingRequest(
        case_id=case.id,
        case=case,
        author_id=case.person.user_id,
        asked_as=Role.PAT,
        requested_at=now(),
        due_on=calendar.add_working_days(today(), left),
        state=state,
    )
    db.session.add(row)
    db.session.flush()
    return row


def test_a_meeting_that_is_going_on_comes_before_all_else(world):
    with time_machine.travel(this_morning()):
        late = world.case("Omar Haddad")
        world.meeting(late, in_days=-2, state=MeetingState.MINUTES_DRAFT)
        case = world.case()
        world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
        meeting = ready(world, case, in_days=0)
        meeting.started_at = now()
        first, second = day(world).urgent
        assert (first.kind, first.text) == ("now", "Mødet er i gang.")
        assert (first.label, first.endpoint) == ("Gå til mødet, der er i gang", "pages.room")
        assert first.subject_id == meeting.id
        assert second.name == "Omar Haddad"
        assert day(world).next_coming is None


def test_a_meeting_that_nobody_ended_is_to_be_ended(world):
    with time_machine.travel(this_morning()):
        meeting = ready(world, world.case(), in_days=0)
        meeting.starts_local -= timedelta(days=1)
        meeting.started_at = now() - timedelta(days=1)
        (row,) = day(world).urgent
        assert (row.kind, row.text) == ("now", "Mødet er ikke sluttet i netmeet.")
        assert (row.label, row.endpoint) == ("Slut mødet", "meetings.room_end")


def test_a_meeting_goes_on_past_midnight(world):
    with time_machine.travel(this_morning()):
        meeting = ready(world, world.case(), in_days=0)
        began = calendar.to_instant(meeting.starts_local.replace(hour=23, minute=40))
        meeting.started_at = began
    with time_machine.travel(began + timedelta(hours=12), tick=False):
        (row,) = day(world).urgent
        assert row.text == "Mødet er i gang."
    with time_machine.travel(began + timedelta(hours=12, seconds=1), tick=False):
        (row,) = day(world).urgent
        assert row.text == "Mødet er ikke sluttet i netmeet."


def test_one_row_a_person_with_the_worst_step(world):
    case = world.case()
    ready(world, case)
    world.meeting(case, in_days=2, agenda=AgendaState.DRAFT, invited=[])
    (row,) = day(world).rows
    assert (row.name, row.group) == ("Mia Sørensen", Group.URGENT)
    assert (row.text, row.label) == ("Ingen er inviteret endnu.", "Inviter")
    assert row.born_on == case.person.born_on


def test_what_waits_for_others_has_no_button(world):
    world.meeting(world.case(), state=MeetingState.INVITED, agenda=AgendaState.APPROVED)
    found = day(world)
    (row,) = found.waiting
    assert (row.text, row.label) == ("Ingen fra kommunen har sagt ja endnu.", "")
    assert (found.urgent, found.week, found.minutes) == ([], [], 0)


def test_own_steps_of_a_far_meeting_belong_to_this_week(world):
    world.meeting(world.case(), in_days=12, agenda=AgendaState.DRAFT)
    assert [row.label for row in day(world).week] == ["Se og send"]


def test_a_meeting_far_ahead_may_rest(world):
    world.meeting(world.case(), in_days=40, agenda=AgendaState.DRAFT, invited=[])
    (row,) = day(world).free
    assert (row.kind, row.text, row.label, row.minutes) == ("coming", "", "", 0)


def test_who_has_nothing_waiting_stands_last(world):
    ready(world, world.case())
    world.case("Omar Haddad")
    found = day(world)
    assert [row.name for row in found.free] == ["Mia Sørensen", "Omar Haddad"]
    assert found.next_coming.name == "Mia Sørensen"


@pytest.mark.parametrize(("left", "group"), [(0, Group.URGENT), (1, Group.URGENT), (4, Group.WEEK)])
def test_a_request_runs_against_its_clock(world, left, group):
    asked = request(world.case(), left=left)
    (row,) = day(world).of(group)
    assert (row.kind, row.clock, row.label) == ("request", 0, "Foreslå tider")
    assert (row.endpoint, row.subject_id) == ("meetings.request", asked.id)


def test_an_accepted_request_keeps_its_clock_until_there_is_a_date(world):
    case = world.case()
    asked = request(case, left=1, state=RequestState.ACCEPTED)
    assert day(world).free, "without a meeting of its own it is nobody's step"
    meeting = world.meeting(case, invited=[world.jonas])
    meeting.request_id, meeting.starts_local = asked.id, None
    (row,) = day(world).urgent
    assert (row.kind, row.text, row.endpoint) == (
        "request",
        "Ingen dato endnu.",
        "invitations.times",
    )


def test_who_said_no_to_the_plan_is_to_be_rung_until_somebody_has(world):
    story = agreed(world)
    story.send()
    plan = plans.of_case(story.case.id)

    def say(by, how, row_version=0):
        no = AcceptanceAnswer.REJECTED
        answers.answer(plan.newest, by=by, at=now(), said=no, how=how, row_version=row_version)

    say(story.actor(story.mia), AgreedHow.DIGITAL)
    (row,) = day(world).urgent
    due_on = calendar.add_working_days(today(), 3)
    assert (row.kind, row.on) == ("call", due_on)
    assert row.text == f"Har sagt nej til planen. Ring senest {calendar.day(due_on)}."
    assert (row.label, row.endpoint) == ("Skriv, hvad Mia siger", "plans.answer")
    assert row.subject_id == plan.id
    say(world.actor(world.lise), AgreedHow.ORAL, plan.newest.acceptance.version)
    assert [one.kind for one in day(world).rows] != ["call"]


def test_a_no_to_an_older_plan_is_no_call_any_more(world):
    story = agreed(world)
    story.send()
    plan = plans.of_case(story.case.id)
    no = AcceptanceAnswer.REJECTED
    answers.answer(plan.newest, by=story.actor(story.mia), at=now(), said=no)
    assert plans.calls_owed([story.case.id]).keys() == {story.case.id}
    later = PlanVersion(
        plan_id=plan.id,
        n=plan.newest.n + 1,
        published_at=now(),
        published_by_id=world.lise.id,
        comments_until=today(),
        content={},
    )
    db.session.add(later)
    db.session.flush()
    assert plans.calls_owed([story.case.id]) == {}


def test_a_held_meeting_is_to_be_sent_out(world):
    case = world.case()
    meeting = world.meeting(case, in_days=-3, state=MeetingState.MINUTES_DRAFT)
    (row,) = day(world).urgent
    assert (row.kind, row.text, row.label) == ("held", "Referatet er ikke sendt ud.", "Send ud")
    for expected in ("Én aftale mangler navn eller dato.", "2 aftaler mangler navn eller dato."):
        db.session.add(
            Action(
                case_id=case.id,
                meeting_id=meeting.id,
                what="Ringe",
                created_at=now(),
                created_by_id=world.lise.id,
            )
        )
        db.session.flush()
        (row,) = day(world).urgent
        assert row.text == expected
    assert row.endpoint == "plans.send_out"


def test_only_who_coordinates_has_the_persons_on_their_day(world):
    world.meeting(world.case(), in_days=1)
    assert day(world, world.jonas).rows == []
    assert day(world, world.stranger).rows == []


def test_the_urgent_come_first_and_take_about_so_long(world):
    world.meeting(world.case("Omar Haddad"), in_days=12)
    world.meeting(world.case(), in_days=1)
    found = day(world)
    assert [row.name for row in found.rows] == ["Mia Sørensen", "Omar Haddad"]
    assert found.minutes > 0


def test_the_queries_do_not_grow_with_the_cases(world):
    def count():
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith("SELECT"):
                seen.append(statement)

        actor = world.actor(world.lise)
        db.session.commit()
        event.listen(Engine, "before_cursor_execute", note)
        try:
            queries.day(actor, today(), calls_owed=plans.calls_owed)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    world.meeting(world.case(), in_days=1)
    one = count()
    for number in range(8):
        case = world.case(f"Person {number}")
        world.meeting(case, in_days=number, state=MeetingState.INVITED)
        request(case, left=2)
    assert count() == one <= 12


def test_a_meeting_that_is_over_without_minutes_asks_nothing_twice(world):
    meeting = world.meeting(world.case(), in_days=-3, state=MeetingState.HELD)
    meeting.starts_local -= timedelta(days=1)
    assert len(day(world).rows) == 1


def test_what_rights_ask_for_stands_on_the_day(world):
    case = world.case()
    known = {"by": world.actor(world.lise), "at": now(), "scopes": {Scope.PLAN}}
    basis = network.record_law(
        case,
        organisation_id=world.office.organisation_id,
        paragraph="43(2)2",
        necessity="Bolig.",
        **known,
    )
    db.session.commit()
    (row,) = day(world).rows
    assert (row.group, row.endpoint) == (Group.URGENT, "cases.case_consents")
    assert row.text == "Skal have at vide, hvad der deles efter loven."
    network.has_been_told(basis, by=known["by"], at=now())
    (row,) = day(world).rows
    assert row.group is Group.NONE
    ends = today() + timedelta(days=20)
    case = cases.by_id(case.id)
    rights.grant_consent(case, how="oral", recipient_id=world.jonas.id, valid_to=ends, **known)
    (row,) = day(world).rows
    assert (row.group, row.text) == (Group.WEEK, "Et ja slutter snart.")
