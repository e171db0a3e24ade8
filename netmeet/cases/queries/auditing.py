"""What an auditor looks at: the log of the own organisation, and what stands out in it."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from netmeet.accounts.models import User
from netmeet.audit import queries as audit
from netmeet.audit.queries import Wanted
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.cases.rules import Oddity, oddities
from netmeet.core import calendar, sealed
from netmeet.core.db import db
from netmeet.organisations import queries as organisations

_MOST = 20_000
_SAMPLED = 10


@dataclass(frozen=True, kw_only=True)
class Trail:
    """What staff of an organisation did with one case: what the rules of the log judge."""

    case_id: str
    organisation_id: str | None

    @property
    def id(self) -> str:
        """Return the case's id."""
        return self.case_id


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A user's day that stands out, and in which ways."""

    user_id: str
    day: date
    oddities: Sequence[Oddity]
    cases: int


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A look-up drawn by lot: who opened which case, when first that day."""

    user_id: str
    case_id: str
    at: datetime


def wanted(
    organisation_id: str, *, since: date, until: date, user_id: str = "", case_id: str = ""
) -> Wanted:
    """Return what to find of the organisation's units on the days from ``since`` to ``until``."""
    return Wanted(
        unit_ids=[unit.id for unit in organisations.units_of(organisation_id)],
        since=calendar.midnight(max(since, _FIRST)),
        until=calendar.midnight(min(until, _LAST) + timedelta(days=1)),
        user_id=user_id,
        case_id=case_id,
    )


_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 30)
"""Days that begin and end within what a clock can tell, also where it is another day."""


def trail(case_id: str, organisation_id: str | None) -> Trail | None:
    """Return the trail of a case in which somebody of the organisation is or was, if there is."""
    statement = select(TeamMember.id).where(
        TeamMember.case_id == case_id, TeamMember.organisation_id == organisation_id
    )
    known = organisation_id is not None and db.session.scalar(statement.limit(1)) is not None
    return Trail(case_id=case_id, organisation_id=organisation_id) if known else None


def alerts(scope: Wanted) -> list[Alert]:
    """Return the days that stand out, the newest first, at one day each user once."""
    found: dict[tuple[date, str], list[tuple[str, datetime]]] = defaultdict(list)
    for user_id, case_id, at in audit.looks(scope, most=_MOST):
        found[calendar.to_local(at).date(), user_id].append((case_id, at))
    people = _people({case_id for looks in found.values() for case_id, _at in looks})
    staff = {user.id: user for user in _users({user_id for _day, user_id in found})}
    odd = []
    for (day, user_id), looks in sorted(found.items(), reverse=True):
        cases = {case_id for case_id, _at in looks}
        seen = [people[case_id] for case_id in cases if case_id in people]
        times = [calendar.to_local(at) for _case, at in looks]
        ways = _oddities(staff.get(user_id), seen, times, len(cases))
        if ways:
            odd.append(Alert(user_id=user_id, day=day, oddities=ways, cases=len(cases)))
    return odd


def _oddities(
    user: User | None, seen: Sequence[User], times: Sequence[datetime], cases: int
) -> list[Oddity]:
    if user is None:
        return []
    return oddities(
        is_own=any(person.id == user.id for person in seen),
        own=(user.name, user.address),
        others=[(person.name, person.address) for person in seen if person.id != user.id],
        times=times,
        cases=cases,
    )


def _people(case_ids: Collection[str]) -> Mapping[str, User]:
    """Return whom the cases are about."""
    statement = (
        select(Case)
        .where(Case.id.in_(case_ids))
        .options(joinedload(Case.person).joinedload(Person.user))
    )
    return {case.id: case.person.user for case in db.session.scalars(statement)}


def _users(user_ids: Collection[str]) -> Sequence[User]:
    return db.session.scalars(select(User).where(User.id.in_(user_ids))).all()


def sample(scope: Wanted, organisation_id: str, day: date) -> list[Sampled]:
    """Return ten look-ups of the day in the scope's units, drawn by lot: the same at every draw.

    The lot hangs on the key of look-ups, so that nobody knows beforehand whom it falls on.
    """
    first: dict[tuple[str, str], datetime] = {}
    begins, ends = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
    that_day = replace(scope, since=begins, until=ends)
    for user_id, case_id, at in audit.looks(that_day, most=_MOST):
        first[user_id, case_id] = at
    seed = sealed.keyring().index(f"{organisation_id}|{day.isoformat()}", kind="sample")
    lot = random.Random(seed)  # noqa: S311 - the seed is keyed; nothing is kept secret by it
    drawn = lot.sample(sorted(first), min(_SAMPLED, len(first)))
    return [Sampled(user_id=user, case_id=case, at=first[user, case]) for user, case in drawn]
