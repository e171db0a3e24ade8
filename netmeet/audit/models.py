"""The access log as rows of a keyed chain."""

from datetime import date, datetime

from sqlalchemy import Date, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from netmeet.core.access import Role
from netmeet.core.db import Base
from netmeet.core.sealed import Sealed


class AuditEvent(Base):
    """One operation on one object by one user, allowed or denied; never changed (trigger).

    ``chain`` is an HMAC over this row and the row before; ``seq`` has no gaps. Kept free of
    foreign keys: the log outlives what it speaks of. The chain covers ``reason_digest`` in place of
    the reason, whose words may be sealed under a newer key, and go when the case is erased.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_case_at", "case_id", "at"),
        Index("ix_audit_event_user_at", "user_id", "at"),
        Index("ix_audit_event_followed", "session_id", "object_id", "operation", "at"),
    )

    seq: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    user_id: Mapped[str] = mapped_column(String(16))
    role: Mapped[Role]
    unit_id: Mapped[str | None] = mapped_column(String(16))
    session_id: Mapped[str] = mapped_column(String(16))
    operation: Mapped[str] = mapped_column(String(60))
    allowed: Mapped[bool]
    case_id: Mapped[str | None] = mapped_column(String(16))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(16))
    reason = Sealed()
    reason_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class Anchor(Base):
    """How long the chain was, and its head, at an instant; the same is written outside."""

    __tablename__ = "audit_anchor"

    at: Mapped[datetime]
    seq: Mapped[int]
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class Erasure(Base):
    """A case whose rows have been erased for good; never changed, so that they may not return."""

    __tablename__ = "erasure"

    case_id: Mapped[str] = mapped_column(String(16), unique=True)
    at: Mapped[datetime]


class FollowUp(Base):
    """An auditor has looked into what one user did on one day (in Copenhagen), and what came out.

    ``user_id`` and ``by_id`` name users without a foreign key: the note outlives them.
    """

    __tablename__ = "audit_follow_up"
    __table_args__ = (UniqueConstraint("organisation_id", "user_id", "day", name="uq_follow_up"),)

    organisation_id: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    words = Sealed()
    by_id: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
