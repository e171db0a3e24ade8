"""The front page, by role: the person's, a relative's, a guest's, the staff's day, the others'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.actions import exports as actions
from netmeet.cases import queries as cases
from netmeet.core import calendar, clock
from netmeet.core.access import STAFF, Role
from netmeet.core.permissions import Permission as P
from netmeet.indicators import exports as indicators
from netmeet.invitations import queries as invitations
from netmeet.invitations.rules import AnswerValue
from netmeet.meetings import queries as meetings
from netmeet.meetings.exports.files import FileData, readable_data
from netmeet.meetings.queries import evaluation, files
from netmeet.pages.queries import front as queries
from netmeet.pages.views import bp
from netmeet.plans import exports as plans
from netmeet.plans import queries as plans_queries
from netmeet.readiness import queries as readiness
from netmeet.web import guard

if TYPE_CHECKING:
    from datetime import date

    from netmeet.actions.models import Action
    from netmeet.cases.models import Case
    from netmeet.meetings.models import Meeting
    from netmeet.plans.models import Plan


@bp.get("/")
@guard.needs(P.HOME_READ_OWN)
def home() -> ResponseReturnValue:
    """Show each role its own day."""
    who = guard.actor()
    if who.role in {Role.PAT, Role.PROX}:
        case = cases.own(who)
        return persons(case) if case is not None else render_template("pages/home_nothing.html")
    if who.role is Role.REL:
        return relatives()
    if who.role in {Role.EXT, Role.INTP}:
        return _guests()
    if who.role in STAFF:
        return _staff()
    if who.role is Role.MGR and who.unit_id is not None:
        return _manager(who.unit_id)
    return render_template("pages/home_office.html", role=who.role.value)


def _manager(unit_id: str) -> ResponseReturnValue:
    """Show what the unit owes and where the manager can help, and never about whom."""
    who, today = guard.actor(), clock.today()
    guard.note(P.DASHBOARD_UNIT_COUNTS)
    guard.note(P.ACTION_READ_META)
    asked = cases.questions_for(who)
    return render_template(
        "pages/home_manager.html",
        title=_today(today),
        unit_name=who.unit_name,
        day=indicators.managers_day(unit_id, today=today, at=who.at),
        questions=sum(one.answered_at is None for one in asked),
        here=url_for("pages.home"),
    )


def _today(today: "date") -> str:
    words = calendar.day(today)
    return f"{words[0].upper()}{words[1:]}"


def persons(case: "Case") -> ResponseReturnValue:
    """Show the person's front page, to the person or to who acts for them."""
    who, today = guard.actor(), clock.today()
    guard.note(P.CASE_READ, case)
    page = queries.persons_page(case, today=today)
    found = [one for one in queries.agreements([case.id]) if guard.allowed(P.ACTION_READ, one)]
    lead, mine = case.coordinator, page.own_invitation
    is_own = who.user_id == case.person.user_id
    is_asked = is_own and mine is not None and mine.sent_at is not None
    return render_template(
        "pages/home_person.html",
        page=page,
        may_answer=is_asked
        and mine is not None
        and invitations.takes_answers(mine.meeting, at=who.at),
        agreed=actions.agreed(found, today=today),
        back=url_for("pages.home"),
        first_name=case.person.user.first_name,
        is_own=is_own,
        lead=lead.user if lead is not None else None,
        leads_to=_leads_to(page),
        today=today,
        evaluates=_evaluates(page),
    )


def _evaluates(page: queries.PersonsPage) -> "Meeting | None":
    """Return the meeting that the page quietly asks about, where nothing else is asked first."""
    who, is_first = guard.actor(), page.main is queries.Main.ANSWER and not page.is_thinking
    if is_first or page.main is queries.Main.TODAY:
        return None
    return evaluation.put_to(page.case, who.user_id, today=clock.today())


def _leads_to(page: queries.PersonsPage) -> str:
    """Return what a no to the plan leads to, in plain words."""
    if page.main is not queries.Main.ANSWER or page.plan is None:
        return ""
    lead = page.case.coordinator
    name = lead.user.first_name if lead is not None else ""
    is_ordered = bool(page.case.court_order)
    return plans.leads_to(
        page.plan.kind, coordinator=name, today=clock.today(), is_ordered=is_ordered
    )


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What one person has opened to a relative: nothing but what may be seen is in it."""

    case_id: str
    name: str
    invited: Sequence[queries.Invited]
    owed: Sequence[actions.Line]
    minutes: "Sequence[Meeting]"
    files: "Sequence[FileData]"
    plan: "Plan | None"

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing: withdrawn, not yet given and not yet sent are the same."""
        return not (self.invited or self.owed or self.minutes or self.files or self.plan)


