"""Verbs of organisations: put one in or change it, by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.organisations import queries
from netmeet.organisations.models import Committee, Organisation, Unit
from netmeet.organisations.rules import CommitteeKind, OrganisationKind, Sector


@dataclass(frozen=True, kw_only=True)
class Period:
    """From a day to a day, both included; open-ended without an end."""

    valid_from: date
    valid_to: date | None = None


def save_organisation(
    *,
    code: str,
    name: str,
    kind: OrganisationKind,
    sector: Sector,
    period: Period,
    area: str = "",
    parent_code: str = "",
    phone: str = "",
) -> Organisation:
    """Create the organisation of that code, or change it. Raises ``Refused`` for an unknown parent.

    ``area`` is the planning area, empty for one that covers the whole region.
    """
    parent_id = _organisation(parent_code).id if parent_code else None
    row = queries.organisation_by_code(code) or Organisation(code=code)
    row.name, row.kind, row.sector = name, kind, sector
    row.area, row.phone, row.parent_id = area, phone, parent_id
    _limit(row, period)
    db.session.add(row)
    db.session.flush()
    return row


def save_unit(
    *,
    code: str,
    name: str,
    organisation_code: str,
    period: Period,
    initiative: str = "",
    phone: str = "",
) -> Unit:
    """Create the unit of that code, or change it. Raises ``Refused`` for no such organisation."""
    owner = _organisation(organisation_code)
    row = queries.unit_by_code(code) or Unit(code=code)
    row.name, row.initiative, row.phone = name, initiative, phone
    row.organisation_id, row.organisation = owner.id, owner
    _limit(row, period)
    db.session.add(row)
    db.session.flush()
    return row


def save_committee(
    *,
    code: str,
    name: str,
    kind: CommitteeKind,
    period: Period,
    members: Sequence[str],
    area: str = "",
) -> Committee:
    """Create the committee of that code, or change it and whom it covers (``members``: codes).

    Raises ``Refused`` for a member that is no known organisation.
    """
    covered = [_organisation(member) for member in members]
    row = queries.committee_by_code(code) or Committee(code=code)
    row.name, row.kind, row.area = name, kind, area
    row.organisations = covered
    _limit(row, period)
    db.session.add(row)
    db.session.flush()
    return row


def _limit(row: Organisation | Unit | Committee, period: Period) -> None:
    if period.valid_to is not None and period.valid_to < period.valid_from:
        raise Refused(_("%(name)s: slutdagen ligger før startdagen.", name=row.name))
    row.valid_from, row.valid_to = period.valid_from, period.valid_to


def _organisation(code: str) -> Organisation:
    found = queries.organisation_by_code(code)
    if found is None:
        raise Refused(_("Der er ingen organisation med koden %(code)s.", code=code))
    return found
