"""Signing in, and proving oneself anew, with an identity of an OpenID provider.

The way back is a reading request: it asks the provider, and the signed cookie keeps what it said.
The button of the next page, which presses itself where scripts run, is what signs in.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flask import abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import channels, queries, rules, service
from netmeet.accounts.rules import identity as rule
from netmeet.accounts.rules.identity import Door, No
from netmeet.accounts.service import identities
from netmeet.accounts.views.blueprint import begin, bp, onward, renew, settings
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import public

if TYPE_CHECKING:
    import config
    from netmeet.accounts.models import User

_ASKED, _PROVED = "asked", "proved"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the browser was sent away with. ``at`` is seconds since 1970."""

    door: str
    state: str
    nonce: str
    verifier: str
    next: str
    parked: str
    is_proof: bool
    at: float


@bp.get("/login/with/<any(person, staff):door>")
@public(P.PUBLIC_LOGIN_PAGE)
def ask_provider(door: str) -> ResponseReturnValue:
    """Send the browser to the provider of the door; who is to connect proves who they are first."""
    who, is_proof = guard.actor(), request.args.get("proof") == "1"
    if not (who.is_anonymous or who.is_stepped_up or is_proof):
        # Back to the link and not to here: a form may lead nowhere outside, not even on a detour
        # (the policy's form-action).
        return redirect(url_for("accounts.step_up", next=url_for("accounts.account")), 303)
    try:
        question = channels.ask(_provider(door), back=_back())
    except channels.UnavailableError:
        return _silent(door)
    asked = Asked(
        door=door,
        state=question.state,
        nonce=question.nonce,
        verifier=question.verifier,
        next=onward(request.args.get("next")),
        parked=request.args.get("parked", ""),
        is_proof=is_proof,
        at=clock.now().timestamp(),
    )
    session[_ASKED] = asdict(asked)
    return redirect(question.address, 303)


@bp.get("/login/back")
@public(P.PUBLIC_LOGIN_PAGE)
def come_back() -> ResponseReturnValue:
    """Ask the provider who came back; nothing changes before the button of this page."""
    kept = session.pop(_ASKED, None)
    asked = Asked(**kept) if kept else None
    at = clock.now()
    if asked is None or not _is_ours(asked, at):
        return _page(_("Det tog for lang tid. Prøv at logge ind igen."), code=400)
    if "code" not in request.args:
        return _page(_("Du stoppede undervejs. Du kan prøve igen."), code=403)
    provider = _provider(asked.door)
    question = channels.Question(
        address="", state=asked.state, nonce=asked.nonce, verifier=asked.verifier
    )
    try:
        claims = channels.claims(provider, question, code=request.args["code"], back=_back(), at=at)
    except channels.UnavailableError:
        return _silent(asked.door)
    except channels.UntrustedError:
        return _page(_("Noget gik galt med dit login. Prøv at logge ind igen."), code=403)
    began_at = datetime.fromtimestamp(asked.at, UTC)
    no = rule.judge(claims, wanted=provider, began_at=began_at, at=at)
    if no is not None:
        return _page(_words(no, provider), code=403)
    session[_PROVED] = {**asdict(asked), "subject": claims[provider.subject_claim]}
    return render_template("accounts/almost.html")


def _is_ours(asked: Asked, at: datetime) -> bool:
    """Tell whether it is the answer to what this browser asked, from the one it asked, in time."""
    provider = _provider(asked.door)
    if request.args.get("state") != asked.state:
        return False
    # RFC 9207: the answer of another provider is not taken for this one's.
    if request.args.get("iss", provider.issuer) != provider.issuer:
        return False
    return at.timestamp() - asked.at <= (rule.LONGEST_LOGIN + rules.PROVED_LASTS).total_seconds()


@bp.post("/login/back")
@public(P.PUBLIC_SIGN_IN_AND_OUT)
def enter() -> ResponseReturnValue:
    """Sign in, or confirm, as whoever the provider said came back. Good once."""
    kept, at = session.pop(_PROVED, None), clock.now()
    g.keep = True
    if not kept or not _is_first(kept["nonce"], at):
        return _page(_("Det tog for lang tid. Prøv at logge ind igen."), code=400)
    asked = Asked(**{name: value for name, value in kept.items() if name != "subject"})
    door = Door(asked.door)
    proved = identities.Proved(door=door, issuer=_provider(door).issuer, subject=kept["subject"])
    if asked.is_proof:
        return _confirm(proved, asked)
    known = queries.identity(proved.issuer, proved.subject)
    if known is None:
        return _unknown(proved, asked)
    if known.door is not door:
        return _page(_words(No.WRONG_KIND, _provider(door)), code=403)
    answer = begin(known.user, by=door.means, target=asked.next) if known.user.active else None
    return answer or _page(_("Du har ikke adgang nu. Ring til den, du har fået det af."), code=403)


