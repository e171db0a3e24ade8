"""What is said to the minutes and about single lines, what was corrected, and who filed them."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.meetings.rules import ContestKind, MinutesField
from netmeet.organisations.models import Organisation

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


class Statement(Base):
    """What a participant says to the published minutes, printed with them."""

    __tablename__ = "minutes_statement"

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    meeting: Mapped["Meeting"] = relationship(lazy="raise_on_sql")
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    text = Sealed()
    at: Mapped[datetime]
    disagrees: Mapped[bool] = mapped_column(default=False)


class Correction(Base):
    """How one field of the minutes stood before a correction. Never changed.

    ``edition`` is the number of the minutes that the correction made; what was sent out first is 1.
    """

    __tablename__ = "minutes_correction"
    __table_args__ = (
        UniqueConstraint("item_id", "field", "edition", name="uq_minutes_correction_once"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_item.id"))
    edition: Mapped[int]
    field: Mapped[MinutesField]
    was = Sealed()
    reason = Sealed()
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    by: Mapped[User] = relationship(lazy="raise_on_sql")
    at: Mapped[datetime]


class Journalised(Base):
    """An organisation has filed the minutes in its own record, in the edition of that time."""

    __tablename__ = "journalised"
    __table_args__ = (
        UniqueConstraint("meeting_id", "organisation_id", name="uq_journalised_once"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]


class ContestedLine(Versioned, Base):
    """The person says of a line about them: it is wrong. Answered by a day, printed until then."""

    __tablename__ = "contested_line"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    line_kind: Mapped[str] = mapped_column(String(40))
    line_id: Mapped[str] = mapped_column(String(16), index=True)
    line = Sealed()
    kind: Mapped[ContestKind]
    words = Sealed()
    at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    answer = Sealed()
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids
