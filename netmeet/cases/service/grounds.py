"""Verbs of what a case rests on: the municipalities it lies with, and what a court decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core.db import db


@dataclass(frozen=True, kw_only=True)
class Towns:
    """Organisations by id: who acts, who pays and where the person lives, if these are others."""

    municipality_id: str | None
    paying_id: str | None
    home_id: str | None


_acts_for: list[Callable[[Case, datetime], None]] = []
"""What else follows when another municipality acts."""


def when_another_acts(handler: Callable[[Case, datetime], None]) -> None:
    """Register what follows when another municipality acts; for the slices above."""
    if handler not in _acts_for:
        _acts_for.append(handler)


def towns_of(case: Case) -> list[str]:
    """Return the ids of the case's municipalities, the one that acts first."""
    found = (case.municipality_id, case.paying_id, case.home_id)
    return [town_id for town_id in dict.fromkeys(found) if town_id is not None]


def set_towns(
    case: Case, towns: Towns, *, names: Mapping[str, str], version: int, at: datetime
) -> None:
    """Write down which municipalities the case lies with; ``names`` by id, for two texts.

    Only the one that acts counts as the municipality of a network meeting (``domain.md`` § 2.6):
    what lies ahead is settled anew. Raises ``Conflict`` when it was changed meanwhile.
    """
    now = Towns(
        municipality_id=case.municipality_id, paying_id=case.paying_id, home_id=case.home_id
    )
    case.expect(version, mine=_told(towns, names), theirs=_told(now, names))
    is_another = case.municipality_id != towns.municipality_id
    case.municipality_id = towns.municipality_id
    case.paying_id, case.home_id = towns.paying_id, towns.home_id
    db.session.flush()
    for handler in _acts_for if is_another else ():
        handler(case, at)


def _told(towns: Towns, names: Mapping[str, str]) -> dict[str, str]:
    return {
        _("Handler"): names.get(towns.municipality_id or "", ""),
        _("Betaler"): names.get(towns.paying_id or "", ""),
        _("Bor i"): names.get(towns.home_id or "", ""),
    }


def set_order(case: Case, order: str, *, version: int) -> None:
    """Write down what a court has decided, ``""`` when nothing holds any more.

    Raises ``Conflict`` when it was changed meanwhile.
    """
    label = _("Retten har bestemt")
    case.expect(version, mine={label: order}, theirs={label: case.court_order})
    case.court_order = order.strip()
    db.session.flush()
