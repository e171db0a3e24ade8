"""Appending to the chain, verifying it, anchoring it."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, insert, select, text

from netmeet.audit.models import Anchor, AuditEvent
from netmeet.core import sealed
from netmeet.core.db import db
from netmeet.core.trail import Entry

_LOCK = 7_305_121
_AT_ONCE = 1000
FOLLOWED_FOR = timedelta(minutes=15)
_TABLE = cast("Table", AuditEvent.__table__)


def record(entries: Sequence[Entry]) -> None:
    """Append one row an entry within the open transaction, which must hold the write lock.

    A refresh of a screen that was opened within 15 minutes is covered by the row of the opening.
    """
    fresh = [entry for entry in entries if not (entry.is_refresh and _is_covered(entry))]
    if not fresh:
        return
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    db.session.flush()
    seq, chain = _head()
    for entry in fresh:
        seq += 1
        event = _event(entry, seq)
        chain = event.chain = link(event, chain)
        row = {column.name: getattr(event, column.name) for column in _TABLE.c}
        db.session.execute(insert(_TABLE), row)


def _head() -> tuple[int, bytes]:
    newest = select(AuditEvent.seq, AuditEvent.chain).order_by(AuditEvent.seq.desc()).limit(1)
    row = db.session.execute(newest).one_or_none()
    return (row.seq, bytes(row.chain)) if row else (0, b"")


def _is_covered(entry: Entry) -> bool:
    opened = (
        select(AuditEvent.id)
        .where(
            AuditEvent.session_id == entry.session_id,
            AuditEvent.object_id == entry.object_id,
            AuditEvent.operation == entry.operation.value,
            AuditEvent.allowed.is_(True),
            AuditEvent.at > entry.at - FOLLOWED_FOR,
        )
        .limit(1)
    )
    return db.session.scalar(opened) is not None


def _event(entry: Entry, seq: int) -> AuditEvent:
    return AuditEvent(
        seq=seq,
        at=entry.at,
        user_id=entry.user_id,
        role=entry.role,
        unit_id=entry.unit_id,
        session_id=entry.session_id,
        operation=entry.operation.value,
        allowed=entry.allowed,
        case_id=entry.case_id,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        reason=entry.reason,
    )


def link(event: AuditEvent, before: bytes) -> bytes:
    """Return the HMAC of ``event`` and the link before it (canonical JSON, UTF-8)."""
    facts = [
        event.id,
        event.seq,
        event.at.isoformat(),
        event.user_id,
        event.role.value,
        event.unit_id,
        event.session_id,
        event.operation,
        event.allowed,
        event.case_id,
        event.object_kind,
        event.object_id,
        event.reason,
        before.hex(),
    ]
    canonical = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(sealed.keyring().index_key, canonical.encode(), hashlib.sha256)


def broken_at() -> int | None:
    """Return the first ``seq`` at which the chain does not hold, ``None`` when it holds throughout.

    A cut tail shows against the newest anchor.
    """
    before, expected = b"", 0
    while rows := _rows_after(expected):
        for event in rows:
            expected += 1
            good = hmac.compare_digest(bytes(event.chain), link(event, before))
            if event.seq != expected or not good:
                return expected
            before = bytes(event.chain)
        db.session.expunge_all()
    newest = db.session.scalar(select(Anchor).order_by(Anchor.seq.desc()).limit(1))
    return expected + 1 if newest is not None and newest.seq > expected else None


def _rows_after(seq: int) -> Sequence[AuditEvent]:
    statement = select(AuditEvent).where(AuditEvent.seq > seq).order_by(AuditEvent.seq)
    return db.session.scalars(statement.limit(_AT_ONCE)).all()


def anchor(*, at: datetime) -> Anchor:
    """Write down how long the chain is and its head; the caller keeps the same outside."""
    seq, chain = _head()
    row = Anchor(at=at, seq=seq, chain=chain)
    db.session.add(row)
    db.session.flush()
    return row
