"""Reading the access log: who looked at a case, and what one looked at oneself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from netmeet.audit.models import AuditEvent, FollowUp
from netmeet.core.db import db
from netmeet.core.permissions import LOOKS


def of_case(
    case_id: str, *, since: datetime, until: datetime, besides: str
) -> Sequence[AuditEvent]:
    """Return what was done with the case from ``since`` up to ``until``, newest first.

    Denied attempts are there too; the user ``besides`` (whose log it is) is left out.
    """
    statement = (
        select(AuditEvent)
        .where(
            AuditEvent.case_id == case_id,
            AuditEvent.at >= since,
            AuditEvent.at < until,
            AuditEvent.user_id != besides,
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.seq.desc())
    )
    return db.session.scalars(statement).all()


def of_user_in_case(
    case_id: str, *, user_id: str, since: datetime, until: datetime
) -> Sequence[AuditEvent]:
    """Return what the user did with the case from ``since`` up to ``until``, oldest first."""
    statement = (
        select(AuditEvent)
        .where(
            AuditEvent.case_id == case_id,
            AuditEvent.user_id == user_id,
            AuditEvent.at >= since,
            AuditEvent.at < until,
        )
        .order_by(AuditEvent.at)
    )
    return db.session.scalars(statement).all()


def count() -> int:
    """Return how many rows the log has."""
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def has_changes_after(seq: int) -> bool:
    """Tell whether anybody did more than look since the row ``seq``."""
    looks = [operation.value for operation in LOOKS]
    changed = (
        select(AuditEvent.id)
        .where(
            AuditEvent.seq > seq,
            AuditEvent.allowed.is_(True),
            AuditEvent.operation.not_in(looks),
        )
        .limit(1)
    )
    return db.session.scalar(changed) is not None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows of the log to find: of these units, from ``since`` up to ``until``.

    Of everybody, or of one user; of all cases, or of one.
    """

    unit_ids: Collection[str]
    since: datetime
    until: datetime
    user_id: str = ""
    case_id: str = ""


def found(wanted: Wanted, *, most: int, after: int = 0) -> Sequence[AuditEvent]:
    """Return the rows wanted, newest first, at most so many, leaving out the ``after`` newest."""
    statement = select(AuditEvent).where(
        AuditEvent.unit_id.in_(wanted.unit_ids),
        AuditEvent.at >= wanted.since,
        AuditEvent.at < wanted.until,
    )
    if wanted.user_id:
        statement = statement.where(AuditEvent.user_id == wanted.user_id)
    if wanted.case_id:
        statement = statement.where(AuditEvent.case_id == wanted.case_id)
    newest_first = statement.order_by(AuditEvent.at.desc(), AuditEvent.seq.desc())
    return db.session.scalars(newest_first.offset(after).limit(most)).all()


def looks(wanted: Wanted, *, most: int) -> Sequence[tuple[str, str, datetime]]:
    """Return user, case and instant of what was opened or tried in a case, newest first."""
    statement = (
        select(AuditEvent.user_id, AuditEvent.case_id, AuditEvent.at)
        .where(
            AuditEvent.unit_id.in_(wanted.unit_ids),
            AuditEvent.at >= wanted.since,
            AuditEvent.at < wanted.until,
            AuditEvent.case_id.is_not(None),
        )
        .order_by(AuditEvent.at.desc())
        .limit(most)
    )
    return [(user, case or "", at) for user, case, at in db.session.execute(statement)]


def follow_ups(organisation_id: str, *, since: date) -> dict[tuple[str, date], FollowUp]:
    """Return what auditors looked into, by user and day."""
    statement = select(FollowUp).where(
        FollowUp.organisation_id == organisation_id, FollowUp.day >= since
    )
    return {(row.user_id, row.day): row for row in db.session.scalars(statement)}
