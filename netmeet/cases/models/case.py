"""The person, the case and who is in it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.rules import CaseState, CloseKind, MemberRole, RepresentationKind
from netmeet.core import apart
from netmeet.core.access import PRIVATE
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.organisations.models import Organisation, Unit
from netmeet.organisations.rules import Sector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netmeet.cases.models.rights import Consent, LegalBasis, Representation


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
    """One person's course of network meetings, and who is in it.

    ``municipality_id`` is the municipality that acts; ``paying_id`` and ``home_id`` stand there
    when others pay, or the person lives elsewhere. ``court_order`` is what a court has decided
    that is not the person's to choose, or empty.
    """

    __tablename__ = "case"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise_on_sql")
    municipality_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    paying_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    home_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
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
    court_order = Sealed()
    team: Mapped[list["TeamMember"]] = relationship(
        back_populates="case",
        lazy="raise_on_sql",
        order_by=lambda: TEAM_ORDER,
    )
    # Whoever leads or is the person is asked for none of these three: read when a rule asks.
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="case", order_by="Consent.given_at"
    )
    legal_bases: Mapped[list["LegalBasis"]] = relationship(
        back_populates="case", order_by="LegalBasis.recorded_at"
    )
    representations: Mapped[list["Representation"]] = relationship(back_populates="case")
    if TYPE_CHECKING:
        # The slice above gives these, with its own relationship to the case.
        meetings: "Sequence[Any]"
        is_contested: Mapped[bool]

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
        return frozenset([m.user_id for m in self.team if m.is_coordinator and m.left_at is None])

    @property
    def members(self) -> list["TeamMember"]:
        """Return who is in the network now, in the order they joined, as who asks may know it."""
        unknown = apart.hidden()
        here = [m for m in self.team if m.left_at is None]
        return [m for m in here if m.user_id not in unknown] if unknown else here

    @property
    def coordinator(self) -> "TeamMember | None":
        """Return the coordinator, if there is one now."""
        return next((m for m in self.members if m.is_coordinator), None)

    def member(self, user_id: str) -> "TeamMember | None":
        """Return the user's place in the network now, if any."""
        if user_id in apart.hidden():
            return None
        # Every rule asks for it: a loop costs half of what a generator does.
        for member in self.team:
            if member.user_id == user_id and member.left_at is None:
                return member
        return None

    def may_name(self, event: Any) -> bool:
        """Tell whether the person may learn who did what the log's row ``event`` tells.

        Staff always, and who is or was in the network. That somebody else is a patient, or close
        to one, is their secret: they stand as nobody in particular.
        """
        return event.role not in PRIVATE or any(m.user_id == event.user_id for m in self.team)

    def apart_from(self, user_id: str) -> frozenset[str]:
        """Return of whom the user must learn nothing: the other one of parents who live apart."""
        custody = MemberRole.CUSTODY_HOLDER
        parents = [m for m in self.team if m.role is custody or m.is_apart]
        mine = next((m for m in parents if m.user_id == user_id), None)
        if mine is None:
            return frozenset()
        others = [m for m in parents if m.user_id != user_id]
        return frozenset(m.user_id for m in others if m.is_apart or mine.is_apart)

    def custody_holders(self, at: datetime) -> list["Representation"]:
        """Return who holds custody of the person at the instant; nobody once the person is 18."""
        kind = RepresentationKind.CUSTODY_HOLDER
        return [r for r in self.representations if r.kind is kind and r.is_in_force(at)]


class TeamMember(Versioned, Base):
    """Somebody's place in a case, from when to when.

    Staff stand with their unit; a staff guest or a relative with ``place`` in words.
    ``relation`` is what a relative is to the person ("søster"). ``is_apart``: a parent who lives
    apart, so that the other parent learns nothing of them, nor they of the other.
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
    is_apart: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    def is_over(self, at: datetime) -> bool:
        """Tell whether it is a staff guest's place whose time is over, after their last meeting."""
        if not self.is_staff_guest:
            return False
        mine = [one for one in self.case.meetings if one.invitation(self.user_id) is not None]
        return bool(mine) and not any(one.is_open_to_guests(at) for one in mine)

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


TEAM_ORDER: tuple[Any, ...] = (
    TeamMember.joined_at,
    TeamMember.role != MemberRole.PERSON,
    TeamMember.is_coordinator.desc(),
    TeamMember.role,
    TeamMember.id,
)
"""As they joined; of who joined at one instant the person first, then who coordinates.

The rest of those always stand in the same order, whatever database tells of them.
"""
