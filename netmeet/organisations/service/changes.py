"""Verbs of the administrator: add a unit, rename from a day on, end."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.organisations import queries, rules, service
from netmeet.organisations.models import NameChange, Organisation, Unit
from netmeet.organisations.service import Period


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What stands about a unit or an organisation. ``name`` holds from the day ``name_from``.

    ``valid_to`` is its last day, ``None`` while no end is planned. Only a unit has an initiative.
    """

    name: str
    name_from: date
    phone: str
    valid_to: date | None
    initiative: str = ""


def add_unit(organisation: Organisation, facts: Facts, *, valid_from: date) -> Unit:
    """Add a unit to the organisation from a day on; its public code is made of its name.

    Raises ``Refused`` for a name that a unit of the organisation has, or an end before the start.
    """
    if any(unit.name == facts.name for unit in queries.units_of(organisation.id)):
        raise Refused(_("Der er allerede en enhed med det navn."), field="name")
    _check_end(valid_from, facts.valid_to)
    return service.save_unit(
        code=_free_code(organisation, facts.name),
        name=facts.name,
        organisation_code=organisation.code,
        initiative=facts.initiative,
        phone=facts.phone,
        period=Period(valid_from=valid_from, valid_to=facts.valid_to),
    )


def _free_code(organisation: Organisation, name: str) -> str:
    wanted = rules.code_of(name, within=organisation.code)
    taken, number = wanted, 1
    while queries.unit_by_code(taken) is not None:
        number += 1
        taken = f"{wanted}-{number}"
    return taken


def change(row: Unit | Organisation, facts: Facts, *, version: int, today: date) -> None:
    """Change what stands about it. A name from a day ahead waits for that day.

    Raises ``Conflict`` when somebody else changed it meanwhile, ``Refused`` for an end before the
    start.
    """
    row.expect(
        version,
        mine={_("Navn"): facts.name, _("Telefon"): facts.phone},
        theirs={_("Navn"): row.name, _("Telefon"): row.phone},
    )
    _check_end(row.valid_from, facts.valid_to)
    row.phone, row.valid_to = facts.phone, facts.valid_to
    if isinstance(row, Unit):
        row.initiative = facts.initiative
    _rename(row, facts.name, from_on=facts.name_from, today=today)
    db.session.flush()


def _check_end(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Refused(_("Den sidste dag ligger før den første."), field="valid_to")


def _rename(row: Unit | Organisation, name: str, *, from_on: date, today: date) -> None:
    """Rename now or plan it; a name planned earlier gives way."""
    planned = queries.names_to_come([row.id]).get(row.id)
    if planned is not None:
        db.session.delete(planned)
    if name == row.name:
        return
    is_due = from_on <= today
    db.session.add(
        NameChange(subject_id=row.id, was=row.name, name=name, from_on=from_on, is_done=is_due)
    )
    if is_due:
        row.name = name


def take_names(today: date) -> int:
    """Give units and organisations the names whose day has come; return how many there were."""
    due = queries.names_due(today)
    for planned in due:
        row = queries.unit(planned.subject_id) or queries.organisation(planned.subject_id)
        if row is not None:
            planned.was, row.name = row.name, planned.name
        planned.is_done = True
    db.session.flush()
    return len(due)
