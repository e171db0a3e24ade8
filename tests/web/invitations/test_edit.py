from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.db import db
from netmeet.invitations import queries
from netmeet.invitations.models import Answer
from netmeet.meetings.queries import with_answers
from netmeet.meetings.rules import MeetingState, Question
from netmeet.meetings.service import preparation
from netmeet.meetings.service.preparation import Said
from netmeet.outbox.models import Message
from tests.reader import mentions
from tests.world import now


@contextmanager
def counted(app):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    return world.meeting(case, invited=[])


@pytest.fixture
def lead(world, client, case, meeting):
    world.sign_in(client, world.lise)
    return client


def again(meeting):
    """Return the meeting as it is after a request."""
    return queries.meeting(meeting.id)


def address(meeting, tail=""):
    return f"/meetings/{meeting.id}/invitations{tail}"


def test_whom_the_person_does_not_want_is_told_and_not_taken_with_the_rest(world, lead, meeting):
    coming = with_answers(meeting.id)
    mia = world.actor(coming.case.person.user)
    said = Said(data={"who": {world.jonas.id: "not", world.hanne.id: "part"}})
    preparation.answer(coming, Question.WHO, by=mia, at=now(), said=said, version=0)
    world.save()
    page = lead.get(address(meeting)).text
    assert "Mia vil ikke have, at Jonas kommer." in page
    assert "Tag alle andre med, der må inviteres" in page
    lead.send(address(meeting, "/add"))
    assert again(meeting).invitation(world.hanne.id) is not None
    assert again(meeting).invitation(world.jonas.id) is None
    lead.send(address(meeting, "/add"), {"user_id": world.jonas.id})
    assert again(meeting).invitation(world.jonas.id) is not None
    assert "Mia vil ikke have, at Jonas kommer." in lead.get(address(meeting)).text
    world.sign_in(lead, world.jonas)
    assert "vil ikke have" not in lead.get(address(meeting)).text


def test_from_the_list_to_the_sending(world, lead, meeting):
    text = lead.get(address(meeting)).get_data(as_text=True)
    assert "Tag med" in text
    assert lead.send(address(meeting, "/add"), {"user_id": world.jonas.id}).status_code == 303
    assert [i.user_id for i in again(meeting).current_invitations] == [world.jonas.id]
    assert lead.send(address(meeting, "/add")).status_code == 303
    assert len(again(meeting).current_invitations) == 4
    text = lead.get(address(meeting)).get_data(as_text=True)
    assert "4 får en mail med kalenderfil." in text
    answer = lead.send(address(meeting, "/send"), {"version": meeting.version})
    assert answer.status_code == 303
    assert again(meeting).state is MeetingState.INVITED
    assert len(db.session.scalars(select(Message)).all()) == 4
    text = lead.get(address(meeting)).get_data(as_text=True)
    assert "Alle på listen har fået det, de skal have." in text
    assert lead.send(address(meeting, "/send"), {"version": meeting.version}).status_code == 422


def test_answers_are_entered_only_while_the_meeting_lies_ahead(world, client):
    case = world.case()
    held = [world.meeting(case, in_days=days, state=MeetingState.INVITED) for days in (5, -1)]
    places = [address(meeting) for meeting in held]
    world.sign_in(client, world.lise)
    assert ["Har du fået svaret" in client.get(one).text for one in places] == [True, False]


def test_a_stale_page_sends_nothing_and_shows_both(world, lead, meeting):
    lead.send(address(meeting, "/add"))
    answer = lead.send(address(meeting, "/send"), {"version": meeting.version + 1})
    assert answer.status_code == 409
    assert db.session.scalars(select(Message)).all() == []


def test_who_is_not_agreed_on_is_greyed_with_a_question(world, client):
    case = world.case(consent=())
    meeting = world.meeting(case, invited=[])
    world.sign_in(client, world.lise)
    text = client.get(address(meeting)).get_data(as_text=True)
    assert "Vi mangler svar fra Mia om Jonas." in text
    assert "Spørg Mia" in text
    assert "Samtykke mangler" not in text
    answer = client.send(address(meeting, "/add"), {"user_id": world.jonas.id})
    assert answer.status_code == 422
    assert again(meeting).current_invitations == []


