"""The code app: asked after the password, set up at the login or on the account page."""

from typing import TYPE_CHECKING

from flask import abort, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from netmeet.accounts import forms, queries, rules
from netmeet.accounts.service import second as service
from netmeet.accounts.views.blueprint import begin, bp, settings
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.formats import qr
from netmeet.web import guard
from netmeet.web.guard import needs, public

if TYPE_CHECKING:
    from netmeet.accounts.models import User

_WAITING = "waiting"


def after_password(user: "User", target: str) -> ResponseReturnValue | None:
    """Begin the login, or ask for the second proof first; ``None`` for who may not come in.

    Without a second proof there is no session at all, not even a small one.
    """
    at = clock.now()
    has_one = queries.has_second_factor(user.id)
    if not has_one and not settings().needs_second_factor:
        return begin(user, by="password", target=target)
    if not queries.current_roles(user.id, at):
        return None
    if not has_one:
        service.propose(user, at=at)
    session[_WAITING] = {"user": user.id, "next": target, "at": at.timestamp()}
    return redirect(url_for("accounts.second"), 303)


def _who_waits() -> "User | None":
    """Return whose password was right within the last five minutes."""
    waiting = session.get(_WAITING)
    if not waiting or clock.now().timestamp() - waiting["at"] > rules.WAITS.total_seconds():
        return None
    user = queries.user(waiting["user"])
    return user if user is not None and user.active and user.password_hash else None


@bp.get("/login/second")
@public(P.PUBLIC_LOGIN_PAGE)
def second() -> ResponseReturnValue:
    """Ask for a code of the app, or show how to set one up."""
    user = _who_waits()
    if user is None:
        return redirect(url_for("accounts.login"), 303)
    return _login_page(user, forms.AppCode(formdata=None))


@bp.post("/login/second")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def use_second() -> ResponseReturnValue:
    """Sign in with the code."""
    user, form = _who_waits(), forms.AppCode()
    if user is None:
        return redirect(url_for("accounts.login"), 303)
    if not form.validate():
        return _login_page(user, form), 422
    g.keep = True
    if not queries.has_second_factor(user.id):
        return _set_up(user, form)
    if not is_right(user, form):
        return _login_page(user, form), 422
    return begin(user, by="second", target=session[_WAITING]["next"]) or abort(404)


def is_right(user: "User", form: forms.AppCode) -> bool:
    """Tell whether the typed code is good now; a wrong try is counted and kept."""
    g.keep = True
    if service.use(user, form.code.data or "", at=clock.now()):
        return True
    no = _("Koden passer ikke. Vent på den næste, og skriv den.")
    form.refuse(Refused(no, field="code"))
    return False


def _set_up(user: "User", form: forms.AppCode) -> ResponseReturnValue:
    """Let the app count, sign in, and show the codes on paper on the way."""
    try:
        codes = service.confirm(user, form.code.data or "", at=clock.now())
    except Refused as no:
        form.refuse(no)
        return _login_page(user, form), 422
    answer = begin(user, by="second", target=session[_WAITING]["next"]) or abort(404)
    return render_template("accounts/paper_codes.html", codes=codes, target=answer.location)


def _login_page(user: "User", form: forms.AppCode) -> str:
    is_new = not queries.has_second_factor(user.id)
    template = "accounts/second_new.html" if is_new else "accounts/second.html"
    return render_template(
        template, form=form, action=url_for("accounts.use_second"), **_picture(user, is_new=is_new)
    )


def _picture(user: "User", *, is_new: bool) -> dict[str, str]:
    """Return what the app reads, as a picture and as letters, while it is being set up."""
    factor = queries.second_factor(user.id) if is_new else None
    if factor is None:
        return {}
    picture = qr.svg(service.address(factor, user), title=_("Kode til din kode-app"))
    return {
        "picture": Markup(picture),  # noqa: S704 - our own svg
        "secret": " ".join(factor.secret[i : i + 4] for i in range(0, len(factor.secret), 4)),
    }


def _oneself() -> "User":
    """Return the caller, who has a password; sends them to prove who they are where that is old."""
    user = queries.user(guard.actor().user_id)
    return user if user is not None and user.password_hash else abort(404)


@bp.get("/account/second")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def own_second() -> ResponseReturnValue:
    """Show whether one has a code app, or how to set it up."""
    user = _oneself()
    return _ask_first() or _own_page(user, forms.AppCode(formdata=None))


def _ask_first() -> ResponseReturnValue | None:
    """Return the way to prove who one is, when that is more than ten minutes ago."""
    if guard.actor().is_stepped_up:
        return None
    return redirect(url_for("accounts.step_up", next=url_for("accounts.own_second")), 303)


@bp.post("/account/second")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def begin_second() -> ResponseReturnValue:
    """Make a secret for the app."""
    user = _oneself()
    asked = _ask_first()
    if asked is None:
        service.propose(user, at=guard.actor().at)
    return asked or redirect(url_for("accounts.own_second"), 303)


@bp.post("/account/second/confirm")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def confirm_second() -> ResponseReturnValue:
    """Let the app count, and show the codes on paper."""
    user, form = _oneself(), forms.AppCode()
    asked = _ask_first()
    if asked is not None:
        return asked
    if not form.validate():
        return _own_page(user, form), 422
    g.keep = True
    try:
        codes = service.confirm(user, form.code.data or "", at=guard.actor().at)
    except Refused as no:
        form.refuse(no)
        return _own_page(user, form), 422
    target = url_for("accounts.own_second")
    return render_template("accounts/paper_codes.html", codes=codes, target=target)


@bp.post("/account/second/end")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def end_second() -> ResponseReturnValue:
    """Forget the app, to set up another."""
    user = _oneself()
    asked = _ask_first()
    if asked is None:
        service.remove(user)
    return asked or redirect(url_for("accounts.own_second"), 303)


def _own_page(user: "User", form: forms.AppCode) -> str:
    has_one = queries.has_second_factor(user.id)
    picture = _picture(user, is_new=not has_one)
    if picture:
        action = url_for("accounts.confirm_second")
        return render_template("accounts/second_new.html", form=form, action=action, **picture)
    return render_template(
        "accounts/own_second.html", has_one=has_one, left=queries.recovery_codes_left(user.id)
    )
