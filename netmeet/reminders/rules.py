"""When somebody is reminded, as days around a date. Pure; days are days in Copenhagen."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from netmeet.actions import rules as actions
from netmeet.core import calendar
from netmeet.outbox import rules as outbox

PERSONS_DAYS = (-1,)
"""The person is reminded once, gently, before the day; never after it."""

PREPARE_DAYS = 3
"""The days before a meeting on which a person who has said nothing yet is asked once more."""

CLOCK_DAY = 4
"""The working day, of five, on which the coordinator hears that a request has no date."""

CATCH_UP = timedelta(days=2)
"""How late a reminder may still leave when nobody ticked on its day."""


class Kind(StrEnum):
    """What a reminder is about; the outbox writes its text by this name."""

    ACTION = "reminders.action"
    OWN = "reminders.own"
    ESCALATION = "reminders.escalation"
    MEETING_TOMORROW = "reminders.meeting_tomorrow"
    MEETING_TODAY = "reminders.meeting_today"
    PREPARE = "reminders.prepare"
    REQUEST = "reminders.request"
    POLL = "reminders.poll"
    EVALUATION = "reminders.evaluation"


def is_daytime(now: datetime) -> bool:
    """Say whether reminders may leave at the instant: between 9 and 19 in Copenhagen."""
    return outbox.next_daytime(now) == now


def ends(day: date) -> datetime:
    """Return the instant at which a reminder made on ``day`` is too old to leave (UTC)."""
    return calendar.to_instant(datetime.combine(day + CATCH_UP, outbox.DAY_ENDS))


def offset(due_on: date, *, today: date, since: date, days: Iterable[int]) -> int | None:
    """Return which of ``days`` around ``due_on`` has come, ``None`` when there is none to send.

    Only the newest counts, none that lay before the agreement was in force (``since``), and none
    that is older than what may be caught up on.
    """
    come = [
        step
        for step in days
        if since < (day := due_on + timedelta(days=step)) <= today and today - day <= CATCH_UP
    ]
    return max(come, default=None)


def action_offset(due_on: date, *, today: date, since: date, is_persons: bool) -> int | None:
    """Return which reminder of an agreement has come: the person's own know only the day before.

    The person's own reminder never leaves on the day or after it, however late the tick.
    """
    if is_persons:
        step = offset(due_on, today=today, since=since, days=PERSONS_DAYS)
        return step if today < due_on else None
    return offset(due_on, today=today, since=since, days=actions.REMINDER_DAYS)


def is_escalated(due_on: date, *, today: date, since: date) -> bool:
    """Say whether the owner's manager shall hear of the agreement now."""
    days = (actions.ESCALATION_DAYS,)
    return offset(due_on, today=today, since=since, days=days) is not None


def first_due(today: date) -> date:
    """Return the earliest date whose reminders may still leave today."""
    return today - timedelta(days=actions.ESCALATION_DAYS) - CATCH_UP


def last_due(today: date) -> date:
    """Return the latest date whose reminders may leave today."""
    return today - timedelta(days=min(actions.REMINDER_DAYS))


def clock_has_come(requested_on: date, today: date) -> bool:
    """Say whether it is the working day before the last to agree on a date, or just after it."""
    days = calendar.working_days_between(requested_on, today)
    return CLOCK_DAY <= days <= CLOCK_DAY + 1
