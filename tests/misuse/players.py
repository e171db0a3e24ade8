"""Everybody near one case, each with a browser that is quick and does not parse what it gets."""

import contextvars
import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.core.db import db
from netmeet.organisations.models import Unit
from netmeet.web import errors
from tests.access import pages
from tests.access.facts import Caller
from tests.access.pages import Form
from tests.world import World, now


@dataclass
class Player:
    """Somebody with a login: the cookie, a token for forms, and in which role they act."""

    name: str
    user_id: str
    role_id: str
    caller: Caller
    cookie: str = ""
    token: str = ""


class Faults(logging.Handler):
    """Hears which bug an answer 500 was."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what was said."""
        self.heard.append(record.getMessage())


class Silent(FlaskClient):
    """Asks outside the test's application context."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask."""
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        return answer


class Players:
    """Who there is by name, and asking as one of them; no answer may be an error of ours."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.world = World(app)
        self.of: dict[str, Player] = {}
        self.faults: list[str] = []
        log = logging.getLogger(errors.__name__)
        log.handlers = [Faults(self.faults)]
        self._client = Silent(app, Response, use_cookies=False)

    def join(self, name: str, user: User, role: UnitRole | None = None) -> None:
        """Let somebody sign in, by default in their first role."""
        held = role or self.world.role_of(user)
        unit = db.session.get(Unit, held.unit_id) if held.unit_id else None
        caller = Caller(
            user_id=user.id,
            role=str(held.role),
            unit_id=held.unit_id,
            organisation_id=unit.organisation_id if unit else None,
        )
        self.of[name] = Player(name, user.id, held.id, caller)
        self.sign_in(name)

    def join_as_nobody(self) -> None:
        """Let there be somebody without a login."""
        caller = Caller(user_id="", role="anon", stepped_up=False)
        self.of["nobody"] = Player("nobody", "", "", caller)
        self.sign_in("nobody")

    def sign_in(self, name: str) -> None:
        """Let somebody be signed in anew, just proved; who is nobody gets a token alone."""
        player, browser = self.of[name], FlaskClient(self.app, Response)
        if player.user_id:
            user = db.session.get_one(User, player.user_id)
            role = db.session.get_one(UnitRole, player.role_id)
            secret = accounts.sign_in(user, role=role, by="code", at=now())
            db.session.commit()
            with browser.session_transaction() as session:
                session["sid"] = secret
        answer = contextvars.Context().run(
            browser.get, "/login/token", headers={"Accept": "application/json"}
        )
        cookie = browser.get_cookie("netmeet")
        player.token = answer.get_json()["csrf_token"]
        player.cookie = cookie.value if cookie is not None else ""

    def ask(
        self, name: str, method: str, path: str, data: dict[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """Return the answer to one request of somebody's, with a good token."""
        player = self.of[name]
        headers = {"Cookie": f"netmeet={player.cookie}", "X-CSRFToken": player.token}
        if has_app_context():
            db.session.rollback()
        answer = self._client.open(path, method=method, data=data, headers=headers, **more)
        assert answer.status_code < 500, f"{name} {method} {path} {data}: {self.faults}"
        return answer

    def form(self, name: str, path: str, action: str = "") -> Form | None:
        """Return the form of a page that goes to ``action``, by default the page's first."""
        answer = self.ask(name, "GET", path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return None
        forms = pages.read(answer.get_data(as_text=True), path, name).forms
        wanted = action or path.partition("?")[0]
        return next((form for form in forms if form.action.partition("?")[0] == wanted), None)

    def fill(self, who: str, path: str, action: str = "", /, **changes: Any) -> TestResponse | None:
        """Send a form as the page prints it, changed; ``None`` when there is none."""
        form = self.form(who, path, action)
        if form is None:
            return None
        return self.ask(who, "POST", form.action, {**form.fields, **changes})
