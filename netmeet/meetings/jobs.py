"""What time does to meetings: minutes nobody may comment on any more are final."""

from datetime import datetime

from sqlalchemy.orm.exc import StaleDataError

from netmeet.core import calendar
from netmeet.core.db import db, may_write
from netmeet.meetings import queries
from netmeet.meetings.queries import minutes
from netmeet.meetings.service import corrections


def finish(now: datetime) -> None:
    """Make final what is due at ``now`` (UTC), each meeting in a transaction of its own."""
    may_write()
    ids = minutes.to_finish(calendar.to_local(now).date())
    db.session.commit()
    for meeting_id in ids:
        meeting = queries.by_id(meeting_id)
        if meeting is not None:
            corrections.finish(meeting, at=now)
        try:
            db.session.commit()
        except StaleDataError:  # corrected at this instant: the next run looks at it again
            db.session.rollback()
