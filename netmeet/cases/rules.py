"""Consent, legal bases and who the people around a person are: the facts that decide access."""

import hashlib
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
_AGE_OF_MAJORITY = 18
_MONTHS_OF_TRANSITION = 6

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


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """The next meeting of a case, as far as a case knows: its day, if it has one, and who comes."""

    on: date | None
    invited: frozenset[str]


class Follows(StrEnum):
    """What else ends when somebody may no longer know of a case."""

    INVITATION = "invitation"
    AGREEMENTS = "agreements"


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


class MandateScope(StrEnum):
    """Which of the person's matters a mandate covers; only the personal ones open netmeet."""

    PERSONAL = "personal"
    ECONOMIC = "economic"


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
    ADVOCATE = "advocate"
    PROBATION = "probation"

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
    MemberRole.ADVOCATE: Role.REL,
    MemberRole.PROBATION: Role.EXT,
}
# A supporter is the person's own helper, an advocate (court-appointed guardian, patient adviser)
# speaks for them without deciding: both are bound by consent as a relative is. Residences,
# schools, the probation service, peers and volunteers see what concerns them, for a time.

_SECTORS: Mapping[MemberRole, Sector] = {
    MemberRole.REGIONAL_STAFF: Sector.REGION,
    MemberRole.MUNICIPAL_STAFF: Sector.MUNICIPALITY,
    MemberRole.GP: Sector.PRACTICE,
    MemberRole.RESIDENCE: Sector.OTHER,
    MemberRole.SCHOOL: Sector.OTHER,
    MemberRole.PROBATION: Sector.OTHER,
}


CONSENT_TEXT_VERSION = "2026-1"
"""Which wording of the consent page is shown now; a changed wording gets a new key."""

CONSENT_TEXTS: Mapping[str, str] = {
    "2026-1": (
        "Du bestemmer, hvem der må se hvad om dig. Du siger ja til én ad gangen. "
        "Dit ja gælder kun det, du vælger, og højst et år. "
        "Du kan ændre det eller stoppe det, når du vil. Du skal ikke sige hvorfor. "
        "Det, nogen har læst eller fået, kan ikke kaldes tilbage. "
        "Du kan sige nej og stadig få hjælp. Reglerne står i sundhedsloven §§ 42-44."
    ),
}
"""Every wording that somebody said yes to, by version; none is ever changed or taken out."""

EVERY_AREA = "*"
"""What belongs to the whole of a plan and not to one area of life."""

LIFE_AREAS = (
    *("housing", "everyday", "treatment", "health", "substances", "economy"),
    *("work", "family", "network", "transport", "legal", "other"),
)
"""The areas of life a consent may be limited to, in the order they are shown."""


def text_hash(version: str) -> str:
    """Return the digest (SHA-256, hexadecimal) of a wording, kept with each consent given to it."""
    return hashlib.sha256(CONSENT_TEXTS[version].encode()).hexdigest()


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


def is_of_age(born_on: date, today: date) -> bool:
    """Say whether nobody holds custody of the person any more: from the 18th birthday on."""
    return age_on(born_on, today) >= _AGE_OF_MAJORITY


def birthday(born_on: date, age: int) -> date:
    """Return the day the person turns ``age``; for the 29th of February the 1st of March."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def comes_of_age(born_on: date) -> date:
    """Return the day the person turns 18."""
    return birthday(born_on, _AGE_OF_MAJORITY)


def is_in_transition(born_on: date, today: date) -> bool:
    """Say whether adult services are to be invited: from 17½ until the 18th birthday."""
    of_age = comes_of_age(born_on)
    return calendar.add_months(of_age, -_MONTHS_OF_TRANSITION) <= today < of_age


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
