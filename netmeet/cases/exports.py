"""What pages inside a case show on top."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core import calendar


@dataclass(frozen=True)
class Head:
    """Name and birth date (so that nobody opens the wrong one), address and tabs of a case."""

    name: str
    born: str
    url: str
    tabs: list[tuple[str, str, bool]]


def head(case: Case, *, current: str) -> Head:
    """Return the head of staff's pages in ``case``; ``current`` is the shown tab's endpoint."""
    tabs = (
        (_("Forløb"), "pages.case"),
        (_("Netværk"), "cases.team"),
        (_("Hvem må se hvad"), "cases.case_consents"),
        (_("Plan"), "plans.of_case"),
    )
    born = case.person.born_on
    return Head(
        name=case.person.name,
        born=calendar.day_with_year(born) if born else "–",
        url=url_for("pages.case", id=case.id),
        tabs=[(label, url_for(name, id=case.id), name == current) for label, name in tabs],
    )
