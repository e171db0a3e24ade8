"""``netmeet import`` and ``netmeet export``: organisations, units, users and laws as CSV.

An import writes all rows or none: every fault of the file is listed first, in Danish, since the
lists are kept by administrators.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, TypeVar

import click
from flask_babel import gettext as _

from netmeet.accounts import queries as accounts
from netmeet.accounts import service as accounts_service
from netmeet.cases import queries as cases
from netmeet.cases.service import laws
from netmeet.cli.surroundings import application
from netmeet.core import clock
from netmeet.core.access import PRIVATE, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.formats import sheet
from netmeet.organisations import queries, service
from netmeet.organisations.rules import OrganisationKind, Sector
from netmeet.organisations.service import Period

Row = Mapping[str, str]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A kind of list: its columns, how a row is put in, and the rows there are."""

    columns: Sequence[str]
    put: Callable[[Row], object]
    rows: Callable[[], Iterator[Sequence[sheet.Cell]]]


def _needed(row: Row, column: str) -> str:
    if not row[column]:
        raise Refused(_("%(column)s mangler.", column=column))
    return row[column]


def _choice(kind: type[Choice], row: Row, column: str) -> Choice:
    try:
        return kind(row[column])
    except ValueError:
        known = ", ".join(kind)
        raise Refused(
            _(
                "%(column)s kan ikke være »%(value)s«. Brug %(known)s.",
                column=column,
                value=row[column],
                known=known,
            )
        ) from None


def _day(row: Row, column: str) -> date | None:
    try:
        return date.fromisoformat(row[column]) if row[column] else None
    except ValueError:
        raise Refused(_("%(column)s skal skrives som 2026-01-31.", column=column)) from None


def _period(row: Row) -> Period:
    begins = _day(row, "valid_from")
    if begins is None:
        raise Refused(_("%(column)s mangler.", column="valid_from"))
    return Period(valid_from=begins, valid_to=_day(row, "valid_to"))


def _put_organisation(row: Row) -> None:
    service.save_organisation(
        code=_needed(row, "code"),
        name=_needed(row, "name"),
        kind=_choice(OrganisationKind, row, "kind"),
        sector=_choice(Sector, row, "sector"),
        area=row["area"],
        parent_code=row["parent"],
        phone=row["phone"],
        period=_period(row),
    )


def _put_unit(row: Row) -> None:
    service.save_unit(
        code=_needed(row, "code"),
        name=_needed(row, "name"),
        organisation_code=_needed(row, "organisation"),
        initiative=row["initiative"],
        phone=row["phone"],
        period=_period(row),
    )


def _put_user(row: Row) -> None:
    email, role = _needed(row, "email"), _choice(Role, row, "role")
    if role in PRIVATE | {Role.ANON, Role.SYS, Role.LEAD}:
        raise Refused(_("Rollen %(role)s gives i forløbet, ikke her.", role=role.value))
    unit = queries.unit_by_code(_needed(row, "unit"))
    if unit is None:
        raise Refused(_("Der er ingen enhed med koden %(code)s.", code=row["unit"]))
    at = clock.now()
    user = accounts.by_email(email) or accounts_service.create_user(
        name=_needed(row, "name"), email=email, phone=row["phone"], at=at
    )
    accounts_service.give_role(user, role, at=at, unit_id=unit.id, title=row["title"])


def _put_law(row: Row) -> None:
    period, months = _period(row), row["months"]
    if months and not months.isdecimal():
        raise Refused(_("%(column)s skal være et tal.", column="months"))
    laws.save(
        _needed(row, "code"),
        laws.Text(
            name=_needed(row, "name"),
            explained=_needed(row, "explained"),
            explained_en=row["explained_en"],
        ),
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        plan_types=row["plan_types"].split(),
        inform_person=row["inform_person"] == "yes",
        months=int(months) if months else None,
    )


