"""Consent, legal bases and who the people around a person are: the facts that decide access."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from netmeet.core import calendar
from netmeet.core.access import STAFF, Role
from netmeet.organisations.rules import Sector

_MONTHS_OF_CONSENT = 12
_RENEW_DAYS_BEFORE = 30
_AGE_OF_CONSENT = 15

HOUR = timedelta(hours=1)
SEARCHES_AN_HOUR = 30
LINKS_AN_HOUR = 3
MOST_CASES_A_DAY = 20
OFFICE_OPENS, OFFICE_CLOSES = 7, 18
ANSWER_WITHIN = 5
"""Working days until the person is answered who asks why somebody looked."""


CPR = re.compile(r"^[0-9]{6}-?[0-9A-Za-z]{4}$")
"""A CPR number, or a replacement one, whose last four may be letters (eCPR, X and D).

No check digit: those of today have none that holds for all, and nobody is turned away for it.
"""


def plain_cpr(typed: str) -> str:
    """Return the ten characters of a number as it is kept and looked for."""
    return typed.replace("-", "").strip().upper()


class Scope(StrEnum):
    """What a consent opens."""

    BASIC = "basic"
    NETWORK = "network"
    INVITE = "invite"
    AGENDA = "agenda"
    MINUTES = "minutes"
    PLAN = "plan"
    ACTIONS = "actions"
    CRISIS = "crisis"
    FILES = "files"
    EXPORT = "export"


class ConsentHow(StrEnum):
    """How a consent was given."""

    DIGITAL = "digital"
    ORAL = "oral"
    WRITTEN = "written"


class Direction(StrEnum):
    """Disclosing and retrieving are two legal acts; a consent names the ones it covers."""

    DISCLOSE = "disclose"
    RETRIEVE = "retrieve"
    BOTH = "both"


class CaseState(StrEnum):
    """Whether a person's course of meetings goes on."""

    OPEN = "open"
    CLOSED = "closed"


class Keeping(StrEnum):
    """What is noted about how long a closed case is kept."""

    HOLD = "hold"
    RELEASE = "release"
    COPIED = "copied"


class CloseKind(StrEnum):
    """Why a case is closed (``domain.md`` § 2.5, 7)."""

    DONE = "done"
    MOVED = "moved"
    NO_CONSENT = "no_consent"
    DEATH = "death"
    OTHER = "other"


class RepresentationKind(StrEnum):
    """Who may act for the person, within a scope and a period."""

    CUSTODY_HOLDER = "custody_holder"
    GUARDIAN = "guardian"
    ATTORNEY = "attorney"


class MemberRole(StrEnum):
    """What somebody is in a person's network."""

    PERSON = "person"
    RELATIVE = "relative"
    CUSTODY_HOLDER = "custody_holder"
    GUARDIAN = "guardian"
    REGIONAL_STAFF = "regional_staff"
    MUNICIPAL_STAFF = "municipal_staff"
    GP = "gp"
    RESIDENCE = "residence"
    SCHOOL = "school"
    VOLUNTEER = "volunteer"
    INTERPRETER = "interpreter"
    GUEST = "guest"
    SUPPORTER = "supporter"
    PEER = "peer"

    @property
    def access(self) -> Role:
        """Return the column of the access matrix that a member in this role acts in."""
        return _ACCESS[self]

    @property
    def is_staff(self) -> bool:
        """Say whether it is somebody who works for an authority or as a doctor."""
        return self.access in STAFF

    @property
    def sector(self) -> Sector | None:
        """Return the sector the role counts for by itself, ``None`` for everybody private."""
        return _SECTORS.get(self)


_ACCESS: Mapping[MemberRole, Role] = {
    MemberRole.PERSON: Role.PAT,
    MemberRole.RELATIVE: Role.REL,
    MemberRole.CUSTODY_HOLDER: Role.PROX,
    MemberRole.GUARDIAN: Role.PROX,
    MemberRole.REGIONAL_STAFF: Role.REG,
    MemberRole.MUNICIPAL_STAFF: Role.MUN,
    MemberRole.GP: Role.GP,
    MemberRole.RESIDENCE: Role.EXT,
    MemberRole.SCHOOL: Role.EXT,
    MemberRole.VOLUNTEER: Role.EXT,
    MemberRole.INTERPRETER: Role.INTP,
    MemberRole.GUEST: Role.EXT,
    MemberRole.SUPPORTER: Role.REL,
    MemberRole.PEER: Role.EXT,
}
# A supporter is the person's own helper and is bound by consent as a relative is; residences,
# schools, peers and volunteers see what concerns them, for a time.

_SECTORS: Mapping[MemberRole, Sector] = {
    MemberRole.REGIONAL_STAFF: Sector.REGION,
    MemberRole.MUNICIPAL_STAFF: Sector.MUNICIPALITY,
    MemberRole.GP: Sector.PRACTICE,
    MemberRole.RESIDENCE: Sector.OTHER,
    MemberRole.SCHOOL: Sector.OTHER,
}


