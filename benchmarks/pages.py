"""The pages to measure: who looks at what, and how many statements a look sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from netmeet.plans.models import Plan


@dataclass(frozen=True)
class Page:
    """A page to measure, and who looks at it."""

    name: str
    path: str
    role: UnitRole


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield the statements sent meanwhile, transactions' own left out."""
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def role_of(user_id: str, *roles: Role) -> UnitRole:
    """Return the user's role among ``roles``."""
    statement = select(UnitRole).where(UnitRole.user_id == user_id, UnitRole.role.in_(roles))
    return db.session.scalars(statement).first() or _missing(user_id)


def _missing(user_id: str) -> UnitRole:
    message = f"{user_id} has no such role"
    raise LookupError(message)


def pages() -> list[Page]:
    """Return the pages of the demo's first person that the issue asks to be measured."""
    plan = db.session.scalars(select(Plan).join(Case).join(Person).order_by(Plan.begun_at)).first()
    if plan is None:
        message = "the demo has no plan"
        raise LookupError(message)
    case = db.session.get_one(Case, plan.case_id)
    person = db.session.get_one(Person, case.person_id)
    lead = db.session.scalars(
        select(TeamMember).where(TeamMember.case_id == case.id, TeamMember.is_coordinator)
    ).one()
    meeting = db.session.scalars(
        select(Meeting).where(Meeting.case_id == case.id).order_by(Meeting.created_at)
    ).first()
    running = db.session.scalars(
        select(Meeting).where(Meeting.started_at.is_not(None), Meeting.ended_at.is_(None))
    ).first()
    if meeting is None or running is None:
        message = "the demo lacks a meeting"
        raise LookupError(message)
    chair = role_of(running.chair_id, Role.REG, Role.MUN)
    managing = db.session.scalars(select(UnitRole).where(UnitRole.role == Role.MGR)).first()
    staff = role_of(lead.user_id, Role.REG, Role.MUN)
    return [
        Page("the person's page", "/", role_of(person.user_id, Role.PAT)),
        Page("case page", f"/cases/{case.id}", staff),
        Page("agenda", f"/meetings/{meeting.id}/agenda", staff),
        Page("room", f"/meetings/{running.id}/room", chair),
        Page("plan page", f"/plans/{plan.id}", staff),
        Page("overview", "/overview", managing or _missing("a manager")),
        Page("coordinator's day", "/", staff),
    ]


def sign_in(client: FlaskClient, page: Page) -> str:
    """Let the client look at the page as who looks at it, and return the cookie it has then."""
    user = db.session.get_one(User, page.role.user_id)
    secret = accounts.sign_in(user, role=page.role, by="code", at=clock.now())
    db.session.commit()
    with client.session_transaction() as browser:
        browser["sid"] = secret
    client.get(page.path)
    cookie = client.get_cookie(str(client.application.config["SESSION_COOKIE_NAME"]))
    if cookie is None:
        message = "the client kept no cookie"
        raise LookupError(message)
    return f"{cookie.key}={cookie.value}"


def queries(app: Flask, page: Page) -> int:
    """Return how many statements one look at the page sends."""
    client = app.test_client()
    with app.app_context():
        sign_in(client, page)
    with counted() as statements:
        answer = client.get(page.path)
    if answer.status_code != HTTPStatus.OK:
        message = f"{page.name}: {answer.status_code}"
        raise RuntimeError(message)
    return len(statements)
