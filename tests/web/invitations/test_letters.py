import io
import re
from datetime import timedelta

import pikepdf
import pytest
from sqlalchemy import select

from netmeet.accounts.models import LetterCode, RateCount
from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.db import db
from netmeet.invitations import queries, service
from netmeet.outbox.rules import Channel
from tests.world import now


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def hanne(world, case):
    """Let the sister be somebody who gets letters."""
    world.add_relative(case, world.hanne, scopes=[Scope.BASIC, Scope.INVITE])
    world.hanne.channel = Channel.LETTER
    return world.hanne


@pytest.fixture
def meeting(world, case, hanne):
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
    assert "Jonas (fra kommunen)" in text


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
    assert ("lokale 2" in shown, "lokale 2" in hidden) == (True, False)


def make_code(client, meeting, user):
    answer = client.send(path(meeting, user))
    assert answer.status_code == 200
    return re.search(r'name="code" value="(\d{8})"', answer.get_data(as_text=True)).group(1)


def open_link(client, meeting, user):
    """Scan the code of the letter, and say that one has a code."""
    client.send("/logout")
    invitation = queries.meeting(meeting.id).invitation(user.id)
    token = queries.letter_token(invitation)
    return client.send(f"/i/{token}/code", {"action": "letter"})


def test_the_code_of_a_letter_signs_in_once(world, client, hanne, meeting):
    world.sign_in(client, world.lise)
    assert "Lav brevet med en kode" in client.get(path(meeting, hanne)).get_data(as_text=True)
    code = make_code(client, meeting, hanne)
    assert open_link(client, meeting, hanne).location == "/code"
    assert "Skriv koden fra brevet" in client.get("/code").get_data(as_text=True)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert client.send("/code", {"code": wrong}).status_code == 422
    answer = client.send("/code", {"code": f"{code[:4]} {code[4:]}"})
    assert (answer.status_code, answer.location) == (303, f"/meetings/{meeting.id}/answer")
    assert client.get(answer.location).status_code == 200
    assert open_link(client, meeting, hanne).location == "/code"
    assert client.send("/code", {"code": code}).status_code == 422


def test_the_page_of_the_link_asks_for_the_letters_code_while_it_is_good(
    world, client, hanne, meeting
):
    token = queries.letter_token(queries.meeting(meeting.id).invitation(hanne.id))
    words = "Jeg har en kode i et brev"
    assert words not in client.get(f"/i/{token}").get_data(as_text=True)
    world.sign_in(client, world.lise)
    make_code(client, meeting, hanne)
    assert words in client.get(f"/i/{token}").get_data(as_text=True)


def test_it_is_no_fresh_proof_of_who_one_is(world, client, case, meeting):
    mia = case.person.user
    mia.channel = Channel.LETTER
    world.sign_in(client, world.lise)
    code = make_code(client, meeting, mia)
    open_link(client, meeting, mia)
    client.send("/code", {"code": code})
    assert "Få en kode" in client.get("/step-up").get_data(as_text=True)
    world.sign_in(client, world.lise)
    again = make_code(client, meeting, mia)
    open_link(client, meeting, mia)
    client.send("/code", {"code": again})
    assert client.send("/step-up", {"code": again}).status_code == 422


def test_reading_the_letter_makes_no_code_and_only_who_leads_does(world, client, hanne, meeting):
    world.sign_in(client, world.lise)
    for _ in range(3):
        client.get(path(meeting, hanne))
        client.get(path(meeting, hanne, ".pdf"))
    assert db.session.scalars(select(LetterCode)).all() == []
    world.sign_in(client, world.jonas)
    assert client.send(path(meeting, hanne)).status_code == 403
    world.sign_in(client, world.stranger)
    assert client.send(path(meeting, hanne)).status_code == 404
    assert client.send(path(meeting, hanne, ".pdf"), {"code": "1"}).status_code == 404
    assert db.session.scalars(select(LetterCode)).all() == []


def test_interpreters_and_who_has_a_mailbox_get_none(world, client, case, meeting):
    without = (world.user("Amal Said"), case.person.user)
    world.sign_in(client, world.lise)
    for user in without:
        body = client.get(path(meeting, user)).get_data(as_text=True)
        assert "Lav brevet med en kode" not in body
        assert client.send(path(meeting, user)).status_code == 422


@pytest.mark.parametrize("is_person", [True, False])
def test_the_letter_with_its_code_is_one_page(world, client, case, hanne, meeting, is_person):
    user = case.person.user if is_person else hanne
    user.channel, user.own_word = Channel.LETTER, "fyrtårn"
    world.sign_in(client, world.lise)
    code = make_code(client, meeting, user)
    answer = client.send(path(meeting, user, ".pdf"), {"code": code})
    assert answer.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        assert paper.Root.MarkInfo.Marked
        assert len(paper.pages) == 1
    assert client.send(path(meeting, user, ".pdf"), {"code": "12345678"}).status_code == 404


def test_a_new_letter_ends_the_code_of_the_old_one(world, client, hanne, meeting):
    world.sign_in(client, world.lise)
    old = make_code(client, meeting, hanne)
    make_code(client, meeting, hanne)
    open_link(client, meeting, hanne)
    assert client.send("/code", {"code": old}).status_code == 422


def test_ten_pdfs_a_minute_are_enough(world, client, case, meeting):
    """T17: printing costs much; who asks too often waits, and nobody else with them."""
    mia = case.person.user
    world.sign_in(client, mia)
    sheet, key = f"/meetings/{meeting.id}/prepare/paper.pdf", f"pdf:{mia.id}"
    assert client.get(sheet).status_code == 200
    counted = db.session.scalars(select(RateCount).where(RateCount.key == key)).one()
    assert counted.count == 1
    counted.count = 10
    for where in (sheet, path(meeting, mia, ".pdf")):
        assert client.get(where).status_code == 429
    world.sign_in(client, world.lise)
    assert client.get(path(meeting, world.user("Amal Said"), ".pdf")).status_code == 200
    world.sign_in(client, mia)
    counted.started_at -= timedelta(minutes=2)
    assert client.get(sheet).status_code == 200
