"""Appending to the chain, verifying it, anchoring it."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, text

from netmeet.audit.models import Anchor, AuditEvent
from netmeet.core import ids, sealed
from netmeet.core.db import db
from netmeet.core.trail import Entry

_LOCK = 7_305_121
_AT_ONCE = 1000
FOLLOWED_FOR = timedelta(minutes=15)
_CHAINED = (
    *("id", "seq", "at", "user_id", "role", "unit_id", "session_id", "operation", "allowed"),
    *("case_id", "object_kind", "object_id", "reason"),
)
_TABLE = cast("Table", AuditEvent.__table__)
_INSERT = insert(_TABLE)
_OPENED = (
    select(_TABLE.c.id)
    .where(
        _TABLE.c.session_id == bindparam("session_id"),
        _TABLE.c.object_id == bindparam("object_id"),
        _TABLE.c.operation == bindparam("operation"),
        _TABLE.c.allowed.is_(True),
        _TABLE.c.at > bindparam("since"),
    )
    .limit(1)
)
_NEWEST = select(_TABLE.c.seq, _TABLE.c.chain).order_by(_TABLE.c.seq.desc()).limit(1)


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
    rows = []
    for entry in fresh:
        seq += 1
        row, facts = _row(entry, seq)
        chain = row["chain"] = _link(facts, chain)
        rows.append(row)
    db.session.execute(_INSERT, rows)


def _head() -> tuple[int, bytes]:
    row = db.session.execute(_NEWEST).one_or_none()
    return (row.seq, bytes(row.chain)) if row else (0, b"")


def _is_covered(entry: Entry) -> bool:
    facts = {
        "session_id": entry.session_id,
        "object_id": entry.object_id,
        "operation": entry.operation.value,
        "since": entry.at - FOLLOWED_FOR,
    }
    return db.session.execute(_OPENED, facts).one_or_none() is not None


def _row(entry: Entry, seq: int) -> tuple[dict[str, object], list[object]]:
    """Return the columns of the row, and the facts that are chained, in :func:`link`'s order.

    Every request adds a row, so that no object is built for it.
    """
    row_id = ids.new_id()
    kept = {
        "id": row_id,
        "seq": seq,
        "at": entry.at,
        "user_id": entry.user_id,
        "role": entry.role,
        "unit_id": entry.unit_id,
        "session_id": entry.session_id,
        "operation": entry.operation.value,
        "allowed": entry.allowed,
        "case_id": entry.case_id,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
    }
    facts = [*kept.values(), entry.reason]
    return {**kept, "reason_sealed": AuditEvent.reason.closed(entry.reason, row_id=row_id)}, facts


def link(event: AuditEvent, before: bytes) -> bytes:
    """Return the HMAC of ``event`` and the link before it (canonical JSON, UTF-8)."""
    return _link([getattr(event, name) for name in _CHAINED], before)


def _link(facts: Sequence[object], before: bytes) -> bytes:
    plain = [fact.isoformat() if isinstance(fact, datetime) else fact for fact in facts]
    canonical = json.dumps([*plain, before.hex()], ensure_ascii=False, separators=(",", ":"))
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
