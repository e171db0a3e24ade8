"""Reference data from the CSV files: the region's organisations, units, committees, and laws.

The last column of each file says where a row comes from and what is still to be confirmed; it is
for the reader and is not loaded.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from netmeet.cases import queries as cases
from netmeet.cases.service import laws
from netmeet.organisations import queries, service
from netmeet.organisations.rules import CommitteeKind, OrganisationKind, Sector
from netmeet.organisations.service import Period

DATA = Path(__file__).resolve().parent / "data"


def load(today: date) -> int:
    """Put in what is missing and not over by ``today``, and return how many rows that was.

    What is there already stays as an administrator left it, so loading twice changes nothing.
    """
    made = 0
    for row in rows("organisations.csv", today):
        if queries.organisation_by_code(row["code"]) is None:
            service.save_organisation(
                code=row["code"],
                name=row["name"],
                kind=OrganisationKind(row["kind"]),
                sector=Sector(row["sector"]),
                area=row["area"],
                parent_code=row["parent"],
                period=_period(row),
            )
            made += 1
    return made + _units(today) + _committees(today) + load_laws(today)


def rows(name: str, today: date) -> Iterator[Mapping[str, str]]:
    """Yield the rows of the file ``name`` that have not ended before ``today``."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["valid_to"] or date.fromisoformat(row["valid_to"]) >= today:
                yield row


def _units(today: date) -> int:
    made = 0
    for row in rows("units.csv", today):
        if queries.unit_by_code(row["code"]) is None:
            service.save_unit(
                code=row["code"],
                name=row["name"],
                organisation_code=row["organisation"],
                initiative=row["initiative"],
                period=_period(row),
            )
            made += 1
    return made


def _committees(today: date) -> int:
    made = 0
    for row in rows("committees.csv", today):
        if queries.committee_by_code(row["code"]) is None:
            service.save_committee(
                code=row["code"],
                name=row["name"],
                kind=CommitteeKind(row["kind"]),
                area=row["area"],
                members=row["members"].split(),
                period=_period(row),
            )
            made += 1
    return made


def load_laws(today: date) -> int:
    """Put in the laws that are missing, and return how many that was."""
    made = 0
    for row in rows("laws.csv", today):
        if cases.law_by_code(row["code"]) is None:
            period = _period(row)
            laws.save(
                row["code"],
                laws.Text(
                    name=row["name"],
                    explained=row["explained"],
                    explained_en=row["explained_en"],
                ),
                valid_from=period.valid_from,
                valid_to=period.valid_to,
                plan_types=row["plan_types"].split(),
                inform_person=row["inform_person"] == "yes",
                months=int(row["months"]) if row["months"] else None,
            )
            made += 1
    return made


def _period(row: Mapping[str, str]) -> Period:
    ends = row["valid_to"]
    return Period(
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(ends) if ends else None,
    )
