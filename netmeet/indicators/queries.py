"""Counting and listing a unit's agreements. Never a title, a person, or what the person does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action, StatusChange
from netmeet.actions.rules import Status, WaitingFor
from netmeet.cases.models import Case, TeamMember
from netmeet.core import calendar
from netmeet.core.access import STAFF
from netmeet.core.db import db
from netmeet.indicators import rules
from netmeet.meetings.models import Meeting

PER_PAGE = 50
MOST_TO_HELP = 10
_WAITS_FOR_DECISION = f"{Status.WAITING}:{WaitingFor.DECISION}"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is looked at: a unit, and perhaps a kind of meeting, an initiative, dates from a day."""

    unit_id: str
    kind: str = ""
    initiative: str = ""
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many agreements the unit still owes, and how far they are over their date."""

    open: int
    overdue: int
    this_week: int
    to_7: int
    to_14: int
    older: int
    median: int | None


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what makes an agreement the unit's and open; the person's own are never counted."""
    return [
        Action.unit_id == wanted.unit_id,
        Action.closed_at.is_(None),
        Action.published_at.is_not(None),
        Action.is_persons.is_(False),
        *_narrowed(wanted),
    ]


def _narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        meetings = select(Meeting.id).where(Meeting.kind == wanted.kind)
        found.append(Action.meeting_id.in_(meetings))
    if wanted.initiative:
        cases = select(Case.id).where(Case.initiative == wanted.initiative)
        found.append(Action.case_id.in_(cases))
    if wanted.since is not None:
        found.append(Action.due_on >= wanted.since)
    return found


