"""Reading organisations, units and committees as they are valid on a day."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.core.db import db
from netmeet.organisations.models import Committee, NameChange, Organisation, Unit, Valid
from netmeet.organisations.rules import CommitteeKind, OrganisationKind

Row = TypeVar("Row")


def organisation(organisation_id: str) -> Organisation | None:
    """Return the organisation."""
    return db.session.get(Organisation, organisation_id)


def by_ids(organisation_ids: Collection[str]) -> Sequence[Organisation]:
    """Return the organisations with these ids, also those that have ended, by name."""
    if not organisation_ids:
        return ()
    statement = select(Organisation).where(Organisation.id.in_(organisation_ids))
    return db.session.scalars(statement.order_by(Organisation.name)).all()


def organisation_by_code(code: str) -> Organisation | None:
    """Return the organisation with exactly this public code."""
    return db.session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()


def unit_by_code(code: str) -> Unit | None:
    """Return the unit with exactly this code, with its organisation."""
    statement = select(Unit).where(Unit.code == code).options(joinedload(Unit.organisation))
    return db.session.scalars(statement).one_or_none()


def committee_by_code(code: str) -> Committee | None:
    """Return the committee with exactly this code, with the organisations it covers."""
    statement = (
        select(Committee)
        .where(Committee.code == code)
        .options(selectinload(Committee.organisations))
    )
    return db.session.scalars(statement).one_or_none()


def organisations(on: date, *, kind: OrganisationKind | None = None) -> Sequence[Organisation]:
    """Return the organisations valid on the day, by name; of one kind when it is given."""
    statement = _valid(select(Organisation), Organisation, on).order_by(Organisation.name)
    if kind is not None:
        statement = statement.where(Organisation.kind == kind)
    return db.session.scalars(statement).all()


def municipalities(on: date) -> Sequence[Organisation]:
    """Return the municipalities valid on the day, by name."""
    return organisations(on, kind=OrganisationKind.MUNICIPALITY)


def units(on: date, *, organisation_id: str | None = None) -> Sequence[Unit]:
    """Return the units valid on the day with their organisations, by name."""
    statement = (
        _valid(select(Unit), Unit, on).options(joinedload(Unit.organisation)).order_by(Unit.name)
    )
    if organisation_id is not None:
        statement = statement.where(Unit.organisation_id == organisation_id)
    return db.session.scalars(statement).all()


def committees(on: date, *, kind: CommitteeKind | None = None) -> Sequence[Committee]:
    """Return the committees valid on the day with the organisations they cover, by name."""
    statement = (
        _valid(select(Committee), Committee, on)
        .options(selectinload(Committee.organisations))
        .order_by(Committee.name)
    )
    if kind is not None:
        statement = statement.where(Committee.kind == kind)
    return db.session.scalars(statement).all()


def unit(unit_id: str) -> Unit | None:
    """Return the unit with its organisation, ended or not."""
    statement = select(Unit).where(Unit.id == unit_id).options(joinedload(Unit.organisation))
    return db.session.scalars(statement).one_or_none()


def units_of(organisation_id: str) -> Sequence[Unit]:
    """Return every unit the organisation has, has had or will have, by name."""
    statement = select(Unit).where(Unit.organisation_id == organisation_id).order_by(Unit.name)
    return db.session.scalars(statement).all()


def names_to_come(subject_ids: Collection[str]) -> dict[str, NameChange]:
    """Return the planned names of units and organisations, by their id."""
    statement = select(NameChange).where(
        NameChange.subject_id.in_(subject_ids), NameChange.is_done.is_(False)
    )
    return {change.subject_id: change for change in db.session.scalars(statement)}


def names_due(today: date) -> Sequence[NameChange]:
    """Return the planned names whose day has come, oldest day first."""
    statement = (
        select(NameChange)
        .where(NameChange.is_done.is_(False), NameChange.from_on <= today)
        .order_by(NameChange.from_on)
    )
    return db.session.scalars(statement).all()


def committees_of(organisation_id: str, *, on: date) -> Sequence[Committee]:
    """Return the committees that cover the organisation on the day, those of an area first."""
    covers = Committee.organisations.any(Organisation.id == organisation_id)
    statement = (
        _valid(select(Committee), Committee, on)
        .where(covers)
        .options(selectinload(Committee.organisations))
        .order_by(Committee.area.desc(), Committee.name)
    )
    return db.session.scalars(statement).all()


def _valid(statement: Select[Row], table: type[Valid], on: date) -> Select[Row]:
    return statement.where(
        table.valid_from <= on, table.valid_to.is_(None) | (table.valid_to >= on)
    )
