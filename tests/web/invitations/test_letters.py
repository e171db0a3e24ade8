import io

import pikepdf
import pytest

from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole
from netmeet.invitations import queries, service
from tests.world import now


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def meeting(world, case):
    guest = world.user("Amal Said")
    cases.join(case, guest, place=cases.Place(role=MemberRole.INTERPRETER), at=now())
    guest.email = ""
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    for member in case.members:
        service.draft(meeting, member, by=by, at=now())
    service.send(meeting, version=meeting.version, by=by, at=now())
    return meeting


def path(meeting, user, tail=""):
    return f"/meetings/{meeting.id}/letters/{user.id}{tail}"


def test_a_letter_to_others_names_nobody_but_them(world, client, meeting):
    world.sign_in(client, world.lise)
    page = client.get(path(meeting, world.user("Amal Said")))
    sheet = page.get_data(as_text=True).split('class="letter-sheet"')[1].split("</main>")[0]
    number = queries.meeting(meeting.id).invitation(world.user("Amal Said").id).number
    assert "Amal Said" in sheet
    assert str(number) in sheet
    assert "/i/" in sheet
    assert [word for word in ("Mia", "Jonas", "bolig") if word in sheet] == []


def test_the_letter_to_the_person_says_who_comes(world, client, case, meeting):
    mia = case.person.user
    world.sign_in(client, world.lise)
    text = client.get(path(meeting, mia)).get_data(as_text=True)
    assert "Du kan altid ændre mening." in text
    assert "Jonas (sagsbehandler)" in text


def test_the_letter_is_a_tagged_pdf(world, client, meeting):
    world.sign_in(client, world.lise)
    answer = client.get(path(meeting, world.user("Amal Said"), ".pdf"))
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert paper.Root.MarkInfo.Marked
        assert len(paper.pages) == 1


def test_the_person_prints_only_their_own(world, client, case, meeting):
    mia = case.person.user
    world.sign_in(client, mia)
    assert client.get(path(meeting, mia, ".pdf")).status_code == 200
    assert client.get(path(meeting, world.jonas, ".pdf")).status_code == 404


def test_no_letter_before_sending_to_strangers_or_for_them(world, client, case, meeting):
    unsent = world.meeting(case, invited=[world.jonas])
    world.sign_in(client, world.lise)
    assert client.get(path(unsent, world.jonas)).status_code == 404
    assert client.get(path(meeting, world.stranger)).status_code == 404
    world.sign_in(client, world.jonas)
    assert client.get(path(meeting, world.jonas)).status_code == 403
    world.sign_in(client, world.stranger)
    assert client.get(path(meeting, world.jonas)).status_code == 404


def test_protection_leaves_the_address_out(world, client, case, meeting):
    person, mia = case.person, case.person.user
    mia.address = "Nørregade 1, 1165 København"
    world.sign_in(client, world.lise)
    shown = client.get(path(meeting, mia)).get_data(as_text=True)
    person.is_protected = True
    hidden = client.get(path(meeting, mia)).get_data(as_text=True)
    assert ("Nørregade" in shown, "Nørregade" in hidden) == (True, False)