def counts(wanted: Filter, *, today: date) -> Counts:
    """Return the unit's counts in two queries."""
    due, overdue = Action.due_on, Action.due_on < today
    statement = select(
        func.count(),
        _sum(overdue),
        _sum(due.between(today, rules.end_of_week(today))),
        _sum(overdue & (due >= today - timedelta(days=7))),
        _sum((due < today - timedelta(days=7)) & (due >= _old(today))),
        _sum(due < _old(today)),
    ).where(*_conditions(wanted))
    total, late, week, to_7, to_14, older = db.session.execute(statement).one()
    return Counts(
        open=total,
        overdue=late,
        this_week=week,
        to_7=to_7,
        to_14=to_14,
        older=older,
        median=_median(wanted, late, today=today),
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _old(today: date) -> date:
    return today - timedelta(days=rules.OLD_DAYS)


def _median(wanted: Filter, late: int, *, today: date) -> int | None:
    """Return the median days over the date, ``None`` when nothing is."""
    statement = (
        select(Action.due_on)
        .where(*_conditions(wanted), Action.due_on < today)
        .order_by(Action.due_on.desc())
        .limit(1)
        .offset(late // 2)
    )
    due = db.session.scalar(statement)
    return (today - due).days if due is not None else None


def listed(wanted: Filter, *, page: int = 1, per_page: int | None = PER_PAGE) -> Sequence[Action]:
    """Return the unit's open agreements with owner and unit, oldest date first."""
    statement = _rows().where(*_conditions(wanted))
    if per_page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return db.session.scalars(statement).all()


def _rows() -> Select[Action]:
    return (
        select(Action)
        .options(joinedload(Action.owner), joinedload(Action.unit))
        .order_by(Action.due_on, Action.id)
    )


@dataclass(frozen=True, kw_only=True)
class Help:
    """An agreement a manager can help with, and why."""

    action: Action
    waits_for_decision: bool
    is_old: bool
    owner_is_away: bool


def to_help(wanted: Filter, *, today: date, at: datetime) -> list[Help]:
    """Return where a manager can help, oldest date first: three reasons, one query."""
    waits, old, away = _waits_for_decision(), Action.due_on < _old(today), _owner_is_away(at)
    statement = (
        _rows()
        .add_columns(waits.label("waits"), old.label("old"), away.label("away"))
        .where(*_conditions(wanted), or_(waits, old, away))
        .limit(MOST_TO_HELP)
    )
    return [
        Help(
            action=action,
            waits_for_decision=bool(is_waiting),
            is_old=bool(is_old),
            owner_is_away=bool(is_away),
        )
        for action, is_waiting, is_old, is_away in db.session.execute(statement)
    ]


def _waits_for_decision() -> ColumnElement[bool]:
    return (Action.status == Status.WAITING) & exists().where(
        StatusChange.action_id == Action.id,
        StatusChange.at == Action.status_at,
        StatusChange.became == _WAITS_FOR_DECISION,
    )


def _owner_is_away(at: datetime) -> ColumnElement[bool]:
    """Tell whether the owner's account has ended, or they work in the unit, or the case, no more.

    Who was given the agreement without being in the network is judged by the unit alone.
    """
    works_here = exists().where(
        UnitRole.user_id == Action.owner_id,
        UnitRole.unit_id == Action.unit_id,
        UnitRole.role.in_(STAFF),
        UnitRole.until.is_(None) | (UnitRole.until > at),
    )
    is_active = exists().where(User.id == Action.owner_id, User.active.is_(True))
    member = aliased(TeamMember)
    was_in = exists().where(member.user_id == Action.owner_id, member.case_id == Action.case_id)
    is_in = exists().where(
        TeamMember.user_id == Action.owner_id,
        TeamMember.case_id == Action.case_id,
        TeamMember.left_at.is_(None),
    )
    return ~works_here | ~is_active | (was_in & ~is_in)


def initiatives(unit_id: str) -> Sequence[str]:
    """Return the initiatives that the unit's agreements belong to, by name."""
    statement = (
        select(Case.initiative)
        .join(Action, Action.case_id == Case.id)
        .where(Action.unit_id == unit_id, Case.initiative != "")
        .distinct()
        .order_by(Case.initiative)
    )
    return db.session.scalars(statement).all()


def followed_up(wanted: Filter, *, today: date) -> tuple[int, int]:
    """Return how many held meetings of the unit have a next date or a reason for none, of how many.

    Indicator K14 of ``domain.md`` § 5: the meetings the unit took part in, by meeting date.
    """
    later = aliased(Meeting)
    is_fixed = (
        Meeting.next_starts_local.is_not(None)
        | _sealed("no_next_reason").is_not(None)
        | exists().where(later.follows_id == Meeting.id)
    )
    took_part = exists().where(
        TeamMember.case_id == Meeting.case_id, TeamMember.unit_id == wanted.unit_id
    )
    statement = select(func.count(), _sum(is_fixed)).where(
        Meeting.ended_at.is_not(None),
        Meeting.starts_local < datetime.combine(today + timedelta(days=1), time.min),
        took_part,
    )
    if wanted.since is not None:
        since = datetime.combine(wanted.since, time.min)
        statement = statement.where(Meeting.starts_local >= since)
    if wanted.kind:
        statement = statement.where(Meeting.kind == wanted.kind)
    if wanted.initiative:
        cases = select(Case.id).where(Case.initiative == wanted.initiative)
        statement = statement.where(Meeting.case_id.in_(cases))
    held, fixed = db.session.execute(statement).one()
    return fixed, held


def _sealed(name: str) -> Any:
    return Meeting.__table__.c[f"{name}_sealed"]


def overdue_at(wanted: Filter, days: Sequence[date]) -> list[int]:
    """Return how many agreements were open and over their date at the end of each day.

    One query; counted by the date as it stands now.
    """
    nights = [datetime.combine(day + timedelta(days=1), time.min) for day in days]
    ends = [calendar.to_instant(night) for night in nights]
    columns = [
        _sum(
            (Action.published_at < end)
            & (Action.closed_at.is_(None) | (Action.closed_at >= end))
            & (Action.due_on < day)
        )
        for day, end in zip(days, ends, strict=True)
    ]
    statement = select(*columns).where(
        Action.unit_id == wanted.unit_id,
        Action.published_at.is_not(None),
        Action.is_persons.is_(False),
        *_narrowed(wanted),
    )
    return list(db.session.execute(statement).one())
