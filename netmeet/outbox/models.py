"""Messages waiting to leave, and each try to send them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from netmeet.core.db import Base
from netmeet.core.sealed import Sealed, SealedData
from netmeet.outbox.rules import Channel, State


class Message(Base):
    """Something to tell one user, written with the fact it tells of.

    ``key`` makes it unique (``action-due:<id>:<due_on>:3d``). The text is made by the renderer of
    ``kind`` at sending time from ``facts`` (ids only). ``send_after`` and ``expires_at`` are UTC.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_state_send_after", "state", "send_after"),)

    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[str] = mapped_column(String(16), index=True)
    case_id: Mapped[str | None] = mapped_column(String(16), index=True)
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL)
    address = Sealed()
    facts = SealedData()
    state: Mapped[State] = mapped_column(default=State.WAITING)
    created_at: Mapped[datetime]
    send_after: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    attempts: WriteOnlyMapped["Attempt"] = relationship(
        back_populates="message", order_by="Attempt.at", cascade="all, delete-orphan"
    )


class Attempt(Base):
    """One try. In the demo ``content`` keeps what was sent, so that the page Post can show it."""

    __tablename__ = "message_attempt"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), index=True)
    message: Mapped[Message] = relationship(back_populates="attempts", lazy="raise_on_sql")
    at: Mapped[datetime]
    state: Mapped[State]
    error: Mapped[str] = mapped_column(String(200), default="")
    content = SealedData()
