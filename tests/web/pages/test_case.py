"""The case on one page, for staff."""

import re
from datetime import timedelta

from netmeet.actions.models import Action
from netmeet.cases import service as cases
from netmeet.cases.models import Case
from netmeet.cases.rules import CaseState, ConsentHow, Scope
from netmeet.core.db import db
from netmeet.meetings import service as meetings
from netmeet.meetings.models import PreparationAnswer
from netmeet.meetings.rules import LifeArea, MeetingState, Question
from netmeet.meetings.service.requests import Wish
from tests.reader import StrictClient, mentions
from tests.world import World, now


def _page(client: StrictClient, case: Case) -> str:
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _action(world: World, case: Case) -> Action:
    action = Action(
        case_id=case.id,
        case=case,
        what="Ansøger om bostøtte",
        life_area=LifeArea.HOUSING,
        owner_id=world.jonas.id,
        owner=world.jonas,
        due_on=(now() - timedelta(days=3)).date(),
        created_at=now(),
        created_by_id=world.lise.id,
        published_at=now(),
    )
    db.session.add(action)
    db.session.flush()
    return action


def test_the_persons_words_come_first(world: World, client: StrictClient) -> None:
    case = world.case()
    meeting = world.meeting(case, state=MeetingState.INVITED)
    answer = PreparationAnswer(
        meeting_id=meeting.id,
        question=Question.MATTERS,
        text="Jeg vil bo et stille sted",
        author_id=case.person.user_id,
        saved_at=now(),
        confirmed_at=now(),
    )
    meeting.answers.append(answer)
    _action(world, case)
    world.sign_in(client, world.lise)
    body = _page(client, case)
    assert body.index("Jeg vil bo et stille sted") < body.index("Det næste")
    assert "Det mangler det næste møde" in body
    assert "over fristen" in body
    assert "Jonas Holm" in body
    answer.text, answer.data = "", {"words": ["economy"]}
    assert re.search(r"Mia siger.*Penge", _page(client, case), re.DOTALL)


def test_a_colleague_without_consent_sees_no_content(world: World, client: StrictClient) -> None:
    case = world.case(consent=())
    meeting = world.meeting(case, state=MeetingState.INVITED)
    meeting.answers.append(
        PreparationAnswer(
            meeting_id=meeting.id,
            question=Question.MATTERS,
            text="Jeg vil bo et stille sted",
            author_id=case.person.user_id,
            saved_at=now(),
        )
    )
    _action(world, case).owner_id = world.lise.id
    world.sign_in(client, world.jonas)
    body = _page(client, case)
    assert "Jeg vil bo et stille sted" not in body
    assert "Ansøger om bostøtte" not in body
    assert "Lise Dam" in body


def test_without_a_meeting_the_next_step_is_one(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, world.lise)
    assert "Der er ikke aftalt et møde." in _page(client, case)


def test_a_request_is_answered_first(world: World, client: StrictClient) -> None:
    case = world.case()
    meetings.requests.ask(
        case, by=world.actor(case.person.user), at=now(), wish=Wish(about="Jeg vil flytte")
    )
    world.sign_in(client, world.lise)
    body = _page(client, case)
    assert "Mia har bedt om et møde. Det er dag 0 af 5." in body
    assert "Foreslå tider" in body


def test_a_held_meeting_is_sent_out_first(world: World, client: StrictClient) -> None:
    case = world.case()
    world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    world.meeting(case, in_days=30)
    world.sign_in(client, world.lise)
    assert "Referat og plan er ikke sendt ud endnu" in _page(client, case)


def test_an_open_room_comes_before_everything(world: World, client: StrictClient) -> None:
    case = world.case()
    world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    world.meeting(case, in_days=0, state=MeetingState.INVITED).started_at = now()
    world.sign_in(client, world.lise)
    body = _page(client, case)
    assert "Mødet er i gang." in body
    assert body.count("Gå til mødet, der er i gang") == 3
    assert "Hold mødet nu" not in body
    assert "Det mangler det næste møde" not in body
    front = client.get("/").text
    assert "Gå til mødet, der er i gang" in front
    assert "begyndte kl." in front


def test_a_closed_case_has_no_next_step(world: World, client: StrictClient) -> None:
    case = world.case()
    case.state, case.closed_at = CaseState.CLOSED, now()
    case.close_reason = "Alt er nået."
    world.sign_in(client, world.lise)
    body = _page(client, case)
    assert "Alt er nået." in body
    assert "Det næste</h2>" not in body


def test_a_stranger_finds_nothing(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, world.stranger)
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_a_relative_gets_their_own_page_there(world: World, client: StrictClient) -> None:
    case = world.case(relative=world.hanne, relative_scopes=["basic"])
    world.sign_in(client, world.hanne)
    assert "Der er ikke noget til dig lige nu" in _page(client, case)


def test_who_may_come_again_is_put_on_the_list_with_one_tap(
    world: World, client: StrictClient
) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    meeting = world.meeting(case, state=MeetingState.INVITED)
    meeting.starts_local = None
    (given,) = [one for one in case.consents if one.recipient_id == world.hanne.id]
    mia, hanne = world.actor(case.person.user), world.hanne.id
    cases.withdraw_consent(case, given, by=mia, at=now())
    cases.grant_consent(
        case, by=mia, at=now(), scopes=[Scope.INVITE], how=ConsentHow.DIGITAL, recipient_id=hanne
    )
    path, case_path = f"/meetings/{meeting.id}/invitations/add", f"/cases/{case.id}"
    world.sign_in(client, world.lise)
    body = client.get(case_path).get_data(as_text=True)
    assert "Hanne må komme med igen." in body
    assert f'action="{path}"' in body
    assert re.search(rf'<button[^>]*name="user_id"[^>]*value="{hanne}"', body)
    assert client.send(path, {"user_id": hanne}).status_code == 303
    assert "må komme med igen" not in client.get(case_path).get_data(as_text=True)


def test_a_meeting_of_yesterday_that_nobody_ended_is_to_be_ended(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    meeting = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    meeting.started_at = now() - timedelta(days=1)
    world.sign_in(client, world.lise)
    body = _page(client, case)
    assert "Mødet er ikke sluttet i netmeet." in body
    assert "i gang" not in body.split("<main")[1]
    assert body.count(f'href="/meetings/{meeting.id}/room/end"') == 3
    meeting.started_at = now()
    assert "Mødet er i gang." in _page(client, case)
