"""What the room says no to stays in the room."""

import pytest
from sqlalchemy import select

from netmeet.actions.models import Action
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.queries import minutes as reading
from tests.web.room.holding import begin, points
from tests.world import now


def test_a_name_nobody_is_invited_by_is_asked_for_again_on_the_screen(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    where = f"/meetings/{meeting.id}/attendance"
    refused = client.send(where, {"name": "Jan Petersen", "mode": "in_person"})
    assert refused.status_code == 422
    assert "for-room" in refused.text
    assert "Skriv hele navnet på en, der er inviteret." in refused.text
    assert 'value="Jan Petersen"' in refused.text
    assert 'aria-describedby="name-error"' in refused.text
    assert "Lise Dam" in refused.text
    assert f'href="/meetings/{meeting.id}/room"' in refused.text


def test_who_is_here_was_noted_elsewhere_shows_how_it_stands(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    where = f"/meetings/{meeting.id}/attendance"
    stale = client.send(where, {"user_id": world.jonas.id, "mode": "away", "version": 9})
    assert stale.status_code == 409
    assert "for-room" in stale.text
    assert "Det er blevet rettet et andet sted." in stale.text


SPOILED = [
    ("/points/{item}/answer", {"kind": "maybe", "version": 0}),
    ("/points/{item}/outcome", {"conclusion": "maybe", "version": 0}),
    ("/points/{item}/minutes/talked", {"text": "x" * 601, "version": 0}),
    ("/points/{item}/minutes/talked", {"text": "To steder.", "version": 7}),
    ("/meetings/{id}/room/go", {"to": "x" * 300}),
    ("/meetings/{id}/room/go", {"to": "nothing"}),
    ("/meetings/{id}/attendance", {"name": "Kim", "mode": "in_person"}),
    ("/meetings/{id}/room/end", {}),
    ("/meetings/{id}/actions", {"line": ""}),
    ("/meetings/{id}/actions/{action}/line", {"line": "Jonas ringer i morgen", "version": 7}),
    ("/meetings/{id}/actions/{action}/read-back", {"what": "", "version": 1}),
    ("/meetings/{id}/actions/{action}/read-back", {"what": "Ringer", "version": 7}),
]


@pytest.mark.parametrize(("address", "fields"), SPOILED)
def test_a_no_in_the_room_stays_in_the_room(world, client, meeting, address, fields):
    begin(world, meeting)
    item = points(meeting)[0].id
    world.sign_in(client, world.lise)
    client.send(f"/meetings/{meeting.id}/actions", {"line": "Jonas ringer til Lise i morgen"})
    action = db.session.scalars(select(Action.id)).one()
    refused = client.send(address.format(id=meeting.id, item=item, action=action), fields)
    assert refused.status_code in {409, 422}
    assert "for-room" in refused.text
    assert f'href="/meetings/{meeting.id}/room"' in refused.text


@pytest.mark.parametrize("name", ["room/go", "room/pause", "room/end", "attendance"])
def test_after_the_meeting_a_no_leads_to_the_minutes(world, client, meeting, name):
    begin(world, meeting)
    reading.room(meeting.id).ended_at = now()
    user_id = world.jonas.id
    fields = {"to": "x", "paused": "1", "user_id": user_id, "mode": "phone", "version": 1}
    world.sign_in(client, world.lise)
    refused = client.send(f"/meetings/{meeting.id}/{name}", {**fields, "no_next_reason": "Slut."})
    assert refused.status_code in {409, 422}
    assert "Mødet er slut. Skriv videre i referatet." in refused.text
    assert f'href="/meetings/{meeting.id}/minutes"' in refused.text


def test_a_no_to_what_is_written_in_the_minutes_leads_back_to_them(world, client, meeting):
    begin(world, meeting)
    item = points(meeting)[0].id
    reading.room(meeting.id).ended_at = now()
    world.sign_in(client, world.lise)
    refused = client.send(f"/points/{item}/answer", {"kind": "maybe", "version": 0})
    assert refused.status_code == 409
    assert "for-room" not in refused.text
    assert f'href="/meetings/{meeting.id}/minutes"' in refused.text


def test_the_end_says_all_that_is_missing_together(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    end = f"/meetings/{meeting.id}/room/end"
    assert "Hvordan var Mia med?" in client.get(end).text
    refused = client.send(end, {"next_on": "2020-01-01"}).text
    for words in ("Punkt 1 og 2 mangler", "Vælg, hvordan Mia var med.", "Vælg en dag, der kommer."):
        assert words in refused
    no_day = client.send(end, {"next_on": "i morgen"}).text
    assert "Vælg, hvordan Mia var med." in no_day
    assert "Sæt en dag til næste møde" not in no_day


def test_three_points_are_told_in_one_sentence(world, client, meeting):
    world.item(meeting, "Ferie", by=world.jonas, raised_as=Role.MUN)
    begin(world, meeting)
    world.sign_in(client, world.lise)
    shown = client.get(f"/meetings/{meeting.id}/room/end").text
    assert "Punkt 1, 2 og 3 mangler svar eller konklusion." in shown


WHY = "Skriv hvorfor, før mødet kan slutte."


@pytest.mark.parametrize(
    ("tail", "chosen", "written", "words"),
    [
        ("outcome", {"conclusion": "not_dealt_with"}, {"reason": "Tiden gik."}, WHY),
        ("outcome", {"conclusion": "deferred"}, {"until": "2030-01-04"}, "Vælg en dag, før"),
        ("outcome", {"conclusion": "awaiting"}, {"decider": "Jonas"}, "Skriv, hvem der svarer"),
        ("answer", {"kind": "in_part"}, {"text": "To steder."}, WHY),
        ("answer", {"kind": "no_because"}, {"text": "Der er fuldt."}, WHY),
    ],
)
def test_what_a_choice_needs_is_said_at_once(world, client, meeting, tail, chosen, written, words):
    begin(world, meeting)
    item = points(meeting)[0].id
    world.sign_in(client, world.lise)
    headers = {"Accept": "application/json"}
    url = f"/points/{item}/{tail}"
    saved = client.send(url, {**chosen, "version": 0}, headers=headers).get_json()
    assert saved["lacks_text"].startswith(words)
    room = client.get(f"/meetings/{meeting.id}/room").text
    assert f"data-lacks>{words}" in room
    fields = {**written, "version": saved["version"]}
    mended = client.send(url, fields, headers=headers).get_json()
    assert not mended["lacks_text"].startswith(words)


def test_a_choice_that_needs_nothing_says_nothing(world, client, meeting):
    begin(world, meeting)
    item = points(meeting)[0].id
    world.sign_in(client, world.lise)
    headers = {"Accept": "application/json"}
    for tail, chosen in (("outcome", {"conclusion": "agreed"}), ("answer", {"kind": "yes"})):
        url = f"/points/{item}/{tail}"
        saved = client.send(url, {**chosen, "version": 0}, headers=headers).get_json()
        assert saved["lacks_text"] == ""
