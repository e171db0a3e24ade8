"""Reading the access log: who looked at a case, and what one looked at oneself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from netmeet.audit.models import AuditEvent
from netmeet.audit.rules import LOOKS
from netmeet.core.db import db


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
