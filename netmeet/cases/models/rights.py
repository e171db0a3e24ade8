"""What gives a right to see or to act: consent, law and mandate."""

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases import rules
from netmeet.cases.models.case import Case
from netmeet.cases.rules import ConsentHow, Direction, MandateScope, RepresentationKind, Scope
from netmeet.core import calendar
from netmeet.core.db import Base
from netmeet.core.sealed import Sealed
from netmeet.organisations.models import Organisation


@lru_cache(maxsize=256)
def _scopes(words: str) -> frozenset[Scope]:
    """Return the document types of a list: a few lists, asked for at every rule of every line."""
    return frozenset(Scope(word) for word in words.split(",") if word)


class Consent(Base):
    """The person's yes: to one recipient, for topics, purpose and period. Never changed.

    ``scopes`` are document types; ``life_areas`` the areas it covers, empty for all. Lasts twelve
    months at most (sundhedsloven § 44). A withdrawal is a row of its own. ``given_by_list`` are the
    users who said it: the person, or who holds a mandate. For a child under 15 it holds once
    everybody of ``awaits_list`` (who shares custody) has said yes too. ``text_hash`` is the digest
    of the wording ``text_version``. The database refuses every change of a row.
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
    given_by_list: Mapped[str] = mapped_column(String(120), default="")
    awaits_list: Mapped[str] = mapped_column(String(120), default="")
    not_covered = Sealed()
    explained = Sealed()
    childs_view = Sealed()
    text_version: Mapped[str] = mapped_column(String(20))
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    withdrawal: Mapped["ConsentWithdrawal | None"] = relationship(
        back_populates="consent", lazy="joined"
    )
    # Asked for where a child's parents share custody only: read when asked.
    assents: Mapped[list["ConsentAssent"]] = relationship(back_populates="consent")

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

    @property
    def given_by(self) -> frozenset[str]:
        """Return the users who said yes when it was written down."""
        return frozenset(word for word in self.given_by_list.split(",") if word)

    def awaited(self, at: datetime) -> frozenset[str]:
        """Return the custody holders who have not said yes at the instant."""
        asked = frozenset(word for word in self.awaits_list.split(",") if word)
        return asked - {one.by_id for one in self.assents if one.at <= at} if asked else asked

    def is_wanted(self, at: datetime) -> bool:
        """Tell whether it has been said and neither ended nor been withdrawn at the instant."""
        today = calendar.to_local(at).date()
        if self.given_at > at or not self.valid_from <= today <= self.valid_to:
            return False
        return self.withdrawal is None or self.withdrawal.at > at

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether it holds at the instant: wanted, and by everybody who must want it."""
        return self.is_wanted(at) and not self.awaited(at)

    def ends_soon(self, at: datetime) -> bool:
        """Tell whether it is time to ask if it shall go on: 30 days before it ends."""
        return calendar.to_local(at).date() >= rules.renewal_on(self.valid_to)


class ConsentWithdrawal(Base):
    """The person took a consent back, at an instant; in force on the next request."""

    __tablename__ = "consent_withdrawal"

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), unique=True)
    consent: Mapped[Consent] = relationship(back_populates="withdrawal", lazy="raise_on_sql")
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    how: Mapped[ConsentHow]


class ConsentAssent(Base):
    """The yes of the other one who shares custody of a child: without it the consent opens nothing.

    ``recorded_by_id`` is who wrote it down.
    """

    __tablename__ = "consent_assent"
    __table_args__ = (UniqueConstraint("consent_id", "by_id", name="uq_consent_assent_once"),)

    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"), index=True)
    consent: Mapped[Consent] = relationship(back_populates="assents", lazy="raise_on_sql")
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
    how: Mapped[ConsentHow]
    recorded_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))


class Law(Base):
    """A rule that lets authorities share without consent, as reference data.

    ``plan_types`` empty means any plan. ``inform_person``: the person must be told as soon as
    possible. ``months`` is how long a basis recorded on it may last, ``None`` for as long as it is
    necessary. ``explained`` says in plain words what it lets the authorities do.
    """

    __tablename__ = "law"

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    explained: Mapped[str] = mapped_column(String(300))
    explained_en: Mapped[str] = mapped_column(String(300), default="")
    plan_types: Mapped[str] = mapped_column(String(200), default="")
    inform_person: Mapped[bool] = mapped_column(default=False)
    months: Mapped[int | None]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    def fits(self, plan_type: str) -> bool:
        """Say whether the law may carry a plan of this type (§ 13 c: only §§ 13 a and 13 b)."""
        return not self.plan_types or plan_type in self.plan_types.split()


class LegalBasis(Base):
    """A law that lets an authority read without consent, with why it is necessary.

    ``paragraph`` is the code of a ``Law`` (psykiatriloven § 13 c, sundhedsloven § 41 …).
    ``valid_to`` is its last day; ``informed_at`` when the person was told of it.
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
    valid_to: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]
    must_inform: Mapped[bool] = mapped_column(default=False)
    informed_at: Mapped[datetime | None]
    informed_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))

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
        if self.valid_to is not None and calendar.to_local(at).date() > self.valid_to:
            return False
        return self.recorded_at <= at and (self.ended_at is None or self.ended_at > at)


class Representation(Base):
    """A guardian, attorney or custody holder who may act for the person, within a scope.

    ``document`` is where it can be looked up. A custody holder's ends by itself on the person's
    18th birthday, and from 15 the young person consents alone (sundhedsloven § 17).
    """

    __tablename__ = "representation"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(back_populates="representations", lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(foreign_keys=user_id)
    kind: Mapped[RepresentationKind]
    scope_list: Mapped[str] = mapped_column(String(60), default=MandateScope.PERSONAL.value)
    document = Sealed()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    suspended_at: Mapped[datetime | None]
    recorded_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def covers_personal(self) -> bool:
        """Tell whether it covers personal matters: health, care, and who may know of them."""
        return MandateScope.PERSONAL.value in self.scope_list.split(",")

    def is_in_force(self, at: datetime) -> bool:
        """Tell whether the mandate holds at the instant, at the person's age at that instant."""
        today, born_on = calendar.to_local(at).date(), self.case.person.born_on
        if self.suspended_at is not None and self.suspended_at <= at:
            return False
        is_custody = self.kind is RepresentationKind.CUSTODY_HOLDER
        if is_custody and born_on is not None and rules.is_of_age(born_on, today):
            return False
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)

    def decides(self, at: datetime) -> bool:
        """Tell whether the holder gives and takes back consent for the person at the instant."""
        born_on = self.case.person.born_on
        is_custody = self.kind is RepresentationKind.CUSTODY_HOLDER
        if is_custody and born_on is not None:
            today = calendar.to_local(at).date()
            return self.is_in_force(at) and not rules.consents_alone(born_on, today)
        return self.is_in_force(at)
