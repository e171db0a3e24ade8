"""Proving who one is once more, and sending what waited for it."""

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from netmeet.accounts import forms, queries, rules, service
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.views import codes, second
from netmeet.accounts.views.blueprint import asked_for, bp, onward, renew, settings
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import ParkedText, User

Proof = forms.Password | forms.Code | forms.AppCode


@bp.get("/step-up")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def step_up() -> ResponseReturnValue:
    """Ask for the password, or for a fresh code from who signs in by code."""
    if guard.actor().is_stepped_up:
        return _onward()
    user = _oneself()
    return _page(_form(user))


@bp.post("/step-up")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def prove() -> ResponseReturnValue:
    """Check the proof, renew the session's secret and go on with what waited."""
    user, at = _oneself(), guard.actor().at
    form = _form(user)
    if asked_for("action") == "send":
        return _send_code(form, user)
    if not form.validate() or not _is_proved(form, user):
        return _page(form), 422
    renew(service.step_up(session["sid"], at=at))
    return _onward()


def _oneself() -> "User":
    user = queries.user(guard.actor().user_id)
    if user is None:
        raise Refused(_("Log ind igen."))
    return user


def _form(user: "User") -> Proof:
    kind: type[Proof] = forms.Password if user.password_hash else forms.Code
    if user.password_hash and queries.has_second_factor(user.id):
        kind = forms.AppCode
    return kind(next=onward(asked_for("next")), parked=asked_for("parked"))


def _send_code(form: Proof, user: "User") -> ResponseReturnValue:
    """Send a code and ask for it."""
    try:
        codes.send(user)
    except Refused as no:
        g.keep = True
        form.refuse(no)
        return _page(form), 429
    parked_id = form.parked.data or None
    here = url_for("accounts.step_up", next=form.next.data, parked=parked_id)
    return redirect(here, 303)


def _is_proved(form: Proof, user: "User") -> bool:
    """Tell whether the password or code is right; tries are counted as at the login."""
    if isinstance(form, forms.Code):
        return codes.is_right(user, form)
    if isinstance(form, forms.AppCode):
        return second.is_right(user, form)
    g.keep = True
    address = request.remote_addr or ""
    if not service.may_try_password(user.email, address=address, at=guard.actor().at):
        form.refuse(Refused(_("Der er prøvet mange gange. Vent et minut, og prøv igen.")))
        return False
    if service.proves_password(user, form.password.data or ""):
        return True
    form.refuse(Refused(_("Adgangskoden passer ikke."), field="password"))
    return False


def _page(form: Proof) -> str:
    is_demo = settings().demo
    door = next((each for each in Door if each.means == guard.actor().signed_in_by), None)
    return render_template(
        "accounts/step_up.html",
        form=form,
        by_password=isinstance(form, forms.Password),
        by_app=isinstance(form, forms.AppCode),
        door=door,
        provider=settings().providers.get(door) if door else None,
        is_sent=session.get("code_sent", False),
        demo_code=session.get("demo_code", "") if is_demo else "",
        demo_password=rules.DEMO_PASSWORD if is_demo else "",
    )


def _onward() -> Response:
    """Go on with the text that waits, else to the page that asked."""
    parked_id = asked_for("parked")
    if parked_id:
        return redirect(url_for("accounts.parked", id=parked_id), 303)
    return redirect(onward(asked_for("next")), 303)


def _own_parked(parked_id: str) -> "ParkedText | None":
    who = guard.actor()
    return queries.parked(parked_id, user_id=who.user_id, at=who.at)


@bp.get("/parked/<oid:id>")
@needs(P.ACCOUNT_READ_UPDATE_OWN, load=_own_parked)
def parked(text: "ParkedText") -> ResponseReturnValue:
    """Show what was typed when the login ran out, with one button that sends it."""
    return render_template("accounts/parked.html", path=text.path, fields=text.fields)
