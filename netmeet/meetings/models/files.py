"""What is attached to a meeting, and what is printed of it."""

import hashlib
import hmac
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.core import sealed
from netmeet.core.access import Role
from netmeet.core.db import Base
from netmeet.core.sealed import Sealed, SealedBytes
from netmeet.meetings.models.beside import InMeeting
from netmeet.meetings.rules import FileKind, ItemState, LifeArea

if TYPE_CHECKING:
    from netmeet.meetings.models import AgendaItem, Meeting


class Attachment(InMeeting, Base):
    """A picture or a paper that somebody has put beside a meeting or one of its points.

    ``title`` is the sender's own words. ``digest`` is keyed: it tells whether the content is whole
    and whether it is sent again, and nothing about what it is.
    """

    __tablename__ = "attachment"

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    meeting: Mapped["Meeting"] = relationship(lazy="raise_on_sql")
    item_id: Mapped[str | None] = mapped_column(ForeignKey("agenda_item.id"))
    item: Mapped["AgendaItem | None"] = relationship(lazy="raise_on_sql")
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    raised_as: Mapped[Role]
    title = Sealed()
    kind: Mapped[FileKind]
    size: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    is_kept_from_private: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime]
    parts: Mapped[list["FilePart"]] = relationship(
        lazy="raise_on_sql", order_by="FilePart.n", cascade="all, delete-orphan"
    )

    @property
    def life_area(self) -> LifeArea | None:
        """Return the area of life of its point."""
        return self.item.life_area if self.item is not None else None

    @property
    def is_hidden_from_private(self) -> bool:
        """Tell whether relatives and guests may not see it, or not the point it belongs to."""
        item = self.item
        is_hidden_there = item is not None and item.is_hidden_from_private
        return self.is_kept_from_private or is_hidden_there

    @property
    def is_beside_nothing(self) -> bool:
        """Tell whether the point it belongs to was taken back."""
        return self.item is not None and self.item.state is ItemState.WITHDRAWN

    @property
    def content(self) -> bytes:
        """Return the file. Raises ``ValueError`` when it is not what was kept."""
        whole = b"".join(part.body for part in self.parts)
        if not hmac.compare_digest(digest_of(whole), self.digest):
            raise ValueError("a part is missing")
        return whole


class FilePart(Base):
    """One part of a file, small enough to be sealed anew beside many others."""

    __tablename__ = "file_part"
    __table_args__ = (UniqueConstraint("attachment_id", "n", name="uq_file_part_once"),)

    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachment.id"))
    n: Mapped[int]
    body = SealedBytes()


class RenderedFile(Base):
    """A PDF made for one recipient from one version; access is checked again at every fetch."""

    __tablename__ = "rendered_file"
    __table_args__ = (UniqueConstraint("key", name="uq_rendered_file_key"),)

    key: Mapped[str] = mapped_column(String(200))
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    made_at: Mapped[datetime]
    body = Sealed()


def digest_of(content: bytes) -> bytes:
    """Return what tells one file from another, and nothing without the key."""
    return sealed.keyring().index(hashlib.sha256(content).hexdigest(), kind="file")
