"""What is so, read from the tables column by column: no rule of netmeet is asked.

Sealed columns are never opened; what decides access stands in the open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from netmeet.core.db import db

HERE = ZoneInfo("Europe/Copenhagen")

Row = Mapping[str, Any]

_TABLES = (
    *("case", "person", "team_member", "consent", "consent_withdrawal", "legal_basis"),
    *("representation", "meeting", "invitation", "agenda_item", "meeting_request", "action"),
    *("plan", "goal", "plan_version", "contested_line", "relative_word", "access_question"),
    *("user", "unit_role", "unit", "organisation", "parked_text", "plan_section"),
    "attachment",
)


@dataclass(frozen=True)
class Thing:
    """One row by table and id; ``None`` for both is a page that belongs to nothing."""

    table: str = ""
    id: str = ""


NOTHING = Thing()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, in which one role, for which unit; and when they last proved who they are."""

    user_id: str
    role: str
    unit_id: str | None = None
    organisation_id: str | None = None
    stepped_up: bool = True


@dataclass
class Facts:
    """Every row that decides access, by table and id, as it was at ``at``."""

    at: datetime
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    found: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    def row(self, table: str, row_id: str | None) -> Row | None:
        """Return the row, if there is one."""
        return self.rows.get(table, {}).get(row_id or "")

    def of(self, table: str, **values: Any) -> Iterator[Row]:
        """Yield the rows whose columns have these values."""
        names = tuple(values)
        if (table, names) not in self.found:
            sorted_out: dict[tuple[Any, ...], list[Row]] = {}
            for row in self.rows[table].values():
                sorted_out.setdefault(tuple(row[name] for name in names), []).append(row)
            self.found[table, names] = sorted_out
        yield from self.found[table, names].get(tuple(values.values()), ())

    @property
    def today(self) -> Any:
        """Return the day in Copenhagen."""
        return self.at.astimezone(HERE).date()

    # where a thing belongs -----------------------------------------------------------------------

    def meeting_of(self, thing: Thing) -> Row | None:
        """Return the meeting the thing is or stands in."""
        row = self.row(thing.table, thing.id) if thing.table else None
        if row is None:
            return None
        if thing.table == "meeting":
            return row
        if "meeting_id" in row and thing.table != "plan_version":
            return self.row("meeting", row["meeting_id"])
        return None

    def case_of(self, thing: Thing) -> Row | None:
        """Return the case the thing is or belongs to."""
        row = self.row(thing.table, thing.id) if thing.table else None
        if row is None or thing.table == "case":
            return row
        if "case_id" in row:
            return self.row("case", row["case_id"])
        if "plan_id" in row:
            plan = self.row("plan", row["plan_id"])
            return self.row("case", plan["case_id"]) if plan else None
        meeting = self.meeting_of(thing)
        return self.row("case", meeting["case_id"]) if meeting else None

    def person_id(self, case: Row) -> str:
        """Return the user whose case it is."""
        person = self.row("person", case["person_id"])
        assert person is not None
        return str(person["user_id"])

    def place(self, case: Row, user_id: str) -> Row | None:
        """Return the user's present place in the network."""
        held = self.of("team_member", case_id=case["id"], user_id=user_id, left_at=None)
        return next(held, None)

    def leads(self, thing: Thing) -> set[str]:
        """Return who coordinates the case, and who chairs what stands in a meeting."""
        case = self.case_of(thing)
        if case is None:
            return set()
        there = self.of("team_member", case_id=case["id"], left_at=None, is_coordinator=True)
        found = {str(row["user_id"]) for row in there}
        meeting = self.meeting_of(thing) if thing.table != "action" else None
        return found | ({str(meeting["chair_id"])} if meeting else set())

    def starts(self, meeting: Row) -> datetime | None:
        """Return when it begins, as an instant; kept as wall time in Copenhagen."""
        local = meeting["starts_local"]
        return local.replace(tzinfo=HERE).astimezone(UTC) if local else None


def read() -> Facts:
    """Return the facts of this moment."""
    known = db.metadata.tables
    rows = {
        name: {row["id"]: row for row in db.session.execute(select(known[name])).mappings()}
        for name in _TABLES
    }
    db.session.commit()
    return Facts(datetime.now(UTC), rows)
