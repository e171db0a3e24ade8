"""The kinds of meeting with their defaults; an organisation's templates may replace them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from netmeet.meetings.rules.content import STANDING_POINTS, StandingPoint


class MeetingKind(StrEnum):
    """Which kind of meeting it is."""

    OUTPATIENT = "outpatient"
    ADMISSION = "admission"
    DISCHARGE = "discharge"
    DISCHARGE_WITHOUT = "discharge_without"
    KIP = "kip"
    FOLLOW_UP = "follow_up"
    YOUTH = "youth"
    TRANSITION = "transition"
    CONFERENCE = "conference"
    RESIDENCE = "residence"
    QUICK = "quick"


@dataclass(frozen=True, slots=True)
class MeetingType:
    """The defaults of one kind: length in minutes, deadlines in working days unless named.

    ``next_within_months`` and ``next_within_days`` (calendar days) say how soon the next meeting
    is due after this one; ``first_contact_days`` (calendar days after discharge) are the contacts
    that every discharge agrees on.
    """

    kind: MeetingKind
    minutes: int = 60
    date_agreed_within: int = 5
    publish_within: int = 2
    comment_within: int = 3
    decide_within: int = 5
    new_date_within: int = 10
    next_within_months: int | None = None
    next_within_days: int | None = None
    first_contact_days: tuple[int, ...] = ()
    standing_points: tuple[StandingPoint, ...] = STANDING_POINTS

    def minutes_with(self, *, interpreter: bool) -> int:
        """Return the length; an interpreter takes half as long again."""
        return self.minutes * 3 // 2 if interpreter else self.minutes


_SIX_WEEKS = 42
_AFTER_DISCHARGE = (3, 7)

KINDS: Mapping[MeetingKind, MeetingType] = {
    kind.kind: kind
    for kind in (
        MeetingType(MeetingKind.OUTPATIENT),
        MeetingType(MeetingKind.ADMISSION),
        MeetingType(
            MeetingKind.DISCHARGE,
            next_within_days=_SIX_WEEKS,
            first_contact_days=_AFTER_DISCHARGE,
        ),
        MeetingType(
            MeetingKind.DISCHARGE_WITHOUT,
            next_within_days=_SIX_WEEKS,
            first_contact_days=_AFTER_DISCHARGE,
        ),
        MeetingType(MeetingKind.KIP, next_within_months=6),
        MeetingType(MeetingKind.FOLLOW_UP, minutes=45),
        MeetingType(MeetingKind.YOUTH),
        MeetingType(MeetingKind.TRANSITION),
        MeetingType(MeetingKind.CONFERENCE, minutes=20),
        MeetingType(MeetingKind.RESIDENCE),
        MeetingType(
            MeetingKind.QUICK,
            minutes=20,
            standing_points=(
                StandingPoint.PERSONS_POINTS,
                StandingPoint.PRIORITIES,
                StandingPoint.NEXT_MEETING,
            ),
        ),
    )
}
"""The default of each kind. A coordinated plan's next meeting is due within six months by its
guideline; six weeks after a discharge is our own default."""
