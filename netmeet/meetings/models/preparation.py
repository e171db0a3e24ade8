"""What the person answers before a meeting."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.meetings.rules import PreparationMode, Question

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


_BESIDE = frozenset({"items", "own"})
"""What is noted beside taps and choices: which points an answer became, and of whose lines."""


class PreparationAnswer(Versioned, Base):
    """The person's answer to one question before a meeting, in their own words.

    ``data`` holds taps and choices. Written by a helper, it waits for ``confirmed_at``.
    """

    __tablename__ = "preparation_answer"
    __table_args__ = (
        UniqueConstraint("meeting_id", "question", name="uq_preparation_answer_once"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped["Meeting"] = relationship(back_populates="answers", lazy="raise_on_sql")
    question: Mapped[Question]
    text = Sealed()
    data = SealedData()
    mode: Mapped[PreparationMode] = mapped_column(default=PreparationMode.SELF)
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    saved_at: Mapped[datetime]
    skipped: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]

    @property
    def said(self) -> dict[str, Any]:
        """Return the taps and choices."""
        return {name: value for name, value in (self.data or {}).items() if name not in _BESIDE}

    @property
    def beside(self) -> dict[str, Any]:
        """Return what is noted beside them."""
        return {name: value for name, value in (self.data or {}).items() if name in _BESIDE}
