"""Who has which version: what has been sent, read or fetched cannot be called back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from netmeet.cases.models import Case
from netmeet.core import apart
from netmeet.core.permissions import Permission as P
from netmeet.plans import queries
from netmeet.plans.models import Plan, PlanVersion


@dataclass(frozen=True, kw_only=True)
class Held:
    """One version with one recipient: when they were told, first read it, first fetched it (UTC).

    ``may_now``: the plan is open to them still.
    """

    user_id: str
    name: str
    who: str
    version: int
    published_at: datetime
    told_at: datetime | None
    read_at: datetime | None
    fetched_at: datetime | None
    may_now: bool


def held(plan: Plan, *, at: datetime) -> list[Held]:
    """Return every version each of the others was told of, read or fetched, the newest first.

    Whoever has left the network stands there too: what they have, they keep.
    """
    told = {(m.facts["plan_version"], m.user_id): m.sent_at for m in queries.told_of(plan.case_id)}
    looks = [
        (look.user_id, look.operation, look.at) for look in queries.looks_at_plan(plan.case_id)
    ]
    found = []
    followed = [*(one.published_at for one in plan.versions[1:]), at]
    for version, until in zip(plan.versions, followed, strict=False):
        within = [look for look in looks if version.published_at <= look[2] <= until]
        for user_id in _others(plan.case):
            read = _first(within, user_id, {P.PLAN_READ_PUBLISHED, P.PLAN_HISTORY})
            fetched = _first(within, user_id, {P.PLAN_EXPORT_PDF})
            sent = told.get((version.id, user_id))
            if sent or read or fetched:
                when = (sent, read, fetched)
                found.append(_held(plan.case, version, user_id, when, at=at))
    return sorted(found, key=lambda one: (-one.version, one.name))


def _others(case: Case) -> list[str]:
    unknown = {case.person.user_id, *apart.hidden()}
    return [m.user_id for m in case.team if m.user_id not in unknown]


def _first(
    looks: Sequence[tuple[str, str, datetime]], user_id: str, operations: set[P]
) -> datetime | None:
    return min((at for who, did, at in looks if who == user_id and did in operations), default=None)


def _held(
    case: Case,
    version: PlanVersion,
    user_id: str,
    when: tuple[datetime | None, datetime | None, datetime | None],
    *,
    at: datetime,
) -> Held:
    place = [member for member in case.team if member.user_id == user_id][-1]
    readers = {member.user_id: reader for member, reader in queries.readers(case, at=at)}
    may_now = user_id in readers and queries.may_read_plan(case, readers[user_id])
    return Held(
        user_id=user_id,
        name=place.name,
        who=place.relation or place.where,
        version=version.n,
        published_at=version.published_at,
        told_at=when[0],
        read_at=when[1],
        fetched_at=when[2],
        may_now=may_now,
    )
