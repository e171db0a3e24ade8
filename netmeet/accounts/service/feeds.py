"""Making and stopping the secret address of somebody's own calendar."""

from datetime import datetime

from netmeet.accounts.models import CalendarFeed, UnitRole
from netmeet.accounts.queries import digest, feeds
from netmeet.core import ids
from netmeet.core.db import db


def renew(role: UnitRole, *, at: datetime) -> str:
    """Return the secret of a fresh feed for the role; the one before ends at once.

    Only its digest is kept: nobody can show the secret again.
    """
    end(role.id, at=at)
    token = ids.new_token()
    db.session.add(
        CalendarFeed(token_hash=digest(token), user_id=role.user_id, role_id=role.id, created_at=at)
    )
    db.session.flush()
    return token


def end(role_id: str, *, at: datetime) -> None:
    """Stop the feed of the role, if there is one: given again, the role must not open it."""
    feed = feeds.of_role(role_id)
    if feed is not None:
        feed.ended_at = at
        db.session.flush()
