"""Planning a meeting in the browser."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts.models import User
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingForm, MeetingState
from tests.reader import StrictClient, mentions
from tests.world import World

DAY = (clock.today() + timedelta(days=14)).isoformat()


def fields(world: World, **changes: str) -> dict[str, str]:
    return {
        "purpose": "At finde et sted at bo",
        "kind": "outpatient",
        "date": DAY,
        "time": "13:00",
        "minutes": "",
        "form": "hybrid",
        "place": "Lokale 2",
        "chair": world.lise.id,
        "minute_taker": world.jonas.id,
        **changes,
    }


def test_a_coordinator_plans_a_meeting(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, world.lise)
    assert client.get(f"/cases/{case.id}/meetings/new").status_code == 200
    answer = client.send(f"/cases/{case.id}/meetings/new", fields(world))
    meeting = db.session.scalars(select(Meeting)).one()
    assert answer.location == f"/meetings/{meeting.id}"
    page = client.get(answer.location).get_data(as_text=True)
    assert "At finde et sted at bo" in page
    assert "kl. 13.00" in page
    assert "Lise Dam leder mødet." in page
    assert (meeting.minutes, meeting.minute_taker_id) == (60, world.jonas.id)
    page = client.get(f"/meetings/{meeting.id}/edit").get_data(as_text=True)
    assert re.search(rf'<option selected\s+value="{world.lise.id}"', page)
    assert re.search(rf'<option selected\s+value="{world.jonas.id}"', page)


def test_only_who_leads_is_offered_the_changes(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, world.lise)
    path = client.send(f"/cases/{case.id}/meetings/new", fields(world)).location
    assert "Ret tid, sted og formål" in client.get(path).get_data(as_text=True)
    world.sign_in(client, world.jonas)
    page = client.get(path).get_data(as_text=True)
    assert "Ret tid, sted og formål" not in page
    assert client.get(f"{path}/edit").status_code == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"purpose": ""}, "Skriv formålet"),
        ({"time": ""}, "Vælg både dag og klokkeslæt."),
        ({"date": ""}, "Vælg både dag og klokkeslæt."),
        ({"date": "2020-01-01"}, "Vælg en tid, der ligger forude."),
        ({"minutes": "3"}, "Et møde varer"),
        ({"video_link": "javascript:alert(1)"}, "Det begynder med https://"),
        ({"video_link": "http://video.example"}, "Det begynder med https://"),
        ({"video_link": "//video.example"}, "Det begynder med https://"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, client: StrictClient, change: dict[str, str], sentence: str
) -> None:
    case = world.case()
    world.sign_in(client, world.lise)
    answer = client.send(f"/cases/{case.id}/meetings/new", fields(world, **change))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert sentence in page
    assert "Lokale 2" in page


def test_a_change_is_kept_and_a_stale_one_gets_both_texts(
    world: World, client: StrictClient
) -> None:
    meeting = world.meeting(world.case())
    world.sign_in(client, world.lise)
    assert "Hvor skal Mia bo?" in client.get(f"/meetings/{meeting.id}/edit").get_data(as_text=True)
    version = str(meeting.version)
    path = f"/meetings/{meeting.id}/edit"
    first = client.send(path, fields(world, purpose="Den ene tekst", version=version))
    assert first.status_code == 303
    second = client.send(path, fields(world, purpose="Den anden tekst", version=version))
    assert second.status_code == 409
    page = second.get_data(as_text=True)
    assert "Den ene tekst" in page
    assert "Den anden tekst" in page
    bad = client.send(path, fields(world, date="2020-01-01"))
    assert bad.status_code == 422
    assert client.send(path, fields(world, purpose="")).status_code == 422


def test_of_a_stale_form_only_what_differs_is_asked_about(
    world: World, client: StrictClient
) -> None:
    meeting = world.meeting(world.case())
    world.sign_in(client, world.lise)
    path = f"/meetings/{meeting.id}/edit"
    version = meeting.version
    first = fields(world, version=str(version), purpose="Et sted at bo i København")
    assert client.send(path, first).status_code == 303
    stale = client.send(path, fields(world, version=str(version), purpose="Et sted med ro"))
    asked = re.findall(r'<textarea[^>]*name="(\w+)"', stale.text)
    assert (stale.status_code, asked) == (409, ["purpose"])
    rest = dict(re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', stale.text))
    assert client.send(path, {**rest, "purpose": "Et sted med ro"}).status_code == 303
    page = client.get(f"/meetings/{meeting.id}").text
    assert ("Et sted med ro" in page, "Lokale 2" in page) == (True, True)


def test_several_texts_that_differ_are_asked_about_by_name(
    world: World, client: StrictClient
) -> None:
    meeting = world.meeting(world.case())
    world.sign_in(client, world.lise)
    path = f"/meetings/{meeting.id}/edit"
    changes = {"purpose": "Et sted\r\nmed ro", "place": "Lokale 7"}
    stale = client.send(path, fields(world, version=str(meeting.version + 1), **changes))
    asked = re.findall(r'for="mine-\d">([^<]+)</label>', stale.text)
    assert (stale.status_code, asked) == (409, ["Formål", "Sted"])


@pytest.mark.parametrize("link", ["https://video.example/a?b=c#d", "javascript:alert(1)", ""])
def test_only_an_address_of_the_web_becomes_a_link(
    world: World, client: StrictClient, link: str
) -> None:
    meeting = world.meeting(world.case(), in_days=0)
    meeting.video_link = link
    world.sign_in(client, meeting.case.person.user)
    for path in ("/", f"/meetings/{meeting.id}"):
        page = client.get(path).get_data(as_text=True)
        assert (f'href="{link}"' in page) is link.startswith("https")
        assert "javascript:" not in page


@pytest.mark.parametrize("verb", ["postpone", "cancel"])
def test_putting_off_and_calling_off_ask_why(world: World, client: StrictClient, verb: str) -> None:
    meeting = world.meeting(world.case())
    mia = meeting.case.person.user
    world.sign_in(client, world.lise)
    path = f"/meetings/{meeting.id}/{verb}"
    assert client.get(path).status_code == 200
    assert client.send(path, {"asked_by": "region"}).status_code == 422
    given = {"asked_by": "person", "reason": "Mia er syg", "version": str(meeting.version)}
    assert client.send(path, given).status_code == 422
    given |= {"moved_why": "person", "told_how": "not_yet"}
    assert client.send(path, given).status_code == 303
    db.session.refresh(meeting)
    states = {"postpone": MeetingState.POSTPONED, "cancel": MeetingState.CANCELLED}
    assert meeting.state is states[verb]
    stale = client.send(path, given)
    assert stale.status_code == 409
    assert "Mia er syg" in stale.get_data(as_text=True)
    given["version"] = str(meeting.version)
    assert client.send(path, given).status_code in {303, 422}
    assert client.get(f"/meetings/{meeting.id}").status_code == 200
    world.sign_in(client, mia)
    page = client.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert ("aflyst" in page) is (verb == "cancel")


def test_staff_who_do_not_lead_do_not_change_it(world: World, client: StrictClient) -> None:
    meeting = world.meeting(world.case())
    world.sign_in(client, world.jonas)
    assert client.get(f"/meetings/{meeting.id}").status_code == 200
    assert client.get(f"/meetings/{meeting.id}/edit").status_code == 403
    assert client.get(f"/meetings/{meeting.id}/cancel").status_code == 403


@pytest.mark.parametrize(
    "tail", ["", "/edit", "/postpone", "/cancel", "/prepare", "/prepare/all", "/agenda"]
)
def test_a_stranger_finds_nothing(world: World, client: StrictClient, tail: str) -> None:
    meeting = world.meeting(world.case())
    world.sign_in(client, world.stranger)
    answer = client.get(f"/meetings/{meeting.id}{tail}")
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_the_person_and_an_invited_relative_read_their_own_page(
    world: World, client: StrictClient
) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    meeting = world.meeting(case)
    world.sign_in(client, case.person.user)
    page = client.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert "Fortæl, hvad der er vigtigt for dig" in page
    assert "Hvor skal Mia bo?" in page
    world.sign_in(client, world.hanne)
    page = client.get(f"/meetings/{meeting.id}").get_data(as_text=True)
    assert "Mødet er" in page
    assert "Hvor skal Mia bo?" not in page
    assert "Fortæl" not in page


def test_every_link_of_the_persons_page_leads_somewhere(world: World, client: StrictClient) -> None:
    case = world.case()
    draft = world.meeting(case)
    sent = world.meeting(case, in_days=20, state=MeetingState.INVITED)
    mia, drafted, invited = case.person.user_id, draft.id, sent.id
    world.sign_in(client, case.person.user)
    for email in ("mia@example.org", ""):
        db.session.get_one(User, mia).email = email
        world.save()
        for meeting in (drafted, invited):
            page = client.get(f"/meetings/{meeting}").get_data(as_text=True)
            found = set(re.findall(rf'href="(/meetings/{meeting}[^"]*)"', page))
            led_to = {path: client.get(path).status_code for path in found}
            assert led_to == dict.fromkeys(found, 200)
            assert (f"/meetings/{meeting}/answer" in found) is (meeting == invited)
            has_file = meeting == invited and email != ""
            assert (f"/meetings/{meeting}.ics" in found) is has_file


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (MeetingForm.IN_PERSON, "I mødes ansigt til ansigt."),
        (MeetingForm.VIDEO, "I mødes på video."),
        (MeetingForm.PHONE, "I taler sammen i telefon."),
        (MeetingForm.HYBRID, "I mødes ansigt til ansigt. Du kan også være med på video."),
    ],
)
def test_the_person_reads_how_they_meet_in_a_sentence(
    world: World, client: StrictClient, form: MeetingForm, sentence: str
) -> None:
    meeting = world.meeting(world.case(), state=MeetingState.INVITED)
    meeting.form = form
    world.sign_in(client, meeting.case.person.user)
    page = client.get(f"/meetings/{meeting.id}").text
    assert sentence in page
    assert "I mødes ved" not in page
