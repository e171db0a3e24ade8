"""The front page, by role: the person's, a relative's, a guest's, the staff's day, the others'."""

from collections.abc import Sequence
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
from netmeet.readiness import queries as readiness
from netmeet.web import guard

if TYPE_CHECKING:
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
    owed: actions.Owed | None
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
    ids = [case.id for case in found]
    invited = [
        one
        for one in queries.invited_to(who, today=clock.today())
        if guard.allowed(P.MEETING_READ, one.meeting)
    ]
    minutes, versions = queries.published_to(ids)
    read = [one for one in minutes if guard.allowed(P.MINUTES_READ_PUBLISHED, one)]
    own = [one for one in owing.mine(who) if guard.allowed(P.ACTION_READ, one)]
    opened = [
        Opened(
            case_id=case.id,
            name=case.person.user.first_name if guard.allowed(P.PATIENT_READ_BASIC, case) else "",
            invited=[one for one in invited if one.meeting.case_id == case.id],
            owed=_owed([one for one in own if one.case_id == case.id]),
            minutes=[one for one in read if one.case_id == case.id],
            plan=_open_plan(case, versions),
        )
        for case in found
    ]
    for one in (one for one in opened if not one.is_empty):
        guard.note(P.CASE_READ, next(case for case in found if case.id == one.case_id))
    return render_template("pages/home_relative.html", opened=opened, back=url_for("pages.home"))


def _owed(found: "Sequence[Action]") -> actions.Owed | None:
    live = [one for one in found if one.is_live]
    return actions.owed(live, today=clock.today()) if live else None


def _open_plan(case: "Case", versions: "dict[str, queries.PlanVersion]") -> "Plan | None":
    version = versions.get(case.id)
    if version is None or not guard.allowed(P.PLAN_READ_PUBLISHED, queries.Released(case)):
        return None
    return version.plan


def _guests() -> ResponseReturnValue:
    """Show guests and interpreters time, place and what concerns them."""
    who = guard.actor()
    invited = [
        one
        for one in queries.invited_to(who, today=clock.today())
        if guard.allowed(P.MEETING_READ, one.meeting)
    ]
    for one in invited:
        guard.note(P.MEETING_READ, one.meeting)
    live = [one for one in owing.mine(who) if guard.allowed(P.ACTION_READ, one) and one.is_live]
    owed = actions.owed(live, today=clock.today()) if live else None
    return render_template(
        "pages/home_guest.html", invited=invited, owed=owed, back=url_for("pages.home")
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
        invited=[
            one
            for one in queries.invited_to(who, today=today)
            if guard.allowed(P.MEETING_READ, one.meeting)
        ],
        owed=actions.owed(own, today=today),
        may_open=guard.allowed(P.CASE_OPEN),
    )
