"""The calendars that staff show, and when they are busy."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from netmeet.accounts.models import BusyCalendar, BusyTime, User
from netmeet.accounts.rules import busy as rules
from netmeet.core.db import db

Span = tuple[datetime, datetime]
_AT_A_TIME = 200


def of_user(user_id: str) -> BusyCalendar | None:
    """Return the calendar that the user shows."""
    statement = select(BusyCalendar).where(BusyCalendar.user_id == user_id)
    return db.session.scalars(statement).one_or_none()


def count(calendar: BusyCalendar, *, since: datetime) -> int:
    """Return how many busy times of the calendar lie ahead of ``since`` (UTC)."""
    statement = select(func.count(BusyTime.id)).where(
        BusyTime.calendar_id == calendar.id, BusyTime.ends > since
    )
    return db.session.scalar(statement) or 0


def due(at: datetime) -> Sequence[str]:
    """Return the ids of the calendars to fetch at ``at`` (UTC), longest waiting first.

    Those of users who are active; some at a time.
    """
    statement = (
        select(BusyCalendar.id)
        .join(BusyCalendar.user)
        .where(
            User.active.is_(True),
            BusyCalendar.tried_at.is_(None) | (BusyCalendar.tried_at <= at - rules.FETCHED_EVERY),
        )
        .order_by(BusyCalendar.tried_at.asc().nulls_first(), BusyCalendar.id)
        .limit(_AT_A_TIME)
    )
    return db.session.scalars(statement).all()


def address(calendar_id: str) -> str:
    """Return where the calendar lies, ``""`` when it is hidden by now."""
    calendar = db.session.get(BusyCalendar, calendar_id)
    return calendar.address if calendar is not None else ""


def shown_by(user_ids: Collection[str], at: datetime) -> Mapping[str, Sequence[Span]]:
    """Return when each of the users is busy from ``at`` on (UTC), of those who show it.

    Somebody who shows a calendar and has nothing in it is there with nothing; two queries.
    """
    statement = select(BusyCalendar).where(BusyCalendar.user_id.in_(user_ids))
    known = [one for one in db.session.scalars(statement) if rules.is_good(one.fetched_at, at)]
    if not known:
        return {}
    spans: dict[str, list[Span]] = defaultdict(list)
    times = (
        select(BusyTime)
        .where(BusyTime.calendar_id.in_([one.id for one in known]), BusyTime.ends > at)
        .order_by(BusyTime.starts)
    )
    for time in db.session.scalars(times):
        spans[time.calendar_id].append((time.starts, time.ends))
    return {one.user_id: spans[one.id] for one in known}
