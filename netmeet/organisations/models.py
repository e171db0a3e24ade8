"""Organisations, their units, committees and offers: data with validity dates."""

from datetime import date

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.core.db import Base, Versioned
from netmeet.organisations.rules import CommitteeKind, OrganisationKind, Sector


class Valid:
    """Valid from a day to a day, both included; open-ended without an end."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    def is_valid(self, on: date) -> bool:
        """Tell whether it is valid on the day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class Organisation(Valid, Versioned, Base):
    """A region, centre, municipality, practice or provider. ``code`` is its public code."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind]
    sector: Mapped[Sector]
    area: Mapped[str] = mapped_column(String(40), default="")
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    phone: Mapped[str] = mapped_column(String(40), default="")


class Unit(Valid, Versioned, Base):
    """A ward, team, office or centre of an organisation. ``initiative`` as "F-ACT", else empty."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    initiative: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")

    @property
    def unit_id(self) -> str:
        """Return its own id: a unit belongs to itself (condition ``U``)."""
        return self.id

    @property
    def place(self) -> str:
        """Return the unit and its organisation in words; one name for both is said once."""
        whole = self.organisation.name
        return self.name if self.name == whole else f"{self.name}, {whole}"


class NameChange(Base):
    """Another name from a day on, of a unit or an organisation; kept when it has come."""

    __tablename__ = "name_change"

    subject_id: Mapped[str] = mapped_column(String(16), index=True)
    was: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date]
    is_done: Mapped[bool] = mapped_column(default=False)


committee_member = Table(
    "committee_member",
    Base.metadata,
    Column("committee_id", ForeignKey("committee.id"), primary_key=True),
    Column("organisation_id", ForeignKey("organisation.id"), primary_key=True),
)


class Committee(Valid, Versioned, Base):
    """A coordination committee and the organisations it covers."""

    __tablename__ = "committee"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[CommitteeKind]
    area: Mapped[str] = mapped_column(String(40), default="")
    organisations: Mapped[list[Organisation]] = relationship(
        secondary=committee_member, lazy="raise_on_sql"
    )


class Offer(Valid, Versioned, Base):
    """Something a unit offers, with the day somebody last confirmed that it exists."""

    __tablename__ = "offer"

    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    confirmed_on: Mapped[date | None]
