"""Signing in by password, and choosing a role."""

import json
from typing import TYPE_CHECKING

from flask import g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from netmeet.accounts import forms, queries, service
from netmeet.accounts.views import second
from netmeet.accounts.views.blueprint import asked_for, bp, onward, renew, settings
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs, public

if TYPE_CHECKING:
    from netmeet.accounts.models import UnitRole


@bp.get("/login")
@public(P.PUBLIC_LOGIN_PAGE)
def login() -> ResponseReturnValue:
    """Show how to sign in; who is signed in already goes on."""
    is_again = request.args.get("again") == "1"
    target = url_for("accounts.again") if is_again else onward(request.args.get("next"))
    if not guard.actor().is_anonymous:
        return redirect(target, 303)
    return _page(forms.Login(next=target))


@bp.post("/login")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def sign_in() -> ResponseReturnValue:
    """Sign in by e-mail and password: five tries a minute per account and per address."""
    form = forms.Login()
    if not form.validate():
        return _page(form), 422
    email, at = form.email.data or "", clock.now()
    g.keep = True
    if not service.may_try_password(email, address=request.remote_addr or "", at=at):
        form.refuse(Refused(_("Der er prøvet mange gange. Vent et minut, og prøv igen.")))
        return _page(form), 429
    user = service.check_password(email, form.password.data or "")
    answer = user and second.after_password(user, onward(form.next.data))
    if answer:
        return answer
    form.refuse(Refused(_("E-mail og adgangskode passer ikke sammen."), field="password"))
    return _page(form), 422


def _page(form: forms.Login) -> str:
    is_demo = settings().demo
    told = _told() if is_demo else {}
    order = list(told)
    people = sorted(
        queries.demo_people(clock.now()) if is_demo else (),
        key=lambda role: order.index(role.user_id) if role.user_id in told else len(order),
    )
    return render_template(
        "accounts/login.html",
        form=form,
        people=people,
        told=told,
        providers=settings().providers,
    )


def _told() -> dict[str, tuple[str, str]]:
    """Return name and a sentence by id for the stories' people, as ``netmeet demo`` noted them."""
    noted = settings().instance / "demo.json"
    if not noted.exists():
        return {}
    people: dict[str, tuple[str, str]] = json.loads(noted.read_text(encoding="ascii"))["people"]
    return people


@bp.get("/login/again")
@public(P.PUBLIC_LOGIN_PAGE)
def again() -> ResponseReturnValue:
    """Say that the other tab can go on."""
    return render_template("accounts/again.html")


@bp.get("/login/token")
@public(P.PUBLIC_LOGIN_PAGE)
def login_token() -> ResponseReturnValue:
    """Return a fresh form token for a page whose login ran out."""
    return jsonify(csrf_token=generate_csrf())


@bp.get("/role")
@needs(P.ROLE_CHOOSE_OWN)
def choose_role() -> ResponseReturnValue:
    """Show the roles one may act in."""
    who = guard.actor()
    roles = queries.current_roles(who.user_id, who.at, by=who.signed_in_by)
    target = onward(request.args.get("next"))
    return render_template("accounts/choose_role.html", roles=roles, target=target)


@bp.post("/role/<oid:id>")
@needs(P.ROLE_CHOOSE_OWN, load=queries.unit_role)
def take_role(role: "UnitRole") -> ResponseReturnValue:
    """Act in the chosen role from now on; the access log says which."""
    renew(service.choose_role(session["sid"], role, at=guard.actor().at))
    return redirect(onward(asked_for("next")), 303)