def _is_first(nonce: str, at: datetime) -> bool:
    """Tell whether this answer was used never before: a copied cookie signs nobody in."""
    return service.count(f"proved:{nonce}", most=1, within=timedelta(hours=1), at=at)


def _confirm(proved: identities.Proved, asked: Asked) -> ResponseReturnValue:
    """Renew the proof of who is signed in, and go on with what waited."""
    who = guard.actor()
    known = queries.identity(proved.issuer, proved.subject)
    is_same = known is not None and (known.user_id, known.door) == (who.user_id, proved.door)
    if not is_same or not rules.may_act(who.role, proved.door.means):
        return _page(_("Det var ikke dit eget login. Prøv igen med dit eget."), code=403)
    renew(service.step_up(session["sid"], at=who.at))
    if asked.parked:
        return redirect(url_for("accounts.parked", id=asked.parked), 303)
    return redirect(asked.next, 303)


def _unknown(proved: identities.Proved, asked: Asked) -> ResponseReturnValue:
    """Answer somebody whose identity nobody has yet.

    Staff are connected by their administrator. A person is by their own link and code, or while
    they are signed in by these; the link alone is no proof (``security.md`` T7).
    """
    who = guard.actor()
    if proved.door is Door.STAFF:
        return _page(_("Din administrator skal først åbne netmeet for dit login."), code=403)
    if who.role in PRIVATE and who.is_stepped_up:
        user = queries.user(who.user_id)
        if user is not None:
            return _connected(user, proved, who.at)
    if "link_user" not in session:
        no = _("Vi kender ikke dit login endnu. Åbn først linket i beskeden fra os.")
        return _page(no, code=403)
    session["identity"] = {
        "issuer": proved.issuer,
        "subject": proved.subject,
        "at": asked.at,
    }
    return redirect(url_for("accounts.code"), 303)


def _connected(user: "User", proved: identities.Proved, at: datetime) -> ResponseReturnValue:
    try:
        identities.connect(user, proved, at=at)
    except Refused as no:
        return _page(str(no), code=403)
    session["account_saved"] = True
    return redirect(url_for("accounts.account"), 303)


def connect_after_code(user: "User", at: datetime) -> str:
    """Connect the identity that waited for the user's code, and return the means it is.

    Empty when none waited, or not any more. Raises ``Refused``.
    """
    waiting = session.pop("identity", None)
    lasts = (rule.LONGEST_LOGIN + rules.CODE_LASTS).total_seconds()
    if waiting is None or at.timestamp() - waiting["at"] > lasts:
        return ""
    proved = identities.Proved(
        door=Door.PERSON, issuer=waiting["issuer"], subject=waiting["subject"]
    )
    identities.connect(user, proved, at=at)
    return Door.PERSON.means


def _provider(door: str) -> "config.Provider":
    return settings().providers.get(door) or abort(404)


def _back() -> str:
    """Return the address the provider sends the browser back to; the provider must know it."""
    return f"{settings().base_url}{url_for('accounts.come_back')}"


def _words(no: No, provider: "config.Provider") -> str:
    """Return why not, in words that say what to do."""
    words: str = _("Noget gik galt med dit login. Prøv at logge ind igen.")
    if no is No.TOO_LOW:
        words = _(
            "Dit login er ikke sikkert nok til det her. "
            "Log ind med %(name)s på et højere sikringsniveau.",
            name=provider.label,
        )
    elif no is No.WRONG_KIND:
        words = _("Det er en anden slags login. Log ind med %(name)s.", name=provider.label)
    return words


def _silent(door: str) -> ResponseReturnValue:
    name = _provider(door).label
    return _page(_("%(name)s svarer ikke lige nu. Prøv igen om lidt.", name=name), code=503)


def _page(sentence: str, *, code: int) -> ResponseReturnValue:
    """Say that nobody was signed in, and why."""
    return render_template("accounts/not_in.html", sentence=sentence), code
