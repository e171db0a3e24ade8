"""Plan types, the sections of a plan and how the person answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from netmeet.core import calendar


class GoalEnd(StrEnum):
    """How a goal ended."""

    REACHED = "reached"
    NOT_RELEVANT = "not_relevant"


class PlanType(StrEnum):
    """Which plan it is, by law or guideline."""

    SHARED = "shared"
    DISCHARGE_AGREEMENT = "discharge_agreement"
    COORDINATION_PLAN = "coordination_plan"
    KIP = "kip"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class PlanName:
    """A plan type's Danish name to staff, its name to the person, and its rule."""

    staff: str
    person: str
    law: str = ""
    needs_persons_part: bool = True


PLAN_NAMES: Mapping[PlanType, PlanName] = {
    PlanType.SHARED: PlanName("Fælles plan", "Min plan"),
    PlanType.DISCHARGE_AGREEMENT: PlanName(
        "Udskrivningsaftale", "Min aftale om tiden efter udskrivning", "Psykiatriloven § 13 a"
    ),
    PlanType.COORDINATION_PLAN: PlanName(
        "Koordinationsplan",
        "Koordinationsplan",
        "Psykiatriloven § 13 b",
        needs_persons_part=False,
    ),
    PlanType.KIP: PlanName(
        "Koordinerende indsatsplan",
        "Min plan",
        "Sundhedsstyrelsens retningslinjer for koordinerende indsatsplaner",
    ),
    PlanType.CRISIS: PlanName("Kriseplan", "Min kriseplan"),
}
"""A coordination plan is only the plan made when the person will not take part in a discharge
agreement, so the ordinary plan never carries its name."""


class SectionKey(StrEnum):
    """The letters of a plan's sections."""

    BASIC = "a"
    ABOUT_ME = "b"
    TEAM = "c"
    SITUATION = "d"
    GOALS = "e"
    EFFORTS = "f"
    ACTIONS = "g"
    CONTRIBUTIONS = "h"
    CRISIS = "i"
    OTHER_PLANS = "j"
    FOLLOW_UP = "k"
    SHARING = "l"
    DISAGREEMENT = "m"
    VERSION = "n"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its letter, its titles, the consent scope that opens it, whose words it holds.

    ``by_life_area`` sections are filtered line by line by the life areas that a consent opens;
    ``own_words`` are written by the person alone; ``person_only`` is left out of every other copy.
    """

    key: SectionKey
    title: str
    plain_title: str
    scope: str = "plan"
    by_life_area: bool = False
    own_words: bool = False
    person_only: bool = False


SECTIONS: tuple[Section, ...] = (
    Section(SectionKey.BASIC, "Stamdata", "Hvem planen handler om", scope="basic"),
    Section(SectionKey.ABOUT_ME, "Om mig", "Om mig", own_words=True),
    Section(SectionKey.TEAM, "Mit hold", "Mit hold", scope="network"),
    Section(SectionKey.SITUATION, "Aktuel situation", "Sådan går det nu", by_life_area=True),
    Section(SectionKey.GOALS, "Mål", "Det vil jeg gerne nå", by_life_area=True),
    Section(SectionKey.EFFORTS, "Indsatser i gang", "Den hjælp, jeg får nu", by_life_area=True),
    Section(
        SectionKey.ACTIONS, "Handlinger", "Det har vi aftalt", scope="actions", by_life_area=True
    ),
    Section(
        SectionKey.CONTRIBUTIONS,
        "Det bidrager borger og pårørende med",
        "Det gør jeg selv",
        by_life_area=True,
    ),
    Section(SectionKey.CRISIS, "Kriseplan", "Hvis jeg får det dårligt", scope="crisis"),
    Section(SectionKey.OTHER_PLANS, "Andre planer", "Mine andre planer"),
    Section(SectionKey.FOLLOW_UP, "Opfølgning", "Næste møde"),
    Section(SectionKey.SHARING, "Samtykke og modtagere", "Hvem må se min plan", person_only=True),
    Section(SectionKey.DISAGREEMENT, "Uenighed, forbehold og accept", "Det ser vi forskelligt på"),
    Section(SectionKey.VERSION, "Version og ændringer", "Hvad er nyt"),
)
"""The sections of the ordinary plan, which every other type extends."""

PAGE_ONE = (SectionKey.ACTIONS, SectionKey.TEAM, SectionKey.FOLLOW_UP)
"""What page one shows, in this order: who does what by when, the contacts, the next meeting."""


def section(key: SectionKey) -> Section:
    """Return the section with this letter."""
    return {one.key: one for one in SECTIONS}[key]


def paper_order() -> tuple[Section, ...]:
    """Return the sections as they are printed: page one first, then the rest as they stand."""
    rest = (one for one in SECTIONS if one.key not in PAGE_ONE)
    return (*(section(key) for key in PAGE_ONE), *rest)


def visible_sections(scopes: frozenset[str], *, to_the_person: bool) -> tuple[Section, ...]:
    """Return the sections that a reader with these consent scopes may see; the person sees all."""
    return tuple(
        one for one in SECTIONS if to_the_person or (one.scope in scopes and not one.person_only)
    )


class AcceptanceAnswer(StrEnum):
    """The person's answer to a version of the plan; silence is an answer of its own."""

    ACCEPTED = "accepted"
    ACCEPTED_BUT = "accepted_but"
    REJECTED = "rejected"
    THINKING = "thinking"
    UNANSWERED = "unanswered"


