"""One button puts a named deputy on the list; a no carries its reason."""

import pytest

from netmeet.core.access import Role
from netmeet.invitations import queries
from netmeet.invitations.queries import deputies
from netmeet.meetings.rules import MeetingState
from tests.reader import mentions


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def meeting(world, case):
    return world.meeting(case, state=MeetingState.INVITED)


@pytest.fixture
def bo(world):
    return world.staff("Bo Lund", world.office, role=Role.MUN, title="socialrådgiver")


def name(world, client, meeting, email=""):
    world.sign_in(client, world.jonas)
    fields = {"deputy-name": "Bo Lund", "deputy-email": email, "deputy-has_mandate": "y"}
    assert client.send(f"/meetings/{meeting.id}/deputy", fields).status_code == 303
    return queries.meeting(meeting.id).invitation(world.jonas.id).id


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def people(meeting):
    return f"/meetings/{meeting.id}/invitations"


@pytest.mark.parametrize("none", ["bo", "søren@example.org", "a@b.dk, c@d.dk"])
def test_a_deputys_address_is_one_that_mail_can_go_to(world, client, meeting, none):
    world.sign_in(client, world.jonas)
    fields = {"deputy-name": "Bo Lund", "deputy-email": none}
    answer = client.send(f"/meetings/{meeting.id}/deputy", fields)
    assert answer.status_code == 422
    assert "Skriv en hel mailadresse" in answer.text


@pytest.mark.parametrize("page", ["invitations", "readiness"])
def test_one_button_puts_the_deputy_on_the_list(world, client, meeting, bo, page):
    invitation_id = name(world, client, meeting, email=bo.email)
    world.sign_in(client, world.lise)
    act = f"/invitations/{invitation_id}/deputy/invite"
    body = read(client, f"/meetings/{meeting.id}/{page}")
    assert body.count(act) == 1
    assert "Sæt Bo Lund på listen" in body
    answer = client.send(act)
    assert (answer.status_code, answer.location) == (303, f"{people(meeting)}#send")
    body = read(client, people(meeting))
    assert "Stedfortræder: Bo Lund." in body
    assert "Stedfortræder for Jonas Holm." in body
    assert "Send til 1" in body
    assert act not in body
    assert client.send(act).status_code == 422
    version = queries.meeting(meeting.id).version
    assert client.send(f"{people(meeting)}/send", {"version": version}).status_code == 303
    world.sign_in(client, bo)
    body = read(client, f"/meetings/{meeting.id}/answer")
    assert "Du kommer i stedet for Jonas Holm." in body
    world.sign_in(client, world.jonas)
    body = read(client, f"/meetings/{meeting.id}/answer")
    assert "Bo Lund kommer i stedet for dig." in body


def test_the_person_reads_who_comes_instead(world, client, case, meeting, bo):
    mia = case.person.user
    invitation_id = name(world, client, meeting, email=bo.email)
    world.sign_in(client, mia)
    assert "Bo Lund" not in read(client, people(meeting))
    world.sign_in(client, world.lise)
    client.send(f"/invitations/{invitation_id}/deputy/invite")
    world.sign_in(client, mia)
    assert "Bo Lund kommer i stedet." in read(client, people(meeting))


def test_a_no_without_a_reason_is_shown_again_and_with_one_reaches_who_asked(
    world, client, meeting
):
    invitation_id = name(world, client, meeting)
    world.sign_in(client, world.lise)
    act = f"/invitations/{invitation_id}/deputy/decline"
    assert client.send(act, {"reason": ""}).status_code == 422
    reason = "Kom selv, hvis du kan."
    assert client.send(act, {"reason": reason}).status_code == 303
    assert client.send(act, {"reason": reason}).status_code == 422
    assert f"Bo Lund kan ikke være stedfortræder: {reason}" in read(client, people(meeting))
    world.sign_in(client, world.jonas)
    assert reason in read(client, f"/meetings/{meeting.id}/answer")


def test_without_the_persons_yes_there_is_no_button_and_no_way(world, client, bo):
    case = world.case(consent=())
    meeting = world.meeting(case, state=MeetingState.INVITED)
    invitation_id = name(world, client, meeting, email=bo.email)
    world.sign_in(client, world.lise)
    body = read(client, people(meeting))
    assert "Mia har ikke sagt ja til, at Bo Lund er med." in body
    act = f"/invitations/{invitation_id}/deputy/invite"
    assert act not in body
    assert act not in read(client, f"/meetings/{meeting.id}/readiness")
    assert client.send(act).status_code == 403
    assert queries.meeting(meeting.id).case.member(bo.id) is None


@pytest.mark.parametrize("act", ["invite", "decline"])
def test_only_who_leads_decides_and_a_stranger_finds_nothing(world, client, meeting, bo, act):
    invitation_id = name(world, client, meeting, email=bo.email)
    path = f"/invitations/{invitation_id}/deputy/{act}"
    assert client.send(path, {"reason": "Nej"}).status_code == 403
    world.sign_in(client, world.stranger)
    answer = client.send(path, {"reason": "Nej"})
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")
    assert deputies.by_invitation(invitation_id).deputy.is_waiting


def test_where_nobody_was_named_there_is_nothing_to_answer(world, client, meeting):
    path = f"/invitations/{meeting.invitation(world.jonas.id).id}/deputy/invite"
    world.sign_in(client, world.lise)
    assert client.send(path).status_code == 404


def test_a_guest_without_a_title_is_among_the_demos_people(world, client, meeting):
    invitation_id = name(world, client, meeting, email="bo@example.org")
    world.sign_in(client, world.lise)
    assert client.send(f"/invitations/{invitation_id}/deputy/invite").status_code == 303
    client.send("/logout")
    assert "Bo Lund" in read(client, "/login")
