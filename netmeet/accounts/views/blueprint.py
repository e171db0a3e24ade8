"""What the views of accounts share: the blueprint, and how a login begins in the browser."""

from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

import config
from netmeet.accounts import queries, service
from netmeet.accounts.rules import devices
from netmeet.core import clock
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from netmeet.accounts.models import User

HOME = "/"
_KEPT = ("lang", "large_text", "has_roles")

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
    roles = queries.current_roles(user.id, at, by=by)
    if not roles:
        return None
    service.sign_out(session.get("sid", ""), at=at)
    device = devices.name(request.user_agent.string)
    renew(service.sign_in(user, role=roles[0], by=by, at=at, device=device))
    session["lang"], session["large_text"] = user.lang, user.large_text
    session["has_roles"] = len(roles) > 1
    if len(roles) > 1:
        return redirect(url_for("accounts.choose_role", next=target), 303)
    return redirect(target, 303)


def renew(secret: str) -> None:
    """Start the browser's session anew around ``secret``; how one reads is kept."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)
    session["sid"] = secret
