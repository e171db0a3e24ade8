"""Every mail and calendar file of the slice: neutral words, one attendee, consent asked again."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.invitations import exports, service
from netmeet.invitations.service import polls
from netmeet.meetings import service as meetings
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from tests.world import now

UNSPEAKABLE = re.compile(
    r"Mia|Sørensen|Jonas|Hanne|Lise|psykiatri|netværksmøde|bolig|bostøtte|\d{6}-?\d{4}|lokale",
    re.IGNORECASE,
)

WITHOUT_FILE = {"invitations.poll"}
"""There is no time yet that could stand in a calendar."""


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    for member in case.members:
        service.draft(meeting, member, by=by, at=now())
    service.send(meeting, version=meeting.version, by=by, at=now())
    return meeting


def message(kind, user) -> Message:
    statement = select(Message).where(Message.kind == kind, Message.user_id == user.id)
    return db.session.scalars(statement).one()


def render(kind, user) -> Letter | None:
    return outbox.render(message(kind, user), at=now())


def event(letter):
    (found,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
    return found


def move(meeting, *, days):
    meeting.starts_local += timedelta(days=days)
    meeting.sequence += 1
    db.session.flush()


def make(world, meeting, kind):
    """Bring it about that Jonas is sent the kind of message."""
    by, later = world.actor(world.lise), now() + timedelta(minutes=1)
    if kind == "invitations.update":
        move(meeting, days=1)
        service.send(meeting, version=meeting.version, by=by, at=later)
    elif kind == "invitations.withdrawn":
        service.withdraw(meeting.invitation(world.jonas.id), by=by, at=later)
    elif kind == "invitations.cancelled":
        meetings.cancel(
            meeting, by=by, at=now(), reason="x", asked_by="region", version=meeting.version
        )
        service.send(meeting, version=meeting.version, by=by, at=later)
    elif kind == "invitations.poll":
        starts = meeting.starts_local + timedelta(days=1)
        polls.ask(meeting, [starts], answer_by=clock.today(), by=by, at=later)


@pytest.mark.parametrize("kind", sorted(exports.RENDERERS))
def test_no_mail_tells_of_health_names_or_others(world, case, meeting, kind):
    make(world, meeting, kind)
    letter = render(kind, world.jonas)
    others = [m.user.email for m in case.members if m.user_id != world.jonas.id]
    for text in (letter.subject, letter.text, letter.html):
        assert UNSPEAKABLE.findall(text) == []
        assert not [address for address in others if address in text]


@pytest.mark.parametrize("kind", sorted(set(exports.RENDERERS) - WITHOUT_FILE))
def test_no_calendar_tells_of_health_names_or_others(world, case, meeting, kind):
    make(world, meeting, kind)
    letter = render(kind, world.jonas)
    calendar = letter.calendar.decode()
    unfolded = calendar.replace("\r\n ", "")
    assert UNSPEAKABLE.findall(unfolded) == []
    assert str(event(letter)["ATTENDEE"]) == f"mailto:{world.jonas.email}"
    others = [m.user.email for m in case.members if m.user_id != world.jonas.id]
    assert not [address for address in others if address in unfolded]


def test_an_invitation_names_time_number_and_link(world, meeting):
    letter = render("invitations.invitation", world.jonas)
    invitation = meeting.invitation(world.jonas.id)
    assert str(invitation.number) in letter.subject
    assert "kl. 13.00" in letter.text
    token = message("invitations.invitation", world.jonas).facts["token"]
    assert f"/i/{token}" in letter.text
    assert (letter.to, letter.method) == (world.jonas.email, "REQUEST")
    assert token not in letter.calendar.decode()


@pytest.mark.parametrize("kind", ["invitations.invitation", "invitations.update"])
def test_a_mail_with_a_calendar_file_says_that_the_calendars_answer_is_not_read(
    world, meeting, kind
):
    make(world, meeting, kind)
    letter = render(kind, world.jonas)
    for text in (letter.text, letter.html):
        assert "Et svar fra din kalender når ikke frem til os." in text


def test_the_persons_own_word_is_in_the_persons_mail(world, case, meeting):
    case.person.user.own_word = "kastanje"
    letter = render("invitations.invitation", case.person.user)
    assert "kastanje" in letter.subject
    assert "kastanje" in letter.text
    assert "kastanje" not in render("invitations.invitation", world.jonas).text


def test_an_update_goes_on_in_the_same_thread_with_a_higher_sequence(world, meeting):
    first = render("invitations.invitation", world.jonas)
    make(world, meeting, "invitations.update")
    letter = render("invitations.update", world.jonas)
    assert letter.in_reply_to == first.message_id != letter.message_id
    assert event(letter)["UID"] == event(first)["UID"]
    assert (event(first)["SEQUENCE"], event(letter)["SEQUENCE"]) == (0, 1)
    assert (event(letter)["DTSTART"].dt - event(first)["DTSTART"].dt).days == 1


def test_another_place_is_told_as_that_and_no_mail_names_it(world, meeting):
    first = render("invitations.invitation", world.jonas)
    details = meetings.Details(
        kind=meeting.kind,
        purpose=meeting.purpose,
        starts_local=meeting.starts_local,
        minutes=meeting.minutes,
        place="Hemmelig Allé 3",
        chair_id=meeting.chair_id,
    )
    by = world.actor(world.lise)
    meetings.edit(meeting, by=by, at=now(), details=details, version=meeting.version)
    service.send(meeting, version=meeting.version, by=by, at=now() + timedelta(minutes=1))
    letter = render("invitations.update", world.jonas)
    assert "er flyttet" not in letter.text
    assert "Tiden er den samme" in letter.text
    assert "Hemmelig" not in letter.text + letter.html
    assert event(letter)["SEQUENCE"] == 1
    assert event(letter)["DTSTART"].dt == event(first)["DTSTART"].dt


def test_an_older_time_is_not_sent_any_more(world, meeting):
    move(meeting, days=1)
    assert render("invitations.invitation", world.jonas) is None


def test_consent_is_asked_again_when_the_mail_is_written(world, case, meeting):
    consent = next(c for c in case.consents if c.recipient_id == world.hanne.id)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=now())
    assert render("invitations.invitation", world.hanne) is None
    withdrawn = render("invitations.withdrawn", world.hanne)
    assert "trukket tilbage" in withdrawn.text
    assert "aflyst" not in withdrawn.text


def test_a_withdrawal_that_was_taken_back_is_not_sent(world, case, meeting):
    by = world.actor(world.lise)
    service.withdraw(meeting.invitation(world.jonas.id), by=by, at=now())
    service.draft(meeting, case.member(world.jonas.id), by=by, at=now())
    assert render("invitations.withdrawn", world.jonas) is None


def test_a_meeting_postponed_without_a_time_takes_the_told_one_back(world, meeting):
    told = meeting.starts_local
    by = world.actor(world.lise)
    meetings.postpone(
        meeting, by=by, at=now(), reason="x", asked_by="region", version=meeting.version
    )
    later = now() + timedelta(minutes=1)
    service.send(meeting, version=meeting.version, by=by, at=later)
    letter = render("invitations.cancelled", world.jonas)
    assert letter.method == "CANCEL"
    assert event(letter)["DTSTART"].dt.replace(tzinfo=None) == told
    assert event(letter)["SEQUENCE"] == 1


def test_a_cancellation_is_not_sent_when_the_meeting_stands_again(world, meeting):
    by, later = world.actor(world.lise), now() + timedelta(minutes=1)
    meetings.postpone(
        meeting, by=by, at=now(), reason="x", asked_by="region", version=meeting.version
    )
    service.send(meeting, version=meeting.version, by=by, at=later)
    meetings.move(meeting, meeting.state.PLANNED, by=by, at=now())
    assert render("invitations.cancelled", world.jonas) is None


def test_part_and_place_stand_only_where_they_may(world, case, meeting):
    invitation = meeting.invitation(world.hanne.id)
    part = service.Part(
        why="Hanne vil fortælle om hverdagen.",
        begins=meeting.starts_local.time().replace(minute=15),
        ends=meeting.starts_local.time().replace(minute=30),
    )
    by = world.actor(world.lise)
    service.change(invitation, part=part, version=invitation.version, by=by, at=now())
    assert render("invitations.invitation", world.hanne) is None, "it names a time that is gone"
    later = now() + timedelta(minutes=1)
    service.send(meeting, version=meeting.version, by=by, at=later)
    found = event(render("invitations.update", world.hanne))
    assert (found["DTEND"].dt - found["DTSTART"].dt) == timedelta(minutes=15)
    assert found["LOCATION"] == "Se detaljer efter login"
    meeting.show_place = True
    assert "lokale 2" in event(render("invitations.update", world.hanne))["LOCATION"]
    case.person.is_protected = True
    shown = event(render("invitations.update", world.hanne))["LOCATION"]
    assert shown == "Se detaljer efter login"


def test_relatives_are_optional_and_staff_required(world, meeting):
    for user, role in ((world.hanne, "OPT-PARTICIPANT"), (world.jonas, "REQ-PARTICIPANT")):
        attendee = event(render("invitations.invitation", user))["ATTENDEE"]
        assert attendee.params["ROLE"] == role


def test_an_english_reader_gets_an_english_time(world, meeting):
    world.jonas.lang = "en"
    assert "13:00" in render("invitations.invitation", world.jonas).text
