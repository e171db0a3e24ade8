"""What is so, read from the tables column by column: no rule of netmeet is asked.

Sealed columns are never opened. What of them decides access, dates of birth, is told by who wrote
them: the stage.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from netmeet.core.db import db

HERE = ZoneInfo("Europe/Copenhagen")

Row = Mapping[str, Any]

_TABLES = (
    *("case", "person", "team_member", "consent", "consent_withdrawal", "consent_assent"),
    *("legal_basis", "representation", "meeting", "invitation", "agenda_item", "minutes_entry"),
    *("minutes_statement", "preparation_answer", "written_input", "deputy", "meeting_request"),
    *("action", "plan", "goal", "plan_version", "plan_section", "contested_line", "relative_word"),
    *("access_question", "user", "unit_role", "unit", "organisation", "committee"),
    *(
        "committee_member",
        "parked_text",
        "session",
        "identity",
        "message",
        "attachment",
        "minutes_correction",
        "date_poll",
        "meeting_evaluation",
    ),
)

_BELONGS = (
    ("meeting_id", "meeting"),
    ("plan_id", "plan"),
    ("item_id", "agenda_item"),
    ("invitation_id", "invitation"),
    ("consent_id", "consent"),
)
"""By which column a row says what it belongs to, and in which table that is."""


SECRETS = ("personal_link", "calendar_feed")
"""The tables whose rows are asked for by a secret, not by their id."""


@dataclass(frozen=True)
class Thing:
    """One row by table and id; without either a page that belongs to nothing.

    ``area`` is the area of life of a line in it, where no column says so.
    """

    table: str = ""
    id: str = ""
    area: str | None = None


NOTHING = Thing()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks, in which one role, for which unit; and when they last proved who they are."""

    user_id: str
    role: str
    unit_id: str | None = None
    organisation_id: str | None = None
    stepped_up: bool = True


class Tables(dict[str, dict[str, Row]]):
    """Tables by name and their rows by id, each read when it is first asked for."""

    def __missing__(self, name: str) -> dict[str, Row]:
        """Read the table; of one that decides nothing there is no row."""
        self[name] = {}
        if name in _TABLES:
            table = db.metadata.tables[name]
            key = [column.name for column in table.primary_key]
            found = db.session.execute(select(table)).mappings()
            self[name] = {" ".join(row[one] for one in key): dict(row) for row in found}
        return self[name]


@dataclass
class Facts:
    """Every row that decides access, by table and id, as it was at ``at``.

    ``born`` is when whom a case is about was born, by person; ``secrets`` those of each table of
    ``SECRETS`` and whether each is still good.
    """

    at: datetime
    born: Mapping[str, date]
    secrets: Mapping[str, Mapping[str, bool]]
    rows: Tables = field(default_factory=Tables)
    found: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    def row(self, table: str, row_id: str | None) -> Row | None:
        """Return the row, if there is one."""
        return self.rows[table].get(row_id or "")

    def of(self, table: str, **values: Any) -> Iterator[Row]:
        """Yield the rows whose columns have these values."""
        names = tuple(values)
        if (table, names) not in self.found:
            sorted_out: dict[tuple[Any, ...], list[Row]] = {}
            for row in self.rows[table].values():
                sorted_out.setdefault(tuple(row[name] for name in names), []).append(row)
            self.found[table, names] = sorted_out
        yield from self.found[table, names].get(tuple(values.values()), ())

    def any(self, table: str, **values: Any) -> Row | None:
        """Return one of the rows whose columns have these values, if there is one."""
        return next(self.of(table, **values), None)

    @property
    def today(self) -> date:
        """Return the day in Copenhagen."""
        return self.at.astimezone(HERE).date()

    # where a thing belongs -----------------------------------------------------------------------

    def meeting_of(self, thing: Thing) -> Row | None:
        """Return the meeting the thing is or stands in."""
        row = self.row(thing.table, thing.id)
        if row is None or thing.table in {"plan_version", "case"}:
            return None
        if thing.table == "meeting":
            return row
        above = self.above(row)
        return self.meeting_of(above) if above is not None else None

    def case_of(self, thing: Thing) -> Row | None:
        """Return the case the thing is or belongs to."""
        row = self.row(thing.table, thing.id)
        if row is None or thing.table == "case":
            return row
        if "case_id" in row:
            return self.row("case", row["case_id"])
        above = self.above(row)
        return self.case_of(above) if above is not None else None

    def above(self, row: Row) -> Thing | None:
        """Return what the row belongs to, by the first of its columns that says so."""
        named = (Thing(table, row[name]) for name, table in _BELONGS if row.get(name))
        return next(named, None)

    def area_of(self, thing: Thing) -> str | None:
        """Return the area of life the line is about, ``""`` for none, ``None`` when it is none."""
        if thing.area is not None:
            return thing.area
        row = self.row(thing.table, thing.id) or {}
        if thing.table == "attachment":
            return str((self.row("agenda_item", row["item_id"]) or {}).get("life_area") or "")
        return (row["life_area"] or "") if "life_area" in row else None

    def person_id(self, case: Row) -> str:
        """Return the user whose case it is."""
        person = self.row("person", case["person_id"])
        assert person is not None
        return str(person["user_id"])

    def age(self, case: Row) -> int | None:
        """Return how old the person is in whole years, ``None`` when nobody has said."""
        born, today = self.born.get(case["person_id"]), self.today
        if born is None:
            return None
        had_birthday = (today.month, today.day) >= (born.month, born.day)
        return today.year - born.year - (not had_birthday)

    def place(self, case: Row, user_id: str) -> Row | None:
        """Return the user's present place in the network."""
        return self.any("team_member", case_id=case["id"], user_id=user_id, left_at=None)

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


def glimpse() -> Facts:
    """Return the facts of this moment, where little is asked of them before the next request."""
    return Facts(datetime.now(UTC), {}, {})


def read(
    born: Mapping[str, date] | None = None,
    secrets: Mapping[str, Mapping[str, bool]] | None = None,
) -> Facts:
    """Return the facts of this moment; when people were born and which secrets are good as told."""
    facts = Facts(datetime.now(UTC), born or {}, secrets or {})
    for name in _TABLES:
        facts.rows[name]
    db.session.commit()
    return facts
