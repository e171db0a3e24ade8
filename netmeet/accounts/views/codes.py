"""Signing in by personal link and one-time code."""

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import forms, queries, service
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import letters
from netmeet.accounts.views import providers
from netmeet.accounts.views.blueprint import asked_for, begin, bp, onward, settings
from netmeet.core import clock, ids
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import public

if TYPE_CHECKING:
    from netmeet.accounts.models import User


def send(user: "User") -> None:
    """Send the user a code that only this browser can use. Raises ``Refused``."""
    browser = session.setdefault("browser", ids.new_token())
    code = service.send_code(user, browser=browser, at=clock.now())
    session["code_sent"] = True
    if settings().demo:
        session["demo_code"] = code


def is_right(user: "User", form: forms.Code) -> bool:
    """Tell whether the typed code is the one sent; a wrong try is counted and kept."""
    g.keep = True
    browser = session.get("browser", "")
    if service.use_code(user.id, form.digits, browser=browser, at=clock.now()):
        return True
    form.refuse(Refused(_("Koden passer ikke. Skriv den igen, eller bed om en ny."), field="code"))
    return False


def _is_of_letter(user: "User", form: forms.Code) -> bool:
    """Tell whether it is the code of the user's letter; a wrong try is counted and kept."""
    g.keep = True
    if letters.use_letter_code(user.id, form.digits, at=clock.now()):
        return True
    no = _("Koden passer ikke. Se efter i brevet, eller ring til os og få et nyt.")
    form.refuse(Refused(no, field="code"))
    return False


@bp.get("/code")
@public(P.PUBLIC_LOGIN_PAGE)
def code() -> ResponseReturnValue:
    """Ask for the code, or offer to send one; without a link, say where to find it."""
    return _page(forms.Code(next=_target()))


@bp.post("/code")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def use_code() -> ResponseReturnValue:
    """Send a code, or sign in with the one typed."""
    user, target = _linked(), _target()
    if user is None:
        return redirect(url_for("accounts.code"), 303)
    form = forms.Code()
    if asked_for("action") == "send":
        return _send(user, form, target)
    if not form.validate():
        return _page(form), 422
    by = "letter" if form.is_from_letter else "code"
    if not (_is_of_letter(user, form) if by == "letter" else is_right(user, form)):
        return _page(form), 422
    return _enter(user, form, by) or (_page(form), 422)


def _enter(user: "User", form: forms.Code, by: str) -> ResponseReturnValue | None:
    """Begin the login, with the identity that waited for the code; else say why not."""
    answer = None
    try:
        by = providers.connect_after_code(user, clock.now()) or by
        answer = begin(user, by=by, target=_target())
    except Refused as no:
        form.refuse(no)
    else:
        if answer is None:
            no_role = _("Du har ikke adgang nu. Ring til den, der sendte dig linket.")
            form.refuse(Refused(no_role))
    return answer


def _send(user: "User", form: forms.Code, target: str) -> ResponseReturnValue:
    """Send a code and ask for it."""
    try:
        send(user)
    except Refused as no:
        g.keep = True
        form.refuse(no)
        return _page(form), 429
    session["link_next"] = target
    return redirect(url_for("accounts.code"), 303)


def _page(form: forms.Code) -> str:
    return render_template(
        "accounts/code.html",
        form=form,
        is_known=_linked() is not None,
        is_sent=session.get("code_sent", False),
        by_letter=session.get("by_letter", False),
        demo_code=session.get("demo_code", ""),
        provider=settings().providers.get(Door.PERSON),
        is_proved="identity" in session,
        target=_target(),
    )


def _target() -> str:
    """Return where the link leads once one is in."""
    return onward(asked_for("next") or session.get("link_next"))


def _linked() -> "User | None":
    """Return whose link was opened here, or whose login ran out here.

    Staff with a stronger way in use that: a link is never the weaker one.
    """
    user_id = session.get("link_user")
    if user_id is None and guard.actor().is_anonymous:
        user_id = queries.owner_of(session.get("sid", ""))
    user = queries.user(user_id) if user_id else None
    return user if user is not None and queries.signs_in_by_code(user) else None
