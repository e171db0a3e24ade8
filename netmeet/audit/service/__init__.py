"""Appending to the chain, and anchoring it."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import Connection, Table, bindparam, insert, select, text

from netmeet.audit.models import Anchor, AuditEvent, FollowUp
from netmeet.core import ids, sealed
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.core.trail import Entry

_LOCK = 7_305_121
FOLLOWED_FOR = timedelta(minutes=15)
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


def record(entries: Sequence[Entry], connection: Connection | None = None) -> None:
    """Append one row an entry within the open transaction, which must hold the write lock.

    That is the transaction of ``connection``, or the session's. A refresh of a screen that was
    opened within 15 minutes is covered by the row of the opening.
    """
    if connection is None:
        db.session.flush()
        connection = db.session.connection()
    fresh = [one for one in entries if not _is_covered(one, connection)]
    if not fresh:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    seq, chain = _head(connection)
    rows = []
    for entry in fresh:
        seq += 1
        row, facts = _row(entry, seq)
        chain = row["chain"] = link(facts, chain)
        rows.append(row)
    connection.execute(_INSERT, rows)


def is_covered(entries: Sequence[Entry]) -> bool:
    """Tell whether there are entries, all refreshes of screens opened within 15 minutes.

    Nothing of those is to be recorded. Asked in the session's transaction, which may be one that
    only reads.
    """
    connection = db.session.connection()
    return bool(entries) and all(_is_covered(one, connection) for one in entries)


def _head(connection: Connection) -> tuple[int, bytes]:
    row = connection.execute(_NEWEST).one_or_none()
    return (row.seq, bytes(row.chain)) if row else (0, b"")


def _is_covered(entry: Entry, connection: Connection) -> bool:
    if not (entry.is_refresh and entry.allowed):
        return False
    facts = {
        "session_id": entry.session_id,
        "object_id": entry.object_id,
        "operation": entry.operation.value,
        "since": entry.at - FOLLOWED_FOR,
    }
    return connection.execute(_OPENED, facts).one_or_none() is not None


def _row(entry: Entry, seq: int) -> tuple[dict[str, object], list[object]]:
    """Return the columns of the row, and the facts that are chained, in the columns' order.

    Every request adds a row, so that no object is built for it.
    """
    row_id = ids.new_id()
    kept: dict[str, object] = {
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
    digest = digest_of(entry.reason, row_id=row_id)
    facts = [*kept.values(), digest.hex() if digest else ""]
    kept["reason_sealed"] = AuditEvent.reason.closed(entry.reason, row_id=row_id)
    return {**kept, "reason_digest": digest}, facts


def digest_of(reason: str, *, row_id: str) -> bytes | None:
    """Return what the chain covers of a reason (bound to its row), ``None`` when there is none."""
    return sealed.keyring().index(f"{row_id}|{reason}", kind="reason") if reason else None


def link(facts: Sequence[object], before: bytes) -> bytes:
    """Return the HMAC of a row's facts and the link before it (canonical JSON, UTF-8)."""
    plain = [fact.isoformat() if isinstance(fact, datetime) else fact for fact in facts]
    canonical = json.dumps([*plain, before.hex()], ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(sealed.keyring().index_key, canonical.encode(), hashlib.sha256)


def anchor(*, at: datetime) -> Anchor:
    """Write down how long the chain is and its head; the caller keeps the same outside."""
    seq, chain = _head(db.session.connection())
    row = Anchor(at=at, seq=seq, chain=chain)
    db.session.add(row)
    db.session.flush()
    return row


def follow_up(
    *, organisation_id: str, user_id: str, day: date, words: str, by_id: str, at: datetime
) -> FollowUp:
    """Write down what came out of looking into a user's day. Raises ``Refused`` without words.

    What was written of it before stays: a day is followed up once.
    """
    if not words.strip():
        raise Refused(_("Skriv, hvad du fandt ud af."), field="words")
    known = select(FollowUp).where(
        FollowUp.organisation_id == organisation_id,
        FollowUp.user_id == user_id,
        FollowUp.day == day,
    )
    if db.session.scalar(known) is not None:
        raise Refused(_("Det er fulgt op af en anden."))
    row = FollowUp(
        organisation_id=organisation_id, user_id=user_id, day=day, words=words, by_id=by_id, at=at
    )
    db.session.add(row)
    db.session.flush()
    return row
