"""The secret addresses that people's own calendars fetch from."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from netmeet.accounts.models import CalendarFeed, UnitRole
from netmeet.accounts.queries import digest
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.organisations.models import Unit


def by_token(token: str, *, at: datetime) -> CalendarFeed | None:
    """Return the feed of the secret while it is good, with its user, role and organisation.

    It is over when it was stopped or another took its place, and while its user is deactivated or
    the role or the organisation that it was made in has ended.
    """
    statement = (
        select(CalendarFeed)
        .where(CalendarFeed.token_hash == digest(token), CalendarFeed.ended_at.is_(None))
        .options(
            joinedload(CalendarFeed.user),
            joinedload(CalendarFeed.role).joinedload(UnitRole.unit).joinedload(Unit.organisation),
        )
    )
    feed = db.session.scalars(statement).one_or_none()
    return feed if feed is not None and _is_good(feed, at) else None


def _is_good(feed: CalendarFeed, at: datetime) -> bool:
    role = feed.role
    if not feed.user.active or (role.until is not None and role.until <= at):
        return False
    today = calendar.to_local(at).date()
    return role.unit is None or role.unit.organisation.is_valid(today)


def holder(feed: CalendarFeed, *, at: datetime) -> Actor:
    """Return whose feed it is, acting at ``at`` in the role it was made in; no login stands behind.

    ``feed`` comes from :func:`by_token`.
    """
    unit = feed.role.unit
    return Actor(
        user_id=feed.user_id,
        name=feed.user.name,
        role=feed.role.role,
        at=at,
        role_title=feed.role.title,
        unit_id=feed.role.unit_id,
        unit_name=unit.name if unit is not None else "",
        organisation_id=unit.organisation_id if unit is not None else None,
    )


def of_role(role_id: str) -> CalendarFeed | None:
    """Return the feed of the role, unless it was stopped."""
    statement = select(CalendarFeed).where(
        CalendarFeed.role_id == role_id, CalendarFeed.ended_at.is_(None)
    )
    return db.session.scalars(statement).one_or_none()
