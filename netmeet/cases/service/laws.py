"""Verbs of the laws that authorities may share by: reference data, kept by administrators."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.cases import queries
from netmeet.cases.models import Law
from netmeet.core.db import db
from netmeet.core.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class Text:
    """What a law is called, and what it lets the authorities do in plain words."""

    name: str
    explained: str
    explained_en: str = ""


def save(
    code: str,
    text: Text,
    *,
    valid_from: date,
    valid_to: date | None = None,
    plan_types: Collection[str] = (),
    inform_person: bool = False,
    months: int | None = None,
) -> Law:
    """Create the law of that code, or change it. Raises ``Refused`` for an end before its start."""
    if valid_to is not None and valid_to < valid_from:
        raise Refused(_("Slutdatoen kan ikke ligge før startdatoen."), field="valid_to")
    row = queries.law_by_code(code) or Law(code=code)
    row.name, row.explained, row.explained_en = text.name, text.explained, text.explained_en
    row.plan_types, row.inform_person = " ".join(plan_types), inform_person
    row.months, row.valid_from, row.valid_to = months, valid_from, valid_to
    db.session.add(row)
    db.session.flush()
    return row
