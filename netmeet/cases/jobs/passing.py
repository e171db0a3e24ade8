"""What the calendar does to rights: consents that end, birthdays, mandates that run out."""

from datetime import datetime

from netmeet.cases import queries
from netmeet.cases.service import time
from netmeet.core.db import db, may_write


def pass_day(now: datetime) -> None:
    """Do what today asks for in every open case, each in a transaction of its own."""
    may_write()
    ids = queries.open_ids()
    db.session.commit()
    for case_id in ids:
        case = queries.by_id(case_id)
        if case is not None:
            time.pass_day(case, at=now)
        db.session.commit()