class Paragraph(StrEnum):
    """A rule that lets authorities share without consent."""

    PSYCHIATRY_13C = "13c"
    HEALTH_41_2_1 = "41(2)1"
    HEALTH_41_2_2 = "41(2)2"
    HEALTH_43_2_1 = "43(2)1"
    HEALTH_43_2_2 = "43(2)2"
    ADMINISTRATION_28 = "28"
    LEGAL_SECURITY_11C = "11c"


@dataclass(frozen=True, slots=True)
class Law:
    """A legal basis by name. ``only_plan_types`` empty means any plan.

    ``inform_person`` says that the person must be told as soon as possible; the necessity text is
    required for all of them.
    """

    name: str
    only_plan_types: frozenset[str] = frozenset()
    inform_person: bool = False


LAWS: Mapping[Paragraph, Law] = {
    Paragraph.PSYCHIATRY_13C: Law(
        "Psykiatriloven § 13 c",
        only_plan_types=frozenset({"discharge_agreement", "coordination_plan"}),
        inform_person=True,
    ),
    Paragraph.HEALTH_41_2_1: Law("Sundhedsloven § 41, stk. 2, nr. 1"),
    Paragraph.HEALTH_41_2_2: Law("Sundhedsloven § 41, stk. 2, nr. 2"),
    Paragraph.HEALTH_43_2_1: Law("Sundhedsloven § 43, stk. 2, nr. 1"),
    Paragraph.HEALTH_43_2_2: Law("Sundhedsloven § 43, stk. 2, nr. 2", inform_person=True),
    Paragraph.ADMINISTRATION_28: Law("Forvaltningsloven § 28"),
    Paragraph.LEGAL_SECURITY_11C: Law("Retssikkerhedsloven § 11 c"),
}
"""The legal bases that may be recorded beside consent, by their Danish names."""

CONSENT_TEXT_VERSION = "2026-11"
"""Which wording of the consent page the person saw."""

CONSENT_LAW = "Sundhedsloven §§ 42-44"

CONSENT_TEXT_VERSION = "2026-1"
"""Which wording of the consent page the person was shown; counted up when it changes."""

LIFE_AREAS = (
    *("housing", "everyday", "treatment", "health", "substances", "economy"),
    *("work", "family", "network", "transport", "legal", "other"),
)
"""The areas of life a consent may be limited to, in the order they are shown."""


def basis_fits(kind: Paragraph, plan_type: str) -> bool:
    """Say whether the legal basis may carry a plan of this type."""
    allowed = LAWS[kind].only_plan_types
    return not allowed or plan_type in allowed


def latest_end(given_on: date) -> date:
    """Return the last day a consent given on this day may last: it lapses after a year (§ 44)."""
    return calendar.add_months(given_on, _MONTHS_OF_CONSENT)


def renewal_on(valid_to: date) -> date:
    """Return the day to ask whether the consent shall go on."""
    return valid_to - timedelta(days=_RENEW_DAYS_BEFORE)


def age_on(born_on: date, today: date) -> int:
    """Return the age in whole years."""
    had_birthday = (today.month, today.day) >= (born_on.month, born_on.day)
    return today.year - born_on.year - (not had_birthday)


def consents_alone(born_on: date, today: date) -> bool:
    """Say whether the person gives consent alone, as from 15 years of age (§ 17)."""
    return age_on(born_on, today) >= _AGE_OF_CONSENT


class Oddity(StrEnum):
    """Why a day of look-ups stands out (``security.md`` § 1.3)."""

    OWN = "own"
    SURNAME = "surname"
    ADDRESS = "address"
    MANY = "many"
    OFF_HOURS = "off_hours"


def oddities(
    *,
    is_own: bool,
    own: tuple[str, str],
    others: Sequence[tuple[str, str]],
    times: Sequence[datetime],
    cases: int,
) -> list[Oddity]:
    """Return in which ways a user's day stands out.

    ``own`` and ``others`` are name and address of the user and of whom they looked at; ``times`` is
    wall time in Copenhagen.
    """
    surname, address = _surname(own[0]), own[1].strip().casefold()
    found = {
        Oddity.OWN: is_own,
        Oddity.SURNAME: any(_surname(name) == surname for name, _address in others),
        Oddity.ADDRESS: bool(address) and any(a.strip().casefold() == address for _n, a in others),
        Oddity.MANY: cases > MOST_CASES_A_DAY,
        Oddity.OFF_HOURS: any(_is_off_hours(time) for time in times),
    }
    return [oddity for oddity in Oddity if found[oddity]]


def _surname(name: str) -> str:
    return (name.split() or [""])[-1].casefold()


def _is_off_hours(local: datetime) -> bool:
    in_hours = OFFICE_OPENS <= local.hour < OFFICE_CLOSES
    return not (in_hours and calendar.is_working_day(local.date()))
