"""What a meeting can lack, worst first, and when it becomes the coordinator's next step. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netmeet.core import calendar

URGENT_DAYS = 3
"""So many calendar days before a meeting, what it lacks cannot wait."""

SOON_DAYS = 21
"""So many calendar days before a meeting, its next step becomes one; before that it may rest."""


class Lack(StrEnum):
    """One kind of thing that is missing. The order is by how much it spoils the meeting.

    What the person has said comes first: nothing else heals that nobody has answered it.
    """

    PERSON_REFUSES = "person_refuses"
    PERSON_AWAY = "person_away"
    OTHER_DAY = "other_day"
    OTHER_WAY = "other_way"
    CALL = "call"
    DOUBTED = "doubted"
    TIME = "time"
    NO_NEW_TIME = "no_new_time"
    NOBODY_INVITED = "nobody_invited"
    REGION = "region"
    MUNICIPALITY = "municipality"
    DECISION = "decision"
    INTERPRETER = "interpreter"
    LAW = "law"
    CONSENT = "consent"
    DEPUTY = "deputy"
    AGAIN = "again"
    UNSENT = "unsent"
    PLACE = "place"
    LINK = "link"
    MANDATE = "mandate"
    ANSWER = "answer"
    AGENDA_UNSEEN = "agenda_unseen"
    AGENDA = "agenda"
    ACTIONS = "actions"


MINUTES = {
    Lack.PERSON_REFUSES: 10,
    Lack.PERSON_AWAY: 5,
    Lack.OTHER_DAY: 4,
    Lack.OTHER_WAY: 3,
    Lack.CALL: 5,
    Lack.DOUBTED: 3,
    Lack.TIME: 4,
    Lack.NO_NEW_TIME: 4,
    Lack.NOBODY_INVITED: 4,
    Lack.REGION: 3,
    Lack.MUNICIPALITY: 3,
    Lack.DECISION: 3,
    Lack.INTERPRETER: 2,
    Lack.CONSENT: 3,
}
"""About how many minutes mending takes; two for all the others."""

_ORDER = {kind: place for place, kind in enumerate(Lack)}


class Group(StrEnum):
    """Where a person stands on the coordinator's day."""

    URGENT = "urgent"
    WEEK = "week"
    WAITING = "waiting"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing that is missing: what kind, about whom, which point (from 1), or how many.

    ``about_id`` is the row it can be mended at, where there is one. ``waits`` says that only
    somebody else can give it: until the meeting is near it is not the coordinator's task.
    """

    kind: Lack
    who: str = ""
    number: int = 0
    about_id: str = ""
    waits: bool = False

    @property
    def minutes(self) -> int:
        """Return about how many minutes mending takes."""
        return MINUTES.get(self.kind, 2)


def worst_first(found: Iterable[Missing]) -> list[Missing]:
    """Return what is missing in order of how much it spoils the meeting; equals keep theirs."""
    return sorted(found, key=lambda missing: _ORDER[missing.kind])


def is_urgent(starts_on: date | None, today: date) -> bool:
    """Tell whether a meeting is so near that what it lacks cannot wait."""
    return starts_on is not None and starts_on <= today + timedelta(days=URGENT_DAYS)


def next_step(lacks: Sequence[Missing], *, is_near: bool) -> Missing | None:
    """Return what the coordinator does next, ``None`` when all waits for others or is there.

    What others owe becomes the coordinator's step only when the meeting is near.
    """
    own = [missing for missing in lacks if is_near or not missing.waits]
    return own[0] if own else None


def group_of_meeting(lacks: Sequence[Missing], *, starts_on: date | None, today: date) -> Group:
    """Return where a coming meeting puts its person on the coordinator's day."""
    rests = starts_on is not None and starts_on > today + timedelta(days=SOON_DAYS)
    if not lacks or rests:
        return Group.NONE
    near = is_urgent(starts_on, today)
    if next_step(lacks, is_near=near) is None:
        return Group.WAITING
    return Group.URGENT if near else Group.WEEK


def day_of_clock(requested_on: date, today: date) -> int:
    """Return which working day of the clock of five it is; the day of the request is day 0."""
    return calendar.working_days_between(requested_on, today)


def group_of_request(due_on: date, today: date) -> Group:
    """Return where an open request stands: it cannot wait from the day before the last."""
    left = calendar.working_days_between(today, due_on)
    return Group.URGENT if left <= 1 else Group.WEEK
