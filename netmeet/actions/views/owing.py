"""What one owes: the list, an agreement's own page, and what its owner reports."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from netmeet.actions import exports, queries, service
from netmeet.actions.exports import history
from netmeet.actions.forms import owing as forms
from netmeet.actions.policy import waits_for_yes
from netmeet.actions.rules import NEEDS_REASON, NEXT, PartysWord, PersonsWord, Status
from netmeet.actions.views import bp
from netmeet.cases import queries as cases
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.actions.models import Action


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The forms of an agreement's page, filled in or fresh."""

    report: forms.Report
    postpone: forms.Postpone
    cancel: forms.Cancel


@bp.get("/actions")
@guard.needs(P.ACTION_READ)
def mine() -> ResponseReturnValue:
    """Show everything one owes over all meetings, by date; to the person what is agreed."""
    who, today = guard.actor(), clock.today()
    if who.role in {Role.PAT, Role.PROX}:
        case = cases.own(who)
        found = _readable(queries.of_case(case.id) if case is not None else [])
        agreed = exports.agreed(found, today=today)
        return render_template("actions/persons.html", agreed=agreed, back=request.path)
    owed = exports.owed(_readable(queries.mine(who)), today=today, whom=exports.for_whom)
    name = "actions/mine_private.html" if who.role in PRIVATE else "actions/mine.html"
    return render_template(name, owed=owed, today=today, back=request.path)


def _readable(found: "Sequence[Action]") -> "list[Action]":
    """Return those the actor may read, one row in the log for each case."""
    fit = [action for action in found if guard.allowed(P.ACTION_READ, action)]
    for action in {each.case_id: each for each in fit}.values():
        guard.note(P.ACTION_READ, action)
    return fit


@bp.get("/actions/<oid:id>")
@guard.needs(P.ACTION_READ, load=queries.by_id)
def show(action: "Action") -> ResponseReturnValue:
    """Show one agreement: where it comes from, how far it is, what has happened."""
    return _page(action, _fresh(action))


def _fresh(action: "Action") -> Forms:
    return Forms(
        report=forms.Report(version=action.version, status=action.status, formdata=None),
        postpone=forms.Postpone(version=action.version, prefix="due-", formdata=None),
        cancel=forms.Cancel(version=action.version, prefix="end-", formdata=None),
    )


def _page(action: "Action", shown: Forms, *, code: int = 200) -> ResponseReturnValue:
    may_read_case = guard.allowed(P.CASE_READ, action)
    is_private = guard.actor().role in PRIVATE
    page = render_template(
        "actions/show_private.html" if is_private else "actions/show.html",
        line=exports.lines([action], today=clock.today(), whom=exports.for_whom)[0],
        action=action,
        events=history.events(action),
        forms=shown,
        ways=_ways(action),
        case_url=url_for("pages.case", id=action.case_id) if may_read_case else "",
        may_report=guard.allowed(P.ACTION_UPDATE_STATUS, action),
        may_postpone=action.is_live and guard.allowed(P.ACTION_CHANGE_DEADLINE, action),
        may_hand_over=action.is_live and guard.allowed(P.ACTION_REASSIGN, action),
        may_cancel=action.is_live and guard.allowed(P.ACTION_CANCEL, action),
        may_say=not action.is_persons
        and guard.allowed(P.ACTION_PERSON_SAYS_HAPPENED_OR_NOT, action),
        is_to_the_person=guard.actor().role in {Role.PAT, Role.PROX},
        is_ones_own=action.owner_id == guard.actor().user_id,
        needs_reason=NEEDS_REASON,
        back=request.path,
    )
    return page, code


def _ways(action: "Action") -> list[tuple[str, str]]:
    """Return the reports that may follow, in the order they are shown."""
    allowed = {action.status, *NEXT[action.status]}
    return [
        (str(value), str(label))
        for value, label in forms.STATUSES
        if Status(str(value).partition(":")[0]) in allowed
    ]


@bp.post("/actions/<oid:id>/status")
@guard.needs(P.ACTION_UPDATE_STATUS, load=queries.by_id, see=P.ACTION_READ)
def report(action: "Action") -> ResponseReturnValue:
    """Note how far it is; one click is enough unless a reason is needed."""
    form = forms.Report()
    if form.validate():
        try:
            service.report(
                action,
                status=form.state,
                waits_for=form.waits_for,
                comment=form.comment.data or "",
                by=guard.actor(),
                at=clock.now(),
                version=form.version.data or 0,
            )
            return _onward(action)
        except Refused as no:
            form.refuse(no)
    fresh = _fresh(action)
    return _page(action, Forms(report=form, postpone=fresh.postpone, cancel=fresh.cancel), code=422)


