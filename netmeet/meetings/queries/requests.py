"""Requests for a meeting."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from netmeet.cases import queries as cases
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.rules import RequestState

WAITING = (RequestState.REQUESTED, RequestState.ASSESSED)


def _options() -> tuple[Any, ...]:
    return (
        joinedload(MeetingRequest.case).options(*cases.access_options()),
        joinedload(MeetingRequest.author),
    )


def request_by_id(request_id: str) -> MeetingRequest | None:
    """Return the request with its case's access facts and who asked."""
    statement = select(MeetingRequest).where(MeetingRequest.id == request_id).options(*_options())
    return db.session.scalars(statement).one_or_none()


def requests_of_case(case_id: str) -> Sequence[MeetingRequest]:
    """Return the case's requests, newest first."""
    statement = (
        select(MeetingRequest)
        .where(MeetingRequest.case_id == case_id)
        .options(*_options())
        .order_by(MeetingRequest.requested_at.desc())
    )
    return db.session.scalars(statement).all()


def requests_waiting(actor: Actor) -> Sequence[MeetingRequest]:
    """Return the requests without an answer that the actor's unit decides, oldest first."""
    if actor.unit_id is None:
        return []
    statement = (
        select(MeetingRequest)
        .where(MeetingRequest.unit_id == actor.unit_id, MeetingRequest.state.in_(WAITING))
        .options(*_options())
        .order_by(MeetingRequest.requested_at)
    )
    return db.session.scalars(statement).all()


def meeting_of(request: MeetingRequest) -> Meeting | None:
    """Return the meeting that came of the request."""
    return db.session.scalars(select(Meeting).where(Meeting.request_id == request.id)).first()
