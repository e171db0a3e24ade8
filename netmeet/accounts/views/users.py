"""The administrator's pages of staff: who acts as what in the own organisation."""

from typing import TYPE_CHECKING, TypeVar

from flask import abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import forms, queries
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import staff as service
from netmeet.accounts.views.blueprint import bp, settings
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import UnitRole, User

Given = TypeVar("Given", bound=forms.GiveRole)

_GIVEN = (Role.REG, Role.MUN, Role.GP, Role.MGR, Role.COM, Role.ADM, Role.AUD)


def role_names() -> dict[Role, str]:
    """Return what the roles that an administrator gives are called."""
    return {
        Role.REG: _("Medarbejder i regionen"),
        Role.MUN: _("Medarbejder i kommunen"),
        Role.GP: _("Praktiserende læge"),
        Role.MGR: _("Leder"),
        Role.COM: _("Medlem af samordningsudvalget"),
        Role.ADM: _("Administrator"),
        Role.AUD: _("Ser efter, hvem der har set hvad"),
    }


def _organisation_id() -> str:
    """Return the organisation the administrator acts for; 404 for who acts for none."""
    return guard.actor().organisation_id or abort(404)


def _held() -> "list[UnitRole]":
    """Return the roles held now in the own organisation, by the name of who holds them."""
    found = queries.staff_of([_organisation_id()], clock.now())
    return sorted(found, key=lambda held: (held.user.name, held.role, held.id))


@bp.get("/users")
@needs(P.USER_CREATE_STAFF)
def users() -> ResponseReturnValue:
    """List who acts as what in the own organisation."""
    people: dict[str, list[UnitRole]] = {}
    for held in _held():
        people.setdefault(held.user_id, []).append(held)
    return render_template(
        "accounts/users.html",
        people=list(people.values()),
        names=role_names(),
        own_id=guard.actor().user_id,
        said=session.pop("users_said", ""),
    )


@bp.get("/users/new")
@needs(P.USER_ASSIGN_ROLE)
def new_user() -> ResponseReturnValue:
    """Ask who is to sign in, and as what."""
    return render_template("accounts/new_user.html", form=_offered(forms.NewUser(formdata=None)))


@bp.post("/users/new")
@needs(P.USER_ASSIGN_ROLE)
def add_user() -> ResponseReturnValue:
    """Add the user, and show the password to begin with once."""
    form = _offered(forms.NewUser())
    if form.validate():
        guard.note(P.USER_CREATE_STAFF)
        try:
            added = service.add(
                name=form.name.data or "",
                email=form.email.data or "",
                post=_post(form),
                by=guard.actor(),
                at=clock.now(),
            )
        except Refused as no:
            form.refuse(no)
        else:
            return render_template(
                "accounts/user_added.html", name=form.name.data, password=added.password
            )
    return render_template("accounts/new_user.html", form=form), 422


@bp.get("/users/<oid:id>")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def user_roles(user: "User") -> ResponseReturnValue:
    """Show what somebody acts as in the own organisation, to give and end roles."""
    return page(user)


@bp.post("/users/<oid:id>")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def give_role(user: "User") -> ResponseReturnValue:
    """Give somebody one more role."""
    form = _offered(forms.GiveRole())
    if not form.validate():
        return page(user, form=form), 422
    try:
        service.give(user, _post(form), by=guard.actor(), at=clock.now())
    except Refused as no:
        form.refuse(no)
        return page(user, form=form), 422
    session["users_said"] = _("%(name)s har fået rollen.", name=user.name)
    return redirect(url_for("accounts.users"), 303)


@bp.post("/users/<oid:id>/roles/<oid:role_id>/end")
@needs(P.USER_ASSIGN_ROLE, load=queries.user_with_roles, see=P.USER_CREATE_STAFF)
def end_role(user: "User", role_id: str) -> ResponseReturnValue:
    """End one of somebody's roles in the own organisation."""
    held = next((each for each in _own_roles(user) if each.id == role_id), None)
    if held is None:
        abort(404)
    try:
        service.end(held, by=guard.actor(), at=clock.now())
    except Refused as no:
        return page(user, refused=str(no)), 422
    session["users_said"] = _("%(name)s har ikke den rolle mere.", name=user.name)
    return redirect(url_for("accounts.users"), 303)


def _own_roles(user: "User") -> "list[UnitRole]":
    """Return the user's roles in the own organisation now; what they are elsewhere is not shown."""
    at, ours = guard.actor().at, _organisation_id()
    return [
        held
        for held in user.roles
        if held.unit is not None
        and held.unit.organisation_id == ours
        and (held.until is None or held.until > at)
    ]


def _offered(form: Given) -> Given:
    """Return the form with the roles there are and the units of the own organisation."""
    names = role_names()
    units = organisations.units(clock.today(), organisation_id=_organisation_id())
    form.role.choices = [("", _("Vælg")), *((role.value, names[role]) for role in _GIVEN)]
    form.unit_id.choices = [("", _("Vælg")), *((unit.id, unit.name) for unit in units)]
    return form


def _post(form: forms.GiveRole) -> service.Post:
    return service.Post(
        role=Role(form.role.data), unit_id=form.unit_id.data, title=form.title.data or ""
    )


def page(
    user: "User",
    *,
    form: forms.GiveRole | None = None,
    subject_form: forms.Subject | None = None,
    refused: str = "",
) -> str:
    """Return the page of one user, with what was typed wrong."""
    return render_template(
        "accounts/user_roles.html",
        user=user,
        held=_own_roles(user),
        names=role_names(),
        form=form or _offered(forms.GiveRole(formdata=None)),
        subject_form=subject_form or forms.Subject(formdata=None),
        refused=refused,
        provider=settings().providers.get(Door.STAFF),
        is_connected=any(i.door is Door.STAFF for i in queries.identities_of(user.id)),
        has_second=queries.has_second_factor(user.id),
    )
