"""Whether the meeting is sure to be held, as the answers stand."""

from datetime import datetime

from netmeet.core.db import db
from netmeet.invitations import queries
from netmeet.meetings import service as meetings
from netmeet.meetings.models import Meeting


def settle(meeting: Meeting, *, at: datetime) -> None:
    """Confirm the meeting when it is sure to be held, and take that back when it is not any more.

    To be called after everything that may change it. ``meeting`` is loaded as ``queries.meeting``
    does. The row is locked first, so that two who answer at once are counted one after the other.
    """
    db.session.flush()
    if meeting.state in queries.OPEN:
        db.session.refresh(meeting, attribute_names=["state", "version"], with_for_update=True)
        meetings.settle(meeting, is_sure=queries.is_sure(meeting, at=at), at=at)
