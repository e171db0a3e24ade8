"""Counting and listing a unit's agreements. Never a title, a person, or what the person does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
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

    @property
    def values(self) -> dict[str, Any]:
        """Return what is looked for by name; what is not narrowed is left out."""
        narrowed = {"kind": self.kind, "initiative": self.initiative, "since": self.since}
        return {"unit_id": self.unit_id} | {name: it for name, it in narrowed.items() if it}

    @property
    def names(self) -> frozenset[str]:
        """Return the names of what is looked for."""
        return frozenset(self.values)


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


# A statement is made once for each combination of what is narrowed: making it costs more than
# sending it. What is looked for is handed over when it is sent.
Narrowed = frozenset[str]


def _conditions(names: Narrowed) -> list[ColumnElement[bool]]:
    """Return what makes an agreement the unit's and open; the person's own are never counted."""
    return [
        Action.unit_id == bindparam("unit_id"),
        Action.closed_at.is_(None),
        Action.published_at.is_not(None),
        Action.is_persons.is_(False),
        *_narrowed(names),
    ]


def _narrowed(names: Narrowed) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if "kind" in names:
        meetings = select(Meeting.id).where(Meeting.kind == bindparam("kind"))
        found.append(Action.meeting_id.in_(meetings))
    if "initiative" in names:
        found.append(Action.case_id.in_(_cases()))
    if "since" in names:
        found.append(Action.due_on >= bindparam("since"))
    return found


def _cases() -> Select[str]:
    return select(Case.id).where(Case.initiative == bindparam("initiative"))


def counts(wanted: Filter, *, today: date) -> Counts:
    """Return the unit's counts in two queries."""
    days = {
        "today": today,
        "sunday": rules.end_of_week(today),
        "week_ago": today - timedelta(days=7),
        "old": _old(today),
    }
    found = db.session.execute(_counting(wanted.names), wanted.values | days)
    total, late, week, to_7, to_14, older = found.one()
    return Counts(
        open=total,
        overdue=late,
        this_week=week,
        to_7=to_7,
        to_14=to_14,
        older=older,
        median=_median(wanted, late, today=today),
    )


@cache
def _counting(names: Narrowed) -> Select[int, int, int, int, int, int]:
    due, today = Action.due_on, bindparam("today", type_=Date)
    week_ago, old = bindparam("week_ago", type_=Date), bindparam("old", type_=Date)
    return select(
        func.count(),
        _sum(due < today),
        _sum(due.between(today, bindparam("sunday", type_=Date))),
        _sum((due < today) & (due >= week_ago)),
        _sum((due < week_ago) & (due >= old)),
        _sum(due < old),
    ).where(*_conditions(names))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _old(today: date) -> date:
    return today - timedelta(days=rules.OLD_DAYS)


