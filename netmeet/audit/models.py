"""The access log as rows of a keyed chain."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from netmeet.core.access import Role
from netmeet.core.db import Base
from netmeet.core.sealed import Sealed


class AuditEvent(Base):
    """One operation on one object by one user, allowed or denied; never changed (trigger).

    ``chain`` is an HMAC over this row and the row before; ``seq`` has no gaps. Kept free of
    foreign keys: the log outlives what it speaks of.
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
    chain: Mapped[bytes] = mapped_column(LargeBinary)


class Anchor(Base):
    """How long the chain was, and its head, at an instant; the same is written outside."""

    __tablename__ = "audit_anchor"

    at: Mapped[datetime]
    seq: Mapped[int]
    chain: Mapped[bytes] = mapped_column(LargeBinary)
