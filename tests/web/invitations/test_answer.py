from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from netmeet.cases.rules import Scope
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.invitations import queries, rules
from netmeet.invitations.models import Deputy, Mandate, WrittenInput
from netmeet.meetings.rules import MeetingState, Purpose
from tests.reader import brought, mentions


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    world.item(meeting, "Velkomst", by=world.lise)
    item = world.item(meeting, "Midlertidig bolig", by=world.jonas)
    item.purpose, item.decider_id, item.decider = Purpose.DECIDE, world.jonas.id, world.jonas
    db.session.flush()
    return meeting


@pytest.fixture
def jonas(world, client, meeting):
    world.sign_in(client, world.jonas)
    return client


def again(meeting):
    """Return the meeting as it is after a request."""
    return queries.meeting(meeting.id)


def path(meeting, tail=""):
    return f"/meetings/{meeting.id}/answer{tail}"


def test_staff_get_the_whole_invitation_on_one_page(jonas, meeting):
    text = jonas.get(path(meeting)).get_data(as_text=True)
    assert "Mia vil vide, om hun kan få en anden bolig." in text
    assert "Punkt 2: Midlertidig bolig" in text
    assert "Mia læser med." in text
    assert jonas.send(path(meeting), {"answer": "maybe"}).status_code == 303
    assert 'aria-pressed="true"' in jonas.get(path(meeting)).get_data(as_text=True)
    assert jonas.send(path(meeting), {"answer": "?"}).status_code == 400


def test_a_relative_reads_no_agenda_without_consent_to_it(world, client, meeting):
    world.sign_in(client, world.hanne)
    text = client.get(path(meeting)).get_data(as_text=True)
    assert "Derfor er du inviteret" in text
    assert "Midlertidig bolig" not in text
    assert client.send(path(meeting, "/decide")).status_code == 403


def test_the_person_answers_too(world, client, case, meeting):
    world.sign_in(client, case.person.user)
    text = client.get(path(meeting)).get_data(as_text=True)
    assert "Vil du skrive noget til mødet?" in text
    assert client.send(path(meeting), {"answer": "yes"}).status_code == 303


def test_a_mandate_is_declared_point_by_point(jonas, meeting):
    item = again(meeting).items[-1]
    fields = {f"mandate-{item.id}": "in_writing"}
    refused = jonas.send(path(meeting, "/decide"), fields)
    assert refused.status_code == 422
    chosen = refused.text.partition(f'id="written-{item.id}"')[2].partition(">")[0]
    assert "checked" in chosen
    assert f'aria-describedby="answer-{item.id}-error" autofocus' in refused.text
    assert "Skriv svaret." in refused.text.partition(f'id="answer-{item.id}-error"')[2][:200]
    assert db.session.scalars(select(Mandate)).all() == []
    other = {f"mandate-{item.id}": "somebody_else"}
    assert "Skriv, hvem der kan." in jonas.send(path(meeting, "/decide"), other).text
    assert "Dit svar er gemt." not in jonas.get(path(meeting)).text
    fields[f"answer-{item.id}"] = "Ja, fra januar."
    assert jonas.send(path(meeting, "/decide"), fields).status_code == 303
    (kept,) = db.session.scalars(select(Mandate)).all()
    assert (kept.value, kept.answer) == ("in_writing", "Ja, fra januar.")
    shown = jonas.get(path(meeting)).text
    assert "Ja, fra januar." in shown
    assert "Dit svar er gemt." in shown
    assert "Dit svar er gemt." not in jonas.get(path(meeting)).text


def test_one_is_told_by_when_to_write_while_that_day_lies_ahead(world, client, case):
    soon = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    later = world.meeting(case, in_days=10, state=MeetingState.INVITED)
    by = calendar.day(rules.input_by(later.starts_local.date()))
    world.sign_in(client, world.jonas)
    assert f"Skriv det gerne senest {by}." in client.get(path(later)).text
    assert "Skriv det gerne senest" not in client.get(path(soon)).text


def test_the_lines_are_saved_as_they_are_typed(jonas, meeting):
    headers = {"Accept": "application/json"}
    fields = {"input-text": "Jeg kan vise to steder.", "version": 0}
    saved = jonas.send(path(meeting, "/input"), fields, headers=headers).get_json()
    assert saved["saved_at_text"].startswith("Gemt kl. ")
    (kept,) = db.session.scalars(select(WrittenInput)).all()
    assert (kept.text, kept.version) == ("Jeg kan vise to steder.", saved["version"])
    again = jonas.send(path(meeting, "/input"), fields, headers=headers)
    assert again.get_json()["version"] == kept.version
    other = {"input-text": "Jeg kan ikke vise noget.", "version": 0}
    stale = jonas.send(path(meeting, "/input"), other, headers=headers)
    assert (stale.status_code, brought(stale)) == (409, {"input-text": kept.text})
    long = {"input-text": "\n".join("abcdef"), "version": 1}
    refused = jonas.send(path(meeting, "/input"), long, headers=headers)
    assert (refused.status_code, "fem linjer" in refused.get_json()["error"]) == (422, True)
    shown = jonas.send(path(meeting, "/input"), long)
    assert shown.status_code == 422
    assert "Skriv højst fem linjer." in shown.get_data(as_text=True)
    assert jonas.send(path(meeting, "/input"), {**fields, "version": 1}).status_code == 303


