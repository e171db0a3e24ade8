"""What must end before a person's course of meetings may."""

from dataclasses import dataclass

from sqlalchemy import func, select

from netmeet.core.db import db
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.queries.requests import WAITING
from netmeet.meetings.rules import MeetingState

NOT_SENT_OUT = (
    MeetingState.PLANNED,
    MeetingState.INVITED,
    MeetingState.CONFIRMED,
    MeetingState.POSTPONED,
    MeetingState.NOT_COMPLETED,
    MeetingState.HELD,
    MeetingState.MINUTES_DRAFT,
)
"""The states of a meeting that is ahead, or whose minutes nobody has got yet."""


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """How many meetings of a case are ahead or not sent out, and how many wishes have no answer."""

    meetings: int
    requests: int


def unfinished(case_id: str) -> Unfinished:
    """Count both in one query."""
    meetings = select(func.count()).where(
        Meeting.case_id == case_id, Meeting.state.in_(NOT_SENT_OUT)
    )
    requests = select(func.count()).where(
        MeetingRequest.case_id == case_id, MeetingRequest.state.in_(WAITING)
    )
    found = db.session.execute(select(meetings.scalar_subquery(), requests.scalar_subquery()))
    ahead, asked = found.one()
    return Unfinished(meetings=ahead, requests=asked)
