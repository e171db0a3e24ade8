"""What somebody's own calendar is given (``security.md`` § 4, rule 21): times, and no names."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import vobject
from icalendar import Calendar

from netmeet.accounts import service as accounts
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, MandateScope, RepresentationKind, Scope
from netmeet.cases.service import mandates
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.formats.ical import Standing
from netmeet.invitations import service
from netmeet.invitations.queries import feeds
from netmeet.meetings.rules import MeetingState
from tests.slices.invitations.feeding import (
    LATER,
    entries,
    events,
    file_of,
    last_file,
    send,
    standings,
)
from tests.world import now

UNSPEAKABLE = re.compile(
    r"Mia|Sørensen|Jonas|Hanne|Lise|example\.org|psykiatri|netværksmøde|bolig|\d{6}-?\d{4}|lokale",
    re.IGNORECASE,
)


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, invited=[])
    send(world, meeting)
    return meeting


# what it says ------------------------------------------------------------------------------------


def test_everybody_invited_has_the_meeting_as_their_calendar_file_tells_it(world, case, meeting):
    for user in (world.lise, world.jonas, world.hanne, case.person.user):
        (shown,) = events(world, user)
        sent = last_file(user)
        for name in ("UID", "SEQUENCE", "SUMMARY", "LOCATION", "DESCRIPTION", "URL", "STATUS"):
            assert shown[name] == sent[name], name
        for name in ("DTSTART", "DTEND"):
            assert shown[name].dt == sent[name].dt
        assert str(shown["SUMMARY"]) == f"Møde {meeting.invitation(user.id).number}"
        assert (shown["CLASS"], shown["TRANSP"]) == ("PRIVATE", "OPAQUE")


def test_it_names_nobody_not_even_its_owner(world, case, meeting):
    for user in (world.jonas, world.hanne, case.person.user):
        text = file_of(world, user).decode().replace("\r\n ", "")
        assert UNSPEAKABLE.findall(text) == []
        assert not re.search(r"^(METHOD|ATTENDEE|ORGANIZER|BEGIN:VALARM)", text, re.MULTILINE)


def test_it_says_how_often_to_fetch_and_what_it_is_called(world, meeting):
    lines = file_of(world, world.jonas).decode().split("\r\n")
    assert lines[:7] == [
        "BEGIN:VCALENDAR",
        "PRODID:-//netmeet//netmeet 1//DA",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "NAME:Møder",
        "X-WR-CALNAME:Møder",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_time_zone_stands_once_and_two_programs_read_it(world, case, count):
    for number in range(count):
        send(world, world.meeting(case, in_days=10 + number, invited=[]))
    made = file_of(world, world.jonas)
    assert made.count(b"BEGIN:VTIMEZONE") == made.count(b"TZID:Europe/Copenhagen\r\n") == 1
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert len(Calendar.from_ical(made).walk("VEVENT")) == count
    read = vobject.readOne(made.decode())
    assert len(getattr(read, "vevent_list", [])) == count
    for one in getattr(read, "vevent_list", []):
        assert (one.dtstart.value.hour, one.dtend.value.minute) == (13, 45)


def test_nothing_in_it_changes_while_nothing_happens(world, meeting):
    first = file_of(world, world.jonas, at=now())
    assert file_of(world, world.jonas, at=now() + timedelta(hours=6)) == first


def test_a_place_stands_in_it_only_where_it_was_opened_and_nobody_is_protected(
    world, case, meeting
):
    where = [str(events(world, world.jonas)[0]["LOCATION"])]
    meeting.show_place = True
    where.append(str(events(world, world.jonas)[0]["LOCATION"]))
    case.person.is_protected = True
    where.append(str(events(world, world.jonas)[0]["LOCATION"]))
    place = "Psykiatrisk Center København, lokale 2"
    assert where == ["Se detaljer efter login", place, "Se detaljer efter login"]
    assert b"lokale" not in file_of(world, case.person.user)


def test_ones_own_part_of_the_meeting_is_what_stands_there(world, meeting):
    invitation = meeting.invitation(world.jonas.id)
    starts = meeting.starts_local
    part = service.Part(
        why="x", begins=starts.time(), ends=starts.replace(hour=13, minute=20).time()
    )
    service.change(
        invitation, part=part, version=invitation.version, by=world.actor(world.lise), at=now()
    )
    (shown,) = events(world, world.jonas)
    assert shown["DTEND"].dt - shown["DTSTART"].dt == timedelta(minutes=20)


# whose meetings ----------------------------------------------------------------------------------


def test_nobody_elses_meeting_is_in_it(world, case, meeting):
    other = world.case("Omar Haddad", staff=[])
    send(world, world.meeting(other, invited=[]))
    assert len(entries(world, world.lise)) == 2
    assert len(entries(world, world.jonas)) == 1
    assert entries(world, world.stranger) == []
    assert [one.invitation.user_id for one in entries(world, world.jonas)] == [world.jonas.id]


def test_a_draft_that_was_sent_to_nobody_is_not_in_it(world, case):
    meeting, mia = world.meeting(case, invited=[]), case.person.user
    for member in case.members:
        service.draft(meeting, member, by=world.actor(world.lise), at=now())
    assert entries(world, world.jonas) == []
    assert entries(world, mia) == []


def test_it_shows_what_one_is_invited_to_in_the_role_it_was_made_in(world, case, meeting):
    """To her brother a nurse is the sister he let in; her work's calendar says nothing of him."""
    accounts.give_role(world.hanne, Role.REG, at=now(), unit_id=world.ward.id)
    sister = world.actor(world.hanne)
    assert sister.role is Role.REL
    nurse = replace(
        sister, role=Role.REG, unit_id=world.ward.id, organisation_id=world.ward.organisation_id
    )
    assert len(feeds.entries(sister)) == 1
    assert feeds.entries(nurse) == []
    service.withdraw(
        meeting.invitation(world.hanne.id), by=world.actor(world.lise), at=now() + LATER
    )
    db.session.expire_all()
    assert [one.standing for one in feeds.entries(replace(sister, at=now()))] == [
        Standing.WITHDRAWN
    ]
    assert feeds.entries(replace(nurse, at=now())) == []


