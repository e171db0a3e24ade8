"""Users, their roles, sessions, links and codes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.rules.identity import Door
from netmeet.core.access import Role
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.organisations.models import Unit
from netmeet.outbox.rules import Channel


class User(Versioned, Base):
    """A human who acts in netmeet: the person, a relative, staff or a guest.

    ``email_index`` finds the address exactly (HMAC). ``own_word`` is the word a person chose, so
    that messages are known to be genuine. ``channel`` is how they are reached.
    """

    __tablename__ = "user"

    name = Sealed()
    email = Sealed()
    phone = Sealed()
    address = Sealed()
    own_word = Sealed()
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL)
    lang: Mapped[str] = mapped_column(String(2), default="da")
    large_text: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    roles: Mapped[list["UnitRole"]] = relationship(
        back_populates="user", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @property
    def first_name(self) -> str:
        """Return the first word of the name."""
        return self.name.split(" ")[0]

    def describe(self, *, name: str, phone: str, address: str, channel: Channel) -> None:
        """Say who it is and how they are reached."""
        self.name, self.phone, self.address, self.channel = name, phone, address, channel

    @property
    def initials(self) -> str:
        """Return the first letters of first and last name."""
        words = self.name.split()
        return "".join(word[0] for word in (words[0], words[-1])) if words else ""


class UnitRole(Base):
    """A role a user may choose to act in. Private roles have no unit; a role alone opens no case.

    ``title`` is what the person calls it ("sygeplejerske").
    """

    __tablename__ = "unit_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id", name="uq_unit_role_once"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(back_populates="roles", lazy="raise_on_sql")
    role: Mapped[Role]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    title: Mapped[str] = mapped_column(String(80), default="")
    from_at: Mapped[datetime]
    until: Mapped[datetime | None]


class Session(Base):
    """A login. The browser holds the secret, this row only its digest; ``ended_at`` ends it.

    ``device`` is browser and system, so that its user recognises it.
    """

    __tablename__ = "session"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    role_id: Mapped[str] = mapped_column(ForeignKey("unit_role.id"))
    role: Mapped[UnitRole] = relationship(lazy="raise_on_sql")
    signed_in_by: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The secret of a user's code app (RFC 6238). It counts once a code of it has been shown.

    ``last_step`` is the time step of the newest code used: a code is good once.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), unique=True)
    secret = Sealed()
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code on paper that stands in for the code app, once."""

    __tablename__ = "recovery_code"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class Identity(Base):
    """Who a user is at an OpenID provider: issuer and subject, never an e-mail address or a name.

    ``subject_index`` finds it exactly (HMAC of both). A user has at most one at each door.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("user_id", "door", name="uq_identity_once"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    door: Mapped[Door]
    issuer: Mapped[str] = mapped_column(String(200))
    subject = Sealed()
    subject_index: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]


class PersonalLink(Base):
    """A secret address sent to one user: it identifies and never admits.

    ``purpose`` is "case", "invitation", "poll", "evaluation" or "action"; ``subject_id`` the row it
    is about.
    """

    __tablename__ = "personal_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    purpose: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(16), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CalendarFeed(Base):
    """A secret address that a user's own calendar fetches their meetings from, in one role.

    It shows times and numbers and never admits. A role has one at a time: ``ended_at`` is when it
    was stopped, or when a newer one took its place.
    """

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_live",
            "role_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    role_id: Mapped[str] = mapped_column(ForeignKey("unit_role.id"))
    role: Mapped[UnitRole] = relationship(lazy="raise_on_sql")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class BusyCalendar(Base):
    """A calendar that a member of staff shows: read for when they are busy, and nothing else.

    ``tried_at`` is when it was asked for last, ``fetched_at`` when that went well last; ``fault``
    says why the last time did not, ``""`` when it did.
    """

    __tablename__ = "busy_calendar"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), unique=True)
    user: Mapped[User] = relationship(lazy="raise_on_sql")
    address = Sealed()
    shown_at: Mapped[datetime]
    tried_at: Mapped[datetime | None] = mapped_column(index=True)
    fetched_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(20), default="")


class BusyTime(Base):
    """From when to when (UTC) the one whose calendar it is has something else to do."""

    __tablename__ = "busy_time"
    __table_args__ = (Index("ix_busy_time_calendar_starts", "calendar_id", "starts"),)

    calendar_id: Mapped[str] = mapped_column(ForeignKey("busy_calendar.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]


class OneTimeCode(Base):
    """A code sent to one user, good for one try to sign in from the browser that asked."""

    __tablename__ = "one_time_code"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class LetterCode(Base):
    """A code printed in a letter to one user, good once until it expires (UTC).

    It is no proof by itself: it is only asked for where the user's personal link was opened.
    ``ended_at`` is when it was used, or when a newer letter took its place.
    """

    __tablename__ = "letter_code"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class RateCount(Base):
    """How often something happened in the current window, shared by all workers."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(String(120), unique=True)
    started_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)


class ParkedText(Base):
    """A posted body whose login had run out, kept encrypted for an hour for the same user."""

    __tablename__ = "parked_text"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    path = Sealed()
    fields = SealedData()
    created_at: Mapped[datetime]


class SentForm(Base):
    """A form that was sent, kept for a day: sent again, it leads where it led the first time.

    ``key`` is a keyed digest of the login, the address and everything that was sent; ``answer`` is
    the address it led to.
    """

    __tablename__ = "sent_form"

    key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    answer: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]
