"""Closing a case, and taking it up again."""

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.actions import queries
from netmeet.actions.forms import closing as forms
from netmeet.actions.service import closing as service
from netmeet.actions.views import bp
from netmeet.cases import exports as cases
from netmeet.cases import queries as loading
from netmeet.cases.forms import ReopenForm
from netmeet.cases.rules import CloseKind
from netmeet.cases.service import ending
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.meetings.queries.unfinished import unfinished
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.cases.models import Case


@bp.get("/cases/<oid:id>/close")
@guard.needs(P.CASE_CLOSE, load=loading.by_id, see=P.CASE_READ)
def close(case: "Case") -> ResponseReturnValue:
    """Ask why the case ends and what becomes of the agreements; or why it is taken up again."""
    if case.closed_at is not None:
        return _reopen_page(case, ReopenForm(formdata=None, version=case.version))
    form = forms.Close(formdata=None, version=case.version, on=clock.today())
    return _page(case, form)


@bp.post("/cases/<oid:id>/close")
@guard.needs(P.CASE_CLOSE, load=loading.by_id, see=P.CASE_READ)
def close_now(case: "Case") -> ResponseReturnValue:
    """Close the case."""
    form = forms.Close()
    if not queries.open_of_case(case.id):
        form.leave_out_owed()
    if not form.validate():
        return _page(case, form), 422
    closing = service.Closing(
        kind=CloseKind(form.kind.data),
        reason=form.reason.data or "",
        on=form.on.data or clock.today(),
        lapses=form.owed.data == "lapse",
    )
    guard.note(P.CASE_CLOSE, case, reason=closing.reason)
    try:
        service.close_case(
            case, closing, by=guard.actor(), at=clock.now(), version=form.version.data or 0
        )
    except Refused as no:
        form.refuse(no)
        return _page(case, form), 422
    return redirect(url_for("pages.case", id=case.id), 303)


@bp.post("/cases/<oid:id>/reopen")
@guard.needs(P.CASE_CLOSE, load=loading.by_id, see=P.CASE_READ)
def reopen(case: "Case") -> ResponseReturnValue:
    """Take the case up again."""
    form = ReopenForm()
    if not form.validate():
        return _reopen_page(case, form), 422
    reason = form.reason.data or ""
    guard.note(P.CASE_CLOSE, case, reason=reason)
    try:
        ending.reopen(
            case,
            reason=reason,
            by=guard.actor(),
            at=clock.now(),
            version=form.version.data or 0,
        )
    except Refused as no:
        form.refuse(no)
        return _reopen_page(case, form), 422
    return redirect(url_for("pages.case", id=case.id), 303)


def _page(case: "Case", form: forms.Close) -> str:
    return render_template(
        "actions/close_case.html",
        case=case,
        case_head=cases.head(case, current="actions.close"),
        form=form,
        owed=queries.open_of_case(case.id),
        waiting=unfinished(case.id),
    )


def _reopen_page(case: "Case", form: ReopenForm) -> str:
    return render_template(
        "actions/reopen_case.html",
        case=case,
        case_head=cases.head(case, current="actions.close"),
        form=form,
    )
