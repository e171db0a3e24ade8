"""One's own account."""

from typing import TYPE_CHECKING

from flask import abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import forms, queries, service
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import contact, identities, sessions
from netmeet.accounts.views.blueprint import bp, renew, settings
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.accounts.models import Identity, User


def _oneself() -> "User | None":
    return queries.user_with_roles(guard.actor().user_id)


@bp.get("/account")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def account() -> ResponseReturnValue:
    """Show what netmeet knows about oneself, and how one comes in."""
    user = _oneself()
    return _page(forms.Details(obj=user))


@bp.post("/account")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def update_account() -> ResponseReturnValue:
    """Keep what one says about oneself."""
    form, user = forms.Details(), _oneself()
    if user is None or not form.validate():
        return _page(form), 422
    details = contact.Details(
        email=form.email.data or "",
        phone=form.phone.data or "",
        own_word=form.own_word.data or "",
    )
    # None at all is refused below, and nobody proves who they are for that.
    elsewhere = details.email and contact.is_other_email(user, details.email)
    if elsewhere and (way := guard.prove_first()):
        return way
    at = guard.actor().at
    try:
        contact.update_own(user, details, version=form.version.data or 0, at=at)
    except Refused as no:
        form.refuse(no)
        return _page(form), 422
    session["account_saved"] = True
    return redirect(url_for("accounts.account"), 303)


def _page(form: forms.Details) -> str:
    who = guard.actor()
    return render_template(
        "accounts/account.html",
        form=form,
        user=_oneself(),
        roles=queries.current_roles(who.user_id, who.at, by=who.signed_in_by),
        identities=queries.identities_of(who.user_id),
        providers=settings().providers,
        may_connect=who.role in PRIVATE,
        may_subscribe=guard.allowed(P.ICAL_ROTATE_FEED_TOKEN),
        may_show_busy=guard.allowed(P.ACCOUNT_SHOW_WHEN_BUSY),
        is_saved=session.pop("account_saved", False),
    )


@bp.post("/account/identities/<oid:id>/end")
@needs(P.ACCOUNT_READ_UPDATE_OWN, load=queries.own_identity)
def end_identity(identity: "Identity") -> ResponseReturnValue:
    """Forget an identity of one's own; every other login of the user ends."""
    who = guard.actor()
    if identity.door is not Door.PERSON:
        abort(404)
    identities.disconnect(identity)
    sessions.end_others(who.user_id, but=who.session_id, at=who.at)
    session["account_saved"] = True
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/password")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def password() -> ResponseReturnValue:
    """Ask for another password, from who signs in by one."""
    user = _oneself()
    if user is None or not user.password_hash:
        abort(404)
    return render_template("accounts/password.html", form=forms.NewPassword(formdata=None))


@bp.post("/account/password")
@needs(P.ACCOUNT_READ_UPDATE_OWN)
def change_password() -> ResponseReturnValue:
    """Change the password; every other login of the user ends."""
    form, user, who = forms.NewPassword(), _oneself(), guard.actor()
    if user is None or not user.password_hash:
        abort(404)
    if form.validate():
        g.keep = True
        try:
            _prove(user, form)
            service.set_password(user, form.fresh.data or "", field="fresh")
        except Refused as no:
            form.refuse(no)
        else:
            sessions.end_others(who.user_id, but=who.session_id, at=who.at)
            renew(service.step_up(session["sid"], at=who.at))
            session["account_saved"] = True
            return redirect(url_for("accounts.account"), 303)
    return render_template("accounts/password.html", form=form), 422


def _prove(user: "User", form: forms.NewPassword) -> None:
    """Raise ``Refused`` unless the password that holds is right; tries count as at the login."""
    address = request.remote_addr or ""
    if not service.may_try_password(user.email, address=address, at=guard.actor().at):
        no = _("Der er prøvet mange gange. Vent et minut, og prøv igen.")
        raise Refused(no, field="password")
    if not service.proves_password(user, form.password.data or ""):
        raise Refused(_("Adgangskoden passer ikke."), field="password")