def test_staff_of_another_place_of_work_are_somebody_else(world, meeting):
    jonas = world.actor(world.jonas)
    assert len(feeds.entries(jonas)) == 1
    assert feeds.entries(replace(jonas, organisation_id=world.ward.organisation_id)) == []


def consent_of(case, user):
    return next(one for one in case.consents if one.recipient_id == user.id)


def test_a_relative_whose_consent_was_taken_back_reads_only_that_it_was(world, case, meeting):
    by = world.actor(case.person.user)
    told = entries(world, world.hanne)[0].starts
    cases.withdraw_consent(case, consent_of(case, world.hanne), by=by, at=now())
    meeting.starts_local += timedelta(days=3)
    meeting.show_place = True
    (shown,) = entries(world, world.hanne)
    assert (shown.standing, shown.starts) == (Standing.WITHDRAWN, told)
    (event_,) = events(world, world.hanne)
    assert event_["STATUS"] == "CANCELLED"
    assert str(event_["DESCRIPTION"]).startswith("Invitationen er trukket tilbage")
    assert str(event_["LOCATION"]) == "Se detaljer efter login"
    assert standings(world, world.jonas) == [Standing.ON]


def test_a_consent_that_ran_out_opens_nothing_even_before_anybody_noticed(world):
    """The worker takes invitations back when a day has come; until then the rule itself holds."""
    case = world.case(relative=world.hanne)
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=[Scope.INVITE],
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
        valid_to=clock.today() + timedelta(days=3),
    )
    meeting = world.meeting(case, invited=[])
    send(world, meeting)
    assert standings(world, world.hanne) == [Standing.ON]
    assert standings(world, world.hanne, at=now() + timedelta(days=5)) == []
    assert meeting.invitation(world.hanne.id) is not None
    assert standings(world, world.jonas, at=now() + timedelta(days=5)) == [Standing.ON]


def test_who_left_the_network_keeps_no_meeting_that_lies_behind(world, case, meeting):
    held = meeting.starts_local
    after = calendar.to_instant(held) + timedelta(days=2)
    meeting.state = MeetingState.HELD
    assert standings(world, world.jonas, at=after) == [Standing.ON]
    case.member(world.jonas.id).left_at = now()
    assert standings(world, world.jonas, at=after) == []
    assert standings(world, world.lise, at=after) == [Standing.ON]


def test_who_acts_for_the_person_has_it_as_long_as_the_mandate_lasts(world, case):
    mandate = mandates.Mandate(
        kind=RepresentationKind.ATTORNEY, scopes={MandateScope.PERSONAL}, document="Fuldmagt"
    )
    by = world.actor(world.lise)
    held = mandates.record(case, case.member(world.hanne.id), mandate, by=by, at=now())
    send(world, world.meeting(case, invited=[]))
    acting = replace(world.actor(world.hanne), role=Role.PROX)
    db.session.expire_all()
    assert [one.standing for one in feeds.entries(acting)] == [Standing.ON]
    held.suspended_at = now()
    db.session.flush()
    assert feeds.entries(replace(acting, at=now())) == []
