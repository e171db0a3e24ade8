"""What the invited answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.invitations.rules import AnswerValue, MandateValue
from netmeet.meetings.models import AgendaItem, Invitation


class Answer(Versioned, Base):
    """Yes, no or maybe to one invitation; the last one counts. ``via`` a rule's name."""

    __tablename__ = "answer"

    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitation.id"), unique=True)
    invitation: Mapped[Invitation] = relationship(lazy="raise_on_sql")
    value: Mapped[AnswerValue]
    at: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))


class Mandate(Versioned, Base):
    """Whether an invited member of staff can decide one point at the meeting (domain § 2.3)."""

    __tablename__ = "mandate"
    __table_args__ = (UniqueConstraint("invitation_id", "item_id", name="uq_mandate_once"),)

    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitation.id"))
    invitation: Mapped[Invitation] = relationship(lazy="raise_on_sql")
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_item.id"))
    item: Mapped[AgendaItem] = relationship(lazy="raise_on_sql")
    value: Mapped[MandateValue]
    who_can = Sealed()
    answer = Sealed()
    at: Mapped[datetime]


class WrittenInput(Versioned, Base):
    """At most five lines from somebody invited; the person reads it too."""

    __tablename__ = "written_input"

    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitation.id"), unique=True)
    invitation: Mapped[Invitation] = relationship(lazy="raise_on_sql")
    text = Sealed()
    at: Mapped[datetime]

    @property
    def author_id(self) -> str:
        """Return who wrote it."""
        return self.invitation.user_id


class Deputy(Versioned, Base):
    """Who comes instead, and whether they may decide.

    ``user_id`` stands there once the coordinator has put them on the list; ``declined_at`` and
    ``reason`` once the coordinator has said no to them.
    """

    __tablename__ = "deputy"

    invitation_id: Mapped[str] = mapped_column(ForeignKey("invitation.id"), unique=True)
    invitation: Mapped[Invitation] = relationship(lazy="raise_on_sql")
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User | None] = relationship(lazy="raise_on_sql")
    name = Sealed()
    email = Sealed()
    has_mandate: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    reason = Sealed()
    declined_at: Mapped[datetime | None]

    @property
    def is_waiting(self) -> bool:
        """Tell whether the coordinator has not said yes or no to them yet."""
        return self.user_id is None and self.declined_at is None
