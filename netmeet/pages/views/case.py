"""The case on one page: the person's words first, then the next step, then everything else."""

from typing import TYPE_CHECKING

from flask import render_template
from flask.typing import ResponseReturnValue

from netmeet.actions import exports as actions
from netmeet.actions.forms import closing
from netmeet.cases import exports as cases
from netmeet.cases import queries as loading
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.permissions import Permission as P
from netmeet.meetings.exports.files import readable_data
from netmeet.meetings.exports.questions import in_words
from netmeet.meetings.forms import meeting as planning
from netmeet.meetings.queries import files
from netmeet.pages.queries import case as queries
from netmeet.pages.queries import front
from netmeet.pages.views import bp
from netmeet.pages.views.home import persons, relatives
from netmeet.plans import queries as plans
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.cases.models import Case

_MEETING_KINDS, _CLOSED_AS = dict(planning.KINDS), dict(closing.KINDS)


@bp.get("/cases/<oid:id>")
@guard.needs(P.CASE_READ, load=loading.by_id)
def case(case: "Case") -> ResponseReturnValue:
    """Show staff the case, and the person and relatives their own front page."""
    who = guard.actor()
    if who.role in {Role.PAT, Role.PROX}:
        return persons(case)
    if who.role in PRIVATE:
        return relatives()
    page = queries.case_page(case, at=clock.now())
    is_lead = who.role_on(case) is Role.LEAD
    reads_words = guard.allowed(P.PREPARATION_READ, case)
    found = [one for one in front.agreements([case.id]) if guard.allowed(P.ACTION_READ, one)]
    reads_plan = page.version is not None and plans.may_read_plan(case, who)
    return render_template(
        "pages/case.html",
        meeting_kinds=_MEETING_KINDS,
        closed_as=_CLOSED_AS,
        case=case,
        case_head=cases.head(case, current="pages.case"),
        page=page,
        step=queries.next_step(page) if is_lead else None,
        is_lead=is_lead,
        words=page.words if reads_words else None,
        said=in_words(page.words) if reads_words else "",
        agreed=[one for one in found if one.closed_at is None or one.is_doubted],
        granted=actions.granted,
        today=clock.today(),
        version=page.version if reads_plan else None,
        files=readable_data(files.of_meetings(page.meetings), reader=who),
        members=case.members if guard.allowed(P.NETWORK_READ_MEMBERS, case) else [],
        may=_may(case),
    )


def _may(case: "Case") -> dict[str, bool]:
    """Return which of the next steps the actor may take."""
    is_open = case.closed_at is None
    return {
        "ask": is_open and guard.allowed(P.MEETING_REQUEST, case),
        "meet": is_open and guard.allowed(P.MEETING_CREATE, case),
        "team": guard.allowed(P.NETWORK_READ_MEMBERS, case),
        "told": guard.allowed(P.RELATIVE_READ_TOLD, case),
        "hand_over": guard.allowed(P.CASE_HAND_OVER, case),
        "contact": guard.allowed(P.PATIENT_READ_CONTACT, case),
        "close": guard.may_after_step_up(P.CASE_CLOSE, case),
    }
