"""What the views of accounts share: the blueprint, and how a login begins in the browser."""

from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

import config
from netmeet.accounts import queries, service
from netmeet.core import clock
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from netmeet.accounts.models import User

HOME = "/"

bp = Blueprint("accounts", __name__)


def settings() -> config.Settings:
    """Return the installation's settings."""
    return cast("config.Settings", current_app.config["NETMEET"])


def onward(target: str | None) -> str:
    """Return where to go: a path of this site, else home."""
    return own_path(target or HOME, otherwise=HOME)


def asked_for(name: str) -> str:
    """Return a value that the form or the address carries."""
    return request.form.get(name) or request.args.get(name, "")


def begin(user: "User", *, by: str, target: str) -> Response | None:
    """Begin a fresh login for the user and send them on; ``None`` for somebody without a role.

    Nothing of the browser's earlier session survives (ASVS 7.2.4): a secret that somebody else
    planted or read is worth nothing now. Who has several roles chooses one first.
    """
    at = clock.now()
    roles = queries.current_roles(user.id, at)
    if not roles:
        return None
    service.sign_out(session.get("sid", ""), at=at)
    renew(service.sign_in(user, role=roles[0], by=by, at=at))
    session["lang"], session["large_text"] = user.lang, user.large_text
    if len(roles) > 1:
        return redirect(url_for("accounts.choose_role", next=target), 303)
    return redirect(target, 303)


def renew(secret: str) -> None:
    """Start the browser's session anew around ``secret``; how one reads is kept."""
    reading = {name: session[name] for name in ("lang", "large_text") if name in session}
    session.clear()
    session.update(reading)
    session["sid"] = secret
