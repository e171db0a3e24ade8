"""The demo: complete stories, told through the services, on both databases."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from netmeet.accounts import rules as accounts_rules
from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.actions import queries as actions
from netmeet.audit.service import verifying
from netmeet.cases import queries as cases
from netmeet.cases.models import Case, Person
from netmeet.cases.rules import CaseState
from netmeet.cli import demo
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.db import db
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.rules import MeetingState
from netmeet.plans.models import Acceptance, Plan, PlanVersion
from netmeet.plans.rules import PlanType
from tests.reader import StrictClient

MOST_STATEMENTS = 8000
"""Half as much again as the demo sent when this was written: nobody shall wait long for it."""


@pytest.fixture
def told(app: Flask) -> Flask:
    """Return netmeet with the demo in it."""
    sent: list[str] = []

    def note(*seen: Any) -> None:
        sent.append(seen[2])

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        demo.load(clock.today())
        event.remove(db.engine, "before_cursor_execute", note)
        assert len(sent) < MOST_STATEMENTS
    return app


def _case(name: str) -> Case:
    found = db.session.scalars(select(Case)).all()
    loaded = [cases.by_id(case.id) for case in found]
    return next(case for case in loaded if case is not None and case.person.name.startswith(name))


def _meetings(name: str) -> list[Meeting]:
    statement = (
        select(Meeting).where(Meeting.case_id == _case(name).id).order_by(Meeting.created_at)
    )
    return list(db.session.scalars(statement))


def test_the_stories_are_complete_and_everybody_finds_a_page(
    told: Flask, client: StrictClient
) -> None:
    with told.app_context():
        _every_stage_is_there()
        _what_hangs_together_does()
        _loading_again_changes_nothing()
        people = demo.people()
    page = client.get("/login")
    token = re.search(r'csrf-token" content="([^"]+)"', page.get_data(as_text=True))
    assert token is not None
    for user_id, name, who, role in people:
        assert who.endswith("."), name
        client.post(f"/demo/{user_id}", data={"csrf_token": token[1]})
        answer = client.get("/")
        assert answer.status_code == 200, (name, role)
        body = answer.get_data(as_text=True)
        token = re.search(r'csrf-token" content="([^"]+)"', body)
        assert token is not None
        assert ("Luk hurtigt" in body) == (role in PRIVATE), name


def _every_stage_is_there() -> None:
    states = {name: [m.state for m in _meetings(name)] for name in ("Mia", "Karin", "Kim", "Noah")}
    assert states["Mia"] == [MeetingState.FINAL, MeetingState.CONFIRMED]
    assert states["Karin"] == [MeetingState.MINUTES_DRAFT]
    assert states["Noah"] == [MeetingState.PUBLISHED, MeetingState.PLANNED]
    running = _meetings("Kim")[0]
    assert running.started_at is not None
    assert running.ended_at is None
    assert _meetings("Poul")[0].postponed == 2
    assert _case("Lars").state is CaseState.CLOSED
    kept = actions.of_case(_case("Lars").id)
    assert kept
    assert not [one for one in kept if one.closed_at is None]
    request = db.session.scalars(
        select(MeetingRequest).where(MeetingRequest.case_id == _case("Omar").id)
    ).one()
    assert request.due_on > clock.today()
    assert len(demo.people()) >= 30
    assert {role for _id, _name, _who, role in demo.people()} >= set(Role) - {
        Role.ANON,
        Role.LEAD,
        Role.SYS,
    }


def _what_hangs_together_does() -> None:
    kinds = {plan.case_id: plan.kind for plan in db.session.scalars(select(Plan))}
    assert kinds[_case("Mia").id] is PlanType.DISCHARGE_AGREEMENT
    assert kinds[_case("Bent").id] is PlanType.COORDINATION_PLAN
    assert kinds[_case("Kim").id] is PlanType.KIP
    unanswered = db.session.scalar(
        select(func.count(PlanVersion.id))
        .outerjoin(Acceptance, Acceptance.plan_version_id == PlanVersion.id)
        .where(Acceptance.id.is_(None))
    )
    assert unanswered == 2
    ahead = meetings.by_id(_meetings("Sara")[0].id)
    assert ahead is not None
    assert ahead.invitation(_user("Merete Holm").id) is not None
    assert ahead.invitation(_user("David Lindqvist").id) is None
    for person in db.session.scalars(select(Person)):
        assert 61 <= int(person.cpr[:2]) <= 91, "a constructed number has no real day"
    assert accounts.proves_password(_user("Lise Dam"), accounts_rules.DEMO_PASSWORD)
    assert verifying.broken_at() is None


def _user(name: str) -> User:
    return next(user for user in db.session.scalars(select(User)) if user.name == name)


def _loading_again_changes_nothing() -> None:
    before = db.session.scalar(select(func.count(User.id)))
    demo.load(clock.today())
    assert db.session.scalar(select(func.count(User.id))) == before
