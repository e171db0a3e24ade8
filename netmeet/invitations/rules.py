"""Answers to an invitation, and what sending one means."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from netmeet.core import calendar
from netmeet.outbox.rules import Channel

MOST_LINES = 5
"""The lines somebody invited may write to the meeting beforehand."""

MOST_TIMES = 12
"""The times one may ask people about: a longer list nobody answers on a phone."""

PAUSE = timedelta(minutes=10)
"""How long word of a change waits for the next."""

Calendars = Mapping[str, Sequence[tuple[datetime, datetime]]]
"""From when to when (UTC) each of these users is busy; a user who is not there shows nothing."""

WORK_BEGINS, WORK_ENDS = time(8), time(16)
"""When offices are open."""

_HOURS = (10, 13, 9, 14, 11)
"""When a meeting may begin, the best first: neither at dawn nor into the lunch."""

_LOOK_AHEAD = 42
_NEAR = timedelta(hours=3)
_LOWEST, _HIGHEST = 1000, 9999


class AnswerValue(StrEnum):
    """What one may answer with one tap."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class MandateValue(StrEnum):
    """What a decision-maker answers to "can you decide this at the meeting?"."""

    YES = "yes"
    ANSWER_IN_WRITING = "in_writing"
    SOMEBODY_ELSE = "somebody_else"


class Via(StrEnum):
    """How an answer came: by the link of the mail, after a login, or entered for somebody."""

    LINK = "link"
    LOGIN = "login"
    ENTERED = "entered"


class Delivery(StrEnum):
    """What the next act of sending gives to one recipient."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    NOTHING = "nothing"


def input_by(starts_on: date) -> date:
    """Return the day by which one writes to a meeting: the working day before it.

    Later lines are taken as well, but the others may not have the time to read them.
    """
    day = starts_on - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def channel(*, wished: Channel, has_email: bool) -> Channel:
    """Return how somebody gets an invitation: by mail, or on paper when they have no address."""
    return Channel.MAIL if has_email and wished is not Channel.LETTER else Channel.LETTER


def delivery(*, sent_sequence: int | None, sequence: int, is_off: bool) -> Delivery:
    """Return what one recipient gets when the coordinator sends now.

    ``sent_sequence`` is the one they last heard of (``None`` when nothing was sent); ``is_off``
    says that the meeting is cancelled or postponed. Nobody is told that something is off who was
    never told that it was on.
    """
    if sent_sequence is None:
        return Delivery.NOTHING if is_off else Delivery.NEW
    if sent_sequence >= sequence:
        return Delivery.NOTHING
    return Delivery.CANCELLED if is_off else Delivery.CHANGED


def busy_at(calendars: Calendars, *, starts: datetime, minutes: int) -> set[str]:
    """Return whose calendar says that they are busy at some of that time (wall time)."""
    begins = calendar.to_instant(starts)
    ends = begins + timedelta(minutes=minutes)
    return {
        user_id
        for user_id, spans in calendars.items()
        if any(since < ends and begins < until for since, until in spans)
    }


def free_times(
    calendars: Calendars,
    *,
    first: date,
    minutes: int,
    most: int,
    besides: Container[datetime] = (),
) -> list[datetime]:
    """Return times (wall time) from the day ``first`` on at which none of these are busy.

    One a day, on working days, over before the offices close; none of ``besides``, and none so far
    ahead that nobody waits for it.
    """
    found: list[datetime] = []
    for days in range(_LOOK_AHEAD):
        day = first + timedelta(days=days)
        if len(found) < most and calendar.is_working_day(day):
            times = (datetime.combine(day, time(hour)) for hour in _HOURS)
            found += [
                starts
                for starts in times
                if starts not in besides
                and starts + timedelta(minutes=minutes) <= datetime.combine(day, WORK_ENDS)
                and not busy_at(calendars, starts=starts, minutes=minutes)
            ][:1]
    return found


def leaves_at(
    at: datetime, times: Iterable[datetime], *, waiting: datetime | None = None
) -> datetime:
    """Return when word of a change leaves (UTC) that is sent at ``at``.

    It waits ten minutes, so that what is changed again by then goes in the same mail, which leaves
    when the first was ``waiting`` to (``security.md`` § 4, rule 23). It does not wait when one of
    the ``times``, the one they know and the new (wall time), is near: somebody may be on the way.
    """
    if any(abs(calendar.to_instant(time) - at) < _NEAR for time in times):
        return at
    return min(at + PAUSE, waiting or at + PAUSE)


def free_number(start: int, taken: Container[int]) -> int:
    """Return the first number of four digits from ``start`` on that is not taken, going round.

    Raises ``ValueError`` when all are.
    """
    span = _HIGHEST - _LOWEST + 1
    for step in range(span):
        number = _LOWEST + (start - _LOWEST + step) % span
        if number not in taken:
            return number
    raise ValueError("every number is taken")


def lines(text: str) -> int:
    """Count the lines that somebody wrote."""
    return len(text.strip().splitlines())
