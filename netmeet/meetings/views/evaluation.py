"""The written questions after a meeting: answering them, later and alone, and reading them."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.cases.exports import head
from netmeet.core import clock
from netmeet.core.access import PRIVATE
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings import queries
from netmeet.meetings.exports import evaluation as exports
from netmeet.meetings.exports import questions
from netmeet.meetings.forms.evaluation import EvaluationForm
from netmeet.meetings.queries import evaluation as reading
from netmeet.meetings.rules import PERSONS_SIDE
from netmeet.meetings.service import evaluation as service
from netmeet.meetings.views import bp
from netmeet.web import guard
from netmeet.web.guard import needs
from netmeet.web.urls import own_path

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


@bp.get("/meetings/<oid:id>/evaluation")
@needs(P.EVALUATION_ANSWER_OWN, load=queries.by_id, see=P.MEETING_READ)
def evaluation_own(meeting: "Meeting") -> ResponseReturnValue:
    """Ask the questions; who has answered sees what, and may change it until it closes."""
    own = _own(meeting)
    is_asking = own.is_open and (not own.is_answered or "change" in request.args)
    return _page(own, _form(own) if is_asking else None)


@bp.post("/meetings/<oid:id>/evaluation")
@needs(P.EVALUATION_ANSWER_OWN, load=queries.by_id, see=P.MEETING_READ)
def evaluate(meeting: "Meeting") -> ResponseReturnValue:
    """Keep one's own answers."""
    own = _own(meeting)
    if not own.is_open:
        return _page(own, None), 422
    form = _form(own)
    if not form.validate():
        return _page(own, form), 422
    try:
        service.answer(own, form.said, at=clock.now(), version=form.version.data or 0)
    except Refused as no:
        form.refuse(no)
        return _page(own, form), 422
    return redirect(url_for("meetings.evaluation_own", id=meeting.id), 303)


@bp.post("/meetings/<oid:id>/evaluation/not-now")
@needs(P.EVALUATION_ANSWER_OWN, load=queries.by_id, see=P.MEETING_READ)
def put_away_evaluation(meeting: "Meeting") -> ResponseReturnValue:
    """Take the questions off the front page; they may still be answered."""
    service.put_away(_own(meeting), at=clock.now())
    return redirect(own_path(request.form.get("next", ""), otherwise=url_for("pages.home")), 303)


@bp.post("/meetings/<oid:id>/evaluation/close")
@needs(P.EVALUATION_ANSWER_OWN, load=queries.by_id, see=P.MEETING_READ)
def close_evaluation(meeting: "Meeting") -> ResponseReturnValue:
    """Let nobody read one's answers by name any more."""
    service.close(_own(meeting), at=clock.now())
    return redirect(url_for("meetings.evaluation_own", id=meeting.id), 303)


@bp.get("/meetings/<oid:id>/evaluation/all")
@needs(P.EVALUATION_READ_OWN_MEETING, load=queries.by_id, see=P.MEETING_READ)
def evaluations(meeting: "Meeting") -> ResponseReturnValue:
    """Show what may be read of the answers: the opened ones by name, the others' in one."""
    who = guard.actor()
    found = reading.answered(meeting, who, today=clock.today())
    is_private = who.role in PRIVATE
    return render_template(
        "meetings/evaluations_person.html" if is_private else "meetings/evaluations.html",
        meeting=meeting,
        found=found,
        named=exports.named(found, meeting.case, reader_id=who.user_id),
        counted=exports.counted(found),
        is_private=is_private,
        case_head=head(meeting.case, current=""),
    )


def _own(meeting: "Meeting") -> reading.Own:
    return reading.own(meeting, guard.actor(), today=clock.today())


def _form(own: reading.Own) -> EvaluationForm:
    leads = questions.lead_names(queries.leads(own.meeting))
    return EvaluationForm.over(own, leads=leads, version=service.version_of(own))


def _page(own: reading.Own, form: EvaluationForm | None) -> str:
    is_private = guard.actor().role in PRIVATE
    rows = own.earlier if form is not None else own.told
    return render_template(
        "meetings/evaluation_person.html" if is_private else "meetings/evaluation_staff.html",
        meeting=own.meeting,
        own=own,
        form=form,
        told=[exports.told(row) for row in rows],
        is_opened=any(row.is_open_to_coordinator for row in own.told),
        leads=questions.lead_names(queries.leads(own.meeting)),
        is_persons_side=own.side in PERSONS_SIDE,
        may_read=guard.allowed(P.EVALUATION_READ_OWN_MEETING, own.meeting),
        case_head=head(own.meeting.case, current=""),
    )
