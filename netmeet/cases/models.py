"""The case and everything that decides who may see it."""

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.rules import (
    CaseState,
    CloseKind,
    ConsentHow,
    Direction,
    Keeping,
    MemberRole,
    RepresentationKind,
    Scope,
)
from netmeet.core import calendar
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.organisations.models import Organisation, Unit
from netmeet.organisations.rules import Sector


@lru_cache(maxsize=256)
def _scopes(words: str) -> frozenset[Scope]:
    """Return the document types of a list: a few lists, asked for at every rule of every line."""
    return frozenset(Scope(word) for word in words.split(",") if word)


class Person(Versioned, Base):
    """Who it is about. Name and contact stand with the user; here is what a plan needs.

    ``cpr`` is ten characters or empty; ``birth_date`` an ISO date. ``is_protected``: name and
    address protection, nothing of the address leaves the system.
    """

    __tablename__ = "person"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), unique=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    cpr = Sealed()
    cpr_index: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    birth_date = Sealed()
    language = Sealed()
    interpreter = Sealed()
    is_protected: Mapped[bool] = mapped_column(default=False)

    @property
    def name(self) -> str:
        """Return the full name."""
        return self.user.name

    @property
    def masked_cpr(self) -> str:
        """Return the number with its last four digits hidden, empty when there is none."""
        return f"{self.cpr[:6]}-****" if self.cpr else ""

    @property
    def born_on(self) -> date | None:
        """Return the date of birth, if known."""
        return date.fromisoformat(self.birth_date) if self.birth_date else None


class Case(Versioned, Base):
    """One person's course of network meetings, and who is in it."""

    __tablename__ = "case"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    municipality_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.OPEN)
    initiative: Mapped[str] = mapped_column(String(60), default="")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    close_kind: Mapped[CloseKind | None]
    close_reason = Sealed()
    reopened_at: Mapped[datetime | None]
    reopen_reason = Sealed()
    team: Mapped[list["TeamMember"]] = relationship(
        back_populates="case", lazy="raise_on_sql", order_by="TeamMember.joined_at"
    )
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="case", lazy="raise_on_sql", order_by="Consent.given_at"
    )
    # Few rules ask for these two, and only when consent does not suffice: read when asked.
    legal_bases: Mapped[list["LegalBasis"]] = relationship(
        back_populates="case", order_by="LegalBasis.recorded_at"
    )
    representations: Mapped[list["Representation"]] = relationship(back_populates="case")

    @property
    def case(self) -> "Case":
        """Return itself, so that rules treat it like anything that belongs to a case."""
        return self

    @property
    def case_id(self) -> str:
        """Return its own id (for the access log)."""
        return self.id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return the users who coordinate the case now."""
        return frozenset(m.user_id for m in self.team if m.is_coordinator and m.left_at is None)

    @property
    def members(self) -> list["TeamMember"]:
        """Return who is in the network now, in the order they joined."""
        return [member for member in self.team if member.left_at is None]

    @property
    def coordinator(self) -> "TeamMember | None":
        """Return the coordinator, if there is one now."""
        return next((m for m in self.members if m.is_coordinator), None)

    def member(self, user_id: str) -> "TeamMember | None":
        """Return the user's place in the network now, if any."""
        return next((m for m in self.team if m.user_id == user_id and m.left_at is None), None)


