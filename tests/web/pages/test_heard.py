"""What the person says is seen by who must act on it."""

import re
from datetime import timedelta

import pytest

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, Status
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations import service as invite
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings import service as meetings
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service.requests import Wish
from tests.reader import StrictClient
from tests.world import World, now


def _home(client: StrictClient) -> str:
    return client.get("/").get_data(as_text=True)


def test_a_second_wish_does_not_hide_the_first(world: World, client: StrictClient) -> None:
    case = world.case()
    person = world.actor(case.person.user)
    for days, about in ((3, "bolig"), (0, "medicin")):
        at = now() - timedelta(days=days)
        asked = meetings.requests.ask(case, by=person, at=at, wish=Wish(about=about))
        if days:
            first, due = asked.id, asked.due_on
    world.sign_in(client, case.person.user)
    body = _home(client)
    assert f'href="/requests/{first}"' in body
    assert calendar.day(due, today=clock.today()) in body
    world.sign_in(client, world.lise)
    page = client.get(f"/cases/{case.id}").text
    assert f'href="/requests/{first}"' in page


def test_only_who_has_been_invited_comes(world: World, client: StrictClient) -> None:
    case = world.case(relative=world.hanne, relative_scopes=(Scope.INVITE,))
    meeting = world.meeting(case, in_days=10, state=MeetingState.INVITED)
    theirs = meeting.invitation(world.hanne.id)
    invite.answer(theirs, AnswerValue.YES, via=Via.LOGIN, by=world.hanne.id, at=now())
    world.sign_in(client, case.person.user)
    assert "Hanne kommer." in _home(client)
    theirs.sent_at = None
    db.session.flush()
    assert "Hanne kommer." not in _home(client)


def test_a_no_to_what_was_done_stays_in_sight(world: World, client: StrictClient) -> None:
    case = world.case()
    action = Action(
        case_id=case.id,
        case=case,
        what="Ringer til boligkontoret",
        kind=ActionKind.TASK,
        owner_id=world.lise.id,
        created_at=now() - timedelta(days=9),
        created_by_id=world.lise.id,
        published_at=now() - timedelta(days=9),
        status=Status.DONE,
        status_at=now() - timedelta(days=1),
        closed_at=now() - timedelta(days=1),
    )
    db.session.add(action)
    mia = case.person.user
    world.sign_in(client, mia)
    client.send(f"/actions/{action.id}/said", {"word": "no", "next": "/"})
    body = _home(client)
    agreed = body.index("Lise ringer til boligkontoret")
    assert "Du har svaret: Nej, det er ikke sket. Lise og din koordinator kan se det." in body
    assert "Det er sket, eller det blev anderledes" not in body[:agreed]
    world.sign_in(client, world.lise)
    body = _home(client)
    assert "Mia siger, at én aftale ikke er sket." in body
    assert "Mia siger, at det ikke er sket" in body
    assert "Ikke sket alligevel" in client.get("/actions").text
    assert "Mia siger, at det ikke er sket" in client.get(f"/cases/{case.id}").text


@pytest.mark.parametrize(
    ("value", "words"),
    [("yes", "Du har svaret ja."), ("maybe", "Du har svaret måske."), ("no", "Du har svaret nej.")],
)
def test_the_person_answers_the_invitation_with_one_tap(
    world: World, client: StrictClient, value: str, words: str
) -> None:
    case = world.case()
    meeting = world.meeting(case, in_days=10, state=MeetingState.INVITED)
    world.sign_in(client, case.person.user)
    body = _home(client)
    act = f"/meetings/{meeting.id}/answer"
    assert f'action="{act}"' in body
    assert "aria-pressed" not in body
    answer = client.send(act, {"answer": value, "next": "/"})
    # After a no the person is asked what shall happen.
    leads_to = f"/meetings/{meeting.id}/instead" if value == "no" else "/"
    assert (answer.status_code, answer.location) == (303, leads_to)
    body = _home(client)
    assert words in body
    assert body.count('aria-pressed="true"') == 1


def test_on_the_day_one_tap_says_that_one_is_coming_or_not(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    meeting = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    later = (calendar.to_local(now()) + timedelta(minutes=1)).replace(tzinfo=None)
    meeting.starts_local = later.replace(second=59)
    world.sign_in(client, case.person.user)
    form = re.compile(rf'action="/meetings/{meeting.id}/answer".*?</form>', re.DOTALL)
    coming, away = form.findall(_home(client))
    assert 'name="answer" value="yes"' in " ".join(coming.split())
    assert 'name="answer" value="no"' in " ".join(away.split())
    client.send(f"/meetings/{meeting.id}/answer", {"answer": "no", "next": "/"})
    assert "Du har svaret nej." in _home(client)


def test_nothing_is_asked_before_it_is_sent_or_of_who_acts_for_the_person(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    meeting = world.meeting(case, in_days=10, state=MeetingState.PLANNED)
    world.sign_in(client, case.person.user)
    assert f"/meetings/{meeting.id}/answer" not in _home(client)
