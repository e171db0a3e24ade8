"""The deadlines around a meeting, counted in Danish working days."""

from datetime import date, datetime, time, timedelta

from netmeet.core import calendar
from netmeet.meetings.rules.kinds import KINDS, MeetingKind, MeetingType

_DEFAULT = KINDS[MeetingKind.OUTPATIENT]
_GUEST_WINDOW = timedelta(hours=72)
# A meeting may go on past midnight; one that began this long ago was not ended by anybody.
LASTS_AT_MOST = timedelta(hours=12)


def request_deadline(requested_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return the last day to agree on a date, by the regional agreement five working days.

    The day of the request is day 0; the next working day is day 1.
    """
    return calendar.add_working_days(requested_on, kind.date_agreed_within)


def date_agreed_latest(requested_on: date, *, today: date, kind: MeetingType = _DEFAULT) -> int:
    """Return the working days left to agree on a date; negative when the deadline has passed."""
    return calendar.working_days_between(today, request_deadline(requested_on, kind=kind))


def publication_deadline(held_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return the last day to publish minutes and plan."""
    return calendar.add_working_days(held_on, kind.publish_within)


def comment_deadline(published_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return the last day to comment on published minutes; after it they are final."""
    return calendar.add_working_days(published_on, kind.comment_within)


def decision_deadline(held_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return by when a decision that the meeting could not take is expected."""
    return calendar.add_working_days(held_on, kind.decide_within)


def new_date_deadline(postponed_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return by when a postponed or cancelled meeting has a new date."""
    return calendar.add_working_days(postponed_on, kind.new_date_within)


def other_day_deadline(said_on: date, *, kind: MeetingType = _DEFAULT) -> date:
    """Return by when a person who cannot come has another day (``domain.md`` § 2.6)."""
    return calendar.add_working_days(said_on, kind.date_agreed_within)


def next_meeting_latest(kind: MeetingType, held_on: date) -> date | None:
    """Return the last day for the next meeting, or None when the kind sets no limit."""
    if kind.next_within_months is not None:
        return calendar.add_months(held_on, kind.next_within_months)
    if kind.next_within_days is not None:
        return held_on + timedelta(days=kind.next_within_days)
    return None


def guests_until(
    starts_local: datetime | None, minutes: int, comments_until: date | None
) -> datetime | None:
    """Return the instant a guest's time of a meeting ends, ``None`` while it has no day.

    That is 72 hours after it, or the end of comments on its minutes, whichever is later.
    """
    if starts_local is None:
        return None
    last = calendar.to_instant(starts_local) + timedelta(minutes=minutes) + _GUEST_WINDOW
    if comments_until is None:
        return last
    closing = datetime.combine(comments_until + timedelta(days=1), time())
    return max(last, calendar.to_instant(closing))
