"""The living plan, its frozen versions, and what the person says to them."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.organisations.models import Organisation
from netmeet.plans.rules import AcceptanceAnswer, GoalEnd, PlanType, SectionKey


class Plan(Versioned, Base):
    """The case's plan. One a case; its type is data of the law (domain § 0.1)."""

    __tablename__ = "plan"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), unique=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    kind: Mapped[PlanType] = mapped_column(default=PlanType.SHARED)
    begun_at: Mapped[datetime]
    review_on: Mapped[date | None] = mapped_column(Date)
    sections: Mapped[list["PlanSection"]] = relationship(back_populates="plan", lazy="raise_on_sql")
    goals: Mapped[list["Goal"]] = relationship(
        back_populates="plan", lazy="raise_on_sql", order_by="Goal.begun_at"
    )
    versions: Mapped[list["PlanVersion"]] = relationship(
        back_populates="plan", lazy="raise_on_sql", order_by="PlanVersion.n"
    )

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def newest(self) -> "PlanVersion | None":
        """Return the version in force, if anything has been published."""
        return self.versions[-1] if self.versions else None

    @property
    def agreed_at(self) -> datetime | None:
        """Return when the agreements that the version in force holds were frozen.

        Corrected minutes make a version of the same meeting, which holds the same agreements.
        """
        newest = self.newest
        if newest is None:
            return None
        same = [v.published_at for v in self.versions if v.meeting_id == newest.meeting_id]
        return min(same) if newest.meeting_id is not None else newest.published_at

    @property
    def is_released(self) -> bool:
        """Tell whether something has been published: condition ``P`` of the matrix."""
        return bool(self.versions)

    def section(
        self, key: SectionKey, *, organisation_id: str | None = None
    ) -> "PlanSection | None":
        """Return the common part of a section, or an organisation's own, if there is one."""
        place = (key, organisation_id)
        return next((one for one in self.sections if (one.key, one.organisation_id) == place), None)


class PlanSection(Versioned, Base):
    """One section of the living plan, or the part of it that is an organisation's own.

    Own words are the person's alone; they and what is common have no organisation.
    """

    __tablename__ = "plan_section"
    __table_args__ = (
        UniqueConstraint("plan_id", "key", "organisation_id", name="uq_plan_section_once"),
        Index(
            "uq_plan_section_common",
            "plan_id",
            "key",
            unique=True,
            sqlite_where=text("organisation_id IS NULL"),
            postgresql_where=text("organisation_id IS NULL"),
        ),
    )

    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"))
    plan: Mapped[Plan] = relationship(back_populates="sections", lazy="raise_on_sql")
    key: Mapped[SectionKey]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    text = Sealed()
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]

    @property
    def case(self) -> Case:
        """Return the case it belongs to."""
        return self.plan.case

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.plan.case_id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.plan.lead_ids


class Goal(Versioned, Base):
    """A goal in the person's words, the agreed wording, and where the person stands (0-10).

    ``closed_at`` is when somebody wrote that it had ended, ``ended_on`` the day it did.
    """

    __tablename__ = "goal"

    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"), index=True)
    plan: Mapped[Plan] = relationship(back_populates="goals", lazy="raise_on_sql")
    words = Sealed()
    agreed = Sealed()
    begun_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    ended: Mapped[GoalEnd | None]
    ended_on: Mapped[date | None] = mapped_column(Date)
    scores: Mapped[list["GoalScore"]] = relationship(
        back_populates="goal", lazy="raise_on_sql", order_by="GoalScore.on"
    )

    @property
    def case(self) -> Case:
        """Return the case it belongs to."""
        return self.plan.case

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.plan.case_id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.plan.lead_ids

    @property
    def is_released(self) -> bool:
        """Tell whether its plan has been published: condition ``P`` of the matrix."""
        return self.plan.is_released


class GoalScore(Base):
    """Where the person puts themselves on the scale on a day."""

    __tablename__ = "goal_score"

    goal_id: Mapped[str] = mapped_column(ForeignKey("goal.id"), index=True)
    goal: Mapped[Goal] = relationship(back_populates="scores", lazy="raise_on_sql")
    on: Mapped[date] = mapped_column(Date)
    value: Mapped[int]


class PlanVersion(Base):
    """A frozen version: what was published, when, by whom, and why. Never changed (trigger).

    ``content`` is plain data (``plans.exports``); each line keeps its life area and section, so
    that every recipient's copy is cut from the same version.
    """

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "n", name="uq_plan_version_n"),)

    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"))
    plan: Mapped[Plan] = relationship(back_populates="versions", lazy="raise_on_sql")
    n: Mapped[int]
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    published_at: Mapped[datetime]
    published_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    published_by: Mapped[User] = relationship(lazy="raise_on_sql")
    comments_until: Mapped[date] = mapped_column(Date)
    reason = Sealed()
    content = SealedData()
    acceptance: Mapped["Acceptance | None"] = relationship(
        back_populates="plan_version", lazy="raise_on_sql"
    )

    @property
    def case(self) -> Case:
        """Return the case it belongs to."""
        return self.plan.case

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.plan.case_id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.plan.lead_ids


class Acceptance(Versioned, Base):
    """What the person answers to a version. No answer is "ikke besvaret", never a yes."""

    __tablename__ = "acceptance"

    plan_version_id: Mapped[str] = mapped_column(ForeignKey("plan_version.id"), unique=True)
    plan_version: Mapped[PlanVersion] = relationship(
        back_populates="acceptance", lazy="raise_on_sql"
    )
    answer: Mapped[AcceptanceAnswer]
    words = Sealed()
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    how: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime | None]


class PlanTemplate(Versioned, Base):
    """Which sections a plan type has, as data with validity dates."""

    __tablename__ = "plan_template"

    kind: Mapped[PlanType]
    name: Mapped[str] = mapped_column(String(120))
    content = SealedData()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
