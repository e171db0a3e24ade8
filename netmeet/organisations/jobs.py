"""Names whose day has come."""

from datetime import datetime

from netmeet.core import calendar
from netmeet.core.db import db, may_write
from netmeet.organisations.service import changes


def rename(now: datetime) -> None:
    """Give units and organisations the names that hold from today on."""
    may_write()
    changes.take_names(calendar.to_local(now).date())
    db.session.commit()
