"""Forgetting what has had its time."""

from datetime import datetime

from netmeet.accounts import service
from netmeet.core.db import db, may_write


def tidy(now: datetime) -> None:
    """Delete parked texts, codes and counts that are too old to matter."""
    may_write()
    service.forget(at=now)
    db.session.commit()
