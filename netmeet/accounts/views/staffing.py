"""What an administrator does with somebody's way in: end logins, close it, connect an identity."""

from typing import TYPE_CHECKING

from flask import abort, redirect, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import forms, queries
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import identities, second, sessions, staff
from netmeet.accounts.views import users
from netmeet.accounts.views.blueprint import bp, settings
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import User


def _done(said: str) -> ResponseReturnValue:
    session["users_said"] = said
    return redirect(url_for("accounts.users"), 303)


@bp.post("/users/<oid:id>/sessions/end")
@needs(P.USER_END_SESSIONS, load=queries.user_with_roles)
def end_sessions_of(user: "User") -> ResponseReturnValue:
    """End every login of somebody."""
    sessions.end_all(user.id, at=guard.actor().at)
    return _done(_("%(name)s er logget ud alle steder.", name=user.name))


@bp.post("/users/<oid:id>/close")
@needs(P.USER_DEACTIVATE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def close_user(user: "User") -> ResponseReturnValue:
    """End what somebody is in the own organisation, and their logins."""
    try:
        staff.deactivate(user, by=guard.actor(), at=guard.actor().at)
    except Refused as no:
        return users.page(user, refused=str(no)), 422
    return _done(_("%(name)s kan ikke logge ind hos jer mere.", name=user.name))


@bp.post("/users/<oid:id>/identity")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def connect_identity(user: "User") -> ResponseReturnValue:
    """Say who somebody is at the employer's provider."""
    provider = settings().providers.get(Door.STAFF)
    form = forms.Subject()
    if provider is None:
        abort(404)
    if not form.validate():
        return users.page(user, subject_form=form), 422
    who, subject = guard.actor(), form.subject.data or ""
    try:
        staff.connect(user, issuer=provider.issuer, subject=subject, by=who, at=who.at)
    except Refused as no:
        form.refuse(no)
        return users.page(user, subject_form=form), 422
    return _done(_("%(name)s kan logge ind med %(way)s.", name=user.name, way=provider.label))


@bp.post("/users/<oid:id>/identity/end")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def disconnect_identity(user: "User") -> ResponseReturnValue:
    """Forget who somebody is at the employer's provider, and end their logins."""
    for identity in queries.identities_of(user.id):
        if identity.door is Door.STAFF:
            identities.disconnect(identity)
    sessions.end_all(user.id, at=guard.actor().at)
    return _done(_("%(name)s kan ikke bruge det login mere.", name=user.name))


@bp.post("/users/<oid:id>/second/end")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def forget_second_of(user: "User") -> ResponseReturnValue:
    """Let somebody who lost phone and paper set up a code app anew, after their password."""
    second.remove(user)
    sessions.end_all(user.id, at=guard.actor().at)
    return _done(_("%(name)s skal sætte en ny kode-app op.", name=user.name))
