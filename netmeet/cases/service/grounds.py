"""Verbs of what a case rests on: the municipalities it lies with, and what a court decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core.db import db


@dataclass(frozen=True, kw_only=True)
class Towns:
    """Organisations by id: who acts, who pays and where the person lives, if these are others."""

    municipality_id: str | None
    paying_id: str | None
    home_id: str | None


def set_towns(case: Case, towns: Towns, *, names: Mapping[str, str], version: int) -> None:
    """Write down which municipalities the case lies with; ``names`` by id, for two texts.

    Only the one that acts counts as the municipality of a network meeting (``domain.md`` § 2.6).
    Raises ``Conflict`` when it was changed meanwhile.
    """
    now = Towns(
        municipality_id=case.municipality_id, paying_id=case.paying_id, home_id=case.home_id
    )
    case.expect(version, mine=_told(towns, names), theirs=_told(now, names))
    case.municipality_id = towns.municipality_id
    case.paying_id, case.home_id = towns.paying_id, towns.home_id
    db.session.flush()


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
