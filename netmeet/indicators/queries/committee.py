"""What a coordination committee's report is reckoned from: events and whose they are, no more."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from netmeet.actions.models import Action
from netmeet.actions.rules import Status
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.rules import MemberRole
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.indicators.models import RiskNote
from netmeet.indicators.queries.evaluation import Voices, between, voices
from netmeet.indicators.rules import Event, Quarter
from netmeet.meetings.models import Attendance, Meeting, MeetingRequest
from netmeet.meetings.rules import (
    PERSON_WAS_THERE,
    AttendanceStatus,
    MeetingState,
    RequestState,
    publication_deadline,
)
from netmeet.organisations.models import Unit

_TOOK_PART = (AttendanceStatus.WHOLE, AttendanceStatus.PART)
_CALLED_OFF = (MeetingState.CANCELLED, MeetingState.POSTPONED)
_NOT_TAKEN_UP = (RequestState.DECLINED, RequestState.WITHDRAWN)
_BY_THE_PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Events:
    """The events by indicator (``domain.md`` § 5); ``held`` has the initiative of each meeting."""

    held: Sequence[tuple[str, date, str]]
    took_part: Sequence[Event]
    approved: Sequence[Event]
    both_sides: Sequence[Event]
    sent_out: Sequence[Event]
    followed_up: Sequence[Event]
    moved: Sequence[Event]
    answered: Sequence[Event]
    kept: Sequence[Event]
    voices: Voices


def events(organisation_ids: Collection[str], *, quarters: Sequence[Quarter]) -> Events:
    """Return the events of the organisations' cases from the first to the last of the quarters.

    A case is an organisation's when its unit is, or when it is the person's municipality. Five
    queries, whatever the size; only columns are read.
    """
    first, last = min(quarters).begins, max(quarters).ends
    cases = _cases(organisation_ids)
    held = db.session.execute(_held(cases, first, last)).all()
    on = [(row, row.starts_local.date()) for row in held]
    return Events(
        held=[(row.case_id, day, row.initiative) for row, day in on],
        took_part=_each(on, lambda row: row.participation in PERSON_WAS_THERE),
        approved=_each(on, lambda row: _before_start(row.agenda_approved_at, row.starts_local)),
        both_sides=_each(on, lambda row: row.has_region and row.has_town),
        sent_out=_each(on, lambda row: _in_time(row.published_at, row.starts_local)),
        followed_up=_each(on, lambda row: row.has_next),
        moved=_moved(cases, first, last),
        answered=_answered(cases, first, last),
        kept=_kept(cases, first, last),
        voices=voices(Meeting.case_id.in_(cases), between(Meeting.starts_local, first, last)),
    )


def risks(committee_id: str, *, quarter: Quarter) -> Sequence[RiskNote]:
    """Return what the organisations wrote under the report, with their names."""
    statement = (
        select(RiskNote)
        .where(RiskNote.committee_id == committee_id, RiskNote.quarter == quarter.key)
        .options(joinedload(RiskNote.organisation))
    )
    found = db.session.scalars(statement).all()
    return sorted(found, key=lambda note: note.organisation.name)


def _each(on: Sequence[tuple[Any, date]], is_so: Callable[[Any], bool]) -> list[Event]:
    return [Event(case_id=row.case_id, on=day, is_so=bool(is_so(row))) for row, day in on]


def _cases(organisation_ids: Collection[str]) -> Select[str]:
    ours = select(Unit.id).where(Unit.organisation_id.in_(organisation_ids))
    return select(Case.id).where(
        or_(Case.unit_id.in_(ours), Case.municipality_id.in_(organisation_ids))
    )


def _held(cases: Select[str], first: date, last: date) -> Select[*tuple[Any, ...]]:
    later = aliased(Meeting)
    has_next = or_(
        Meeting.next_starts_local.is_not(None),
        Meeting.__table__.c.no_next_reason_sealed.is_not(None),
        exists().where(later.follows_id == Meeting.id),
    )
    return (
        select(
            Meeting.case_id,
            Meeting.starts_local,
            Meeting.participation,
            Meeting.agenda_approved_at,
            Meeting.published_at,
            Case.initiative,
            _came(MemberRole.REGIONAL_STAFF).label("has_region"),
            _came(MemberRole.MUNICIPAL_STAFF).label("has_town"),
            has_next.label("has_next"),
        )
        .join(Case, Meeting.case_id == Case.id)
        .where(
            Meeting.case_id.in_(cases),
            Meeting.ended_at.is_not(None),
            between(Meeting.starts_local, first, last),
        )
    )


def _came(role: MemberRole) -> ColumnElement[bool]:
    return exists().where(
        Attendance.meeting_id == Meeting.id,
        Attendance.status.in_(_TOOK_PART),
        TeamMember.case_id == Meeting.case_id,
        TeamMember.user_id == Attendance.user_id,
        TeamMember.role == role,
    )


def _before_start(approved_at: datetime | None, starts_local: datetime) -> bool:
    return approved_at is not None and calendar.to_local(approved_at) < starts_local


def _in_time(published_at: datetime | None, starts_local: datetime) -> bool:
    if published_at is None:
        return False
    return calendar.to_local(published_at).date() <= publication_deadline(starts_local.date())


def _moved(cases: Select[str], first: date, last: date) -> list[Event]:
    """Return the meetings with a time; what the person moved counts against nobody."""
    statement = select(
        Meeting.case_id, Meeting.starts_local, Meeting.state, Meeting.postponed, Meeting.moved_by
    ).where(Meeting.case_id.in_(cases), between(Meeting.starts_local, first, last))
    return [
        Event(
            case_id=row.case_id,
            on=row.starts_local.date(),
            is_so=row.moved_by != _BY_THE_PERSON
            and (row.postponed > 0 or row.state in _CALLED_OFF),
        )
        for row in db.session.execute(statement)
    ]


def _answered(cases: Select[str], first: date, last: date) -> list[Event]:
    """Return the wishes for a meeting that were taken up, by whether a date was set in time."""
    begins, ends = (
        calendar.to_instant(datetime.combine(day, time.min))
        for day in (first, last + timedelta(days=1))
    )
    statement = select(
        MeetingRequest.case_id,
        MeetingRequest.requested_at,
        MeetingRequest.date_set_at,
        MeetingRequest.due_on,
    ).where(
        MeetingRequest.case_id.in_(cases),
        MeetingRequest.state.not_in(_NOT_TAKEN_UP),
        MeetingRequest.requested_at >= begins,
        MeetingRequest.requested_at < ends,
    )
    return [
        Event(
            case_id=row.case_id,
            on=calendar.to_local(row.requested_at).date(),
            is_so=row.date_set_at is not None
            and calendar.to_local(row.date_set_at).date() <= row.due_on,
        )
        for row in db.session.execute(statement)
    ]


def _kept(cases: Select[str], first: date, last: date) -> list[Event]:
    """Return the agreements by whether they were done by their first date.

    What the person does is never counted, nor what lapsed by agreement.
    """
    statement = select(Action.case_id, Action.first_due_on, Action.status, Action.closed_at).where(
        Action.case_id.in_(cases),
        Action.published_at.is_not(None),
        Action.is_persons.is_(False),
        Action.status != Status.DROPPED,
        Action.first_due_on.between(first, last),
    )
    return [
        Event(
            case_id=row.case_id,
            on=row.first_due_on,
            is_so=row.status is Status.DONE
            and row.closed_at is not None
            and calendar.to_local(row.closed_at).date() <= row.first_due_on,
        )
        for row in db.session.execute(statement)
    ]
