"""``python -m benchmarks``: CPU time a request, as ratios to the reference, and queries a page."""

import contextlib
import gc
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select

import config
from benchmarks import reference
from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.app import create_app
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.cli import demo, simulation
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from netmeet.plans.models import Plan

ROUNDS = 60
WARM = 5
MOST = 4.0
MOST_QUERIES = 12
FEW, MANY = 10, 1000


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


def cpu(ask: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, the median of three runs of many."""
    for _ in range(WARM):
        ask()
    runs = []
    for _ in range(3):
        begun = time.process_time()
        for _ in range(ROUNDS):
            ask()
        runs.append((time.process_time() - begun) / ROUNDS)
    return sorted(runs)[1]


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


def sign_in(client: FlaskClient, page: Page) -> None:
    """Let the client look at the page as who looks at it."""
    user = db.session.get_one(User, page.role.user_id)
    secret = accounts.sign_in(user, role=page.role, by="code", at=clock.now())
    db.session.commit()
    with client.session_transaction() as browser:
        browser["sid"] = secret


def queries(app: Flask, page: Page) -> int:
    """Return how many statements one look at the page sends."""
    client = app.test_client()
    with app.app_context():
        sign_in(client, page)
    client.get(page.path)
    with counted() as statements:
        answer = client.get(page.path)
    if answer.status_code != HTTPStatus.OK:
        message = f"{page.name}: {answer.status_code}"
        raise RuntimeError(message)
    return len(statements)


def simulate(count: int) -> None:
    """Open so many fictive cases more, as ``netmeet simulate`` does."""
    with contextlib.redirect_stdout(io.StringIO()):
        simulation.simulate.main([str(count)], standalone_mode=False)


def main() -> int:
    """Print the figures; return 1 when a page costs more than it may."""
    folder = Path(tempfile.mkdtemp(prefix="netmeet-bench-"))
    plain = reference.create_app(folder / "reference.db").test_client()
    app = create_app(
        config.read(
            {
                "NETMEET_DEMO": "1",
                "NETMEET_SECRET_KEY": os.urandom(32).hex(),
                "NETMEET_KEYS": config.new_keys(),
                "NETMEET_DATABASE_URL": f"sqlite:///{folder / 'netmeet.db'}",
                "NETMEET_BASE_URL": "http://localhost",
            },
            instance=folder,
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        demo.load(clock.today())
        db.session.commit()
        simulate(FEW)
        wanted = pages()
    gc.collect()
    gc.freeze()
    base = cpu(lambda: plain.get("/"))
    print(f"reference page of {reference.ROWS} rows: {base * 1000:.2f} ms CPU = 1.0")
    few = {page.name: queries(app, page) for page in wanted}
    ratios = {}
    for page in wanted:
        client = app.test_client()
        with app.app_context():
            sign_in(client, page)
        ratios[page.name] = cpu(lambda c=client, p=page: c.get(p.path)) / base  # type: ignore[misc]  # mypy cannot infer the defaults
    with app.app_context():
        simulate(MANY - FEW)
    many = {page.name: queries(app, page) for page in wanted}
    good = True
    print(f"{'page':<20}{'ratio':>7}{'queries at ' + str(FEW):>16}{'at ' + str(MANY):>10}")
    for name, ratio in ratios.items():
        fits = ratio <= MOST and few[name] == many[name] <= MOST_QUERIES
        good = good and fits
        mark = "" if fits else "  too much"
        print(f"{name:<20}{ratio:>7.1f}{few[name]:>16}{many[name]:>10}{mark}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