def relatives() -> ResponseReturnValue:
    """Show a relative what has been opened to them, or the same neutral page for every nothing."""
    who, today = guard.actor(), clock.today()
    found = cases.visible_to(who)
    ids = [case.id for case in found]
    invited, sent_out = _invited(ids), queries.minutes_of(ids)
    known = {one.id: one for one in (*(i.meeting for i in invited), *sent_out)}
    parts: dict[str, Sequence[Any]] = {
        "invited": invited,
        "owed": _owed(ids),
        "minutes": [one for one in sent_out if guard.allowed(P.MINUTES_READ_PUBLISHED, one)],
        "files": files.of_meetings(known.values()),
    }
    plans_by_case = queries.plans_of(ids)
    opened = [_opened(case, parts, plans_by_case.get(case.id), today=today) for case in found]
    for case, one in zip(found, opened, strict=True):
        if not one.is_empty:
            guard.note(P.CASE_READ, case)
    coming = [one for one in invited if invitations.takes_answers(one.meeting, at=who.at)]
    return render_template(
        "pages/home_relative.html",
        opened=opened,
        may_decline=next((one for one in coming if one.answer is not AnswerValue.NO), None),
        back=url_for("pages.home"),
    )


def _opened(
    case: "Case", parts: "Mapping[str, Sequence[Any]]", plan: "Plan | None", *, today: "date"
) -> Opened:
    """Return what is open of one case. What they promised needs the person's consent too."""
    is_known = guard.allowed(P.PATIENT_READ_BASIC, case)
    reads_plan = plan is not None and plans_queries.may_read_plan(case, guard.actor())
    owed = _of(case, parts["owed"]) if is_known else []
    return Opened(
        case_id=case.id,
        name=case.person.user.first_name if is_known else "",
        invited=[one for one in parts["invited"] if one.meeting.case_id == case.id],
        owed=actions.lines(owed, today=today, whom=actions.for_whom) if owed else (),
        minutes=_of(case, parts["minutes"]),
        files=readable_data(_of(case, parts["files"]), reader=guard.actor()),
        plan=plan if reads_plan else None,
    )


def _of(case: "Case", rows: "Sequence[Any]") -> list[Any]:
    return [one for one in rows if one.case_id == case.id]


def _invited(case_ids: list[str]) -> list[queries.Invited]:
    """Return the meetings to come that the actor is invited to and may see."""
    who = guard.actor()
    return [
        replace(one, place=meetings.place_for(one.meeting, who))
        for one in queries.invited_to(who.user_id, case_ids, today=clock.today())
        if guard.allowed(P.MEETING_READ, one.meeting)
    ]


def _owed(case_ids: list[str]) -> "list[Action]":
    """Return what the actor owes and may read of it."""
    found = queries.agreements(case_ids, owner_id=guard.actor().user_id)
    return [one for one in found if guard.allowed(P.ACTION_READ, one)]


def _guests() -> ResponseReturnValue:
    """Show guests and interpreters time, place and what concerns them."""
    # Held on to: what follows finds the cases by identity, which forgets what nobody holds.
    found = cases.visible_to(guard.actor())
    ids = [case.id for case in found]
    invited, owed, today = _invited(ids), _owed(ids), clock.today()
    for one in invited:
        guard.note(P.MEETING_READ, one.meeting)
    for action in {each.case_id: each for each in owed}.values():
        guard.note(P.ACTION_READ, action)
    return render_template(
        "pages/home_guest.html",
        invited=invited,
        owed=actions.lines(owed, today=today, whom=actions.for_whom) if owed else (),
        back=url_for("pages.home"),
    )


def _staff() -> ResponseReturnValue:
    """Show the day of staff: what they coordinate, where they are invited, what they owe.

    Only cases the actor is in the network of are asked for, which is the rule of the list.
    """
    who, today = guard.actor(), clock.today()
    places = queries.places(who)
    ids = [place.case_id for place in places]
    leads = any(place.lead_ids for place in places)
    for place in places:
        guard.note(P.PATIENT_LIST_MINE, place)
    found = queries.invited_to(who.user_id, ids, today=today)
    invited = [one for one in found if one.meeting.chair_id != who.user_id]
    listed = {one.meeting.case_id for one in invited}
    return render_template(
        "pages/home_staff.html",
        title=_today(today),
        day=readiness.day(who, today, calls_owed=plans_queries.calls_owed) if leads else None,
        others=[
            place.case for place in places if not place.lead_ids and place.case_id not in listed
        ],
        has_cases=bool(places),
        invited=invited,
        owed=queries.agreements(ids, owner_id=who.user_id),
        today=today,
        may_open=guard.allowed(P.CASE_OPEN),
    )
