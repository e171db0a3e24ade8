"""The room in the browser: to steer, to follow, the chair's own page and the end."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select

from netmeet.actions.models import Action
from netmeet.audit.models import AuditEvent
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.permissions import Permission
from netmeet.meetings.models import PreparationAnswer
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MeetingState, PreparationMode, Question, StandingPoint
from tests.reader import brought, mentions
from tests.web.room.holding import begin, page, points
from tests.world import now

REFRESH = {"X-Refresh": "1", "Accept": "text/html"}
JSON = {"Accept": "application/json"}


def test_it_starts_with_who_is_here(world, client, meeting):
    present = [world.lise.id, meeting.case.person.user_id]
    world.sign_in(client, world.lise)
    start = page(client, meeting.id)
    assert "Hvem er her?" in start.text
    assert "Slå beskeder fra, og del kun dette vindue." in start.text
    refused = client.send(f"/meetings/{meeting.id}/room/start")
    assert refused.status_code == 422
    assert "hvem der er her" in refused.text
    assert "Begynd mødet" in refused.text
    for user_id in present:
        client.send(
            f"/meetings/{meeting.id}/attendance",
            {"user_id": user_id, "mode": "in_person", "version": 0, "next": "/"},
        )
    assert client.send(f"/meetings/{meeting.id}/room/start").status_code == 303
    shown = page(client, meeting.id)
    assert "Punkt 1 af 2" in shown.text
    assert "Jeg vil ikke tilbage til bostedet." in shown.text
    assert "Svar til Mia" in shown.text


def test_the_others_wait_and_then_follow_without_fields(world, client, meeting):
    world.sign_in(client, world.jonas)
    assert "Mødet begynder snart" in page(client, meeting.id).text
    begin(world, meeting)
    shown = page(client, meeting.id)
    assert "Jeg vil ikke tilbage til bostedet." in shown.text
    assert "<textarea" not in shown.text
    assert "Ny aftale" not in shown.text


def test_an_open_screen_is_asked_for_anew_only_when_something_changed(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.jonas)
    first = page(client, meeting.id, headers=REFRESH)
    assert "<html" not in first.text
    again = page(client, meeting.id, headers={**REFRESH, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    item = points(meeting)[0]
    world.sign_in(client, world.lise)
    client.send(f"/points/{item.id}/minutes/talked", {"text": "To steder.", "version": 0})
    world.sign_in(client, world.jonas)
    fresh = page(client, meeting.id, headers={**REFRESH, "If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert "To steder." in fresh.text


def test_a_field_is_saved_as_it_is_typed_and_a_stale_one_shows_both_texts(world, client, meeting):
    begin(world, meeting)
    item = points(meeting)[0]
    world.sign_in(client, world.lise)
    url = f"/points/{item.id}/minutes/talked"
    saved = client.send(url, {"text": "Det ene.", "version": 0, "autosave": "1"}, headers=JSON)
    assert saved.get_json()["version"] == 1
    assert saved.get_json()["saved_at_text"].startswith("Gemt kl. ")
    stale = client.send(url, {"text": "Det andet.", "version": 0}, headers=JSON)
    assert stale.status_code == 409
    assert brought(stale) == {"text": "Det ene."}
    assert "Det ene." in stale.text
    assert "Det andet." in stale.text
    long = client.send(url, {"text": "x" * 601, "version": 1}, headers=JSON)
    assert long.status_code == 422
    assert "600" in long.get_json()["error"]
    assert client.send(url, {"text": "x" * 601, "version": 1}).status_code == 409
    assert client.send(f"/points/{item.id}/minutes/nothing", {"version": 0}).status_code == 404
    assert client.send(url, {"text": "x" * 5000, "version": 1}, headers=JSON).status_code == 422


def test_answer_and_conclusion_keep_what_the_request_does_not_name(world, client, meeting):
    begin(world, meeting)
    item = points(meeting)[0]
    world.sign_in(client, world.lise)
    answer, outcome = f"/points/{item.id}/answer", f"/points/{item.id}/outcome"
    client.send(answer, {"text": "Du ser to steder.", "version": 0}, headers=JSON)
    client.send(answer, {"kind": "in_part", "version": 1}, headers=JSON)
    client.send(outcome, {"conclusion": "awaiting", "version": 0}, headers=JSON)
    unknown = client.send(outcome, {"decider": "Kim", "version": 1}, headers=JSON)
    assert unknown.status_code == 422
    client.send(outcome, {"decider": "Jonas", "version": 1}, headers=JSON)
    client.send(outcome, {"until": "2030-01-04", "version": 2}, headers=JSON)
    shown = page(client, meeting.id).text
    assert "Du ser to steder." in shown
    assert 'value="2030-01-04"' in shown
    assert 'value="Jonas Holm"' in shown
    stale = client.send(answer, {"kind": "yes", "version": 0}, headers=JSON)
    assert brought(stale) == {"kind": "in_part", "text": "Du ser to steder."}
    stale = client.send(outcome, {"reason": "Nej", "version": 0}, headers=JSON)
    assert brought(stale) == {
        "conclusion": "awaiting",
        "until": "2030-01-04",
        "decider": "Jonas Holm",
        "reason": "",
    }
    assert client.send(outcome, {"conclusion": "maybe", "version": 3}).status_code == 409
    assert client.send(answer, {"kind": "maybe", "version": 2}).status_code == 409
    other = points(meeting)[1]
    assert client.send(f"/points/{other.id}/answer", {"version": 0}).status_code == 409


def test_next_previous_and_pause(world, client, meeting):
    begin(world, meeting)
    first = points(meeting)[0]
    world.sign_in(client, world.lise)
    client.send(f"/meetings/{meeting.id}/room/go", {"from_id": first.id, "to": "next"})
    shown = page(client, meeting.id).text
    assert "Punkt 2 af 2" in shown
    assert "Læs op og slut" in shown
    client.send(f"/meetings/{meeting.id}/room/go", {"to": first.id})
    assert "Punkt 1 af 2" in page(client, meeting.id).text
    assert client.send(f"/meetings/{meeting.id}/room/go", {"to": "x" * 300}).status_code == 409
    client.send(f"/meetings/{meeting.id}/room/pause", {"paused": "1"})
    assert "for-room is-paused" in page(client, meeting.id).text
    client.send(f"/meetings/{meeting.id}/room/pause", {"paused": "0"})
    assert "is-paused" not in page(client, meeting.id).text


def test_the_screen_says_nothing_of_a_point_that_somebody_here_may_not_see(world, client, meeting):
    points(meeting)[0].is_hidden_from_private = True
    begin(world, meeting, meeting.case.person.user, world.lise, world.hanne)
    world.sign_in(client, world.lise)
    shown = page(client, meeting.id).text
    assert "Næste punkt tager vi i en mindre gruppe" in shown
    assert "bostedet" not in shown
    sister = reading.attendance(reading.room(meeting.id), world.hanne.id)
    people = client.get(f"/meetings/{meeting.id}/room/people").text
    assert "Hanne Sørensen" in people
    assert "Jonas Holm" not in people
    client.send(
        f"/meetings/{meeting.id}/attendance",
        {"user_id": world.hanne.id, "mode": "away", "version": sister.version},
    )
    assert "bostedet" in page(client, meeting.id).text
    client.send(f"/meetings/{meeting.id}/attendance", {"name": "hanne", "mode": "in_person"})
    assert "bostedet" not in page(client, meeting.id).text
    unknown = client.send(
        f"/meetings/{meeting.id}/attendance", {"name": "Kim", "mode": "in_person"}
    )
    assert unknown.status_code == 422
    wrong = client.send(f"/meetings/{meeting.id}/attendance", {"name": "Hanne", "mode": "ghost"})
    assert wrong.status_code == 422


def test_the_chairs_page_is_the_leads_and_the_persons(world, client, meeting):
    words = PreparationAnswer(
        meeting_id=meeting.id,
        question=Question.NOT_TALK,
        text="Min far.",
        data={"words": ["medicine"]},
        mode=PreparationMode.SELF,
        author_id=meeting.case.person.user_id,
        saved_at=now(),
    )
    db.session.add(words)
    meeting.items[1].decider = world.jonas
    begin(world, meeting)
    meeting.started_at = now() - timedelta(minutes=30)
    world.sign_in(client, world.lise)
    shown = client.get(f"/meetings/{meeting.id}/chair").text
    assert "Medicin\nMin far." in shown
    assert "Jonas Holm har ikke svaret endnu." in shown
    assert "over planen" in shown
    assert "Min far." not in page(client, meeting.id).text
    words.text = ""
    tapped = client.get(f"/meetings/{meeting.id}/chair").text
    assert "Medicin" in tapped
    assert "har ikke nævnt noget" not in tapped
    world.sign_in(client, world.jonas)
    assert client.get(f"/meetings/{meeting.id}/chair").status_code == 403


def test_the_end_asks_for_what_is_missing_and_then_shows_the_draft(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    end = f"/meetings/{meeting.id}/room/end"
    assert client.get(f"/meetings/{meeting.id}/read-back").location.endswith("/room/end")
    shown = client.get(end).text
    assert "Hvad tager du med herfra?" in shown
    assert "Punkt 1" in shown
    refused = client.send(end, {"participation": "whole", "no_next_reason": "Slut."})
    assert refused.status_code == 422
    assert refused.text.count("Punkt 1 og 2 mangler svar eller konklusion.") == 1
    assert 'value="Slut."' in refused.text
    for item in points(meeting):
        client.send(f"/points/{item.id}/outcome", {"conclusion": "agreed", "version": 0})
    first = points(meeting)[0]
    client.send(f"/points/{first.id}/answer", {"kind": "yes", "version": 0})
    no_day = client.send(end, {"participation": "whole"})
    assert no_day.status_code == 422
    assert "mangler svar" not in no_day.text
    ended = client.send(end, {"participation": "whole", "next_on": "2030-01-04"})
    assert ended.status_code == 303
    assert ended.location.endswith("/minutes")
    assert page(client, meeting.id).status_code == 303
    assert "Mødet er slut" in page(client, meeting.id, headers=REFRESH).text
    assert client.get(f"/meetings/{meeting.id}/read-back").status_code == 303
    assert client.send(f"/meetings/{meeting.id}/room/pause", {"paused": "1"}).status_code == 409


@pytest.mark.parametrize("name", ["room", "room/people", "room/end", "read-back", "chair"])
def test_a_stranger_finds_nothing(world, client, meeting, name):
    begin(world, meeting)
    world.sign_in(client, world.stranger)
    answer = client.get(f"/meetings/{meeting.id}/{name}")
    assert answer.status_code == 404
    assert not mentions(answer.text, "Mia")


@pytest.mark.parametrize("name", ["room/start", "room/go", "room/pause", "room/end", "attendance"])
def test_who_follows_does_not_steer(world, client, meeting, name):
    begin(world, meeting)
    world.sign_in(client, world.jonas)
    assert client.send(f"/meetings/{meeting.id}/{name}").status_code == 403
    world.sign_in(client, world.stranger)
    assert client.send(f"/meetings/{meeting.id}/{name}").status_code == 404


def test_before_it_begins_there_is_nothing_to_read_aloud(world, client, meeting):
    world.sign_in(client, world.lise)
    answer = client.get(f"/meetings/{meeting.id}/read-back")
    assert answer.location.endswith("/room")


def test_the_room_asks_the_database_the_same_whatever_its_size(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    page(client, meeting.id)
    few = _queries(lambda: page(client, meeting.id))
    for number in range(8):
        world.item(reading.room(meeting.id), f"Punkt {number}", by=world.jonas, raised_as=Role.MUN)
        client.send(f"/meetings/{meeting.id}/actions", {"line": "Jonas ringer til Lise i morgen"})
    many = _queries(lambda: page(client, meeting.id))
    assert few == many
    assert few <= 14


def _queries(ask) -> int:
    """Count the statements of one request, the log's own rows included."""
    seen = []

    def count(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return sum(one.lstrip().upper().startswith("SELECT") for one in seen)


def test_last_times_agreements_stand_under_their_point(world, client, meeting):
    before = world.meeting(meeting.case, in_days=-30, state=MeetingState.FOLLOW_UP)
    for what, published in (("Ringer til banken", now()), ("Kladde", None)):
        action = Action(
            case_id=meeting.case_id,
            meeting_id=before.id,
            what=what,
            owner_id=world.jonas.id,
            due_on=clock.today(),
            created_at=now(),
            created_by_id=world.lise.id,
            published_at=published,
        )
        db.session.add(action)
    last = world.item(meeting, "Siden sidst", by=world.lise, raised_as=Role.LEAD)
    last.standing = StandingPoint.LAST_TIME
    begin(world, meeting, meeting.case.person.user, world.lise)
    world.sign_in(client, world.lise)
    shown = page(client, meeting.id).text
    assert "Ringer til banken" in shown
    assert "ikke startet" in shown
    assert "Kladde" not in shown
    client.send(f"/meetings/{meeting.id}/attendance", {"name": "Hanne", "mode": "in_person"})
    assert "Ringer til banken" not in page(client, meeting.id).text


def looks(user):
    statement = select(func.count()).where(
        AuditEvent.user_id == user.id, AuditEvent.operation == Permission.ROOM_FOLLOW.value
    )
    return db.session.scalar(statement)


def test_turning_the_pages_of_the_room_is_one_look_in_one_login(world, client, meeting):
    begin(world, meeting)
    first = points(meeting)[0].id
    world.sign_in(client, world.lise)
    page(client, meeting.id)
    client.send(f"/meetings/{meeting.id}/room/go", {"from_id": first, "to": "next"})
    assert "Punkt 2 af 2" in page(client, meeting.id).text
    page(client, meeting.id, headers=REFRESH)
    assert looks(world.lise) == 1
    steered = select(func.count()).where(AuditEvent.operation == Permission.ROOM_STEER.value)
    assert db.session.scalar(steered) == 1
    world.sign_in(client, world.lise)
    page(client, meeting.id)
    assert looks(world.lise) == 2


def test_a_screen_that_stays_open_is_looked_at_anew_after_a_quarter(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.lise)
    page(client, meeting.id)
    begun = now()
    for minutes, seen in ((8, 1), (16, 2)):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert page(client, meeting.id).status_code == 200
        assert looks(world.lise) == seen


def test_who_may_not_follow_is_logged_each_time(world, client, meeting):
    begin(world, meeting)
    world.sign_in(client, world.stranger)
    for _turn in range(2):
        assert page(client, meeting.id).status_code == 404
    assert looks(world.stranger) == 2
