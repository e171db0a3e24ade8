"""What the person says is seen by who must act on it."""

from datetime import timedelta

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, Status
from netmeet.cases.rules import Scope
from netmeet.core import calendar
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
    assert calendar.day(due, today=now().date()) in body
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
