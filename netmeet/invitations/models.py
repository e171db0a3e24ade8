"""What the invited answer, and the times they are asked about."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.core.db import Base, LocalDateTime, Versioned
from netmeet.core.sealed import Sealed
from netmeet.invitations.rules import AnswerValue, MandateValue
from netmeet.meetings.models import AgendaItem, Invitation, Meeting
from netmeet.meetings.rules import MAY_GET_A_TIME


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


class DatePoll(Versioned, Base):
    """The times that everybody on a meeting's list is asked about, to be answered by a day.

    One a meeting; it is over at ``closed_at``, when a time was chosen, or when the meeting got a
    time otherwise, which counts its ``sequence`` up (``places`` taken off). It may be opened again.
    """

    __tablename__ = "date_poll"

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), unique=True)
    answer_by: Mapped[date] = mapped_column(Date)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    sequence: Mapped[int]
    options: Mapped[list["DateOption"]] = relationship(
        lazy="raise_on_sql", order_by="DateOption.starts_local"
    )


class DateOption(Base):
    """One time of a poll, as wall time in Copenhagen. Adding one leaves every answer alone."""

    __tablename__ = "date_option"
    __table_args__ = (UniqueConstraint("poll_id", "starts_local", name="uq_date_option_once"),)

    poll_id: Mapped[str] = mapped_column(ForeignKey("date_poll.id"))
    starts_local: Mapped[datetime] = mapped_column(LocalDateTime())
    added_at: Mapped[datetime]
    votes: Mapped[list["DateVote"]] = relationship(lazy="raise_on_sql")


class DateVote(Versioned, Base):
    """What somebody answers to one time; the last answer counts. ``via`` a rule's name."""

    __tablename__ = "date_vote"
    __table_args__ = (UniqueConstraint("option_id", "user_id", name="uq_date_vote_once"),)

    option_id: Mapped[str] = mapped_column(ForeignKey("date_option.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    value: Mapped[AnswerValue]
    at: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[str] = mapped_column(ForeignKey("user.id"))


# As with files: each meeting says itself whether its people are being asked about times.
Meeting.is_polled = column_property(
    exists()
    .where(
        DatePoll.meeting_id == Meeting.id,
        DatePoll.closed_at.is_(None),
        DatePoll.sequence == Meeting.sequence - Meeting.places,
        Meeting.state.in_(sorted(MAY_GET_A_TIME)),
    )
    .correlate_except(DatePoll)
)
