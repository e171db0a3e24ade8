"""The front page, by role: the person's, a relative's, a guest's, the staff's day, the others'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from netmeet.actions import exports as actions
from netmeet.actions import queries as owing
from netmeet.cases import queries as cases
from netmeet.core import calendar, clock
from netmeet.core.access import STAFF, Role
from netmeet.core.permissions import Permission as P
from netmeet.pages.queries import front as queries
from netmeet.pages.views import bp
from netmeet.plans import exports as plans
from netmeet.plans import queries as plans_queries
from netmeet.readiness import queries as readiness
from netmeet.web import guard

if TYPE_CHECKING:
    from netmeet.cases.models import Case
    from netmeet.meetings.models import Meeting
    from netmeet.plans.models import Plan, PlanVersion


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
    return render_template("pages/home_office.html", role=who.role.value)


def persons(case: "Case") -> ResponseReturnValue:
    """Show the person's front page, to the person or to who acts for them."""
    who, today = guard.actor(), clock.today()
    guard.note(P.CASE_READ, case)
    page = queries.persons_page(case, today=today)
    found = [one for one in owing.of_case(case.id) if guard.allowed(P.ACTION_READ, one)]
    lead = case.coordinator
    return render_template(
        "pages/home_person.html",
        page=page,
        agreed=actions.agreed(found, today=today),
        back=url_for("pages.home"),
        first_name=case.person.user.first_name,
        is_own=who.user_id == case.person.user_id,
        lead=lead.user if lead is not None else None,
        leads_to=_leads_to(page),
        today=today,
    )


def _leads_to(page: queries.PersonsPage) -> str:
    """Return what a no to the plan leads to, in plain words."""
    if page.main is not queries.Main.ANSWER or page.plan is None:
        return ""
    lead = page.case.coordinator
    name = lead.user.first_name if lead is not None else ""
    return plans.leads_to(page.plan.kind, coordinator=name, today=clock.today())


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What one person has opened to a relative: nothing but what may be seen is in it."""

    case_id: str
    name: str
    invited: Sequence[queries.Invited]
    owed: Sequence[actions.Line]
    minutes: "Sequence[Meeting]"
    plan: "Plan | None"

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing: withdrawn, not yet given and not yet sent are the same."""
        return not (self.invited or self.owed or self.minutes or self.plan)


def relatives() -> ResponseReturnValue:
    """Show a relative what has been opened to them, or the same neutral page for every nothing."""
    who = guard.actor()
    found = cases.visible_to(who)
    invited = _invited()
    minutes, versions = queries.published_to([case.id for case in found])
    opened = [_opened(case, invited, minutes, versions) for case in found]
    for case, one in zip(found, opened, strict=True):
        if not one.is_empty:
            guard.note(P.CASE_READ, case)
    return render_template("pages/home_relative.html", opened=opened, back=url_for("pages.home"))


def _opened(
    case: "Case",
    invited: "Sequence[queries.Invited]",
    minutes: "Sequence[Meeting]",
    versions: "Mapping[str, PlanVersion]",
) -> Opened:
    """Return what is open of one case. What they promised needs the person's consent too."""
    who = guard.actor()
    is_known = guard.allowed(P.PATIENT_READ_BASIC, case)
    version = versions.get(case.id)
    reads_plan = version is not None and plans_queries.may_read_plan(case, who)
    mine = [one for one in owing.mine(who) if one.case_id == case.id] if is_known else []
    owed = [one for one in mine if one.is_live and guard.allowed(P.ACTION_READ, one)]
    return Opened(
        case_id=case.id,
        name=case.person.user.first_name if is_known else "",
        invited=[one for one in invited if one.meeting.case_id == case.id],
        owed=actions.lines(owed, today=clock.today()) if owed else (),
        minutes=[
            one
            for one in minutes
            if one.case_id == case.id and guard.allowed(P.MINUTES_READ_PUBLISHED, one)
        ],
        plan=version.plan if version is not None and reads_plan else None,
    )


def _invited() -> list[queries.Invited]:
    """Return the meetings to come that the actor is invited to and may see."""
    found = queries.invited_to(guard.actor(), today=clock.today())
    return [one for one in found if guard.allowed(P.MEETING_READ, one.meeting)]


def _guests() -> ResponseReturnValue:
    """Show guests and interpreters time, place and what concerns them."""
    who, invited = guard.actor(), _invited()
    for one in invited:
        guard.note(P.MEETING_READ, one.meeting)
    live = [one for one in owing.mine(who) if one.is_live and guard.allowed(P.ACTION_READ, one)]
    return render_template(
        "pages/home_guest.html",
        invited=invited,
        owed=actions.lines(live, today=clock.today()) if live else (),
        back=url_for("pages.home"),
    )


def _staff() -> ResponseReturnValue:
    """Show the day of staff: what they coordinate, where they are invited, what they owe."""
    who, today = guard.actor(), clock.today()
    found = [case for case in cases.visible_to(who) if guard.allowed(P.PATIENT_LIST_MINE, case)]
    day = readiness.day(who, today)
    for case in found:
        guard.note(P.PATIENT_LIST_MINE, case)
    own = [one for one in owing.mine(who) if one.is_live and not one.is_persons]
    coordinated = {row.case_id for row in day.rows}
    return render_template(
        "pages/home_staff.html",
        day=day if day.rows else None,
        title=calendar.day(today)[:1].upper() + calendar.day(today)[1:],
        others=[case for case in found if case.id not in coordinated],
        has_cases=bool(found),
        invited=_invited(),
        owed=actions.owed(own, today=today),
        may_open=guard.allowed(P.CASE_OPEN),
    )
