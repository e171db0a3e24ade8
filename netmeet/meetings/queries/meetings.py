"""Meetings with what access rules and pages need."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.accounts.models import User
from netmeet.cases import queries as cases
from netmeet.cases.models import Case, TeamMember
from netmeet.core.access import Actor
from netmeet.core.db import db, read_into, refer
from netmeet.meetings.models import (
    AgendaItem,
    Invitation,
    Meeting,
    MeetingTemplate,
    PreparationAnswer,
)
from netmeet.meetings.rules import MeetingState

OVER = (MeetingState.CANCELLED, MeetingState.DECLINED)


def access_options() -> tuple[Any, ...]:
    """Return what to load with a ``Meeting`` so that every access rule can be judged."""
    return (
        joinedload(Meeting.case).options(*cases.access_options()),
        joinedload(Meeting.chair),
        selectinload(Meeting.invitations).joinedload(Invitation.user),
    )


_BY_ID = (
    select(Meeting)
    .where(Meeting.id == bindparam("id"))
    .options(joinedload(Meeting.case).joinedload(Case.person))
)
_ITEMS = (
    select(AgendaItem).where(AgendaItem.meeting_id == bindparam("id")).order_by(AgendaItem.position)
)
_WRITTEN_ITEMS = _ITEMS.options(joinedload(AgendaItem.entries))
_ANSWERS = select(PreparationAnswer).where(PreparationAnswer.meeting_id == bindparam("id"))


def by_id(meeting_id: str) -> Meeting | None:
    """Return the meeting with its case's team and its chair."""
    meeting = db.session.scalars(_BY_ID, {"id": meeting_id}).one_or_none()
    if meeting is not None:
        cases.complete(meeting.case)
        refer([meeting], "chair", User)
    return meeting


def with_points(meeting_id: str) -> Meeting | None:
    """Return the meeting as :func:`by_id` does, with its points and what is written on them."""
    meeting = by_id(meeting_id)
    if meeting is not None:
        read_into(meeting, "items", _WRITTEN_ITEMS)
        _name_people(meeting)
    return meeting


def with_agenda(meeting_id: str) -> Meeting | None:
    """Return the meeting as :func:`by_id` does, with its points and what is written on them.

    The person's answers come too: what matters most stands on top of the agenda.
    """
    meeting = with_points(meeting_id)
    if meeting is not None:
        read_into(meeting, "answers", _ANSWERS)
    return meeting


def for_agenda(meeting_id: str) -> Meeting | None:
    """Return the meeting as :func:`by_id` does, with its points, who raised and decides them.

    What is written on the points is left out: before the meeting there is nothing.
    """
    meeting = by_id(meeting_id)
    if meeting is not None:
        read_into(meeting, "items", _ITEMS)
        _name_people(meeting)
        read_into(meeting, "answers", _ANSWERS)
    return meeting


def _name_people(meeting: Meeting) -> None:
    """Read who raised and who decides each point."""
    refer(meeting.items, "author", User)
    refer(meeting.items, "decider", User)


def with_answers(meeting_id: str) -> Meeting | None:
    """Return the meeting as :func:`by_id` does, with the person's answers and their points."""
    meeting = by_id(meeting_id)
    if meeting is not None:
        read_into(meeting, "answers", _ANSWERS)
        read_into(meeting, "items", _ITEMS)
    return meeting


def of_case(case_id: str) -> Sequence[Meeting]:
    """Return the case's meetings with their invitations and points, newest first.

    The case must be loaded with its access facts already (it is found by identity).
    """
    statement = (
        select(Meeting)
        .where(Meeting.case_id == case_id)
        .options(*access_options(), selectinload(Meeting.items))
        .order_by(Meeting.starts_local.desc().nulls_first(), Meeting.created_at.desc())
    )
    return db.session.scalars(statement).all()


def visible_to(actor: Actor) -> Sequence[Meeting]:
    """Return the meetings that the actor is in the network of or invited to, soonest first.

    It is a superset of what the rules allow: pages ask the guard for each.
    """
    member = (
        select(TeamMember.case_id)
        .where(TeamMember.user_id == actor.user_id, TeamMember.left_at.is_(None))
        .scalar_subquery()
    )
    invited = (
        select(Invitation.meeting_id)
        .where(Invitation.user_id == actor.user_id, Invitation.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    statement = (
        _ordered()
        .where(Meeting.case_id.in_(member) | Meeting.id.in_(invited))
        .where(Meeting.state.not_in(OVER))
        .options(*access_options(), joinedload(Meeting.case).options(*cases.list_options()))
    )
    return db.session.scalars(statement).all()


def next_of(case: Case, *, today: date) -> Meeting | None:
    """Return the case's next meeting that is planned from ``today`` on, or has no day yet."""
    coming = (MeetingState.PLANNED, MeetingState.INVITED, MeetingState.CONFIRMED)
    statement = (
        _ordered()
        .where(Meeting.case_id == case.id, Meeting.state.in_((*coming, MeetingState.POSTPONED)))
        .options(*access_options(), selectinload(Meeting.answers))
    )
    found = db.session.scalars(statement).all()
    return next(
        (m for m in found if m.starts_local is None or m.starts_local.date() >= today), None
    )


def following(meeting: Meeting) -> Meeting | None:
    """Return the meeting that follows this one up, if one has been drafted."""
    statement = select(Meeting).where(Meeting.follows_id == meeting.id).options(*access_options())
    return db.session.scalars(statement).first()


def _ordered() -> Select[Meeting]:
    return select(Meeting).order_by(Meeting.starts_local.asc().nulls_last(), Meeting.created_at)


def template_for(kind: str, on: date) -> MeetingTemplate | None:
    """Return the shared template of the kind that is valid on the day; the newest wins."""
    statement = (
        select(MeetingTemplate)
        .where(
            MeetingTemplate.kind == kind,
            MeetingTemplate.valid_from <= on,
            MeetingTemplate.valid_to.is_(None) | (MeetingTemplate.valid_to >= on),
        )
        .order_by(MeetingTemplate.valid_from.desc())
        .limit(1)
    )
    return db.session.scalars(statement).first()
