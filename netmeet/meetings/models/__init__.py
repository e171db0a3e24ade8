"""Request, preparation, meeting, agenda and minutes."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Time, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, backref, column_property, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.core import apart, calendar
from netmeet.core.access import Role
from netmeet.core.db import Base, LocalDateTime, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.meetings.models.beside import InMeeting
from netmeet.meetings.models.evaluation import MeetingEvaluation
from netmeet.meetings.models.files import Attachment, FilePart, RenderedFile
from netmeet.meetings.models.preparation import PreparationAnswer
from netmeet.meetings.models.requests import MeetingRequest
from netmeet.meetings.models.words import ContestedLine, Correction, Journalised, Statement
from netmeet.meetings.rules import (
    LASTS_AT_MOST,
    SAYS_NOTHING,
    AgendaState,
    AnswerToPerson,
    AttendanceMode,
    AttendanceStatus,
    Conclusion,
    Instead,
    ItemState,
    LifeArea,
    MeetingForm,
    MeetingKind,
    MeetingState,
    MinutesField,
    Participation,
    Purpose,
    guests_until,
)


class Meeting(Versioned, Base):
    """A network meeting from draft to follow-up. ``starts_local`` is wall time in Copenhagen.

    ``number`` tells staff's neutral calendar entries apart; ``uid`` and ``sequence`` are RFC 5545's
    and never derived from anything (``security.md`` § 4, rules 1 and 2). ``places`` counts how
    often ``sequence`` rose for a place or form alone, ``edition`` how often minutes were sent out.
    ``instead`` is what the person wants when they do not come, said at ``instead_at``.
    """

    __tablename__ = "meeting"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    # Rules for guests ask a case when its meetings were: read when one asks.
    case: Mapped[Case] = relationship(
        lazy="raise_on_sql", backref=backref("meetings", viewonly=True, sync_backref=False)
    )
    request_id: Mapped[str | None] = mapped_column(ForeignKey("meeting_request.id"))
    follows_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[str] = mapped_column(String(40))
    purpose = Sealed()
    starts_local: Mapped[datetime | None] = mapped_column(LocalDateTime(), index=True)
    minutes: Mapped[int] = mapped_column(default=45)
    form: Mapped[MeetingForm] = mapped_column(default=MeetingForm.IN_PERSON)
    place = Sealed()
    greeter = Sealed()
    video_link = Sealed()
    ground_rules = Sealed()
    show_place: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    state_reason = Sealed()
    postponed: Mapped[int] = mapped_column(default=0)
    moved_by: Mapped[str] = mapped_column(String(20), default="")
    moved_why: Mapped[str] = mapped_column(String(20), default="")
    told_how: Mapped[str] = mapped_column(String(20), default="")
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    places: Mapped[int] = mapped_column(default=0)
    chair_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    chair: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=chair_id)
    minute_taker_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    agenda_state: Mapped[AgendaState] = mapped_column(default=AgendaState.DRAFT)
    agenda_approved_at: Mapped[datetime | None]
    agenda_approved_how: Mapped[str] = mapped_column(String(40), default="")
    composition_reason = Sealed()
    current_item_id: Mapped[str | None] = mapped_column(String(16))
    item_started_at: Mapped[datetime | None]
    is_paused: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    participation: Mapped[Participation | None]
    instead: Mapped[Instead | None]
    instead_at: Mapped[datetime | None]
    crisis_plan: Mapped[str] = mapped_column(String(40), default="")
    no_next_reason = Sealed()
    next_starts_local: Mapped[datetime | None] = mapped_column(LocalDateTime())
    published_at: Mapped[datetime | None]
    comments_until: Mapped[date | None] = mapped_column(Date)
    final_at: Mapped[datetime | None]
    edition: Mapped[int] = mapped_column(default=1)
    corrected_at: Mapped[datetime | None]
    first_comments_until: Mapped[date | None] = mapped_column(Date)
    # Only rules for who does not lead ask for these: read when asked, users found by identity.
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="meeting", order_by="Invitation.created_at"
    )
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql", order_by="AgendaItem.position"
    )
    attendances: Mapped[list["Attendance"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql"
    )
    answers: Mapped[list["PreparationAnswer"]] = relationship(
        back_populates="meeting", lazy="raise_on_sql"
    )
    if TYPE_CHECKING:
        has_files: Mapped[bool]
        is_polled: Mapped[bool]

    @property
    def meeting(self) -> "Meeting":
        """Return itself, so that rules treat it like anything that belongs to a meeting."""
        return self

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who leads: the case's coordinator and the chair."""
        return self.case.lead_ids | {self.chair_id}

    @property
    def is_going_on(self) -> bool:
        """Tell whether it has begun and is not over."""
        return self.started_at is not None and self.ended_at is None

    def was_left_open(self, at: datetime) -> bool:
        """Tell whether nobody ended it though it began more than twelve hours before ``at``."""
        began = self.started_at
        return self.is_going_on and began is not None and at - began > LASTS_AT_MOST

    @property
    def is_refused(self) -> bool:
        """Tell whether the person has said no to it: only § 13 b plans without them."""
        is_without = self.kind == MeetingKind.DISCHARGE_WITHOUT
        return self.instead is Instead.NO_MEETING and not is_without

    @property
    def held_on(self) -> date | None:
        """Return the day on which it was held (the day it ended), ``None`` before."""
        return calendar.to_local(self.ended_at).date() if self.ended_at is not None else None

    @property
    def current_invitations(self) -> list["Invitation"]:
        """Return the invitations that have not been withdrawn."""
        return [invitation for invitation in self.invitations if invitation.withdrawn_at is None]

    def is_open_to_guests(self, at: datetime) -> bool:
        """Tell whether a guest's time of it lasts: condition ``T`` of the matrix."""
        until = self.guests_until
        return until is None or at <= until

    @property
    def guests_until(self) -> datetime | None:
        """Return when a guest's time of it ends, ``None`` while it has no day.

        A correction months later gives others days to comment, and opens nothing to guests anew.
        """
        last = self.first_comments_until or self.comments_until
        return guests_until(self.starts_local, self.minutes, last)

    def forget_instead(self) -> None:
        """Take back what the person wanted instead of coming."""
        self.instead = self.instead_at = None

    def excuse_composition(self, reason: str) -> None:
        """Keep why the meeting is held without region or municipality."""
        self.composition_reason = reason

    def invitation(self, user_id: str) -> "Invitation | None":
        """Return the user's invitation, unless withdrawn."""
        # Every rule of a meeting asks for it (see ``Case.member``).
        for invitation in self.invitations:
            if invitation.user_id == user_id and invitation.withdrawn_at is None:
                return invitation
        return None


