"""The manager's overview, the same rows as a file, and the committee's report."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.indicators import exports, forms, queries, rules, service
from netmeet.indicators.exports import committee as committees
from netmeet.indicators.queries import committee as reports
from netmeet.organisations import queries as organisations
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.indicators.models import RiskNote
    from netmeet.organisations.models import Committee

bp = Blueprint("indicators", __name__)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/overview")
@guard.needs(P.DASHBOARD_UNIT_COUNTS)
def overview() -> ResponseReturnValue:
    """Show where the manager can help, what the unit owes, and its indicators."""
    form, wanted = _wanted()
    guard.note(P.INDICATORS_READ)
    guard.note(P.ACTION_READ_META)
    shown = exports.overview(wanted, page=_page(), today=clock.today(), at=guard.actor().at)
    asked = {name: value for name, value in form.data.items() if value}
    return render_template(
        "indicators/overview.html",
        shown=shown,
        form=form,
        asked=asked,
        headings=exports.headings(),
        unit_name=guard.actor().unit_name,
        here=request.full_path.rstrip("?"),
    )


@bp.get("/overview/actions.xlsx")
@guard.needs(P.EXPORT_ACTIONS_XLSX)
def xlsx() -> ResponseReturnValue:
    """Hand out the open agreements as an Excel file."""
    _form, wanted = _wanted()
    return _file(exports.xlsx(wanted, today=clock.today()), _XLSX, "aftaler.xlsx")


@bp.get("/overview/actions.csv")
@guard.needs(P.EXPORT_ACTIONS_XLSX)
def csv() -> ResponseReturnValue:
    """Hand out the open agreements as a CSV file."""
    _form, wanted = _wanted()
    return _file(exports.csv(wanted, today=clock.today()), "text/csv", "aftaler.csv")


@bp.get("/committee")
@guard.needs(P.COMMITTEE_REPORT)
def committee() -> ResponseReturnValue:
    """Show the report of one of the committees that the actor's organisation sits in, to print."""
    form, chosen, quarter = _chosen()
    if chosen is None:
        return render_template("indicators/committee_none.html")
    guard.note(P.INDICATORS_READ)
    note = _own_note(chosen, quarter)
    risks = forms.Risks(
        formdata=None, version=note.version if note else 0, text=note.text if note else ""
    )
    return _report_page(form, chosen, quarter, risks)


@bp.post("/committee")
@guard.needs(P.COMMITTEE_MEETING_READ_WRITE)
def note_risks() -> ResponseReturnValue:
    """Keep the risks that the actor's organisation sees; the form names report and quarter."""
    form, chosen, quarter = _chosen()
    organisation_id = guard.actor().organisation_id
    named = (request.form.get("committee"), request.form.get("quarter"))
    if chosen is None or organisation_id is None or named != (chosen.code, quarter.key):
        abort(404)
    risks = forms.Risks()
    if not risks.validate():
        return _report_page(form, chosen, quarter, risks), 422
    service.note_risks(
        chosen,
        organisation_id=organisation_id,
        quarter=quarter,
        text=risks.text.data or "",
        version=risks.version.data or 0,
    )
    here = url_for("indicators.committee", committee=chosen.code, quarter=quarter.key)
    return redirect(here, 303)


def _chosen() -> "tuple[forms.Choose, Committee | None, rules.Quarter]":
    """Return what is chosen among the own committees and the quarters that are over."""
    today, own = clock.today(), guard.actor().organisation_id
    found = organisations.committees_of(own, on=today) if own is not None else ()
    quarters = rules.past_quarters(today)
    form = forms.Choose(request.values)
    form.offer(
        [(each.code, each.name) for each in found],
        [(each.key, exports.quarter_words(each)) for each in quarters],
    )
    chosen = next((each for each in found if each.code == form.committee.data), None)
    return form, chosen, next(each for each in quarters if each.key == form.quarter.data)


def _own_note(chosen: "Committee", quarter: rules.Quarter) -> "RiskNote | None":
    own = guard.actor().organisation_id
    found = reports.risks(chosen.id, quarter=quarter)
    return next((note for note in found if note.organisation_id == own), None)


def _report_page(
    form: forms.Choose, chosen: "Committee", quarter: rules.Quarter, risks: forms.Risks
) -> str:
    return render_template(
        "indicators/committee.html",
        form=form,
        risks=risks,
        report=committees.report(chosen, quarter=quarter, today=clock.today()),
        when=exports.quarter_words(quarter),
    )


def _wanted() -> tuple[forms.Narrow, queries.Filter]:
    """Return the form and what it asks for; a manager without a unit has no overview."""
    unit_id = guard.actor().unit_id
    if unit_id is None:
        abort(404)
    form = forms.Narrow(request.args)
    form.offer(queries.initiatives(unit_id))
    wanted = queries.Filter(
        unit_id=unit_id,
        kind=form.kind.data,
        initiative=form.initiative.data,
        since=rules.begins(rules.Period(form.period.data), clock.today()),
    )
    return form, wanted


def _page() -> int:
    return request.args.get("page", 1, type=int)


def _file(body: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=mimetype, headers=headers)
