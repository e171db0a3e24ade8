"""How people talk at a meeting: agreed with the person, and seen where they talk."""

import pytest

from netmeet.cases.rules import Scope
from netmeet.invitations import queries
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import AgendaState, MeetingState, StandingPoint
from netmeet.meetings.service import room
from tests.world import now

RULE = "Mia taler først."
HEADING = "Sådan taler vi sammen"


@pytest.fixture
def meeting(world):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    made.ground_rules = f"{RULE}\n\nIngen afbryder."
    world.item(made, "Velkommen", by=world.lise).standing = StandingPoint.WELCOME
    world.item(made, "Hvor skal jeg bo?", by=case.person.user)
    world.made["mia"] = case.person.user
    world.save()
    return made


def text(client, path):
    return client.get(path).get_data(as_text=True)


def test_who_reads_the_agenda_reads_how_people_talk(world, client, meeting):
    path = f"/meetings/{meeting.id}/agenda"
    for user in (world.made["mia"], world.jonas):
        world.sign_in(client, user)
        page = text(client, path)
        assert HEADING in page
        assert f"<li>{RULE}</li>" in page
        assert page.count("<li></li>") == 0
    world.sign_in(client, world.hanne)
    assert RULE not in text(client, path)


def test_a_point_with_a_fault_tells_no_rule_before_the_agenda_is_shared(world, client):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE, Scope.AGENDA])
    meeting = world.meeting(case)
    meeting.agenda_state, meeting.ground_rules = AgendaState.DRAFT, RULE
    world.save()
    world.sign_in(client, world.hanne)
    answer = client.send(f"/meetings/{meeting.id}/agenda", {"title": ""})
    assert answer.status_code == 422
    assert RULE not in answer.get_data(as_text=True)


def test_the_room_and_the_chair_begin_with_it(world, client, meeting):
    world.sign_in(client, world.lise)
    assert RULE in text(client, f"/meetings/{meeting.id}/chair")
    held = reading.room(meeting.id)
    for user in (world.made["mia"], world.lise):
        room.attend(held, user.id, mode="in_person", version=0)
    room.start(held, at=now())
    world.save()
    screen = text(client, f"/meetings/{meeting.id}/room")
    assert RULE in screen
    assert "mødet slutter kl. 13.45" in screen
    first = reading.room(meeting.id).current_item_id
    client.send(f"/meetings/{meeting.id}/room/go", {"from_id": first, "to": "next"})
    assert RULE not in text(client, f"/meetings/{meeting.id}/room")


def test_it_is_changed_with_the_rest_and_a_stale_form_shows_both(world, client, meeting):
    world.sign_in(client, world.lise)
    path = f"/meetings/{meeting.id}/edit"
    assert RULE in text(client, path)
    version = queries.meeting(meeting.id).version
    start = meeting.starts_local
    fields = {
        "purpose": meeting.purpose,
        "kind": meeting.kind,
        "minutes": meeting.minutes,
        "form": meeting.form.value,
        "place": meeting.place,
        "chair": meeting.chair_id,
        "minute_taker": "",
        "date": start.date().isoformat(),
        "time": start.time().isoformat("minutes"),
        "ground_rules": "Vi holder pause efter en halv time.",
        "version": version,
    }
    assert client.send(path, fields).status_code == 303
    assert queries.meeting(meeting.id).ground_rules == fields["ground_rules"]
    stale = client.send(path, {**fields, "ground_rules": "Noget andet."})
    assert stale.status_code == 409
    assert "Vi holder pause efter en halv time." in stale.get_data(as_text=True)
    assert "Noget andet." in stale.get_data(as_text=True)