class Invitation(InMeeting, Versioned, Base):
    """Who is invited, as what, to which part; from when, and withdrawn when.

    ``number`` is the recipient's own for this meeting, the only thing a calendar shows. ``moved``
    counts how often their own part took another time after they had been told. ``sent_at`` is when
    they last heard of it, ``asked_at`` when they were asked about the time that holds.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "user_id", name="uq_invitation_once"),
        Index("ix_invitation_user", "user_id"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(back_populates="invitations", lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship()
    number: Mapped[int] = mapped_column(Integer)
    why = Sealed()
    is_required: Mapped[bool] = mapped_column(default=True)
    part_from: Mapped[time | None] = mapped_column(Time)
    part_to: Mapped[time | None] = mapped_column(Time)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_sequence: Mapped[int | None]
    sent_places: Mapped[int | None]
    asked_at: Mapped[datetime | None]
    moved: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    def ask(
        self, *, why: str, is_required: bool, part_from: time | None, part_to: time | None
    ) -> None:
        """Say why they are invited, whether they must be there, and to which part."""
        if self.sent_at is not None and (self.part_from, self.part_to) != (part_from, part_to):
            self.moved += 1
        self.why, self.is_required = why, is_required
        self.part_from, self.part_to = part_from, part_to

    @property
    def sequence(self) -> int:
        """Return the version of the time that holds for them: the meeting's and their own."""
        return self.meeting.sequence + self.moved

    @property
    def time_version(self) -> int:
        """Return which time holds for them, whatever the place."""
        return self.sequence - self.meeting.places

    @property
    def told_version(self) -> int | None:
        """Return which time they were told last, ``None`` before anything was sent."""
        if self.sent_at is None:
            return None
        return (self.sent_sequence or 0) - (self.sent_places or 0)

    def note_sent(self, *, at: datetime) -> None:
        """Note when the recipient last heard, and of which version; another time asks anew."""
        if self.told_version != self.time_version:
            self.asked_at = at
        self.sent_at, self.sent_sequence = at, self.sequence
        self.sent_places = self.meeting.places

    def withdraw(self, *, at: datetime) -> None:
        """Take it back from the instant on."""
        self.withdrawn_at = at

    def renew(self) -> None:
        """Put a withdrawn one back on the list, as if it had never been sent."""
        self.withdrawn_at = self.sent_at = self.sent_sequence = None
        self.sent_places = self.asked_at = None


