"""How often one user may have what costs much."""

from datetime import datetime, timedelta

from netmeet.accounts import rules, service
from netmeet.core.db import db, may_write, only_read


def may_print(user_id: str, at: datetime) -> bool:
    """Count one more PDF of the user and tell whether it is within the limit."""
    return _count(f"pdf:{user_id}", most=rules.PDFS_A_MINUTE, within=rules.PDF_WINDOW, at=at)


def may_send_file(user_id: str, at: datetime) -> bool:
    """Count one more file that the user sends and tell whether it is within the limit."""
    return _count(f"file:{user_id}", most=rules.FILES_AT_ONCE, within=rules.FILE_WINDOW, at=at)


def may_fetch(feed_id: str, at: datetime) -> bool:
    """Count one more fetch of somebody's calendar and tell whether it is within the limit.

    What follows only reads.
    """
    key = f"calendar:{feed_id}"
    is_within = _count(key, most=rules.FETCHES, within=rules.FETCH_WINDOW, at=at)
    only_read()
    return is_within


def _count(key: str, *, most: int, within: timedelta, at: datetime) -> bool:
    """Count in a transaction of its own, committed: the caller has none."""
    may_write()
    is_within = service.count(key, most=most, within=within, at=at)
    db.session.commit()
    return is_within
