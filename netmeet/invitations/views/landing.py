"""The personal link: a neutral page that identifies and never admits (``security.md`` T7)."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import abort, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from netmeet.accounts import rules as accounts_rules
from netmeet.accounts import service as accounts
from netmeet.core import clock
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.core.trail import entry
from netmeet.invitations import exports, queries, service
from netmeet.invitations.queries import links, polls
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.invitations.service import polls as polling
from netmeet.invitations.views import times
from netmeet.invitations.views.blueprint import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.invitations.queries.links import Landing
    from netmeet.meetings.models import Invitation


def _open(operation: Permission, token: str) -> "Landing":
    """Return what the secret leads to; else the one neutral page, whatever the reason."""
    who = guard.actor()
    landing = links.landing(token, at=who.at)
    if landing is None:
        g.trail.append(entry(who, operation, allowed=False))
        abort(make_response(render_template("invitations/gone.html"), 404))
    return landing


_to_open = partial(_open, Permission.INVITE_LINK_OPEN_LANDING)
_to_answer = partial(_open, Permission.INVITE_LINK_ANSWER_YES_NO_MAYBE)


@bp.get("/i/<string:id>")
@guard.needs(Permission.INVITE_LINK_OPEN_LANDING, load=_to_open)
def landing(landing: "Landing") -> ResponseReturnValue:
    """Show what may be shown without a code. Scanners open links: nothing changes here."""
    return _page(landing)


def _page(landing: "Landing", *, refused: str = "", code: int = 200) -> ResponseReturnValue:
    token = request.view_args["id"] if request.view_args else ""
    invitation = landing.invitation
    if invitation is None:
        page = render_template(
            "invitations/link.html",
            token=token,
            next_path=_next(landing),
            has_letter=landing.has_letter,
        )
        return page, code
    if landing.asks_times:
        return _times_page(landing, invitation, refused=refused), code
    time = exports.when(invitation)
    page = render_template(
        "invitations/landing.html",
        token=token,
        invitation=invitation,
        time=time,
        reply=landing.reply,
        can_answer=queries.takes_answers(invitation.meeting, at=guard.actor().at),
        phone=exports.phone(invitation.case),
        next_path=_next(landing),
        has_letter=landing.has_letter,
        refused=refused,
    )
    return page, code


def _times_page(landing: "Landing", invitation: "Invitation", *, refused: str) -> str:
    """Return the page that asks which times suit: times and a number, and nothing else."""
    poll, who = polls.of_meeting(invitation.meeting_id), invitation.user_id
    if poll is not None and not polls.is_open(poll, invitation.meeting):
        poll = None
    return render_template(
        "invitations/times_link.html",
        token=request.view_args["id"] if request.view_args else "",
        invitation=invitation,
        poll=poll,
        ballots=times.ballots(poll, who, is_sent=bool(refused)) if poll else [],
        is_answered=poll is not None and polls.has_answered(poll, who),
        phone=exports.phone(invitation.case),
        next_path=_next(landing),
        has_letter=landing.has_letter,
        refused=refused,
    )


def _next(landing: "Landing") -> str:
    """Return the page behind the login that the link is about."""
    if landing.invitation is not None and landing.asks_times:
        return url_for("invitations.own_times", id=landing.invitation.meeting_id)
    if landing.invitation is not None:
        return url_for("pages.answer", id=landing.invitation.meeting_id)
    if landing.evaluates is not None:
        return url_for("meetings.evaluation_own", id=landing.evaluates)
    if landing.begins is not None:
        return url_for("meetings.prepare", id=landing.begins)
    if landing.link.purpose == "action":
        return url_for("actions.show", id=landing.link.subject_id)
    return url_for("pages.home")


@bp.post("/i/<string:id>")
@guard.needs(Permission.INVITE_LINK_ANSWER_YES_NO_MAYBE, load=_to_answer)
def answer_by_link(landing: "Landing") -> ResponseReturnValue:
    """Note yes, maybe or no, and nothing else: to the meeting, or to the times asked about."""
    if landing.asks_times and landing.invitation is not None:
        return _answer_times(landing, landing.invitation)
    value = request.form.get("answer", "")
    if landing.invitation is None or value not in set(AnswerValue):
        abort(400)
    by = landing.link.user_id
    _count(landing)
    try:
        service.answer(landing.invitation, AnswerValue(value), via=Via.LINK, by=by, at=clock.now())
    except Refused as no:
        return _page(landing, refused=str(no), code=422)
    token = request.view_args["id"] if request.view_args else ""
    return redirect(url_for("invitations.landing", id=token), 303)


def _answer_times(landing: "Landing", invitation: "Invitation") -> ResponseReturnValue:
    poll = polls.of_meeting(invitation.meeting_id) or abort(400)
    _count(landing)
    try:
        said = times.take(times.ballots(poll, invitation.user_id, is_sent=True))
        polling.answer(invitation, poll, said, via=Via.LINK, by=invitation.user_id, at=clock.now())
    except Refused as no:
        return _page(landing, refused=str(no), code=422)
    token = request.view_args["id"] if request.view_args else ""
    return redirect(url_for("invitations.landing", id=token), 303)


def _count(landing: "Landing") -> None:
    """Count one more press behind the link; 429 after twenty within an hour."""
    key, most = f"link:{landing.link.id}", accounts_rules.LINK_ANSWERS_AN_HOUR
    if not accounts.count(key, most=most, within=timedelta(hours=1), at=guard.actor().at):
        g.keep = True
        abort(429)


@bp.post("/i/<string:id>/code")
@guard.needs(Permission.INVITE_LINK_OPEN_LANDING, load=_to_open)
def ask_for_code(landing: "Landing") -> ResponseReturnValue:
    """Remember in this browser whose code is asked for, and hand the post on to who sends codes.

    307 keeps the post (RFC 9110 § 15.4.8), so that one tap is enough. Who has a code in a letter
    goes straight to where it is typed.
    """
    _count(landing)
    for name in ("code_sent", "demo_code", "by_letter"):
        session.pop(name, None)
    session["link_user"] = landing.link.user_id
    session["link_next"] = _next(landing)
    if request.form.get("action") == "letter":
        session["by_letter"] = True
        return redirect(url_for("accounts.code"), 303)
    return redirect(url_for("accounts.use_code"), 307)
