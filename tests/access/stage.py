"""The people and cases of the matrix (``security.md`` § 2.4), and asking as one of them."""

import contextvars
import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import Flask, Response, g, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.test import TestResponse

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.organisations.models import Unit
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from tests.access import canary, facts
from tests.access.facts import Caller
from tests.world import World, now

OUTLIVES = frozenset({"audit_event", "rate_count", "parked_text", "session", "anchor"})
"""What outlives a refusal (``security.md`` § 3), and what every request leaves: rows of the log."""

ANON = Caller(user_id="", role="anon", stepped_up=False)


@dataclass
class Seat:
    """One login of a persona: the cookie and a token for its forms."""

    caller: Caller
    cookie: str = ""
    token: str = ""


@dataclass
class Persona:
    """Somebody of the matrix in one role; ``fresh`` has just proved who they are.

    ``is_nobody``: the login is there and admits nobody.
    """

    name: str
    caller: Caller = ANON
    role_id: str = ""
    is_nobody: bool = False
    fresh: Seat = field(default_factory=lambda: Seat(ANON))
    stale: Seat = field(default_factory=lambda: Seat(ANON))

    @property
    def user_id(self) -> str:
        """Return the account's id, ``""`` without one."""
        return self.caller.user_id


class Silent(FlaskClient):
    """Asks outside the test's application context and does not parse what it gets: it is much."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask."""
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        return answer


class Stage:
    """One database with everybody on it.

    While it ``forgets``, what a request changes is rolled back before the log is written: an
    allowed act may be tried a thousand times. Refusals are tried while it does not forget, so that
    whatever they wrote would be found.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.forgets = True
        self.watches = False
        self.letters: list[str] = []
        self.world = World(app)
        self.mint = canary.Mint()
        self.personas: dict[str, Persona] = {}
        self.ids: dict[str, list[str]] = {}
        self.gone: dict[str, list[str]] = {}
        self.cases: dict[str, str] = {}
        self.parts: dict[str, list[Any]] = {}
        self.places: dict[str, list[canary.Place]] = {}
        self.secrets: dict[str, dict[str, bool]] = {table: {} for table in facts.SECRETS}
        self.born: dict[str, date] = {}
        self._client = Silent(app, Response, use_cookies=False)
        app.after_request(self._forget)

    def _forget(self, response: Response) -> Response:
        if self.forgets:
            if self.watches:
                db.session.flush()
                self.letters += self._letters()
            db.session.rollback()
        return response

    def _letters(self) -> list[str]:
        """Return what the messages say that the request has put in the outbox, as sent."""
        fresh = select(Message).where(Message.id.not_in(self.ids["message"]))
        letters = [outbox.render(one, at=now()) for one in db.session.scalars(fresh)]
        return [
            f"{one.subject}\n{one.text}\n{one.html}\n{(one.calendar or b'').decode()}"
            for one in letters
            if one is not None
        ]

    # asking --------------------------------------------------------------------------------------

    def ask(
        self, seat: Seat, method: str, path: str, data: Mapping[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """Return the answer to one request of the seat's holder, with a good token."""
        headers = {"Cookie": f"netmeet={seat.cookie}"} if seat.cookie else {}
        headers["X-CSRFToken"] = seat.token
        return self._client.open(path, method=method, data=data, headers=headers, **more)

    def admit(self) -> None:
        """Sign everybody in anew, just proved and not."""
        with self.app.app_context():
            for persona in self.personas.values():
                persona.fresh = self._seat(persona, by="code")
                persona.stale = self._seat(persona, by="demo")
            db.session.commit()
            table = db.metadata.tables["session"]
            self.ids["session"] = list(db.session.scalars(select(table.c.id)))
            db.session.commit()

    def _seat(self, persona: Persona, *, by: str) -> Seat:
        """Return a login with the cookie and the token that the pages would have given."""
        user, role = (
            db.session.get(User, persona.user_id),
            db.session.get(UnitRole, persona.role_id),
        )
        seat, kept = Seat(ANON), {}
        if user is not None and role is not None:
            kept["sid"] = accounts.sign_in(user, role=role, by=by, at=now())
            if not persona.is_nobody:
                seat.caller = replace(persona.caller, stepped_up=by == "code")
        with self.app.test_request_context():
            session.update(kept)
            g.pop("csrf_token", None)  # of the seat before
            seat.token = generate_csrf()
            seals = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]  # Flask's own
            seat.cookie = seals.dumps(dict(session))
        return seat

    # making --------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        user: User | None = None,
        *,
        role: Role | None = None,
        is_nobody: bool = False,
    ) -> Persona:
        """Put somebody on the stage, in the role given or the first they hold."""
        persona = Persona(name, is_nobody=is_nobody)
        if user is not None:
            held = self.world.role_of(user)
            if role is not None:
                wanted = (UnitRole.user_id == user.id, UnitRole.role == role)
                held = db.session.scalars(select(UnitRole).where(*wanted)).one()
            unit = db.session.get(Unit, held.unit_id) if held.unit_id else None
            persona.role_id = held.id
            persona.caller = Caller(
                user_id=user.id,
                role=str(held.role),
                unit_id=held.unit_id,
                organisation_id=unit.organisation_id if unit else None,
            )
        self.personas[name] = persona
        return persona

    def remember(self) -> None:
        """Note the ids of all rows by table, and where each word lies."""
        for mapper in db.Model.registry.mappers:
            table = mapper.local_table
            self.ids[table.name] = list(db.session.scalars(select(table.c.id)).all())
        self.places = canary.places(self.mint)
        db.session.commit()

    # looking -------------------------------------------------------------------------------------

    def facts(self) -> facts.Facts:
        """Return what the tables say now."""
        with self.app.app_context():
            return facts.read(self.born, self.secrets)

    @property
    def first_parts(self) -> dict[str, Any]:
        """Return what stands in addresses beside the id, always the same."""
        return {name: some[0] for name, some in self.parts.items()}

    def choose_parts(self, dice: random.Random) -> dict[str, Any]:
        """Return what stands in addresses beside the id, this time."""
        return {name: dice.choice(some) for name, some in self.parts.items()}

    def contents(self) -> dict[str, str]:
        """Return a digest of every table but those that outlive a refusal."""
        with self.app.app_context():
            found = {
                table.name: _digest(db.session.execute(select(table)).all())
                for table in db.metadata.sorted_tables
                if table.name not in OUTLIVES
            }
            db.session.commit()
        return found


def _digest(found: Any) -> str:
    return hashlib.sha256(repr(sorted(map(repr, found))).encode()).hexdigest()
