"""Agreements made operational: exactly one owner, a date, a history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.actions import rules
from netmeet.actions.rules import ActionKind, Commitment, PartysWord, PersonsWord, Status
from netmeet.cases.models import Case
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import LifeArea
from netmeet.organisations.models import Unit

_WHILE_OPEN: dict[str, Any] = {
    "sqlite_where": text("closed_at IS NULL"),
    "postgresql_where": text("closed_at IS NULL"),
}
"""Small indexes over what is still owed; a query uses them when it says ``closed_at IS NULL``."""


class Action(Versioned, Base):
    """Who does what by when, agreed in which meeting, on which point.

    Without owner and date it is a draft that cannot be published. ``is_persons`` marks what the
    person does: it is never late. ``published_at`` puts it in force. ``needs_yes`` marks what an
    organisation owes that was not there to say yes to it; ``partys_word`` is what it says then, or
    what an authority decides where ``kind`` needs it. ``after`` is another of the case that must
    have ended first.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index("ix_action_open_owner", "owner_id", "due_on", **_WHILE_OPEN),
        Index("ix_action_open_unit", "unit_id", "due_on", **_WHILE_OPEN),
        Index("ix_action_open_due", "due_on", **_WHILE_OPEN),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    meeting: Mapped[Meeting | None] = relationship(lazy="raise_on_sql")
    item_id: Mapped[str | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    item: Mapped[AgendaItem | None] = relationship(lazy="raise_on_sql")
    after_id: Mapped[str | None] = mapped_column(ForeignKey("action.id"), index=True)
    after: Mapped["Action | None"] = relationship(lazy="raise_on_sql", remote_side="Action.id")
    what = Sealed()
    why = Sealed()
    life_area: Mapped[LifeArea | None]
    kind: Mapped[ActionKind] = mapped_column(default=ActionKind.TASK)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    owner: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=owner_id)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    owner_confirmed_at: Mapped[datetime | None]
    needs_yes: Mapped[bool] = mapped_column(default=False)
    partys_word: Mapped[PartysWord | None]
    partys_word_at: Mapped[datetime | None]
    is_persons: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None] = mapped_column(Date)
    first_due_on: Mapped[date | None] = mapped_column(Date)
    postponed: Mapped[int] = mapped_column(default=0)
    criterion = Sealed()
    informs_person = Sealed()
    status: Mapped[Status] = mapped_column(default=Status.NOT_STARTED)
    status_at: Mapped[datetime | None]
    comment = Sealed()
    persons_word: Mapped[PersonsWord | None]
    persons_words = Sealed()
    persons_word_at: Mapped[datetime | None]
    carried: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    read_back_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    history: WriteOnlyMapped["StatusChange"] = relationship(
        back_populates="action", order_by="StatusChange.at"
    )

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def author_id(self) -> str | None:
        """Return the owner: condition ``O`` of the matrix on an action."""
        return self.owner_id

    @property
    def commitment(self) -> Commitment:
        """Return whether the one who must has said yes."""
        return rules.commitment(
            self.kind, self.status, needs_yes=self.needs_yes, word=self.partys_word
        )

    @property
    def is_live(self) -> bool:
        """Tell whether it is in force and still open."""
        return self.published_at is not None and self.closed_at is None

    @property
    def is_doubted(self) -> bool:
        """Tell whether the person says it has not quite happened, and nobody has acted since."""
        return self.persons_word in rules.DOUBTS and self.published_at is not None

    def is_overdue(self, today: date) -> bool:
        """Tell whether it is past its date. What the person does is never late."""
        if self.is_persons or not self.is_live or self.due_on is None:
            return False
        return self.due_on < today


class StatusChange(Base):
    """One step in an action's life: status, deadline or owner, with the reason given."""

    __tablename__ = "status_change"

    action_id: Mapped[str] = mapped_column(ForeignKey("action.id"), index=True)
    action: Mapped[Action] = relationship(back_populates="history", lazy="raise_on_sql")
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    by: Mapped[User] = relationship(lazy="raise_on_sql")
    what: Mapped[str] = mapped_column(String(20))
    was: Mapped[str] = mapped_column(String(60), default="")
    became: Mapped[str] = mapped_column(String(60), default="")
    reason = Sealed()