def _organisations() -> Iterator[Sequence[sheet.Cell]]:
    rows = queries.organisations(clock.today())
    codes = {row.id: row.code for row in rows}
    for row in rows:
        parent = codes.get(row.parent_id or "", "")
        yield (
            *(row.code, row.name, row.kind.value, row.sector.value, row.area, parent, row.phone),
            *(row.valid_from, row.valid_to),
        )


def _units() -> Iterator[Sequence[sheet.Cell]]:
    for row in queries.units(clock.today()):
        owner = row.organisation.code
        yield (row.code, row.name, owner, row.initiative, row.phone, row.valid_from, row.valid_to)


def _users() -> Iterator[Sequence[sheet.Cell]]:
    for held in accounts.staff(clock.now()):
        unit = held.unit.code if held.unit else ""
        user = held.user
        yield (user.email, user.name, held.role.value, unit, held.title, user.phone)


def _laws() -> Iterator[Sequence[sheet.Cell]]:
    for row in cases.laws(clock.today()):
        informs = "yes" if row.inform_person else ""
        yield (
            *(row.code, row.name, row.explained, row.explained_en, row.plan_types, informs),
            *(row.months, row.valid_from, row.valid_to),
        )


_PERIOD = ("valid_from", "valid_to")
TABLES = {
    "organisations": Table(
        columns=("code", "name", "kind", "sector", "area", "parent", "phone", *_PERIOD),
        put=_put_organisation,
        rows=_organisations,
    ),
    "units": Table(
        columns=("code", "name", "organisation", "initiative", "phone", *_PERIOD),
        put=_put_unit,
        rows=_units,
    ),
    "users": Table(
        columns=("email", "name", "role", "unit", "title", "phone"), put=_put_user, rows=_users
    ),
    "laws": Table(
        columns=(
            *("code", "name", "explained", "explained_en", "plan_types", "inform_person"),
            *("months", *_PERIOD),
        ),
        put=_put_law,
        rows=_laws,
    ),
}


@click.command("import")
@click.argument("table", type=click.Choice(list(TABLES)))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(table: str, file: Path) -> None:
    """Put in the rows of a CSV FILE (comma or semicolon), by code or e-mail; all or none."""
    with application():
        rows = _read(file, TABLES[table].columns)
        faults = _put_all(rows, TABLES[table].put)
        if faults:
            db.session.rollback()
            raise click.ClickException("\n".join((_("Intet er læst ind:"), *faults)))
        db.session.commit()
        click.echo(_("%(count)s rækker er læst ind.", count=len(rows)))


def _put_all(rows: Sequence[Row], put: Callable[[Row], object]) -> list[str]:
    """Put in every row and return what is wrong with each; lines are counted as editors do."""
    faults = []
    for number, row in enumerate(rows, start=2):
        try:
            put(row)
        except Refused as no:
            faults.append(_("Linje %(number)s: %(fault)s", number=number, fault=no))
    return faults


def _read(file: Path, columns: Sequence[str]) -> list[Row]:
    """Return the rows with every column, missing ones empty.

    Raises ``ClickException`` for a file that is no such table.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise click.ClickException(_("Filen skal gemmes som UTF-8.")) from wrong
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    missing = {columns[0], columns[1]} - set(reader.fieldnames or ())
    if missing:
        names = ", ".join(sorted(missing))
        raise click.ClickException(_("Filen mangler kolonnerne %(names)s.", names=names))
    return [{name: _text(row.get(name)) for name in columns} for row in reader]


def _text(cell: str | None) -> str:
    """Return a cell's text without the apostrophe that an export guards formulas with."""
    return sheet.plain((cell or "").strip())


@click.command("export")
@click.argument("table", type=click.Choice(list(TABLES)))
@click.argument("file", type=click.File("wb"), default="-")
def export(table: str, file: BinaryIO) -> None:
    """Write what is valid today as CSV to FILE, or to standard output."""
    with application():
        chosen = TABLES[table]
        file.write(sheet.csv(chosen.columns, chosen.rows()))


COMMANDS = {"import": import_, "export": export}