class TeamMember(Versioned, Base):
    """Somebody's place in a case, from when to when.

    Staff stand with their unit; a staff guest or a relative with ``place`` in words.
    ``relation`` is what a relative is to the person ("søster").
    """

    __tablename__ = "team_member"
    __table_args__ = (Index("ix_team_member_user_case", "user_id", "case_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="team", lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    role: Mapped[MemberRole]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    title: Mapped[str] = mapped_column(String(80), default="")
    relation = Sealed()
    place = Sealed()
    reachable = Sealed()
    stand_in = Sealed()
    is_coordinator: Mapped[bool] = mapped_column(default=False)
    is_contact: Mapped[bool] = mapped_column(default=False)
    is_staff_guest: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def name(self) -> str:
        """Return the full name."""
        return self.user.name

    @property
    def sector(self) -> Sector | None:
        """Return the sector a member of staff counts for, ``None`` for everybody private."""
        if self.organisation is not None and self.role.is_staff:
            return self.organisation.sector
        return self.role.sector

    @property
    def where(self) -> str:
        """Return the unit, organisation or place in words, or what a relative is to the person."""
        if self.unit is not None:
            return self.unit.name
        if self.organisation is not None:
            return self.organisation.name
        return self.place or self.relation


class Consent(Base):
    """The person's yes: to one recipient, for topics, purpose and period. Never changed.

    ``scopes`` are document types; ``life_areas`` the areas it covers, empty for all. Lasts twelve
    months at most (sundhedsloven § 44). A withdrawal is a row of its own.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(
            "(recipient_id IS NULL) <> (organisation_id IS NULL)", name="one_recipient"
        ),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_begins"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="consents", lazy="raise_on_sql")
    recipient_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    # Who is consented to stands in the team, which is loaded: found by identity.
    recipient: Mapped[User | None] = relationship(foreign_keys="Consent.recipient_id")
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship()
    scope_list: Mapped[str] = mapped_column(String(200))
    area_list: Mapped[str] = mapped_column(String(200), default="")
    purpose = Sealed()
    direction: Mapped[Direction] = mapped_column(default=Direction.DISCLOSE)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    given_at: Mapped[datetime]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    how: Mapped[ConsentHow]
    asked_alone: Mapped[bool] = mapped_column(default=False)
    text_version: Mapped[str] = mapped_column(String(20))
    withdrawal: Mapped["ConsentWithdrawal | None"] = relationship(
        back_populates="consent", lazy="raise_on_sql"
    )

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return the document types it covers."""
        return _scopes(self.scope_list)

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def life_areas(self) -> frozenset[str]:
        """Return the life areas it covers; empty means all."""
        return frozenset(word for word in self.area_list.split(",") if word)

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether it holds at the instant: begun, not ended, not withdrawn."""
        today = calendar.to_local(at).date()
        if self.given_at > at or not self.valid_from <= today <= self.valid_to:
            return False
        return self.withdrawal is None or self.withdrawal.at > at


class ConsentWithdrawal(Base):
    """The person took a consent back, at an instant; in force on the next request."""

    __tablename__ = "consent_withdrawal"

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), unique=True)
    consent: Mapped[Consent] = relationship(back_populates="withdrawal", lazy="raise_on_sql")
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    how: Mapped[ConsentHow]


class LegalBasis(Base):
    """A law that lets an authority read without consent, with why it is necessary.

    ``paragraph`` is a key of ``cases.rules.LAWS`` (psykiatriloven § 13 c, sundhedsloven § 41 …).
    """

    __tablename__ = "legal_basis"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="legal_bases", lazy="raise_on_sql")
    recipient_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship()
    paragraph: Mapped[str] = mapped_column(String(20))
    scope_list: Mapped[str] = mapped_column(String(200))
    necessity = Sealed()
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]

    @property
    def scopes(self) -> frozenset[Scope]:
        """Return the document types it covers."""
        return _scopes(self.scope_list)

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether it holds at the instant."""
        return self.recorded_at <= at and (self.ended_at is None or self.ended_at > at)


class Representation(Base):
    """A guardian, attorney or custody holder who may act for the person, within a scope."""

    __tablename__ = "representation"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="representations", lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship()
    kind: Mapped[RepresentationKind]
    document = Sealed()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    suspended_at: Mapped[datetime | None]

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the mandate holds at the instant."""
        today = calendar.to_local(at).date()
        if self.suspended_at is not None and self.suspended_at <= at:
            return False
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)


class RelativeWord(Base):
    """What a relative told the staff; the person may read it, and the form says so."""

    __tablename__ = "relative_word"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    text = Sealed()
    at: Mapped[datetime]

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids


class AccessQuestion(Versioned, Base):
    """The person asks why somebody looked; answered by somebody else than who looked."""

    __tablename__ = "access_question"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    about_user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    asked_at: Mapped[datetime]
    words = Sealed()
    answer = Sealed()
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    looks = SealedData()

    @property
    def organisation_id(self) -> str | None:
        """Return the organisation of the one who looked, whose auditor may answer too."""
        return self.unit.organisation_id if self.unit is not None else None


class KeepingNote(Base):
    """What decides how long a closed case is kept: held, let go, or copied to a record.

    ``words`` say why it is held, or to which record its papers were handed over.
    """

    __tablename__ = "keeping_note"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[Keeping]
    words = Sealed()
    at: Mapped[datetime]
