"""What must be true of a case all through its life, whatever anybody does (T11).

The model is small: who is in, what they were let see, what the person typed. What it says is
compared with pages and tables; what it leaves open the access matrix judges (``tests.access``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from netmeet.audit.service import verifying
from netmeet.core import resealing, sealed
from netmeet.core.db import Base, db
from tests.misuse.players import Players

KEPT = ("consent", "consent_withdrawal", "consent_assent", "plan_version", "audit_event")
"""Tables of which no row is ever changed."""

CANARY = "Kanariefugl"
"""Begins every name and word of a case."""

STAFF = frozenset({"lise", "jonas", "rune"})
Rows = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Word:
    """Something the person typed, and where it is kept."""

    said: str
    place: resealing.Place
    row_id: str


@dataclass
class Model:
    """What somebody who stood beside it all would know."""

    case_id: str = ""
    is_closed: bool = False
    inside: set[str] = field(default_factory=set)
    lets: dict[str, set[str]] = field(default_factory=dict)
    mandates: set[str] = field(default_factory=set)
    without_role: set[str] = field(default_factory=set)
    words: dict[str, Word] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def reads_case(self, name: str) -> bool:
        """Tell whether the case is open to somebody."""
        if name == "mia":
            return True
        if name in STAFF:
            return name in self.inside and name not in self.without_role
        if name == "ole":
            return name in self.mandates
        return name in self.inside and bool(self.lets.get(name))


class Truths:
    """Looks after each step, and asserts."""

    def __init__(self, players: Players, model: Model) -> None:
        self.players, self.model = players, model
        self.kept: Rows = {name: {} for name in KEPT}
        self.erased = False

    def door(self, name: str) -> None:
        """The case is open to who may read it, and says nothing at all to who may not."""
        answer = self.players.ask(name, "GET", f"/cases/{self.model.case_id}")
        if not self.erased and self.model.reads_case(name):
            assert answer.status_code == 200, f"{name} may read the case: {answer.status_code}"
            return
        assert answer.status_code in {303, 404}, f"{name} may not: {answer.status_code}"
        if answer.status_code == 303:
            assert answer.location.startswith("/login"), answer.location
        assert CANARY not in answer.get_data(as_text=True), f"{name} reads a name"

    def agreements(self) -> None:
        """Every agreement in force has one owner and a date."""
        table = Base.metadata.tables["action"]
        lacking = table.c.owner_id.is_(None) | table.c.due_on.is_(None)
        statement = select(table.c.id).where(table.c.published_at.is_not(None), lacking)
        assert db.session.scalars(statement).all() == []
        db.session.rollback()

    def rows(self) -> None:
        """What is kept for ever is as it was, and versions are numbered without gaps."""
        now = {name: _rows(name) for name in KEPT}
        for name in KEPT:
            before = self.kept[name]
            changed = [one for one, said in before.items() if now[name].get(one, said) != said]
            assert changed == [], f"{name} was changed"
            if not self.erased or name == "audit_event":
                assert before.keys() <= now[name].keys(), f"{name}: rows are gone"
        self.kept = now
        versions = Base.metadata.tables["plan_version"]
        numbers: dict[str, list[int]] = {}
        found = select(versions.c.plan_id, versions.c.n).order_by(versions.c.n)
        for plan_id, n in db.session.execute(found):
            numbers.setdefault(plan_id, []).append(n)
        assert all(told == list(range(1, len(told) + 1)) for told in numbers.values()), numbers
        db.session.rollback()

    def typed(self) -> None:
        """What the person typed is there still."""
        for key, word in self.model.words.items():
            column = select(word.place.column).where(word.place.table.c.id == word.row_id)
            kept = db.session.scalar(column)
            said = sealed.unseal(bytes(kept), place=word.place.of(word.row_id)) if kept else ""
            assert word.said in said, f"{key} is gone"
        db.session.rollback()

    def nothing_left(self) -> None:
        """After the erasure no name and no word of the case stands anywhere."""
        left = [place for place, said in _everything() if CANARY in said]
        assert left == [], f"left after the erasure: {left}"

    def chain(self) -> None:
        """The log is whole, from its first row to its last."""
        assert verifying.broken_at() is None
        db.session.rollback()


def _rows(name: str) -> dict[str, str]:
    """Return a digest of every row by its id; of the log's words, the chain holds a digest."""
    table = Base.metadata.tables[name]
    return {row["id"]: _digest(row) for row in db.session.execute(select(table)).mappings()}


def _digest(row: Mapping[Any, Any]) -> str:
    said = {key: value for key, value in row.items() if key != "reason_sealed"}
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()


def _everything() -> list[tuple[str, str]]:
    """Return every text there is, opened, with the name of its field."""
    found = []
    for place in resealing.places():
        rows = select(place.table.c.id, place.column).where(place.column.is_not(None))
        for row_id, kept in db.session.execute(rows):
            found.append((place.name, sealed.unseal(bytes(kept), place=place.of(row_id))))
    for table in Base.metadata.sorted_tables:
        plain = [column for column in table.c if not column.name.endswith("_sealed")]
        rows = db.session.execute(select(*plain))
        found += [(table.name, " ".join(map(str, row))) for row in rows]
    db.session.rollback()
    return found


def where(said: str, table: str = "") -> Word | None:
    """Return where the text is kept, in any table or in the named one."""
    for place in resealing.places():
        if table not in {"", place.table.name}:
            continue
        rows = select(place.table.c.id, place.column).where(place.column.is_not(None))
        for row_id, kept in db.session.execute(rows):
            if said in sealed.unseal(bytes(kept), place=place.of(row_id)):
                db.session.rollback()
                return Word(said, place, row_id)
    db.session.rollback()
    return None
