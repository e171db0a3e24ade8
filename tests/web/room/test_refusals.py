"""What the room says no to stays in the room."""

import pytest
from sqlalchemy import select

from netmeet.actions.models import Action
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
