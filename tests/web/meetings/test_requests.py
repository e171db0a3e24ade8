"""Asking for a meeting in the browser."""

from sqlalchemy import select

from netmeet.cases.rules import Scope
from netmeet.core.db import db
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.rules import MeetingKind, RequestState
from tests.reader import StrictClient
from tests.world import World

ABOUT = "Jeg vil tale om en ny bolig"


def ask(world: World, client: StrictClient) -> MeetingRequest:
    case = world.case()
    world.made["mia"] = case.person.user
    world.sign_in(client, world.made["mia"])
    answer = client.send(f"/cases/{case.id}/ask", {"about": ABOUT, "how_soon": "this_week"})
    assert answer.status_code == 303
    return db.session.scalars(select(MeetingRequest)).one()


def test_the_person_asks_and_sees_who_has_it_and_by_when(
    world: World, client: StrictClient
) -> None:
    request = ask(world, client)
    page = client.get(f"/requests/{request.id}").get_data(as_text=True)
    assert "Lise Dam har det nu." in page
    assert "senest" in page
    assert ABOUT in page


def test_ask_leads_to_the_own_case_or_lets_one_choose(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, case.person.user)
    answer = client.get("/ask")
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.id}/ask")
    assert client.get(answer.location).status_code == 200
    other = world.case("Omar Haddad")
    world.sign_in(client, world.lise)
    page = client.get("/ask").get_data(as_text=True)
    assert "Mia Sørensen" in page
    assert "Omar Haddad" in page
    assert client.get(f"/cases/{other.id}/ask").status_code == 200
    world.sign_in(client, world.stranger)
    page = client.get("/ask").get_data(as_text=True)
    assert "Du kan ikke bede om et møde her lige nu." in page
    assert "Mia Sørensen" not in page


def test_a_request_without_words_is_asked_again(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, case.person.user)
    answer = client.send(f"/cases/{case.id}/ask", {"about": " ", "who": "Min søster Hanne"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Skriv med få ord" in page
    assert "Min søster Hanne" in page


def test_a_relative_asks_with_consent_only(world: World, client: StrictClient) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC, Scope.INVITE])
    world.sign_in(client, world.hanne)
    answer = client.send(f"/cases/{case.id}/ask", {"about": ABOUT})
    assert client.get(answer.location).status_code == 200
    closed = world.case("Omar Haddad", relative=world.hanne, relative_scopes=[Scope.BASIC])
    assert client.send(f"/cases/{closed.id}/ask", {"about": ABOUT}).status_code == 403


def test_a_stranger_finds_no_request(world: World, client: StrictClient) -> None:
    request = ask(world, client)
    # A colleague of the ward may decide it, so the stranger here is somebody of the municipality.
    world.sign_in(client, world.manager)
    answer = client.get(f"/requests/{request.id}")
    assert answer.status_code == 404
    assert ABOUT not in answer.get_data(as_text=True)


def test_a_yes_goes_on_to_the_draft(world: World, client: StrictClient) -> None:
    request = ask(world, client)
    world.sign_in(client, world.lise)
    page = client.get(f"/requests/{request.id}").get_data(as_text=True)
    assert "Ja, planlæg mødet" in page
    answer = client.send(f"/requests/{request.id}/accept")
    meeting = db.session.scalars(select(Meeting)).one()
    assert (answer.status_code, answer.location) == (303, f"/meetings/{meeting.id}/edit")
    page = client.get(answer.location).get_data(as_text=True)
    assert ABOUT in page
    assert "Svaret er ja." in client.get(f"/requests/{request.id}").get_data(as_text=True)
    world.sign_in(client, world.made["mia"])
    assert "Der bliver et møde" in client.get(f"/requests/{request.id}").get_data(as_text=True)
    again = client.send(f"/requests/{request.id}/accept")
    assert again.status_code == 403


def test_a_no_shows_its_reason_and_what_is_offered(world: World, client: StrictClient) -> None:
    request = ask(world, client)
    world.sign_in(client, world.lise)
    path = f"/requests/{request.id}/decline"
    assert client.send(path, {"reason": "Vi har lige holdt møde"}).status_code == 422
    given = {"reason": "Vi har lige holdt møde", "alternative": "En samtale med Lise på mandag"}
    assert client.send(path, given).status_code == 303
    assert client.send(path, given).status_code == 422
    assert "Vi har lige holdt møde" in client.get(f"/requests/{request.id}").get_data(as_text=True)
    world.sign_in(client, world.made["mia"])
    page = client.get(f"/requests/{request.id}").get_data(as_text=True)
    assert "Vi har lige holdt møde" in page
    assert "En samtale med Lise på mandag" in page
    db.session.refresh(request)
    assert request.state is RequestState.DECLINED


def test_nothing_is_chosen_beforehand_and_only_what_it_is_about_must_be_said(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    for user in (case.person.user, world.lise):
        world.sign_in(client, user)
        assert "checked" not in client.get(f"/cases/{case.id}/ask").get_data(as_text=True)
        answer = client.send(f"/cases/{case.id}/ask", {"about": ABOUT})
        assert answer.status_code == 303
        page = client.get(answer.location).get_data(as_text=True)
        assert "Hvor hurtigt" not in page
    first, _second = db.session.scalars(select(MeetingRequest)).all()
    assert (first.how_soon, first.answer_by) == ("", "")
    odd = client.send(f"/cases/{case.id}/ask", {"about": ABOUT, "how_soon": "never"})
    assert odd.status_code == 422


def test_a_professional_says_which_sort_and_the_draft_is_of_it(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    address, person = f"/cases/{case.id}/ask", case.person.user
    world.sign_in(client, world.jonas)
    assert 'name="kind"' in client.get(address).text
    sent = {"about": "Hun udskrives på torsdag", "kind": "discharge"}
    assert client.send(address, sent).status_code == 303
    request = db.session.scalars(select(MeetingRequest)).one()
    assert request.kind is MeetingKind.DISCHARGE
    shown = client.get(f"/requests/{request.id}").text
    assert "Hvilken slags: Udskrivningsmøde (§ 13 a)" in shown
    world.sign_in(client, world.lise)
    client.send(f"/requests/{request.id}/accept")
    meeting = db.session.scalars(select(Meeting)).one()
    assert (meeting.kind, meeting.minutes) == (MeetingKind.DISCHARGE, 60)
    world.sign_in(client, person)
    assert 'name="kind"' not in client.get(address).text


def test_a_sort_that_is_none_is_refused_and_the_words_kept(
    world: World, client: StrictClient
) -> None:
    address = f"/cases/{world.case().id}/ask"
    world.sign_in(client, world.jonas)
    refused = client.send(address, {"about": ABOUT, "kind": "secret"})
    assert refused.status_code == 422
    assert ABOUT in refused.text
    assert db.session.scalars(select(MeetingRequest)).all() == []


def test_a_sort_left_open_becomes_a_plain_network_meeting(
    world: World, client: StrictClient
) -> None:
    address = f"/cases/{world.case().id}/ask"
    world.sign_in(client, world.lise)
    client.send(address, {"about": ABOUT, "kind": ""})
    request = db.session.scalars(select(MeetingRequest)).one()
    assert request.kind is None
    client.send(f"/requests/{request.id}/accept")
    assert db.session.scalars(select(Meeting)).one().kind == MeetingKind.OUTPATIENT
