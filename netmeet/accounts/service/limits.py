"""How often one user may have what costs much."""

from datetime import datetime

from netmeet.accounts import rules, service
from netmeet.core.db import db, may_write


def may_print(user_id: str, at: datetime) -> bool:
    """Count one more PDF of the user and tell whether it is within the limit.

    In a transaction of its own, committed: the caller has ended theirs, and printing is slow.
    """
    may_write()
    is_within = service.count(
        f"pdf:{user_id}", most=rules.PDFS_A_MINUTE, within=rules.PDF_WINDOW, at=at
    )
    db.session.commit()
    return is_within