def test_a_deputy_is_named(jonas, meeting):
    deputy = f"/meetings/{meeting.id}/deputy"
    assert jonas.send(deputy, {"deputy-name": ""}).status_code == 422
    fields = {"deputy-name": "Bo Lund", "deputy-has_mandate": "y"}
    assert jonas.send(deputy, fields).status_code == 303
    (kept,) = db.session.scalars(select(Deputy)).all()
    assert (kept.name, kept.has_mandate) == ("Bo Lund", True)
    assert "Du vil sende Bo Lund i stedet." in jonas.get(path(meeting)).get_data(as_text=True)


def test_nothing_is_answered_after_the_meeting(world, client, case):
    over = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    world.sign_in(client, world.jonas)
    assert client.send(path(over), {"answer": "yes"}).status_code == 422
    fields = {"deputy-name": "Bo Lund"}
    assert client.send(f"/meetings/{over.id}/deputy", fields).status_code == 422
    late = client.send(path(over, "/input"), {"input-text": "Skrevet bagefter.", "version": 0})
    assert late.status_code == 422
    assert "Der kan ikke svares mere." in late.text
    assert "Skrevet bagefter.</textarea>" in late.text


def test_after_the_meeting_one_reads_what_one_wrote_and_is_asked_nothing(world, jonas, meeting):
    jonas.send(path(meeting, "/input"), {"input-text": "Jeg kan vise to steder.", "version": 0})
    item = again(meeting).items[-1]
    shown = jonas.get(path(meeting)).text
    assert f"mandate-{item.id}" in shown
    again(meeting).starts_local -= timedelta(days=30)
    world.save()
    shown = jonas.get(path(meeting)).text
    assert "Jeg kan vise to steder.</p>" in shown
    assert "<textarea" not in shown
    assert f"mandate-{item.id}" not in shown
    said = {f"mandate-{item.id}": "in_writing", f"answer-{item.id}": "Ja, fra januar."}
    late = jonas.send(path(meeting, "/decide"), said)
    assert (late.status_code, "Der kan ikke svares mere." in late.text) == (409, True)
    assert "Ja, fra januar." in late.text, "what was written is given back"


def test_who_got_no_invitation_has_no_page(world, client, case):
    meeting = world.meeting(case, state=MeetingState.INVITED, invited=[world.jonas])
    world.sign_in(client, world.lise)
    assert client.get(path(meeting)).status_code == 404


@pytest.mark.parametrize("tail", ["/answer", ".ics", "/deputy", "/answer/input"])
def test_a_stranger_finds_nothing(world, client, meeting, tail):
    world.sign_in(client, world.stranger)
    ask = client.get if tail in {"/answer", ".ics"} else client.send
    answer = ask(f"/meetings/{meeting.id}{tail}")
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_where_a_protected_person_is_met_stands_for_staff_alone(world, client, case, meeting):
    def shown(who):
        world.sign_in(client, who)
        return "lokale 2" in client.get(path(meeting)).get_data(as_text=True)

    before = shown(world.jonas), shown(world.hanne)
    case.person.is_protected = True
    db.session.flush()
    assert (before, shown(world.jonas), shown(world.hanne)) == ((True, True), True, False)


def test_no_calendar_file_is_offered_where_there_is_none(world, jonas, meeting):
    link = f"/meetings/{meeting.id}.ics"
    offered = link in jonas.get(path(meeting)).get_data(as_text=True)
    world.jonas.email = ""
    db.session.flush()
    assert (offered, link in jonas.get(path(meeting)).get_data(as_text=True)) == (True, False)
    assert jonas.get(link).status_code == 404


def test_the_calendar_file_is_the_readers_own(world, jonas, meeting):
    answer = jonas.get(f"/meetings/{meeting.id}.ics")
    assert answer.mimetype == "text/calendar"
    (found,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(found["ATTENDEE"]) == f"mailto:{world.jonas.email}"
    assert found["SUMMARY"] == f"Møde {again(meeting).invitation(world.jonas.id).number}"
    meeting.starts_local = None
    assert jonas.get(f"/meetings/{meeting.id}.ics").status_code == 404
