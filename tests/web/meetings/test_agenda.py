"""The agenda in the browser, by both sides at once."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from netmeet.cases.rules import Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings import queries
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import AgendaState, ItemState, MeetingState
from tests.reader import StrictClient
from tests.world import World, now

Counting = Callable[[], AbstractContextManager[list[str]]]

OWN = "Jeg vil ikke tilbage til bostedet"


def begin(world: World, *, agenda: AgendaState = AgendaState.SHARED) -> Meeting:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE, Scope.AGENDA])
    world.made["mia"] = case.person.user
    meeting = world.meeting(case, agenda=agenda)
    world.item(meeting, OWN, by=case.person.user)
    return meeting


def proposal(world: World, **changes: str) -> dict[str, str]:
    return {
        "title": "Midlertidig bolig",
        "purpose": "decide",
        "minutes": "15",
        "life_area": "housing",
        "decider": world.jonas.id,
        "decides": "by_phone",
        "phone_at": "10:20",
        **changes,
    }


def test_both_sides_see_the_persons_words_first(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    path = f"/meetings/{meeting.id}/agenda"
    world.sign_in(client, world.jonas)
    assert client.send(path, proposal(world)).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert page.index(OWN) < page.index("Midlertidig bolig")
    assert "Skal besluttes af Jonas Holm" in page
    assert "ringer ind klokken 10.20" in page
    assert "Foreslået af Jonas Holm" in page
    for user in (world.made["mia"], world.hanne):
        world.sign_in(client, user)
        page = client.get(path).get_data(as_text=True)
        assert page.index(OWN) < page.index("Midlertidig bolig")
    answer = client.send(path, {"title": "Hvem henter hunden?"})
    assert answer.status_code == 303
    raised = {item.raised_as for item in db.session.scalars(select(AgendaItem))}
    assert raised == {Role.PAT, Role.MUN, Role.REL}


def test_a_relative_sees_nothing_before_it_is_shared(world: World, client: StrictClient) -> None:
    meeting = begin(world, agenda=AgendaState.DRAFT)
    world.sign_in(client, world.hanne)
    answer = client.get(f"/meetings/{meeting.id}/agenda")
    assert answer.status_code == 403
    assert OWN not in answer.get_data(as_text=True)


def test_who_reads_a_part_is_not_told_that_there_is_no_more(
    world: World, client: StrictClient
) -> None:
    meeting = begin(world)
    meeting.items[0].is_hidden_from_private = True
    world.save()
    path = f"/meetings/{meeting.id}/agenda"
    world.sign_in(client, world.hanne)
    page = client.get(path).get_data(as_text=True)
    assert "Her er ingen punkter, du kan se." in page
    assert "Her er ingen forslag, du kan se." in page
    assert "De punkter, du kan se, varer" in page
    world.sign_in(client, world.made["mia"])
    page = client.get(path).get_data(as_text=True)
    assert OWN in page
    assert "Ingen forslag endnu." in page
    assert "Punkterne varer" in page


def test_a_point_without_words_is_asked_again(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    path = f"/meetings/{meeting.id}/agenda"
    world.sign_in(client, world.jonas)
    assert client.send(path, proposal(world, title="")).status_code == 422
    assert client.send(path, proposal(world, minutes="0")).status_code == 422
    assert client.send(path, proposal(world, decider="0" * 16)).status_code == 422
    world.sign_in(client, world.made["mia"])
    assert client.send(path, {"title": " "}).status_code == 422


def test_staff_never_touch_the_persons_point(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    item = meeting.items[0]
    for user in (world.lise, world.jonas):
        world.sign_in(client, user)
        page = client.get(f"/meetings/{meeting.id}/agenda").get_data(as_text=True)
        assert f"/agenda/items/{item.id}/answer" not in page
        assert f'href="/agenda/items/{item.id}"' not in page
        given = {**proposal(world), "version": str(item.version)}
        assert client.send(f"/agenda/items/{item.id}", given).status_code == 403
        assert client.send(f"/agenda/items/{item.id}/withdraw").status_code == 403
    world.sign_in(client, world.lise)
    answer = client.send(f"/agenda/items/{item.id}/answer", {"reason": "Ikke nu"})
    assert answer.status_code == 422
    db.session.refresh(item)
    assert (item.title, item.state) == (OWN, ItemState.OPEN)


def test_the_person_changes_and_takes_back_their_own(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    item = meeting.items[0]
    world.sign_in(client, world.made["mia"])
    path = f"/agenda/items/{item.id}"
    assert OWN in client.get(path).get_data(as_text=True)
    version = str(item.version)
    assert client.send(path, {"title": "", "version": version}).status_code == 422
    assert client.send(path, {"title": "Mit hjem", "version": version}).status_code == 303
    assert client.send(path, {"title": "Andet", "version": version}).status_code == 409
    assert client.send(f"{path}/withdraw").status_code == 303
    page = client.get(f"/meetings/{meeting.id}/agenda").get_data(as_text=True)
    assert "Mit hjem" not in page


def test_staff_change_their_own_point(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    world.sign_in(client, world.jonas)
    client.send(f"/meetings/{meeting.id}/agenda", proposal(world, decides="in_writing"))
    item = next(i for i in db.session.scalars(select(AgendaItem)) if not i.is_persons)
    path = f"/agenda/items/{item.id}"
    page = client.get(path).get_data(as_text=True)
    assert "Midlertidig bolig" in page
    assert re.search(rf'<option selected\s+value="{world.jonas.id}"', page)
    given = proposal(world, title="Bolig i januar", version=str(item.version), decider="0" * 16)
    assert client.send(path, given).status_code == 422
    given["decider"] = world.jonas.id
    assert client.send(path, given).status_code == 303
    world.sign_in(client, world.stranger)
    assert client.get(path).status_code == 404


def test_a_proposal_is_answered_with_a_reason(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    item = world.item(meeting, "Medicinlisten", by=world.jonas, raised_as=Role.MUN)
    world.sign_in(client, world.lise)
    path = f"/agenda/items/{item.id}/answer"
    assert "Medicinlisten" in client.get(path).get_data(as_text=True)
    assert client.send(path, {"reason": ""}).status_code == 422
    assert client.send(path, {"reason": "Lægen tager det på mandag"}).status_code == 303
    world.sign_in(client, world.jonas)
    page = client.get(f"/meetings/{meeting.id}/agenda").get_data(as_text=True)
    assert "Kommer ikke på denne gang" in page
    assert "Lægen tager det på mandag" in page


def test_points_change_places_with_a_button(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    second = world.item(meeting, "Min hund", by=world.made["mia"])
    world.sign_in(client, world.made["mia"])
    path = f"/agenda/items/{second.id}/move"
    answer = client.send(path, {"to": "up"})
    assert answer.location.endswith(f"#point-{second.id}")
    page = client.get(f"/meetings/{meeting.id}/agenda").get_data(as_text=True)
    assert page.index("Min hund") < page.index(OWN)
    assert client.send(path, {"to": "sideways"}).status_code == 400
    world.sign_in(client, world.jonas)
    assert client.send(path, {"to": "down"}).status_code == 403


def test_an_open_page_gets_the_changes_of_others(world: World, client: StrictClient) -> None:
    meeting = begin(world)
    world.sign_in(client, world.made["mia"])
    path = f"/meetings/{meeting.id}/agenda/list"
    first = client.get(path, headers={"X-Refresh": "1"})
    assert OWN in first.get_data(as_text=True)
    known = {"X-Refresh": "1", "If-None-Match": first.headers["ETag"]}
    assert client.get(path, headers=known).status_code == 304
    page = client.get(f"/meetings/{meeting.id}/agenda").get_data(as_text=True)
    assert first.headers["ETag"].strip('"') in page
    queries.with_agenda(meeting.id)
    world.item(meeting, "Noget nyt", by=world.jonas, raised_as=Role.MUN)
    fresh = client.get(path, headers=known)
    assert fresh.status_code == 200
    assert "Noget nyt" in fresh.get_data(as_text=True)


def test_sharing_and_the_persons_yes(world: World, client: StrictClient) -> None:
    meeting = begin(world, agenda=AgendaState.DRAFT)
    path = f"/meetings/{meeting.id}/agenda"
    world.sign_in(client, world.lise)
    assert "Del med Mia" in client.get(path).get_data(as_text=True)
    assert client.send(f"{path}/share").status_code == 303
    assert "Vi venter på svar fra Mia." in client.get(path).get_data(as_text=True)
    world.sign_in(client, world.made["mia"])
    queries.with_agenda(meeting.id)
    seen = queries.agenda_mark(meeting)
    assert seen in client.get(path).get_data(as_text=True)
    stale = client.send(f"{path}/approve", {"how": "digital", "seen": "old"})
    assert stale.status_code == 409
    assert f'name="seen" value="{seen}"' in stale.text
    assert client.send(f"{path}/approve", {"how": "digital", "seen": seen}).status_code == 303
    assert "Du har sagt ja til punkterne" in client.get(path).get_data(as_text=True)
    world.sign_in(client, world.lise)
    assert "har selv sagt ja" in client.get(path).get_data(as_text=True)
    for how, words in (("oral", "noteret af en hjælper"), ("written", "på papir")):
        assert client.send(f"{path}/approve", {"how": how, "seen": seen}).status_code == 303
        assert words in client.get(path).get_data(as_text=True)
    assert client.send(f"{path}/approve", {"how": "x", "seen": seen}).status_code == 409
    world.sign_in(client, world.jonas)
    assert client.send(f"{path}/approve", {"how": "oral", "seen": seen}).status_code == 403


def test_what_matters_most_stands_on_top_for_who_may_read_it(
    world: World, client: StrictClient
) -> None:
    meeting = begin(world)
    world.sign_in(client, world.made["mia"])
    matters = {"text": "At bo for mig selv", "version": "0"}
    client.send(f"/meetings/{meeting.id}/prepare/matters", matters)
    path = f"/meetings/{meeting.id}/agenda"
    assert "At bo for mig selv" in client.get(path).get_data(as_text=True)
    tapped = {"text": "", "words": ["economy"], "version": "1"}
    client.send(f"/meetings/{meeting.id}/prepare/matters", tapped)
    assert "Mia siger" in client.get(path).text
    assert "Penge" in client.get(path).text
    world.sign_in(client, world.jonas)
    assert "Mia siger" not in client.get(path).text


def test_the_number_of_queries_does_not_grow_with_the_points(
    world: World, client: StrictClient, counting: Counting
) -> None:
    meeting = begin(world)
    world.sign_in(client, world.lise)
    path = f"/meetings/{meeting.id}/agenda"
    with counting() as few:
        assert client.get(path).status_code == 200
    queries.with_agenda(meeting.id)
    for number in range(20):
        world.item(meeting, f"Punkt {number}", by=world.jonas, raised_as=Role.MUN)
    with counting() as many:
        assert client.get(path).status_code == 200
    assert len(few) == len(many)
    assert len(many) <= 12


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 5000, "1" + "0" * 9])
def test_a_number_longer_than_any_length_is_refused_in_words(
    world: World, client: StrictClient, number: str
) -> None:
    meeting = begin(world)
    world.sign_in(client, world.jonas)
    answer = client.send(f"/meetings/{meeting.id}/agenda", proposal(world, minutes=number))
    assert answer.status_code == 422
    assert "Tallet er for langt." in answer.get_data(as_text=True)
    assert "Midlertidig bolig" in answer.get_data(as_text=True)


def test_what_a_guardian_raises_is_not_told_as_the_persons_own_words(
    world: World, client: StrictClient
) -> None:
    meeting = begin(world)
    item = world.item(meeting, "Hun skal have ro", by=world.hanne, raised_as=Role.PROX)
    item.confirmed_at = meeting.created_at
    own, room, minutes = (
        f"/meetings/{meeting.id}/{part}" for part in ("agenda", "room", "minutes")
    )
    world.sign_in(client, world.lise)
    page = client.get(own).text
    assert page.count("Skrevet af Hanne på vegne af Mia.") == 1
    meeting.state, meeting.started_at = MeetingState.INVITED, meeting.created_at
    meeting.current_item_id = item.id
    db.session.commit()
    assert "Hanne siger på vegne af Mia" in client.get(room).text
    meeting.state, meeting.ended_at = MeetingState.MINUTES_DRAFT, now()
    db.session.commit()
    drafted = client.get(minutes).text
    assert "Hanne siger på vegne af Mia" in drafted
    assert len(re.findall(r'own-words-who">\s*Mia siger<', drafted)) == 1
