"""The plan on paper: any version as PDF, and the crisis plan for the wallet."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask import abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from netmeet.core import clock
from netmeet.core.permissions import Permission as P
from netmeet.formats import pdf as printing
from netmeet.formats import qr
from netmeet.meetings.queries import hides_place
from netmeet.outbox import exports as outbox
from netmeet.plans import exports, queries
from netmeet.plans.rules import SectionKey
from netmeet.plans.views import bp
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.core.access import Actor
    from netmeet.plans.models import Plan

_SHEETS = ("tokens.css", "print.css", "plan.css")


@bp.get("/plans/<oid:id>.pdf")
@guard.needs(P.PLAN_EXPORT_PDF, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def pdf(plan: "Plan") -> ResponseReturnValue:
    """Return the newest version as PDF/UA-1, or with ``version`` an older one, cut for the reader.

    The coordinator prints another reader's copy with ``reader``, for who gets it by letter.
    """
    reader = _whose(plan)
    facts = queries.facts(plan.case, plan)
    n = request.args.get("version", type=int)
    found = plan.newest
    if n is not None:
        if not guard.allowed(P.PLAN_HISTORY, plan):
            guard.hide()
        found = next((one for one in plan.versions if one.n == n), None) or abort(404)
    reading = exports.Reading(plan.case, reader)
    if n is None or found is None:
        shown = reading.newest(found, facts) if found else reading.living(plan, facts)
    else:
        shown = reading.cut(found.content, contested=facts.contested)
    if shown is None:
        abort(404)
    if shown["next"] is not None and hides_place(plan.case, None):
        shown["next"]["place"] = ""
    html = render_template(
        "plans/print/plan.html",
        plan=shown,
        version=found,
        acceptance=found.acceptance if found is not None else None,
        sharing=exports.sharing(plan.case, at=reader.at) if shown["to_person"] else [],
        printed_on=clock.today(),
        code=_code(plan),
        may_contest=False,
        may_answer_contested=False,
    )
    title = shown["name"]
    return _printed(html, title=title, file="plan.pdf")


def _whose(plan: "Plan") -> "Actor":
    """Return who the copy is for: the one who asks, or whom the coordinator prints it for."""
    user = request.args.get("reader")
    if user is None:
        return guard.actor()
    if not guard.allowed(P.PLAN_EDIT_ANY_SECTION, plan):
        guard.hide()
    for member, reader in queries.readers(plan.case, at=guard.actor().at):
        if member.user_id == user and queries.may_read_plan(plan.case, reader):
            return reader
    return abort(404)


@bp.get("/plans/<oid:id>/crisis.pdf")
@guard.needs(P.CRISIS_PLAN_READ, load=queries.by_id, see=P.PLAN_READ_PUBLISHED)
def crisis_card(plan: "Plan") -> ResponseReturnValue:
    """Return the crisis plan as a card for the wallet."""
    row = plan.section(SectionKey.CRISIS)
    if row is None or not row.text:
        abort(404)
    settings = current_app.config["NETMEET"]
    html = render_template(
        "plans/print/card.html",
        text=row.text,
        saved_at=row.saved_at,
        contacts=exports.to_ring(plan.case) if queries.is_on_persons_side(guard.actor()) else [],
        acute_label=settings.acute_label,
        acute_number=settings.acute_number,
    )
    return _printed(html, title=exports.crisis_name(), file="kort.pdf")


def _code(plan: "Plan") -> Markup:
    address = outbox.address("plans.show", {"id": plan.id})
    # segno escapes what it draws; the address is our own.
    return Markup(qr.svg(address, title=address))  # noqa: S704 - our own svg


def _printed(html: str, *, title: str, file: str) -> ResponseReturnValue:
    """Return the page as a file; printing starts when the reading transaction has ended."""
    queries.end_reading()
    guard.count_paper()
    styles = Path(str(current_app.static_folder)) / "css"
    css = [(styles / sheet).read_text(encoding="utf-8") for sheet in _SHEETS]
    answer = make_response(printing.render(html, css=css, title=title))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return answer
