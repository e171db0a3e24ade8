"""Verifying the chain, row by row, as the database holds it.

Columns are read without the models' types: what somebody wrote past them must be told, not raise.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from sqlalchemy import Table, select, tuple_, type_coerce
from sqlalchemy.types import NullType

from netmeet.audit.models import Anchor, AuditEvent, Erasure
from netmeet.audit.service import digest_of, link
from netmeet.core.db import db

_AT_ONCE = 1000
_TABLE = cast("Table", AuditEvent.__table__)
_COLUMNS = [type_coerce(column, NullType()).label(column.name) for column in _TABLE.c]
_WRONG = (ValueError, TypeError, LookupError, AttributeError, InvalidTag)

Heads = Mapping[int, set[bytes]]
"""The head that the chain must have had, by its length then."""


def heads(lines: Iterable[str]) -> Heads:
    """Return what anchors written outside say. Raises ``ValueError`` for a line that is none."""
    found: dict[int, set[bytes]] = defaultdict(set)
    for line in lines:
        if line.strip():
            _at, seq, chain = line.split()
            found[int(seq)].add(bytes.fromhex(chain))
    return found


def broken_at(outside: Heads | None = None) -> int | None:
    """Return the first row at which the log does not hold, ``None`` when it holds throughout.

    ``outside`` are the anchors kept elsewhere. A cut tail shows against the newest anchor, a chain
    made anew with the key against the first anchor after the change.
    """
    wanted = _anchored(outside or {})
    erased = frozenset(db.session.scalars(select(Erasure.case_id)))
    before, expected = b"", 0
    for row in rows():
        expected += 1
        if not _holds(row, expected, before, erased):
            return expected
        before = bytes(row["chain"])
        if wanted.get(expected, {before}) != {before}:
            return expected
    return expected + 1 if max(wanted, default=0) > expected else None


def _anchored(outside: Heads) -> Heads:
    found = defaultdict(set, {seq: set(chains) for seq, chains in outside.items()})
    for anchor in db.session.scalars(select(Anchor)):
        found[anchor.seq].add(bytes(anchor.chain))
    found.pop(0, None)
    return found


def rows() -> Iterator[Mapping[str, Any]]:
    """Yield every row there is in the log's order, also one put before the first."""
    key = tuple_(_TABLE.c.seq, _TABLE.c.id)
    statement = select(*_COLUMNS).order_by(_TABLE.c.seq, _TABLE.c.id).limit(_AT_ONCE)
    page = [dict(row) for row in db.session.execute(statement).mappings()]
    while page:
        yield from page
        after = statement.where(key > tuple_(page[-1]["seq"], page[-1]["id"]))
        page = [dict(row) for row in db.session.execute(after).mappings()]


def _holds(row: Mapping[str, Any], expected: int, before: bytes, erased: frozenset[str]) -> bool:
    """Tell whether the row is the one of that number and follows the link before it."""
    try:
        if row["seq"] != expected or row["allowed"] not in {0, 1}:
            return False
        return hmac.compare_digest(bytes(row["chain"]), link(facts_of(row, erased), before))
    except _WRONG:
        return False


def facts_of(row: Mapping[str, Any], erased: frozenset[str]) -> list[object]:
    """Return what is chained of a row. Raises one of ``_WRONG`` for a row that nobody recorded."""
    names = ("user_id", "role", "unit_id", "session_id", "operation")
    after = ("case_id", "object_kind", "object_id")
    return [
        *(row["id"], row["seq"], _instant(row["at"])),
        *(row[name] for name in names),
        bool(row["allowed"]),
        *(row[name] for name in after),
        _reason(row, erased),
    ]


def _instant(kept: datetime | str) -> datetime:
    if isinstance(kept, str):
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    return kept.replace(tzinfo=UTC) if kept.tzinfo is None else kept.astimezone(UTC)


def _reason(row: Mapping[str, Any], erased: frozenset[str]) -> str:
    """Return what the chain covers of the reason; its words may be gone with an erased case."""
    digest, kept = row["reason_digest"], row["reason_sealed"]
    words = AuditEvent.reason.opened(kept, row_id=row["id"])
    if digest is None:
        return words
    if kept is None and row["case_id"] in erased:
        return bytes(digest).hex()
    told = digest_of(words, row_id=row["id"])
    if told is None or not hmac.compare_digest(bytes(digest), told):
        raise ValueError(row["seq"])
    return bytes(digest).hex()
