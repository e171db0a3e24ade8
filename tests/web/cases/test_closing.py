"""A case ends with a reason and a day, and may be taken up again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions import queries as actions
from netmeet.actions.rules import Status
from netmeet.audit.models import AuditEvent
from netmeet.cases import queries
from netmeet.cases.rules import CaseState, CloseKind
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import MeetingRequest
from netmeet.meetings.rules import MeetingState, RequestState
from netmeet.outbox.models import Message
from tests.slices.actions.making import agree, own
from tests.world import now


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def lise(world, client, case):
    world.sign_in(client, world.lise)
    return client


def typed(case, **facts):
    form = {
        "kind": "done",
        "reason": "Mia har det godt, og vi er enige om at slutte.",
        "on": clock.today().isoformat(),
        "version": case.version,
    }
    return form | facts


def told(case):
    return {
        message.user_id
        for message in db.session.scalars(select(Message).where(Message.kind == "cases.news"))
    }


def test_the_coordinator_closes_with_reason_and_day(world, lise, case):
    page = lise.get(f"/cases/{case.id}/close")
    assert "Slutter forløbet for Mia?" in page.text
    day = clock.today() - timedelta(days=3)
    answer = lise.send(f"/cases/{case.id}/close", typed(case, on=day.isoformat()))
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.id}")
    closed = queries.by_id(case.id)
    assert (closed.state, closed.close_kind) == (CaseState.CLOSED, CloseKind.DONE)
    assert calendar.to_local(closed.closed_at).date() == day
    page = lise.get(f"/cases/{case.id}").text
    assert "enige om at slutte" in page
    assert "Åbne forløbet igen" in page
    assert "Planlægge et nyt møde" not in page
    assert told(case) == {case.person.user_id, world.jonas.id}
    logged = db.session.scalars(
        select(AuditEvent).where(AuditEvent.operation == "case.close", AuditEvent.allowed)
    )
    assert "Mia har det godt, og vi er enige om at slutte." in {each.reason for each in logged}


def test_after_a_death_nobody_writes_to_the_person(world, lise, case):
    own(world, case)
    lise.send(f"/cases/{case.id}/close", typed(case, kind="death", owed="lapse"))
    assert told(case) == {world.jonas.id}
    everything = set(db.session.scalars(select(Message.user_id)))
    assert case.person.user_id not in everything


def test_open_agreements_lapse_or_go_on_and_one_must_say_which(world, lise, case):
    action = agree(world, case, world.jonas)
    unsaid = lise.send(f"/cases/{case.id}/close", typed(case))
    assert unsaid.status_code == 422
    assert "Vælg, hvad der sker med dem." in unsaid.text
    assert "enige om at slutte" in unsaid.text
    lise.send(f"/cases/{case.id}/close", typed(case, owed="lapse"))
    lapsed = actions.by_id(action.id)
    assert (lapsed.status, lapsed.closed_at is not None) == (Status.DROPPED, True)
    assert lapsed.comment == "Mia har det godt, og vi er enige om at slutte."


def test_agreements_that_go_on_stay_open(world, lise, case):
    action = agree(world, case, world.jonas)
    lise.send(f"/cases/{case.id}/close", typed(case, owed="go_on"))
    assert queries.by_id(case.id).state is CaseState.CLOSED
    assert actions.by_id(action.id).is_live


@pytest.mark.parametrize("state", [MeetingState.INVITED, MeetingState.MINUTES_DRAFT])
def test_a_meeting_ahead_or_not_sent_out_comes_first(world, lise, case, state):
    world.meeting(queries.by_id(case.id), state=state)
    world.save()
    assert "Der er et møde, som ikke er slut." in lise.get(f"/cases/{case.id}/close").text
    answer = lise.send(f"/cases/{case.id}/close", typed(case))
    assert answer.status_code == 422
    assert queries.by_id(case.id).state is CaseState.OPEN


def test_who_waits_for_an_answer_gets_it_first(world, lise, case):
    db.session.add(
        MeetingRequest(
            case_id=case.id,
            author_id=case.person.user_id,
            asked_as=Role.PAT,
            requested_at=now(),
            due_on=clock.today(),
            state=RequestState.REQUESTED,
        )
    )
    world.save()
    answer = lise.send(f"/cases/{case.id}/close", typed(case))
    assert answer.status_code == 422
    assert "venter på svar" in answer.text


@pytest.mark.parametrize("days", [1, -60])
def test_the_day_lies_within_the_case(lise, case, days):
    day = clock.today() + timedelta(days=days)
    answer = lise.send(f"/cases/{case.id}/close", typed(case, on=day.isoformat()))
    assert answer.status_code == 422
    assert "Vælg en dag, hvor forløbet var i gang." in answer.text


def test_a_stale_version_is_409(lise, case):
    answer = lise.send(f"/cases/{case.id}/close", typed(case, version=case.version - 1))
    assert answer.status_code == 409
    assert "enige om at slutte" in answer.text


def test_a_closed_case_is_taken_up_again_with_a_reason(lise, case):
    lise.send(f"/cases/{case.id}/close", typed(case))
    closed = queries.by_id(case.id)
    again = {"version": closed.version, "reason": ""}
    assert lise.send(f"/cases/{case.id}/close", typed(closed)).status_code == 422
    assert lise.send(f"/cases/{case.id}/reopen", again).status_code == 422
    stale = again | {"reason": "Mia er indlagt.", "version": closed.version - 1}
    assert lise.send(f"/cases/{case.id}/reopen", stale).status_code == 409
    answer = lise.send(f"/cases/{case.id}/reopen", again | {"reason": "Mia er indlagt igen."})
    assert (answer.status_code, answer.location) == (303, f"/cases/{case.id}")
    opened = queries.by_id(case.id)
    assert (opened.state, opened.closed_at) == (CaseState.OPEN, None)
    assert "Mia er indlagt igen." in lise.get(f"/cases/{case.id}").text
    open_again = again | {"reason": "Igen.", "version": opened.version}
    assert lise.send(f"/cases/{case.id}/reopen", open_again).status_code == 422


def test_colleagues_may_not_and_strangers_see_nothing(world, client, case):
    world.sign_in(client, world.jonas)
    assert client.get(f"/cases/{case.id}/close").status_code == 403
    assert client.send(f"/cases/{case.id}/close", typed(case)).status_code == 403
    world.sign_in(client, world.stranger)
    assert client.get(f"/cases/{case.id}/close").status_code == 404
    assert client.send(f"/cases/{case.id}/reopen", {}).status_code == 404


def test_a_closed_case_is_found_again(world, lise, case):
    lise.send(f"/cases/{case.id}/close", typed(case))
    assert "Mia Sørensen" not in lise.get("/").text
    page = lise.get("/cases/closed")
    assert "Mia Sørensen" in page.text
    assert f"/cases/{case.id}" in page.text
    world.sign_in(lise, world.stranger)
    assert "Mia Sørensen" not in lise.get("/cases/closed").text
    world.sign_in(lise, world.manager)
    assert lise.get("/cases/closed").status_code == 404
