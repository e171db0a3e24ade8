"""The auditor's pages: what stands out, a sample by lot, and search with a reason."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from netmeet.accounts import queries as accounts
from netmeet.audit import queries as log
from netmeet.audit import service
from netmeet.cases import queries
from netmeet.cases.exports import auditing
from netmeet.cases.forms import options
from netmeet.cases.forms.auditing import AuditSearchForm, AuditTrailForm, FollowUpForm
from netmeet.cases.queries import auditing as found
from netmeet.cases.views.blueprint import bp
from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.web import guard
from netmeet.web.guard import needs

if TYPE_CHECKING:
    from datetime import date

    from netmeet.audit.queries import Wanted
    from netmeet.cases.queries.auditing import Trail

_DAYS = 7
_ROWS = 100
_LAST_PAGE = 10_000
_TRAIL_DAYS = 366 * 5


@bp.get("/audit")
@needs(P.AUDIT_READ_ORG_METADATA)
def audit() -> ResponseReturnValue:
    """Show the last week's days that stand out, yesterday's sample, and the search."""
    return _page(_search_form(AuditSearchForm(formdata=None, **_last_week())))


@bp.post("/audit/search")
@needs(P.AUDIT_READ_ORG_METADATA)
def audit_search() -> ResponseReturnValue:
    """Show the organisation's rows of the log of a time; the reason is logged."""
    form = _search_form(AuditSearchForm())
    if not form.validate() or form.since.data is None or form.until.data is None:
        return _page(form), 422
    guard.note(P.AUDIT_READ_ORG_METADATA, reason=form.reason.data or "")
    scope = found.wanted(
        _organisation(), since=form.since.data, until=form.until.data, user_id=form.who.data or ""
    )
    return _rows_page("cases/audit_found.html", scope, form)


def _trail(case_id: str) -> "Trail | None":
    """Return what the own organisation's staff did with a case, if they did anything."""
    return found.trail(case_id, _organisation())


@bp.get("/audit/trails/<oid:id>")
@needs(P.AUDIT_READ_PATIENT_TRAIL, load=_trail)
def audit_trail(trail: "Trail") -> ResponseReturnValue:
    """Ask why the whole trail of a case is to be read."""
    return render_template(
        "cases/audit_trail.html", trail=trail, form=AuditTrailForm(formdata=None)
    )


@bp.post("/audit/trails/<oid:id>")
@needs(P.AUDIT_READ_PATIENT_TRAIL, load=_trail)
def audit_read_trail(trail: "Trail") -> ResponseReturnValue:
    """Show what the organisation's staff did with a case; the reason is logged."""
    form = AuditTrailForm()
    if not form.validate():
        return render_template("cases/audit_trail.html", trail=trail, form=form), 422
    guard.note(P.AUDIT_READ_PATIENT_TRAIL, trail, reason=form.reason.data or "")
    today = clock.today()
    since = today - timedelta(days=_TRAIL_DAYS)
    scope = found.wanted(_organisation(), since=since, until=today, case_id=trail.case_id)
    return _rows_page("cases/audit_found.html", scope, form, trail=trail)


@bp.post("/audit/follow-up")
@needs(P.AUDIT_READ_ORG_METADATA)
def audit_follow_up() -> ResponseReturnValue:
    """Write down what came out of looking into a day; only of one in the organisation's log."""
    form = FollowUpForm()
    searching = _search_form(AuditSearchForm(formdata=None, **_last_week()))
    if not form.validate() or form.day.data is None:
        return _page(searching, refused=_("Skriv, hvad du fandt ud af.")), 422
    about, day = form.about.data or "", form.day.data
    if not log.found(found.wanted(_organisation(), since=day, until=day, user_id=about), most=1):
        abort(404)
    try:
        service.follow_up(
            organisation_id=_organisation(),
            user_id=about,
            day=day,
            words=form.words.data or "",
            by_id=guard.actor().user_id,
            at=clock.now(),
        )
    except Refused as no:
        return _page(searching, refused=str(no)), 422
    return redirect(url_for("cases.audit"), 303)


def _organisation() -> str:
    return guard.actor().organisation_id or ""


def _last_week() -> dict[str, "date"]:
    today = clock.today()
    return {"since": today - timedelta(days=_DAYS - 1), "until": today}


def _search_form(form: AuditSearchForm) -> AuditSearchForm:
    """Give the form the organisation's staff to choose from."""
    held = accounts.staff_of([_organisation()], guard.actor().at)
    names = {role.user_id: role.user.name for role in held}
    ordered = sorted(names.items(), key=lambda item: item[1])
    form.who.choices = options([("", _("Alle")), *ordered])
    return form


def _page(form: AuditSearchForm, *, refused: str = "") -> str:
    days = _last_week()
    yesterday = clock.today() - timedelta(days=1)
    scope = found.wanted(_organisation(), since=days["since"], until=days["until"])
    alerts, drawn = found.alerts(scope), found.sample(scope, _organisation(), yesterday)
    named = {alert.user_id for alert in alerts} | {one.user_id for one in drawn}
    people = queries.users_by_id(named)
    done = log.follow_ups(_organisation(), since=days["since"])
    return render_template(
        "cases/audit.html",
        form=form,
        refused=refused,
        yesterday=yesterday,
        notices=auditing.notices(alerts, people, done),
        sample=auditing.sampled(drawn, people),
    )


def _rows_page(
    template: str,
    scope: "Wanted",
    form: AuditSearchForm | AuditTrailForm,
    *,
    trail: "Trail | None" = None,
) -> str:
    page = min(max(0, request.args.get("page", 0, type=int)), _LAST_PAGE)
    events = log.found(scope, most=_ROWS + 1, after=page * _ROWS)
    people = queries.users_by_id({event.user_id for event in events})
    return render_template(
        template,
        form=form,
        trail=trail,
        page=page,
        rows=auditing.rows(events[:_ROWS], people),
        more=len(events) > _ROWS,
    )
