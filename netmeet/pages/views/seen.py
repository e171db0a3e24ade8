"""*Det ser …*: plan, meeting, agenda and minutes as one recipient sees them, or would."""

from typing import TYPE_CHECKING

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from netmeet.cases import exports as cases
from netmeet.cases import queries as loading
from netmeet.cases.rules import LIFE_AREAS, Scope
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Actor
from netmeet.core.permissions import Permission as P
from netmeet.invitations.queries import written
from netmeet.meetings import queries as meetings
from netmeet.meetings.exports.files import FileData, readable_data
from netmeet.meetings.exports.minutes import minutes_data
from netmeet.meetings.queries import files
from netmeet.pages.queries import seen as queries
from netmeet.pages.views import bp
from netmeet.plans import exports as plans
from netmeet.web import guard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netmeet.cases.models import Case, TeamMember
    from netmeet.meetings.models import Meeting


@bp.get("/cases/<oid:id>/seen")
@guard.needs(P.PLAN_HISTORY, load=loading.by_id, see=P.CASE_READ)
def seen(case: "Case") -> ResponseReturnValue:
    """Show the person and the coordinator exactly what somebody in the network sees now."""
    _only_who_decides(case)
    member = queries.member_of(case, request.args.get("of", ""))
    if member is None:
        abort(404)
    reader = queries.reader_of(member, by=guard.actor())
    return _page(case, member, reader, supposed=None)


@bp.post("/cases/<oid:id>/seen")
@guard.needs(P.PLAN_HISTORY, load=loading.by_id, see=P.CASE_READ)
def suppose(case: "Case") -> ResponseReturnValue:
    """Show what somebody would see if the person said yes to what is chosen. Keeps nothing."""
    _only_who_decides(case)
    member = queries.member_of(case, request.args.get("of", "") or _chosen(case))
    reader = queries.reader_of(member, by=guard.actor())
    limited = request.form.get("limit") == "some"
    supposed = queries.Supposed(
        scopes={Scope(word) for word in request.form.getlist("scopes") if word in set(Scope)},
        areas=[word for word in request.form.getlist("areas") if limited and word in LIFE_AREAS],
    )
    queries.suppose(case, reader, supposed)
    return _page(case, member, reader, supposed=supposed)


def _only_who_decides(case: "Case") -> None:
    if not guard.allowed(P.PLAN_APPROVE, case):
        guard.hide()


def _chosen(case: "Case") -> str:
    """Return whom a form names: a user, or the first of an organisation that is in the network."""
    kind, _sep, who = request.form.get("recipient", "").partition(":")
    if kind != "organisation":
        return who
    return next((m.user_id for m in case.members if m.organisation_id == who), "")


def _page(
    case: "Case",
    member: "TeamMember | None",
    reader: Actor,
    *,
    supposed: queries.Supposed | None,
) -> str:
    is_asked = supposed is not None and Scope.INVITE in supposed.scopes
    meeting = queries.next_meeting(case, reader, today=clock.today(), is_asked=is_asked)
    newest = queries.newest_minutes(case, reader)
    plan = queries.plan_for(case, reader)
    is_private = guard.actor().role in PRIVATE
    return render_template(
        "pages/seen_person.html" if is_private else "pages/seen.html",
        case=case,
        case_head=cases.head(case, current="cases.case_consents"),
        first=member.user.first_name if member is not None else "",
        is_supposed=supposed is not None,
        lead=case.coordinator.user.first_name if case.coordinator is not None else "",
        coming=queries.coming(meeting, reader) if meeting is not None else None,
        agenda=meetings.agenda_for(meeting, reader).taken if meeting is not None else [],
        minutes=minutes_data(newest, reader=reader) if newest is not None else None,
        wrote=written.beforehand(newest, reader=reader) if newest is not None else [],
        files=_files([meeting, newest, *(plan[1].meetings if plan is not None else ())], reader),
        plan=plans.living(*plan, reader=reader) if plan is not None else None,
        version=plan[0].newest if plan is not None else None,
        plan_id="",
        may_contest=False,
        may_answer_contested=False,
    )


def _files(meetings: "Iterable[Meeting | None]", reader: Actor) -> list[FileData]:
    known = {one.id: one for one in meetings if one is not None}
    return readable_data(files.of_meetings(known.values()), reader=reader)
