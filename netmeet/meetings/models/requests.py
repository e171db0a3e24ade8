"""What somebody asks for before there is a meeting."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.core.access import Role
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.meetings.rules import MeetingKind, RequestState


class MeetingRequest(Versioned, Base):
    """Somebody asks for a meeting. ``requested_at`` starts the clock of five working days.

    ``kind`` is which sort of meeting a professional asks for, none where they leave it open.
    """

    __tablename__ = "meeting_request"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=author_id)
    asked_as: Mapped[Role]
    kind: Mapped[MeetingKind | None]
    about = Sealed()
    how_soon = Sealed()
    who = Sealed()
    answer_by = Sealed()
    requested_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[RequestState] = mapped_column(default=RequestState.REQUESTED)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    reason = Sealed()
    alternative = Sealed()
    date_set_at: Mapped[datetime | None]

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids
