"""Several changes shortly after one another are one mail (``security.md`` § 4, rule 23)."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from netmeet.cases.rules import Scope
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.invitations import queries, rules, service
from netmeet.meetings import service as meetings
from netmeet.outbox import channels, jobs
from netmeet.outbox import service as outbox
from netmeet.reminders import exports as reminders
from tests.world import now

MINUTE = timedelta(minutes=1)


@pytest.fixture
def send(smtp_sink):
    return channels.choose(mail_url=smtp_sink.url, sender="moede@localhost", is_demo=False)


@pytest.fixture
def begun():
    return now()


@pytest.fixture
def meeting(world, begun, send, smtp_sink):
    """Return a meeting in ten days that four have been invited to, their mails arrived."""
    before = begun - timedelta(hours=1)
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    made = world.meeting(case, invited=[])
    for member in made.case.members:
        service.draft(made, member, by=world.actor(world.lise), at=before)
    say(world, made, before)
    arrive(send, before)
    assert len(smtp_sink.messages) == 4
    smtp_sink.messages.clear()
    return made


def there(meeting):
    """Return the meeting read anew: the worker has committed meanwhile."""
    return queries.meeting(meeting.id)


def say(world, meeting, at):
    meeting = there(meeting)
    service.send(meeting, version=meeting.version, by=world.actor(world.lise), at=at)


def move(meeting, starts):
    meeting.starts_local = starts
    meeting.sequence += 1
    db.session.flush()


def arrive(send, at):
    while jobs.drain(at, send):
        pass


def event(received):
    files = [part for part in received.message.walk() if part.get_content_type() == "text/calendar"]
    (found,) = Calendar.from_ical(files[0].get_payload(decode=True)).walk("VEVENT")
    return found


def test_three_changes_in_ten_minutes_are_one_mail_with_the_last(
    world, meeting, begun, send, smtp_sink
):
    old = meeting.starts_local
    later = begun + timedelta(hours=1)
    for number in range(3):
        at = later + number * 3 * MINUTE
        move(meeting, old + timedelta(days=number + 1))
        say(world, meeting, at)
        arrive(send, at + MINUTE)
    assert smtp_sink.messages == []
    arrive(send, later + rules.PAUSE)
    assert len(smtp_sink.messages) == 4
    for received in smtp_sink.messages:
        found = event(received)
        assert found["SEQUENCE"] == meeting.sequence == 3
        assert found.decoded("DTSTART").replace(tzinfo=None) == old + timedelta(days=3)


def test_a_change_that_nobody_follows_up_leaves_after_ten_minutes(
    world, meeting, begun, send, smtp_sink
):
    move(meeting, meeting.starts_local + timedelta(days=1))
    say(world, meeting, begun)
    arrive(send, begun + rules.PAUSE - MINUTE)
    assert smtp_sink.messages == []
    arrive(send, begun + rules.PAUSE)
    assert len(smtp_sink.messages) == 4


@pytest.mark.parametrize("is_old_near", [True, False])
def test_a_change_of_a_time_that_is_near_leaves_at_once(
    world, meeting, begun, send, smtp_sink, is_old_near
):
    far, near = meeting.starts_local, calendar.to_local(begun + timedelta(hours=2))
    near = near.replace(tzinfo=None)
    move(meeting, near)
    say(world, meeting, begun)
    arrive(send, begun)
    assert len(smtp_sink.messages) == 4
    if is_old_near:
        move(meeting, far)
        say(world, meeting, begun + MINUTE)
        arrive(send, begun + MINUTE)
        assert len(smtp_sink.messages) == 8


def test_a_meeting_called_off_meanwhile_names_the_time_they_know(
    world, meeting, begun, send, smtp_sink
):
    old = meeting.starts_local
    move(meeting, old + timedelta(days=1))
    say(world, meeting, begun)
    by, meeting = world.actor(world.lise), there(meeting)
    meetings.cancel(
        meeting, by=by, at=begun, reason="x", asked_by="region", version=meeting.version
    )
    say(world, meeting, begun + MINUTE)
    arrive(send, begun + MINUTE)
    arrive(send, begun + 2 * rules.PAUSE)
    assert len(smtp_sink.messages) == 4
    for received in smtp_sink.messages:
        found = event(received)
        assert found["STATUS"] == "CANCELLED"
        assert found.decoded("DTSTART").replace(tzinfo=None) == old


def test_who_is_invited_meanwhile_hears_at_once(world, meeting, begun, send, smtp_sink):
    meeting = there(meeting)
    service.withdraw(meeting.invitation(world.hanne.id), by=world.actor(world.lise), at=begun)
    move(meeting, meeting.starts_local + timedelta(days=1))
    member = meeting.case.member(world.hanne.id)
    service.draft(meeting, member, by=world.actor(world.lise), at=begun + MINUTE)
    say(world, meeting, begun + MINUTE)
    arrive(send, begun + MINUTE)
    assert [one.recipients for one in smtp_sink.messages] == [(world.hanne.email,)]


def test_a_new_place_does_not_hide_a_new_time_that_has_not_left(
    world, meeting, begun, send, smtp_sink
):
    move(meeting, meeting.starts_local + timedelta(days=1))
    say(world, meeting, begun)
    there(meeting).place, meeting.places = "Lokale 2", meeting.places + 1
    meeting.sequence += 1
    db.session.flush()
    say(world, meeting, begun + 4 * MINUTE)
    arrive(send, begun + rules.PAUSE)
    assert len(smtp_sink.messages) == 4
    for received in smtp_sink.messages:
        text = received.message.get_body(("plain",)).get_content()
        assert "Tiden er den samme" not in text


def test_changing_again_and_again_keeps_nobody_waiting(world, meeting, begun, send, smtp_sink):
    old = meeting.starts_local
    for number in range(4):
        at = begun + number * 9 * MINUTE
        move(meeting, old + timedelta(days=number + 1))
        say(world, meeting, at)
        arrive(send, at)
        arrive(send, at + 8 * MINUTE)
    assert len(smtp_sink.messages) >= 4


def test_what_they_know_counts_as_near_and_not_what_they_never_heard(
    world, meeting, begun, send, smtp_sink
):
    near = (calendar.to_local(begun) + timedelta(hours=3, minutes=5)).replace(tzinfo=None)
    move(meeting, near)
    say(world, meeting, begun)
    arrive(send, begun + rules.PAUSE)
    smtp_sink.messages.clear()
    at = begun + rules.PAUSE
    move(meeting, near + timedelta(days=7))
    say(world, meeting, at)
    arrive(send, at)
    assert len(smtp_sink.messages) == 4


def test_a_reminder_does_not_overtake_word_of_the_time_it_tells(world, meeting, begun, send):
    invitation = there(meeting).invitation(world.jonas.id)
    move(meeting, meeting.starts_local + timedelta(days=1))
    say(world, meeting, begun)
    facts = {"invitation": invitation.id, "starts": there(meeting).starts_local.isoformat()}
    message = outbox.put(
        key="z", kind="reminders.meeting", user_id=world.jonas.id, at=begun, facts=facts
    )
    assert reminders.render_meeting(message, begun) is None
    arrive(send, begun + rules.PAUSE)
    assert reminders.render_meeting(message, begun) is not None
