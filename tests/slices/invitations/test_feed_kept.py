"""What a calendar keeps of meetings that are off or over, and what reading it costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from netmeet.cases.rules import MandateScope, RepresentationKind, Scope
from netmeet.cases.service import mandates
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.formats.ical import Standing
from netmeet.invitations import exports, service
from netmeet.invitations.queries import feeds
from netmeet.meetings.rules import MeetingState
from tests.slices.invitations.feeding import (
    LATER,
    cancel,
    entries,
    events,
    last_file,
    postpone,
    send,
    standings,
)
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, invited=[])
    send(world, meeting)
    return meeting


# what is off, and what is over -------------------------------------------------------------------


def test_a_meeting_called_off_stays_for_thirty_days_as_cancelled(world, meeting):
    told = entries(world, world.jonas)[0]
    cancel(world, meeting)
    send(world, meeting, at=now() + LATER)
    (shown,) = events(world, world.jonas)
    sent = last_file(world.jonas)
    assert (shown["STATUS"], shown["SEQUENCE"], shown["UID"]) == (
        "CANCELLED",
        sent["SEQUENCE"],
        sent["UID"],
    )
    assert shown["SEQUENCE"] == told.sequence + 1
    assert shown["DTSTART"].dt == sent["DTSTART"].dt
    assert len(entries(world, world.jonas, at=now() + timedelta(days=29))) == 1
    assert entries(world, world.jonas, at=now() + timedelta(days=31)) == []


def test_a_meeting_far_ahead_is_dropped_thirty_days_after_it_was_called_off(world, case):
    meeting = world.meeting(case, in_days=90, invited=[])
    send(world, meeting)
    cancel(world, meeting)
    assert standings(world, world.jonas) == [Standing.CANCELLED]
    late = now() + timedelta(days=31)
    assert standings(world, world.jonas, at=late) == [Standing.CANCELLED], "nobody has told them"
    send(world, meeting, at=now() + LATER)
    assert standings(world, world.jonas, at=now() + timedelta(days=29)) == [Standing.CANCELLED]
    assert standings(world, world.jonas, at=late) == []


def test_a_meeting_put_off_to_no_time_is_off_at_the_time_they_knew(world, meeting):
    told = entries(world, world.jonas)[0]
    postpone(world, meeting)
    (shown,) = entries(world, world.jonas)
    assert (shown.standing, shown.starts, shown.minutes) == (
        Standing.CANCELLED,
        told.starts,
        told.minutes,
    )
    assert shown.sequence == told.sequence + 1
    over = calendar.to_instant(told.starts)
    assert len(entries(world, world.jonas, at=over + timedelta(days=29))) == 1
    assert entries(world, world.jonas, at=over + timedelta(days=31)) == []


def test_a_meeting_with_another_time_is_the_same_with_a_higher_sequence(world, meeting):
    told = entries(world, world.jonas)[0]
    postpone(world, meeting, new_start=told.starts + timedelta(days=2))
    send(world, meeting, at=now() + LATER)
    (shown,) = events(world, world.jonas)
    sent = last_file(world.jonas)
    assert (shown["UID"], shown["SEQUENCE"]) == (sent["UID"], sent["SEQUENCE"])
    assert shown["SEQUENCE"] == told.sequence + 1
    assert shown["DTSTART"].dt.replace(tzinfo=None) == told.starts + timedelta(days=2)
    assert shown["STATUS"] == "CONFIRMED"


def test_an_invitation_taken_back_stays_for_thirty_days_as_its_mail_said(world, meeting):
    told = entries(world, world.jonas)[0]
    service.withdraw(
        meeting.invitation(world.jonas.id), by=world.actor(world.lise), at=now() + LATER
    )
    (shown,) = events(world, world.jonas)
    sent = last_file(world.jonas)
    for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION"):
        assert shown[name] == sent[name], name
    assert shown["DTSTART"].dt == sent["DTSTART"].dt
    assert shown["SEQUENCE"] > told.sequence
    assert len(entries(world, world.jonas, at=now() + timedelta(days=29))) == 1
    assert entries(world, world.jonas, at=now() + timedelta(days=31)) == []


def test_who_is_invited_again_has_it_with_the_sequence_of_the_new_file(world, meeting):
    service.withdraw(
        meeting.invitation(world.jonas.id), by=world.actor(world.lise), at=now() + LATER
    )
    before = entries(world, world.jonas)[0].sequence
    send(world, meeting, at=now() + 2 * LATER)
    (shown,) = events(world, world.jonas)
    assert shown["STATUS"] == "CONFIRMED"
    assert shown["SEQUENCE"] == last_file(world.jonas)["SEQUENCE"] > before


def test_who_was_never_told_is_told_of_no_withdrawal(world, case):
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    service.draft(meeting, case.member(world.jonas.id), by=by, at=now())
    service.withdraw(meeting.invitation(world.jonas.id), by=by, at=now() + LATER)
    assert entries(world, world.jonas) == []


def test_a_meeting_that_was_held_stays_for_thirty_days(world, meeting):
    meeting.state = MeetingState.MINUTES_DRAFT
    held = calendar.to_instant(meeting.starts_local)
    assert len(entries(world, world.jonas, at=held + timedelta(days=29))) == 1
    assert entries(world, world.jonas, at=held + timedelta(days=31)) == []


# how it is read ----------------------------------------------------------------------------------


def cost(world, who):
    """Return how many meetings a fetch gives, and how many statements it takes."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    db.session.commit()
    event.listen(Engine, "before_cursor_execute", note)
    try:
        with world.app.app_context():
            found = feeds.entries(who)
            exports.calendar_feed(found)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(found), len(seen)


def test_the_queries_do_not_grow_with_the_meetings(world, case, meeting):
    count, few = cost(world, world.actor(world.jonas))
    assert count == 1
    for number in range(5):
        for name in ("Omar Haddad", f"Person {number}"):
            other = world.meeting(world.case(name), in_days=number + 2, invited=[])
            send(world, other)
        cancel(world, other)
    assert cost(world, world.actor(world.jonas)) == (11, few)
    assert few <= 10


def test_nor_for_who_acts_for_several_people(world):
    mandate = mandates.Mandate(
        kind=RepresentationKind.ATTORNEY, scopes={MandateScope.PERSONAL}, document="Fuldmagt"
    )
    costs = []
    for name in ("Mia Sørensen", "Omar Haddad", "Sara Lind"):
        case, by = world.case(name, relative=world.hanne), world.actor(world.lise)
        mandates.record(case, case.member(world.hanne.id), mandate, by=by, at=now())
        send(world, world.meeting(case, invited=[]))
        costs.append(cost(world, replace(world.actor(world.hanne), role=Role.PROX)))
    assert [count for count, _few in costs] == [1, 2, 3]
    assert len({few for _count, few in costs}) == 1