NEEDS_TEXT = frozenset({AcceptanceAnswer.ACCEPTED_BUT})
"""Answers that say more in the person's own words; a no never has to be explained."""

SETTLED = frozenset(
    {AcceptanceAnswer.ACCEPTED, AcceptanceAnswer.ACCEPTED_BUT, AcceptanceAnswer.REJECTED}
)
"""Answers that everybody else in the network is told."""


PLAN_OF_MEETING: Mapping[str, PlanType] = {
    "discharge": PlanType.DISCHARGE_AGREEMENT,
    "discharge_without": PlanType.COORDINATION_PLAN,
    "kip": PlanType.KIP,
}
"""Which plan a kind of meeting makes; every other kind goes on with the plan there is."""

PROMISES_NO_PAUSE = frozenset({PlanType.DISCHARGE_AGREEMENT, PlanType.COORDINATION_PLAN})
"""Plans that the law asks for: a no never means that nothing happens (psykiatriloven § 13 a, b)."""

WRITTEN = (
    SectionKey.ABOUT_ME,
    SectionKey.SITUATION,
    SectionKey.EFFORTS,
    SectionKey.CONTRIBUTIONS,
    SectionKey.CRISIS,
    SectionKey.OTHER_PLANS,
    SectionKey.FOLLOW_UP,
    SectionKey.DISAGREEMENT,
)
"""The sections that somebody writes; the others are made of what the case holds."""

WRITTEN_BY_THE_PERSON = frozenset(
    {SectionKey.ABOUT_ME, SectionKey.CONTRIBUTIONS, SectionKey.CRISIS}
)
"""The sections that the person may write alone."""

WRITTEN_BY_EACH = frozenset(
    {
        SectionKey.SITUATION,
        SectionKey.EFFORTS,
        SectionKey.OTHER_PLANS,
        SectionKey.DISAGREEMENT,
    }
)
"""The sections in which each organisation has a part of its own, beside the common one."""

AREA_NAMES: Mapping[str, str] = {
    "housing": "Bolig",
    "everyday": "Hverdag",
    "treatment": "Behandling og medicin",
    "health": "Krop og helbred",
    "substances": "Rusmidler",
    "economy": "Penge",
    "work": "Arbejde og uddannelse",
    "family": "Familie og børn",
    "network": "Venner og fritid",
    "transport": "Transport",
    "legal": "Retssager",
    "other": "Andet",
}
"""How a line of a section says which area of life it belongs to: "Bolig: Jonas viser to steder"."""

_ALSO_WRITTEN = {
    "treatment": ("behandling", "medicin"),
    "health": ("krop", "helbred"),
    "economy": ("økonomi",),
    "work": ("arbejde", "uddannelse"),
    "family": ("familie", "børn", "børn og familie"),
    "network": ("venner", "fritid", "netværk", "venner og fællesskab"),
    "legal": ("retlige forhold",),
}
_AREAS = {
    **{name.casefold(): area for area, name in AREA_NAMES.items()},
    **{name: area for area, names in _ALSO_WRITTEN.items() for name in names},
}


def split_area(line: str) -> tuple[str, str]:
    """Return the area of life a line begins with (``""`` when none) and the rest of it."""
    head, colon, rest = line.partition(":")
    area = _AREAS.get(head.strip().casefold(), "") if colon else ""
    return (area, rest.strip()) if area else ("", line.strip())


def with_area(area: str, text: str) -> str:
    """Return the line as :func:`split_area` reads it."""
    return f"{AREA_NAMES[area]}: {text}" if area and text else text


LOWEST, HIGHEST = 0, 10
"""The ends of the scale on which the person says where they are."""

_CALL_DAYS = 3
_CONTEST_DAYS = 5
_LATE_BEFORE_REST = time(14)


def contest_deadline(said_on: date) -> date:
    """Return by when the coordinator answers "Det er forkert": five working days, our default."""
    return calendar.add_working_days(said_on, _CONTEST_DAYS)


def call_deadline(said_on: date) -> date:
    """Return by when the coordinator rings who said no to the plan: three working days, ours."""
    return calendar.add_working_days(said_on, _CALL_DAYS)


def reaches_weekend(local: datetime) -> bool:
    """Say whether a plan sent at this wall time reaches the person when nobody can be asked.

    That is after 14 on a Friday or another last working day, and on days off.
    """
    today = local.date()
    if not calendar.is_working_day(today):
        return True
    is_last_day = not calendar.is_working_day(today + timedelta(days=1))
    return is_last_day and local.time() >= _LATE_BEFORE_REST
