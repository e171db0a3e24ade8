"""Where one is signed in, and ending it."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.accounts import queries
from netmeet.accounts.service import sessions as service
from netmeet.accounts.views import leaving
from netmeet.accounts.views.blueprint import bp
from netmeet.core.permissions import Permission as P
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import Session


@bp.get("/account/sessions")
@needs(P.ACCOUNT_SESSIONS_LIST_AND_END_OWN)
def sessions() -> ResponseReturnValue:
    """List one's logins: on what, since when, and when last used."""
    who = guard.actor()
    logins = queries.open_sessions(who.user_id, who.at)
    return render_template("accounts/sessions.html", logins=logins, own_session=who.session_id)


@bp.post("/account/sessions/end")
@needs(P.ACCOUNT_SESSIONS_LIST_AND_END_OWN)
def end_sessions() -> ResponseReturnValue:
    """End one's logins everywhere else."""
    who = guard.actor()
    service.end_others(who.user_id, but=who.session_id, at=who.at)
    return redirect(url_for("accounts.sessions"), 303)


@bp.post("/account/sessions/<oid:id>/end")
@needs(P.ACCOUNT_SESSIONS_LIST_AND_END_OWN, load=queries.session)
def end_session(login: "Session") -> ResponseReturnValue:
    """End one login; the one asking is logging out."""
    who = guard.actor()
    if login.id == who.session_id:
        return leaving.end(url_for("accounts.login"))
    service.end(login.id, who.at)
    return redirect(url_for("accounts.sessions"), 303)