@bp.post("/actions/<oid:id>/due")
@guard.needs(P.ACTION_CHANGE_DEADLINE, load=queries.by_id, see=P.ACTION_READ)
def postpone(action: "Action") -> ResponseReturnValue:
    """Move the date, with a reason."""
    form = forms.Postpone(prefix="due-")
    if form.validate() and form.due_on.data is not None:
        try:
            service.postpone(
                action,
                to=form.due_on.data,
                reason=form.reason.data or "",
                by=guard.actor(),
                at=clock.now(),
                version=form.version.data or 0,
            )
            return _onward(action)
        except Refused as no:
            form.refuse(no)
    fresh = _fresh(action)
    return _page(action, Forms(report=fresh.report, postpone=form, cancel=fresh.cancel), code=422)


@bp.post("/actions/<oid:id>/cancel")
@guard.needs(P.ACTION_CANCEL, load=queries.by_id, see=P.ACTION_READ)
def cancel(action: "Action") -> ResponseReturnValue:
    """Let it lapse, with a reason."""
    form = forms.Cancel(prefix="end-")
    if form.validate():
        try:
            service.cancel(
                action,
                reason=form.reason.data or "",
                by=guard.actor(),
                at=clock.now(),
                version=form.version.data or 0,
            )
            return _onward(action)
        except Refused as no:
            form.refuse(no)
    fresh = _fresh(action)
    return _page(action, Forms(report=fresh.report, postpone=fresh.postpone, cancel=form), code=422)


@bp.post("/actions/<oid:id>/confirm")
@guard.needs(P.ACTION_CONFIRM_OWN, load=queries.by_id, see=P.ACTION_READ)
def confirm(action: "Action") -> ResponseReturnValue:
    """Let a relative say whether they will do it, or an owner whether their side says yes."""
    form = forms.Confirm()
    if not form.validate():
        return _onward(action)
    if form.answer.data and not waits_for_yes(action):
        word = PartysWord(form.answer.data)
        service.answer(action, word, words=form.words.data or "", by=guard.actor(), at=clock.now())
    elif form.answer.data == "yes":
        service.confirm(action, by=guard.actor(), at=clock.now())
    elif form.answer.data == "no":
        service.decline(action, by=guard.actor(), at=clock.now())
    return _onward(action)


@bp.post("/actions/<oid:id>/said")
@guard.needs(P.ACTION_PERSON_SAYS_HAPPENED_OR_NOT, load=queries.by_id, see=P.ACTION_READ)
def said(action: "Action") -> ResponseReturnValue:
    """Keep the person's word on whether it happened."""
    form = forms.Said()
    if form.validate():
        service.said(
            action,
            PersonsWord(form.word.data),
            words=form.words.data or "",
            by=guard.actor(),
            at=clock.now(),
        )
    return _onward(action)


@bp.post("/actions/<oid:id>/own")
@guard.needs(P.ACTION_UPDATE_STATUS, load=queries.by_id, see=P.ACTION_READ)
def own(action: "Action") -> ResponseReturnValue:
    """Take what the person says of what they do themselves: done, help, or no longer right."""
    form = forms.Own()
    who, at, version = guard.actor(), clock.now(), form.version.data or 0
    if form.answer.data == "done":
        service.report(action, status=Status.DONE, by=who, at=at, version=version)
    elif form.answer.data == "help":
        service.ask_for_help(action, by=who, at=at, version=version)
    elif form.answer.data == "drop" and guard.allowed(P.ACTION_CANCEL, action):
        guard.instead(P.ACTION_CANCEL, action)
        service.cancel(action, by=who, at=at, reason="", version=version)
    return _onward(action)


def _onward(action: "Action") -> Response:
    """Go where one came from, else to the agreement while one may read it."""
    mine_ = url_for("actions.mine")
    may_read = guard.allowed(P.ACTION_READ, action)
    otherwise = url_for("actions.show", id=action.id) if may_read else mine_
    target = own_path(request.form.get("next", ""), otherwise=otherwise)
    is_gone = target == url_for("actions.show", id=action.id) and not may_read
    return redirect(mine_ if is_gone else target, 303)
