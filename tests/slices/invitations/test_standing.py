"""A meeting is confirmed by the answers, and no longer when they do not bear it any more."""

from datetime import timedelta

import pytest

from netmeet.cases import service as cases
from netmeet.cases.rules import Scope
from netmeet.invitations import queries, service
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings import service as meetings
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingForm, MeetingState
from netmeet.readiness import service as readiness
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case) -> Meeting:
    return world.meeting(case, state=MeetingState.INVITED)


def say(meeting, user, value=AnswerValue.YES):
    invitation = meeting.invitation(user.id)
    service.answer(invitation, value, via=Via.LOGIN, by=user.id, at=now())


def move(world, meeting):
    details = meetings.Details(
        kind=meeting.kind,
        purpose=meeting.purpose,
        starts_local=meeting.starts_local + timedelta(days=1),
        minutes=meeting.minutes,
        form=MeetingForm.IN_PERSON,
        place=meeting.place,
        chair_id=meeting.chair_id,
    )
    by = world.actor(world.lise)
    meetings.edit(meeting, by=by, at=now(), details=details, version=meeting.version)


def test_a_yes_from_both_sectors_confirms_it(world, case, meeting):
    say(meeting, world.hanne)
    say(meeting, case.person.user)
    assert meeting.state is MeetingState.INVITED
    say(meeting, world.jonas, AnswerValue.MAYBE)
    assert meeting.state is MeetingState.INVITED
    say(meeting, world.jonas)
    assert meeting.state is MeetingState.CONFIRMED


@pytest.mark.parametrize("value", [AnswerValue.NO, AnswerValue.MAYBE])
def test_the_last_answer_counts(world, meeting, value):
    say(meeting, world.jonas)
    say(meeting, world.jonas, value)
    assert meeting.state is MeetingState.INVITED


def test_who_leads_comes_unless_they_say_no(world, meeting):
    say(meeting, world.jonas)
    say(meeting, world.lise, AnswerValue.NO)
    assert meeting.state is MeetingState.INVITED


def test_a_reason_to_meet_without_a_sector_confirms_it(world, meeting):
    by = world.actor(world.lise)
    readiness.override_composition(
        meeting, reason="Jonas skriver", version=meeting.version, by=by, at=now()
    )
    assert meeting.state is MeetingState.CONFIRMED


def test_an_invitation_taken_back_takes_the_confirmation_with_it(world, meeting):
    say(meeting, world.jonas)
    service.withdraw(meeting.invitation(world.jonas.id), by=world.actor(world.lise), at=now())
    assert meeting.state is MeetingState.INVITED


def test_a_consent_withdrawn_takes_the_confirmation_with_it(world, case, meeting):
    say(meeting, world.jonas)
    given = next(c for c in case.consents if c.organisation_id == world.office.organisation_id)
    cases.withdraw_consent(case, given, by=world.actor(case.person.user), at=now())
    assert meeting.state is MeetingState.INVITED


def test_a_new_time_asks_everybody_anew(world, meeting):
    say(meeting, world.jonas)
    move(world, meeting)
    assert meeting.state is MeetingState.INVITED
    say(meeting, world.hanne)
    assert meeting.state is MeetingState.INVITED
    service.send(meeting, version=meeting.version, by=world.actor(world.lise), at=now())
    assert meeting.state is MeetingState.INVITED
    say(meeting, world.jonas)
    assert meeting.state is MeetingState.CONFIRMED


def test_a_meeting_not_sent_or_put_off_is_left_alone(world, case):
    for state in (MeetingState.PLANNED, MeetingState.POSTPONED, MeetingState.CANCELLED):
        meeting = queries.meeting(world.meeting(case, state=state).id)
        service.settle(meeting, at=now())
        assert meeting.state is state
