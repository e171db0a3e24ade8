"""Asking for a meeting, the receipt, and the answer."""

from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.cases import queries as cases
from netmeet.cases.exports import head
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings import queries, service
from netmeet.meetings.forms.meeting import KINDS
from netmeet.meetings.forms.request import ANSWER_BY, HOW_SOON, AskForm, DeclineForm, StaffAskForm
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from netmeet.cases.models import Case
    from netmeet.meetings.models import MeetingRequest


@bp.get("/ask")
@needs(P.HOME_READ_OWN)
def ask() -> ResponseReturnValue:
    """Lead to the form of the one case the actor may ask in, or let them choose a person.

    Where there is none, the page says whom to turn to.
    """
    mine = [
        case for case in cases.visible_to(guard.actor()) if guard.allowed(P.MEETING_REQUEST, case)
    ]
    if len(mine) == 1:
        return redirect(url_for("meetings.ask_in_case", id=mine[0].id), 303)
    return render_template("meetings/ask_about.html", cases=mine)


@bp.get("/cases/<oid:id>/ask")
@needs(P.MEETING_REQUEST, load=cases.by_id, see=P.CASE_READ)
def ask_in_case(case: "Case") -> ResponseReturnValue:
    """Show the four questions, and to professionals a fifth."""
    return _ask_page(case, _ask_form())


def _ask_form() -> AskForm:
    return AskForm() if guard.actor().role in PRIVATE else StaffAskForm()


@bp.post("/cases/<oid:id>/ask")
@needs(P.MEETING_REQUEST, load=cases.by_id, see=P.CASE_READ)
def send_request(case: "Case") -> ResponseReturnValue:
    """Keep the request and show its receipt."""
    form = _ask_form()
    if not form.validate():
        return _ask_page(case, form), 422
    actor = guard.actor()
    request = service.requests.ask(case, by=actor, at=clock.now(), wish=form.wish)
    return redirect(url_for("meetings.request", id=request.id), 303)


@bp.get("/requests/<oid:id>")
@needs(P.REQUEST_READ, load=queries.request_by_id)
def request(request: "MeetingRequest") -> ResponseReturnValue:
    """Show who has the request, by when a time is agreed, and the answer."""
    return _receipt(request, DeclineForm())


@bp.post("/requests/<oid:id>/acknowledge")
@needs(P.REQUEST_DECIDE, load=queries.request_by_id, see=P.REQUEST_READ)
def acknowledge_request(request: "MeetingRequest") -> ResponseReturnValue:
    """Let whoever asked know that somebody has read it."""
    service.requests.acknowledge(request, by=guard.actor(), at=clock.now())
    return redirect(url_for("meetings.request", id=request.id), 303)


@bp.post("/requests/<oid:id>/withdraw")
@needs(P.MEETING_REQUEST, load=queries.request_by_id, see=P.REQUEST_READ)
def withdraw_request(request: "MeetingRequest") -> ResponseReturnValue:
    """Take one's own wish back."""
    service.requests.withdraw(request, by=guard.actor(), at=clock.now())
    return redirect(url_for("meetings.request", id=request.id), 303)


@bp.post("/requests/<oid:id>/accept")
@needs(P.REQUEST_DECIDE, load=queries.request_by_id, see=P.REQUEST_READ)
def accept_request(request: "MeetingRequest") -> ResponseReturnValue:
    """Say yes, and go on with the draft of the meeting."""
    if not guard.allowed(P.MEETING_CREATE, request.case):
        abort(403)
    meeting = service.requests.accept(request, by=guard.actor(), at=clock.now())
    guard.note(P.MEETING_CREATE, meeting)
    return redirect(url_for("meetings.edit", id=meeting.id), 303)


@bp.post("/requests/<oid:id>/decline")
@needs(P.REQUEST_DECIDE, load=queries.request_by_id, see=P.REQUEST_READ)
def decline_request(request: "MeetingRequest") -> ResponseReturnValue:
    """Say no, with the reason and what is offered instead."""
    form = DeclineForm()
    if not form.validate():
        return _receipt(request, form), 422
    try:
        service.requests.decline(
            request,
            by=guard.actor(),
            at=clock.now(),
            reason=form.reason.data or "",
            alternative=form.alternative.data or "",
        )
    except Refused as no:
        form.refuse(no)
        return _receipt(request, form), 422
    return redirect(url_for("meetings.request", id=request.id), 303)


def _ask_page(case: "Case", form: AskForm) -> str:
    is_private = guard.actor().role in PRIVATE
    template = "meetings/ask.html" if is_private else "meetings/ask_staff.html"
    is_person = guard.actor().user_id == case.person.user_id
    return render_template(
        template, case=case, form=form, is_person=is_person, case_head=_head(case)
    )


def _receipt(request: "MeetingRequest", form: DeclineForm) -> str:
    is_private = guard.actor().role in PRIVATE
    template = "meetings/request.html" if is_private else "meetings/request_staff.html"
    is_mine = request.author_id == guard.actor().user_id
    return render_template(
        template,
        request_=request,
        form=form,
        case_head=_head(request.case),
        coordinator=request.case.coordinator,
        how_soon=dict(HOW_SOON).get(request.how_soon, request.how_soon),
        answer_by=dict(ANSWER_BY).get(request.answer_by, request.answer_by),
        kind=dict(KINDS)[request.kind] if request.kind is not None else "",
        is_mine=is_mine,
        may_withdraw=is_mine and guard.allowed(P.MEETING_REQUEST, request),
        may_decide=guard.allowed(P.REQUEST_DECIDE, request),
        meeting=queries.meeting_of(request),
    )


def _head(case: "Case") -> object:
    return head(case, current="")
