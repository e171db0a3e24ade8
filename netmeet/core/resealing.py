"""Sealing everything anew under the newest key, a few rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from sqlalchemy import Column, ColumnElement, LargeBinary, Table, func, select, update

from netmeet.core import sealed
from netmeet.core.db import Base, db

_TAIL = "_sealed"


@dataclass(frozen=True)
class Place:
    """A sealed column of a table."""

    table: Table
    column: Column[bytes | None]

    @property
    def name(self) -> str:
        """Return what the column is called in words: "person.cpr"."""
        return f"{self.table.name}.{self._attribute}"

    @property
    def _attribute(self) -> str:
        return self.column.name.removesuffix(_TAIL)

    def of(self, row_id: str) -> str:
        """Return what a row's text is bound to."""
        return f"{self.table.name}|{row_id}|{self._attribute}"


@dataclass(frozen=True)
class Batch:
    """What was looked at: the last row's id, empty at the end, and the rows nobody can open."""

    last: str
    count: int
    unreadable: Sequence[str]


def places() -> Iterator[Place]:
    """Yield every sealed column there is."""
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if column.name.endswith(_TAIL):
                yield Place(table, column)


def left(place: Place) -> int:
    """Return how many rows are sealed under another key than the newest."""
    statement = select(func.count()).select_from(place.table).where(_is_old(place))
    return db.session.scalar(statement) or 0


def reseal(place: Place, *, after: str, most: int) -> Batch:
    """Seal anew at most so many rows with an id beyond ``after``.

    What is written again meanwhile stays as it was written.
    """
    key = place.table.c.id
    statement = select(key, place.column).where(_is_old(place), key > after)
    rows = db.session.execute(statement.order_by(key).limit(most)).all()
    unreadable = [row_id for row_id, kept in rows if not _seal_anew(place, row_id, bytes(kept))]
    return Batch(rows[-1][0] if len(rows) == most else "", len(rows), unreadable)


def _is_old(place: Place) -> ColumnElement[bool]:
    newest = bytes([max(sealed.renewed().keys)])
    first: ColumnElement[bytes] = func.substr(place.column, 1, 1, type_=LargeBinary)
    return place.column.is_not(None) & (first != newest)


def _seal_anew(place: Place, row_id: str, kept: bytes) -> bool:
    """Tell whether the text could be opened; then it is sealed anew."""
    bound = place.of(row_id)
    try:
        text = sealed.unseal(kept, place=bound)
    except (InvalidTag, KeyError, UnicodeDecodeError):
        return False
    db.session.execute(
        update(place.table)
        .where(place.table.c.id == row_id, place.column == kept)
        .values({place.column: sealed.seal(text, place=bound)})
    )
    return True