class AgendaItem(InMeeting, Versioned, Base):
    """One point: who raised it, what for, how long, who decides; and how it ended.

    A person's point is never edited by others and not closed without an answer to the person.
    """

    __tablename__ = "agenda_item"

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    meeting: Mapped[Meeting] = relationship(back_populates="items", lazy="raise_on_sql")
    position: Mapped[int]
    standing: Mapped[str] = mapped_column(String(40), default="")
    title = Sealed()
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=author_id)
    raised_as: Mapped[Role]
    confirmed_at: Mapped[datetime | None]
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.DISCUSS)
    minutes: Mapped[int] = mapped_column(default=5)
    life_area: Mapped[LifeArea | None]
    decider_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    decider: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=decider_id)
    phone_at: Mapped[time | None] = mapped_column(Time)
    answers_in_writing: Mapped[bool] = mapped_column(default=False)
    is_hidden_from_private: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ItemState] = mapped_column(default=ItemState.OPEN)
    reason = Sealed()
    answer_kind: Mapped[AnswerToPerson | None]
    conclusion: Mapped[Conclusion | None]
    conclude_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None]
    entries: Mapped[list["MinutesEntry"]] = relationship(back_populates="item", lazy="raise_on_sql")

    @property
    def is_neutral(self) -> bool:
        """Tell whether it is a standing point that says nothing about anybody."""
        return self.standing in SAYS_NOTHING

    @property
    def is_persons(self) -> bool:
        """Tell whether the person raised it, alone or through somebody acting for them."""
        return self.raised_as in {Role.PAT, Role.PROX}

    @property
    def proxy(self) -> str:
        """Return the first name of who raised it for the person, ``""`` when they did so.

        Of a parent of whom the reader must learn nothing it is what stands in place of the name.
        """
        if self.raised_as is not Role.PROX:
            return ""
        is_hidden = self.author_id in apart.hidden()
        return self.author.name if is_hidden else self.author.first_name

    def text(self, field: MinutesField) -> str:
        """Return what the minutes say in the field, ``""`` when nothing."""
        return next((entry.text for entry in self.entries if entry.field is field), "")


class MinutesEntry(Versioned, Base):
    """One field of the minutes of one point; each field has its own version."""

    __tablename__ = "minutes_entry"
    __table_args__ = (UniqueConstraint("item_id", "field", name="uq_minutes_entry_once"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("agenda_item.id"))
    item: Mapped[AgendaItem] = relationship(back_populates="entries", lazy="raise_on_sql")
    field: Mapped[MinutesField]
    text = Sealed()
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    saved_at: Mapped[datetime]


class Attendance(Versioned, Base):
    """Whether somebody took part, how, and whether they are in the room now."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id", name="uq_attendance_once"),)

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(back_populates="attendances", lazy="raise_on_sql")
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    status: Mapped[AttendanceStatus]
    mode: Mapped[AttendanceMode] = mapped_column(default=AttendanceMode.IN_PERSON)
    is_in_room: Mapped[bool] = mapped_column(default=False)


class MeetingTemplate(Versioned, Base):
    """The shared template of region and municipalities, as data with validity dates.

    ``content`` holds purpose, preparation, standing points with minutes, ground rules.
    """

    __tablename__ = "meeting_template"

    kind: Mapped[str] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120))
    content = SealedData()
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


# What few have is asked for only where there is some: each row says itself whether there is.
Meeting.has_files = column_property(
    exists().where(Attachment.meeting_id == Meeting.id).correlate_except(Attachment)
)
Case.is_contested = column_property(
    exists().where(ContestedLine.case_id == Case.id).correlate_except(ContestedLine)
)

__all__ = [
    "AgendaItem",
    "Attachment",
    "Attendance",
    "ContestedLine",
    "Correction",
    "FilePart",
    "InMeeting",
    "Invitation",
    "Journalised",
    "Meeting",
    "MeetingEvaluation",
    "MeetingRequest",
    "MeetingTemplate",
    "MinutesEntry",
    "PreparationAnswer",
    "RenderedFile",
    "Statement",
]
