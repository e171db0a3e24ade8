"""What a manager's unit has waiting besides agreements: counted, and never which person's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Date, ScalarSelect, bindparam, exists, func, select

from netmeet.actions.models import Action
from netmeet.cases.models import TeamMember
from netmeet.core.db import LocalDateTime, db
from netmeet.indicators import rules
from netmeet.meetings.models import AgendaItem, Meeting, MeetingRequest
from netmeet.meetings.queries.requests import WAITING
from netmeet.meetings.rules import POSTPONED_OFTEN, SENT_OUT, ItemState, MeetingState, Purpose

_AHEAD = (MeetingState.PLANNED, MeetingState.INVITED, MeetingState.CONFIRMED)
_BEING_WRITTEN = (MeetingState.HELD, MeetingState.MINUTES_DRAFT)
_LOOKED_AHEAD = timedelta(days=14)
_LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How many of each the unit has.

    ``late_requests``: wishes for a meeting past their five working days. ``undecided``: meetings of
    the next fortnight with something to decide and nobody who may. ``late_minutes``: held, and not
    sent out in time. ``without_agreements``: sent out within a month without one agreement.
    ``put_off``: put off twice or more and not held.
    """

    late_requests: int
    undecided: int
    late_minutes: int
    without_agreements: int
    put_off: int


def waiting(unit_id: str, *, today: date) -> Waiting:
    """Return the counts of the unit in one query; its meetings are those its staff are around."""
    midnight = datetime.combine(today, time.min)
    values = {
        "unit_id": unit_id,
        "today": today,
        "from_now": midnight,
        "soon": midnight + _LOOKED_AHEAD,
        "lately": midnight - _LOOKED_BACK,
        "held_before": datetime.combine(rules.should_be_sent_out(today), time.min),
    }
    late_requests, undecided, late_minutes, without, put_off = db.session.execute(
        _WAITING, values
    ).one()
    return Waiting(
        late_requests=late_requests,
        undecided=undecided,
        late_minutes=late_minutes,
        without_agreements=without,
        put_off=put_off,
    )


def _meetings(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    is_around = exists().where(
        TeamMember.case_id == Meeting.case_id,
        TeamMember.unit_id == bindparam("unit_id"),
        TeamMember.left_at.is_(None),
    )
    return select(func.count()).select_from(Meeting).where(is_around, *conditions).scalar_subquery()


def _at(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=LocalDateTime())


_LATE_REQUESTS = (
    select(func.count())
    .select_from(MeetingRequest)
    .where(
        MeetingRequest.unit_id == bindparam("unit_id"),
        MeetingRequest.state.in_(WAITING),
        MeetingRequest.due_on < bindparam("today", type_=Date),
    )
    .scalar_subquery()
)
_UNDECIDED = _meetings(
    Meeting.state.in_(_AHEAD),
    Meeting.starts_local.between(_at("from_now"), _at("soon")),
    exists().where(
        AgendaItem.meeting_id == Meeting.id,
        AgendaItem.purpose == Purpose.DECIDE,
        AgendaItem.state == ItemState.OPEN,
        AgendaItem.decider_id.is_(None),
        AgendaItem.phone_at.is_(None),
    ),
)
_LATE_MINUTES = _meetings(
    Meeting.state.in_(_BEING_WRITTEN), Meeting.starts_local < _at("held_before")
)
_WITHOUT = _meetings(
    Meeting.state.in_(sorted(SENT_OUT)),
    Meeting.starts_local >= _at("lately"),
    ~exists().where(Action.meeting_id == Meeting.id),
)
_PUT_OFF_TWICE = _meetings(
    Meeting.postponed >= POSTPONED_OFTEN, Meeting.state.in_((*_AHEAD, MeetingState.POSTPONED))
)
_WAITING = select(_LATE_REQUESTS, _UNDECIDED, _LATE_MINUTES, _WITHOUT, _PUT_OFF_TWICE)
