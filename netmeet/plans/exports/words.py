"""What the plan is called, and what an answer to it leads to, in plain words."""

from datetime import date

from flask_babel import lazy_gettext as _

from netmeet.cases.models import TeamMember
from netmeet.core import calendar
from netmeet.plans.models import Acceptance, PlanVersion
from netmeet.plans.queries import owes_call
from netmeet.plans.rules import PLAN_NAMES, AcceptanceAnswer, PlanType, call_deadline
from netmeet.web import filters

_TO_STAFF = {
    PlanType.SHARED: _("Fælles plan"),
    PlanType.DISCHARGE_AGREEMENT: _("Udskrivningsaftale (psykiatriloven § 13 a)"),
    PlanType.COORDINATION_PLAN: _("Koordinationsplan (psykiatriloven § 13 b)"),
    PlanType.KIP: _("Koordinerende indsatsplan"),
    PlanType.CRISIS: _("Kriseplan"),
}
_TO_PERSON = {
    PlanType.SHARED: _("Min plan"),
    PlanType.DISCHARGE_AGREEMENT: _("Min aftale om tiden efter udskrivning"),
    PlanType.COORDINATION_PLAN: _("Koordinationsplan"),
    PlanType.KIP: _("Min plan for behandling og rusmidler"),
    PlanType.CRISIS: _("Min kriseplan"),
}


def name_of(kind: PlanType, *, to_person: bool) -> str:
    """Return the plan's name to the person or to staff; none can be taken for another."""
    return str((_TO_PERSON if to_person else _TO_STAFF)[kind])


def law_of(kind: PlanType) -> str:
    """Return the rule that the plan rests on, ``""`` for the ordinary one."""
    return PLAN_NAMES[kind].law


def leads_to(kind: PlanType, *, coordinator: str, today: date, is_ordered: bool = False) -> str:
    """Return what a no ``today`` leads to. By § 13 a and b it never says that nothing happens.

    Where a court has decided (``is_ordered``), nothing is said to be the person's free choice.
    """
    told = _(
        "Siger du nej, ringer %(name)s til dig senest %(day)s.",
        name=coordinator or _("koordinatoren"),
        day=filters.day(call_deadline(today)),
    )
    texts = {
        PlanType.SHARED: _("Aftalerne gælder imens."),
        PlanType.KIP: _("Aftalerne gælder imens."),
        PlanType.CRISIS: _("Planen er din. Den kan laves om."),
        PlanType.DISCHARGE_AGREEMENT: _(
            "Aftalerne gælder imens. Loven siger, at der skal være en plan, når du udskrives. "
            "Bliver I ikke enige, skal hospitalet og kommunen alligevel lave en plan. "
            "Du får den at se og kan skrive, hvad du mener."
        ),
        PlanType.COORDINATION_PLAN: _(
            "Planen gælder også, hvis du siger nej. Den kan laves om til en aftale med dig."
        ),
    }
    if is_ordered and kind is not PlanType.CRISIS:
        ordered = _(
            "Retten har bestemt noget af det. Det gælder også, hvis du siger nej. "
            "Du kan altid sige, hvad du mener, og det bliver skrevet i planen."
        )
        return f"{ordered} {told}"
    return f"{texts[kind]} {told}"


def call_promised(answer: Acceptance | None, *, coordinator: str, today: date) -> str:
    """Return when the person is rung who said no, ``""`` where nobody owes them a call."""
    if answer is None or not coordinator or not owes_call(answer):
        return ""
    due_on = call_deadline(calendar.to_local(answer.at).date())
    names = {"name": coordinator, "day": filters.day(due_on)}
    if due_on < today:
        return str(
            _("%(name)s ville ringe senest %(day)s. Ring selv, hvis det ikke er sket.", **names)
        )
    return str(_("%(name)s ringer til dig senest %(day)s.", **names))


def answer_choices() -> list[tuple[str, str, str]]:
    """Return the four answers of equal weight, as ``components/choice.html`` takes them."""
    return [
        (AcceptanceAnswer.ACCEPTED.value, str(_("Ja")), ""),
        (AcceptanceAnswer.ACCEPTED_BUT.value, str(_("Ja, men …")), ""),
        (AcceptanceAnswer.REJECTED.value, str(_("Nej, det er ikke min plan")), ""),
        (AcceptanceAnswer.THINKING.value, str(_("Jeg vil tænke over det")), ""),
    ]


def reader_name(member: TeamMember, *, to_person: bool) -> str:
    """Return whose copy a tab shows: "dig", "Hanne (søster)", "Jonas, Kommunen"."""
    if member.user_id == member.case.person.user_id:
        return str(_("dig")) if to_person else member.user.first_name
    if member.relation and not member.role.is_staff:
        return f"{member.user.first_name} ({member.relation})"
    place = member.organisation.name if member.organisation is not None else member.where
    return f"{member.user.first_name}, {place}" if place else member.user.first_name


def version_name(version: PlanVersion) -> str:
    """Return a version by its day, as people remember it."""
    on = calendar.to_local(version.published_at).date()
    return str(_("nr. %(n)d, %(day)s", n=version.n, day=calendar.day_with_year(on)))


def crisis_name() -> str:
    """Return the title of the crisis plan on paper."""
    return str(_("Min kriseplan"))
