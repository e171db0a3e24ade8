"""What time does to meetings by what was agreed there: followed up, and at an end."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from netmeet.actions import service
from netmeet.actions.models import Action
from netmeet.core.access import Actor, Role
from netmeet.core.db import db, may_write
from netmeet.meetings import queries
from netmeet.meetings import service as meetings
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingState

_IS_OPEN = (
    select(Action.id).where(Action.meeting_id == Meeting.id, Action.closed_at.is_(None)).exists()
)
_TO_MOVE = select(Meeting.id).where(
    (Meeting.state == MeetingState.FINAL)
    | ((Meeting.state == MeetingState.FOLLOW_UP) & ~_IS_OPEN)
    | ((Meeting.state == MeetingState.CLOSED) & _IS_OPEN)
)
_FOLLOWED = frozenset({MeetingState.FINAL, MeetingState.FOLLOW_UP, MeetingState.CLOSED})


def go_on(now: datetime) -> None:
    """Let go on what waits for an agreement that has ended: two may have acted at one instant."""
    may_write()
    try:
        service.go_on_where_left(at=now)
        db.session.commit()
    except StaleDataError:  # changed at this instant: the next run looks at it again
        db.session.rollback()


def follow_up(now: datetime) -> None:
    """Let meetings with final minutes be followed up, and end when all they agreed has ended.

    What is taken up again is followed up again. ``now`` is UTC; each meeting goes in a transaction
    of its own (``domain.md`` § 2.2).
    """
    may_write()
    found = db.session.scalars(_TO_MOVE).all()
    db.session.commit()
    clock = Actor(user_id="", name="", role=Role.SYS, at=now)
    for meeting_id in found:
        meeting = queries.by_id(meeting_id)
        try:
            # As it stands now: somebody may have corrected its minutes since.
            if meeting is not None and meeting.state in _FOLLOWED:
                is_open = db.session.scalar(select(_IS_OPEN).where(Meeting.id == meeting_id))
                to = MeetingState.FOLLOW_UP if is_open else MeetingState.CLOSED
                if meeting.state is not to:
                    meetings.move(meeting, to, by=clock, at=now)
            db.session.commit()
        except StaleDataError:  # changed at this instant: the next run looks at it again
            db.session.rollback()