def test_the_reason_and_part_are_changed_in_place(world, lead, meeting):
    lead.send(address(meeting, "/add"), {"user_id": world.jonas.id})
    invitation = again(meeting).invitation(world.jonas.id)
    fields = {
        f"{invitation.id}-version": invitation.version,
        f"{invitation.id}-why": "Jonas kender de ledige boliger.",
        f"{invitation.id}-begins": "13:15",
        f"{invitation.id}-ends": "13:30",
    }
    assert lead.send(f"/invitations/{invitation.id}", fields).status_code == 303
    assert invitation.why == "Jonas kender de ledige boliger."
    assert (invitation.part_from.minute, invitation.is_required) == (15, False)
    assert lead.send(f"/invitations/{invitation.id}", fields).status_code == 409
    fields[f"{invitation.id}-version"] = invitation.version
    wrong = {**fields, f"{invitation.id}-ends": "13:00"}
    answer = lead.send(f"/invitations/{invitation.id}", wrong)
    assert answer.status_code == 422
    assert "Slutningen ligger før begyndelsen" in answer.get_data(as_text=True)
    empty = {**fields, f"{invitation.id}-why": ""}
    assert lead.send(f"/invitations/{invitation.id}", empty).status_code == 422


def test_an_answer_is_entered_and_marked(world, client, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    over = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    path = f"/invitations/{meeting.invitation(world.jonas.id).id}/entered"
    late = f"/invitations/{over.invitation(world.jonas.id).id}/entered"
    world.sign_in(client, world.lise)
    assert client.send(path, {"answer": "no"}).status_code == 303
    (kept,) = db.session.scalars(select(Answer)).all()
    assert (kept.via, kept.by_id) == ("entered", world.lise.id)
    assert "skrevet ind af koordinatoren" in client.get(address(meeting)).get_data(as_text=True)
    assert client.send(path, {"answer": "?"}).status_code == 400
    assert client.send(late, {"answer": "yes"}).status_code == 422


def test_an_invitation_is_withdrawn(world, client, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    path = f"/invitations/{meeting.invitation(world.hanne.id).id}/withdraw"
    world.sign_in(client, world.lise)
    assert client.send(path).status_code == 303
    assert again(meeting).invitation(world.hanne.id) is None


def test_the_person_withdraws_relatives_but_not_staff(world, client, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    hanne, jonas = (meeting.invitation(u.id).id for u in (world.hanne, world.jonas))
    world.sign_in(client, case.person.user)
    assert client.send(f"/invitations/{hanne}/withdraw").status_code == 303
    assert client.send(f"/invitations/{jonas}/withdraw").status_code == 403
    assert again(meeting).invitation(world.jonas.id) is not None


def test_the_person_reads_who_comes_in_plain_words(world, client, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    world.sign_in(client, case.person.user)
    text = client.get(address(meeting)).get_data(as_text=True)
    assert "Hvem kommer til mødet?" in text
    assert "ikke svaret" in text
    assert "Træk invitationen tilbage" not in text


def test_a_colleague_reads_and_changes_nothing(world, client, meeting):
    world.sign_in(client, world.jonas)
    text = client.get(address(meeting)).get_data(as_text=True)
    assert "Tag med" not in text
    assert client.send(address(meeting, "/send"), {"version": 1}).status_code == 403
    assert client.send(address(meeting, "/add")).status_code == 403


@pytest.mark.parametrize("tail", ["", "/add", "/send"])
def test_a_stranger_finds_nothing(world, client, meeting, tail):
    world.sign_in(client, world.stranger)
    ask = client.send if tail else client.get
    answer = ask(address(meeting, tail))
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_the_queries_do_not_grow_with_the_network(world, client, app, case):
    small = world.meeting(case, state=MeetingState.INVITED, invited=[world.jonas])
    for number in range(10):
        place = cases.Place(role=MemberRole.INTERPRETER)
        cases.join(case, world.user(f"Tolk {number}"), place=place, at=small.created_at)
    large = world.meeting(case, state=MeetingState.INVITED)
    world.sign_in(client, world.lise)
    with counted(app) as few:
        client.get(address(small))
    with counted(app) as many:
        client.get(address(large))
    assert len(many) == len(few) <= 12
