"""What somebody answers in writing when a meeting is over."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.meetings.models.beside import InMeeting
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, Side

if TYPE_CHECKING:
    from netmeet.meetings.models import Meeting


class MeetingEvaluation(InMeeting, Versioned, Base):
    """One user's answers in one round: a step from 1 to 5, 0 for "do not know", ``None`` left out.

    ``answered_at`` is when they were first sent; a row without it only says that its user put the
    questions away. ``is_open_to_coordinator`` is the person's yes, and never assumed.
    """

    __tablename__ = "meeting_evaluation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "user_id", "round", name="uq_meeting_evaluation_once"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped["Meeting"] = relationship(lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    round: Mapped[EvaluationRound]
    side: Mapped[Side]
    mattered: Mapped[int | None] = mapped_column(SmallInteger)
    heard: Mapped[int | None] = mapped_column(SmallInteger)
    right_people: Mapped[int | None] = mapped_column(SmallInteger)
    who_does_what: Mapped[int | None] = mapped_column(SmallInteger)
    will_happen: Mapped[int | None] = mapped_column(SmallInteger)
    happened: Mapped[int | None] = mapped_column(SmallInteger)
    mandate: Mapped[int | None] = mapped_column(SmallInteger)
    involved: Mapped[int | None] = mapped_column(SmallInteger)
    text = Sealed()
    is_open_to_coordinator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    def step(self, question: EvaluationQuestion) -> int | None:
        """Return the answer to one question."""
        found: int | None = getattr(self, question.value)
        return found

    def take(self, question: EvaluationQuestion, step: int | None) -> None:
        """Keep the answer to one question."""
        setattr(self, question.value, step)
