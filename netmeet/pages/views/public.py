"""Pages for everybody: the accessibility statement, and whether netmeet is up."""

import hmac
from dataclasses import dataclass

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.pages.queries import health as queries
from netmeet.pages.views import bp
from netmeet.web import guard

_PLAIN = "text/plain; charset=utf-8"


@bp.get("/was")
@guard.public(P.PUBLIC_ACCESSIBILITY_STATEMENT)
def was() -> ResponseReturnValue:
    """Show the accessibility statement (webtilgængelighedsloven § 4)."""
    return render_template("pages/was.html", settings=current_app.config["NETMEET"])


@bp.get("/help/relatives")
@guard.public(P.PUBLIC_ACCESSIBILITY_STATEMENT)
def relatives_help() -> ResponseReturnValue:
    """Show where relatives find help for themselves."""
    return render_template("pages/relatives_help.html")


@bp.get("/healthz")
@guard.public(P.PUBLIC_HEALTH)
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return Response("ok\n", content_type=_PLAIN)


@bp.get("/readyz")
@guard.public(P.PUBLIC_HEALTH)
def readyz() -> ResponseReturnValue:
    """Say whether the database answers too: 200, else 503."""
    if queries.is_reachable():
        return Response("ready\n", content_type=_PLAIN)
    return Response("the database does not answer\n", status=503, content_type=_PLAIN)


@bp.get("/robots.txt")
@guard.public(P.PUBLIC_HEALTH)
def robots() -> ResponseReturnValue:
    """Ask search engines to stay away."""
    return Response("User-agent: *\nDisallow: /\n", content_type=_PLAIN)


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """Who may read the counts: whoever shows the installation's token."""

    id: str = "metrics"


def _watcher(_id: str) -> Watcher | None:
    """Return the watcher when the request carries the token, in constant time."""
    token = current_app.config["NETMEET"].metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_right = bool(token) and hmac.compare_digest(shown.encode(), token.encode())
    return Watcher() if is_right else None


@bp.get("/metrics", defaults={"id": ""})
@guard.needs(P.OPS_METRICS, load=_watcher)
def metrics(_watcher: Watcher) -> ResponseReturnValue:
    """Return counts in the text format of Prometheus; nothing about anybody."""
    lines = [f"{name}{label} {number}" for name, label, number in queries.counts(clock.now())]
    return Response("\n".join(lines) + "\n", content_type=_PLAIN)
