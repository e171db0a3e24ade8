"""The tick: what is due now goes into the outbox."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from netmeet.core.db import db, may_write
from netmeet.reminders import queries, service


def tick(now: datetime) -> int:
    """Write what is due at ``now`` (UTC) into the outbox and return how many were new.

    Running it twice, late, or in two workers at once changes nothing: every reminder has one key
    and a commit of its own.
    """
    may_write()
    reminders = queries.due(now)
    db.session.commit()
    return sum(_put(reminder, now=now) for reminder in reminders)


def _put(reminder: queries.Due, *, now: datetime) -> bool:
    try:
        is_new = service.put(reminder, at=now)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    return is_new