def _median(wanted: Filter, late: int, *, today: date) -> int | None:
    """Return the median days over the date, ``None`` when nothing is."""
    values = wanted.values | {"today": today, "half": late // 2}
    due = db.session.scalar(_middle(wanted.names), values)
    return (today - due).days if due is not None else None


@cache
def _middle(names: Narrowed) -> Select[date | None]:
    return (
        select(Action.due_on)
        .where(*_conditions(names), Action.due_on < bindparam("today"))
        .order_by(Action.due_on.desc())
        .limit(1)
        .offset(bindparam("half", type_=Integer))
    )


def listed(wanted: Filter, *, page: int = 1, per_page: int | None = PER_PAGE) -> Sequence[Action]:
    """Return the unit's open agreements with owner and unit, oldest date first."""
    statement = _listing(wanted.names)
    if per_page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return db.session.scalars(statement, wanted.values).all()


@cache
def _listing(names: Narrowed) -> Select[Action]:
    return _rows().where(*_conditions(names))


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
    values = wanted.values | {"old": _old(today), "at": at}
    return [
        Help(
            action=action,
            waits_for_decision=bool(is_waiting),
            is_old=bool(is_old),
            owner_is_away=bool(is_away),
        )
        for action, is_waiting, is_old, is_away in db.session.execute(
            _helping(wanted.names), values
        )
    ]


@cache
def _helping(names: Narrowed) -> Select[Action, bool, bool, bool]:
    waits, old, away = _waits_for_decision(), Action.due_on < bindparam("old"), _owner_is_away()
    return (
        _rows()
        .add_columns(waits.label("waits"), old.label("old"), away.label("away"))
        .where(*_conditions(names), or_(waits, old, away))
        .limit(MOST_TO_HELP)
    )


def _waits_for_decision() -> ColumnElement[bool]:
    return (Action.status == Status.WAITING) & exists().where(
        StatusChange.action_id == Action.id,
        StatusChange.at == Action.status_at,
        StatusChange.became == _WAITS_FOR_DECISION,
    )


def _owner_is_away() -> ColumnElement[bool]:
    """Tell whether the owner's account has ended, or they work in the unit, or the case, no more.

    Who was given the agreement without being in the network is judged by the unit alone.
    """
    works_here = exists().where(
        UnitRole.user_id == Action.owner_id,
        UnitRole.unit_id == Action.unit_id,
        UnitRole.role.in_(STAFF),
        UnitRole.until.is_(None) | (UnitRole.until > bindparam("at")),
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
    return db.session.scalars(_INITIATIVES, {"unit_id": unit_id}).all()


_INITIATIVES = (
    select(Case.initiative)
    .join(Action, Action.case_id == Case.id)
    .where(Action.unit_id == bindparam("unit_id"), Case.initiative != "")
    .distinct()
    .order_by(Case.initiative)
)


def followed_up(wanted: Filter, *, today: date) -> tuple[int, int]:
    """Return how many held meetings of the unit have a next date or a reason for none, of how many.

    Indicator K14 of ``domain.md`` § 5: the meetings the unit took part in, by meeting date.
    """
    values = wanted.values | {"tomorrow": datetime.combine(today + timedelta(days=1), time.min)}
    if wanted.since is not None:
        values["since"] = datetime.combine(wanted.since, time.min)
    held, fixed = db.session.execute(_following(wanted.names), values).one()
    return fixed, held


@cache
def _following(names: Narrowed) -> Select[int, int]:
    later = aliased(Meeting)
    is_fixed = (
        Meeting.next_starts_local.is_not(None)
        | _sealed("no_next_reason").is_not(None)
        | exists().where(later.follows_id == Meeting.id)
    )
    took_part = exists().where(
        TeamMember.case_id == Meeting.case_id, TeamMember.unit_id == bindparam("unit_id")
    )
    statement = select(func.count(), _sum(is_fixed)).where(
        Meeting.ended_at.is_not(None),
        Meeting.starts_local < bindparam("tomorrow"),
        took_part,
    )
    if "since" in names:
        statement = statement.where(Meeting.starts_local >= bindparam("since"))
    if "kind" in names:
        statement = statement.where(Meeting.kind == bindparam("kind"))
    if "initiative" in names:
        statement = statement.where(Meeting.case_id.in_(_cases()))
    return statement


def _sealed(name: str) -> Any:
    return Meeting.__table__.c[f"{name}_sealed"]


def overdue_at(wanted: Filter, days: Sequence[date]) -> list[int]:
    """Return how many agreements were open and over their date at the end of each day.

    One query; counted by the date as it stands now.
    """
    nights = [datetime.combine(day + timedelta(days=1), time.min) for day in days]
    ends = [calendar.to_instant(night) for night in nights]
    values = wanted.values
    for n, (day, end) in enumerate(zip(days, ends, strict=True)):
        values |= {f"day_{n}": day, f"end_{n}": end}
    return list(db.session.execute(_looking_back(wanted.names, len(days)), values).one())


@cache
def _looking_back(names: Narrowed, count: int) -> Select[*tuple[int, ...]]:
    columns = [
        _sum(
            (Action.published_at < bindparam(f"end_{n}"))
            & (Action.closed_at.is_(None) | (Action.closed_at >= bindparam(f"end_{n}")))
            & (Action.due_on < bindparam(f"day_{n}"))
        )
        for n in range(count)
    ]
    return select(*columns).where(
        Action.unit_id == bindparam("unit_id"),
        Action.published_at.is_not(None),
        Action.is_persons.is_(False),
        *_narrowed(names),
    )
