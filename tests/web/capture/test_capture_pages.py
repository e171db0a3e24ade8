"""Capturing agreements in the browser, with and without script."""

import re

import pytest
from sqlalchemy import select

from netmeet.actions.models import Action
from netmeet.actions.service import capture, publish
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service import room
from tests.slices.actions.making import agree
from tests.world import World, now

SURE = "Jonas ansøger om midlertidig bolig om 14 dage"


@pytest.fixture
def meeting(world: World):
    case = world.case(relative=world.hanne)
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    for user in (case.person.user, world.lise, world.jonas):
        room.attend(made, user.id, mode="in_person", version=0)
    room.start(made, at=now())
    return made


def actions(meeting_id):
    return db.session.scalars(select(Action).where(Action.meeting_id == meeting_id)).all()


def test_a_sure_line_is_kept_and_shown_without_asking(world, client, meeting):
    item = reading.points(meeting)[0].id
    world.sign_in(client, world.lise)
    kept = client.send(f"/meetings/{meeting.id}/actions", {"line": SURE, "item_id": item})
    assert kept.status_code == 303
    assert "kept=" in kept.location
    shown = client.get(kept.location).text
    assert "Ansøger om midlertidig bolig" in shown
    assert "autofocus" in shown


def test_the_chips_show_what_a_line_says_so_far(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions/parse"
    chips = client.send(url, {"line": SURE}).text
    assert "Jonas Holm, Frederiksberg Kommune" in chips
    assert "bolig" in chips
    asked = client.send(url, {"line": "Kommunen ansøger om bolig snart"}).text
    assert "Hvem gør det?" in asked
    assert "Hvornår? Skriv en dag." in asked
    assert client.send(url, {"line": ""}).text.strip() == ""
    past = client.send(url, {"line": "Jonas ringer 2020-01-01"}).text
    assert "Dagen er gået." in past
    assert actions(meeting.id) == []


def test_doubt_is_asked_and_the_answer_kept(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    line = "Kommunen ansøger om bolig snart"
    asked = client.send(url, {"line": line})
    assert asked.status_code == 422
    assert f'value="{line}"' in asked.text
    assert "Jonas Holm" in asked.text
    chosen = {"line": line, "owner_id": world.jonas.id, "due_on": "2030-01-04"}
    assert client.send(url, chosen).status_code == 303
    kept = actions(meeting.id)[0]
    assert (kept.owner_id, kept.due_on.isoformat()) == (world.jonas.id, "2030-01-04")


def test_kept_in_doubt_it_is_marked_as_lacking(world, client, meeting):
    world.sign_in(client, world.lise)
    client.send(f"/meetings/{meeting.id}/actions", {"line": "Ansøger om bolig", "keep": "1"})
    shown = client.get(f"/meetings/{meeting.id}/room").text
    assert "mangler et navn" in shown
    assert "mangler en dag" in shown


def test_an_empty_line_and_a_foreign_point_are_refused_with_the_text_kept(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    assert "Skriv, hvad der er aftalt." in client.send(url, {"line": ""}).text
    foreign = client.send(url, {"line": SURE, "item_id": "0" * 16})
    assert foreign.status_code == 422
    assert "midlertidig bolig" in foreign.text


def test_a_draft_is_written_anew_read_back_and_deleted(world, client, meeting):
    world.sign_in(client, world.lise)
    client.send(f"/meetings/{meeting.id}/actions", {"line": SURE})
    action = actions(meeting.id)[0].id
    url = f"/meetings/{meeting.id}/actions/{action}"
    assert "Jonas Holm: Ansøger om midlertidig bolig" in client.get(f"{url}/line").text
    anew = client.send(f"{url}/line", {"line": "Lise ringer til Jonas i morgen", "version": 1})
    assert anew.status_code == 303
    stale = client.send(f"{url}/line", {"line": SURE, "version": 1})
    assert stale.status_code == 409
    doubt = client.send(f"{url}/line", {"line": "Ringer til Jonas", "version": 2})
    assert doubt.status_code == 422
    wordless = client.send(f"{url}/line", {"line": "Lise i morgen", "version": 2})
    assert wordless.status_code == 422
    aloud = client.get(f"/meetings/{meeting.id}/read-back").text
    assert "Du behøver ikke sige ja til planen her." in aloud
    assert "Er det skrevet rigtigt?" in aloud
    assert "Aftale 1 af 1" in aloud
    assert client.send(f"{url}/read-back", {"what": "", "version": 2}).status_code == 409
    client.send(f"{url}/read-back", {"what": "Ringer til Jonas", "version": 2})
    assert client.get(f"/meetings/{meeting.id}/read-back").location.endswith("/room/end")
    asked = client.send(f"{url}/line", {"delete": "1"})
    assert (asked.status_code, "Vil du slette aftalen?" in asked.text) == (422, True)
    assert len(actions(meeting.id)) == 1
    client.send(f"{url}/line", {"sure": "1"})
    assert actions(meeting.id) == []
    assert client.get(f"{url}/line").status_code == 404


def test_after_the_meeting_one_comes_back_to_the_draft(world, client, meeting):
    meeting.ended_at = now()
    meeting.state = MeetingState.MINUTES_DRAFT
    world.sign_in(client, world.lise)
    kept = client.send(f"/meetings/{meeting.id}/actions", {"line": SURE})
    assert kept.location.endswith("/minutes")


def test_strangers_and_who_does_not_write_are_kept_out(world, client, meeting):
    world.sign_in(client, world.lise)
    client.send(f"/meetings/{meeting.id}/actions", {"line": SURE})
    url = f"/meetings/{meeting.id}/actions/{actions(meeting.id)[0].id}"
    world.sign_in(client, world.stranger)
    for path in (f"{url}/read-back", f"{url}/line", f"/meetings/{meeting.id}/actions"):
        assert client.send(path, {"line": SURE}).status_code == 404
    world.sign_in(client, world.jonas)
    assert client.send(f"{url}/line", {"line": SURE}).status_code == 403
    world.sign_in(client, world.hanne)
    assert client.send(f"/meetings/{meeting.id}/actions/parse", {"line": "x"}).status_code == 404


def test_the_chips_correct_the_kind_and_ask_for_a_yes(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions/parse"
    chips = client.send(url, {"line": SURE}).text
    assert "ansøgning" in chips
    assert "Kommunen skal først sige ja" in chips
    picked = client.send(url, {"line": SURE, "kind": "needs_decision"}).text
    assert 'id="kind-needs_decision" value="needs_decision" checked' in " ".join(picked.split())
    assert "Kommunen har ikke sagt ja endnu." in picked
    facts = {"line": "Jonas sender papirer om 14 dage", "kind": "referral", "asks_first": "1"}
    kept = client.send(f"/meetings/{meeting.id}/actions", facts)
    (action,) = actions(meeting.id)
    assert (action.kind.value, action.needs_yes) == ("referral", True)
    assert "Kommunen har ikke sagt ja endnu." in client.get(kept.location).text
    draft = client.get(f"/meetings/{meeting.id}/actions/{action.id}/line").text
    assert 'id="kind-referral" value="referral" checked' in " ".join(draft.split())
    assert 'id="asks-first" value="1" checked' in " ".join(draft.split())


AFTER_IT = "Lise booker første samtale om 21 dage, når boligen er fundet"


def after_of(text):
    """Return the ids that may be waited for, and the one that is marked."""
    choices = re.findall(r'name="after_id"\s+id="[^"]+"\s+value="([^"]*)"\s*(checked)?', text)
    return [one for one, _ in choices], next((one for one, marked in choices if marked), None)


def test_a_line_that_waits_is_asked_for_what_and_keeps_the_answer(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    client.send(url, {"line": SURE})
    first = actions(meeting.id)[0]
    assert after_of(client.send(f"{url}/parse", {"line": SURE}).text) == ([], None)
    offered = client.send(f"{url}/parse", {"line": AFTER_IT}).text
    assert "Venter den på en af de andre aftaler?" in offered
    assert after_of(offered) == (["", first.id], "")
    again = client.send(f"{url}/parse", {"line": AFTER_IT, "after_id": first.id}).text
    assert after_of(again) == (["", first.id], first.id)
    assert client.send(url, {"line": AFTER_IT, "after_id": first.id}).status_code == 303
    made = next(one for one in actions(meeting.id) if one.id != first.id)
    assert made.after_id == first.id
    shown = client.get(f"{url}/{made.id}/line").text
    assert after_of(shown) == (["", first.id], first.id)


def test_waiting_for_what_is_not_there_is_said_and_the_line_kept(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    refused = client.send(url, {"line": AFTER_IT, "after_id": "a" * 16})
    assert refused.status_code == 422
    assert "Den kan ikke vente på den aftale." in refused.text
    assert AFTER_IT in refused.text
    assert actions(meeting.id) == []


def test_everybody_reads_what_comes_first_in_their_own_way(world, client, meeting):
    by = world.actor(world.lise)
    person = meeting.case.person.user
    there = reading.room(meeting.id)
    picked = capture.Choice()
    for line in (SURE, AFTER_IT):
        heard = capture.read(there.case, line, today=clock.today(), choice=picked)
        kept = capture.keep(there, heard, by=by, at=now())
        picked = capture.Choice(after_id=kept.id)
    publish.publish(meeting.id, by=by, at=now())
    world.save()
    pages = {}
    for user, path in ((world.lise, "/actions"), (world.lise, f"/actions/{kept.id}")):
        world.sign_in(client, user)
        pages[path] = client.get(path).text
        assert "Først: Jonas: Ansøger om midlertidig bolig" in pages[path]
        assert "venter på en anden aftale" in pages[path].lower()
    assert "Du får besked, når den aftale er slut." in pages[f"/actions/{kept.id}"]
    world.sign_in(client, person)
    text = " ".join(client.get("/actions").text.split())
    assert "Først skal noget andet ske: Jonas ansøger om midlertidig bolig." in text


def test_without_script_a_line_that_waits_is_asked_before_it_is_kept(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    client.send(url, {"line": SURE})
    asked = client.send(url, {"line": AFTER_IT})
    assert asked.status_code == 422
    assert "Venter den på en af de andre aftaler?" in asked.text
    assert len(actions(meeting.id)) == 1
    assert client.send(url, {"line": AFTER_IT, "after_id": ""}).status_code == 303
    assert len(actions(meeting.id)) == 2


def test_a_draft_is_not_offered_to_itself_while_one_types(world, client, meeting):
    world.sign_in(client, world.lise)
    url = f"/meetings/{meeting.id}/actions"
    client.send(url, {"line": SURE})
    own = actions(meeting.id)[0]
    line = "Jonas ansøger om bolig om 14 dage, når han har talt med banken"
    assert f'name="action_id" value="{own.id}"' in client.get(f"{url}/{own.id}/line").text
    offered = client.send(f"{url}/parse", {"line": line, "action_id": own.id}).text
    assert after_of(offered) == ([], None)


def test_who_may_not_read_agreements_is_shown_none(world, client):
    case = world.case("Per Prøve", consent=(Scope.INVITE,))
    agree(world, case, world.lise, what="Søger om boligindskud")
    made = world.meeting(case, in_days=5, invited=[])
    world.sign_in(client, world.jonas)
    for path in ("actions/parse", "actions"):
        told = client.send(f"/meetings/{made.id}/{path}", {"line": AFTER_IT}).text
        assert "boligindskud" not in told
