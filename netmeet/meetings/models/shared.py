"""What belongs to no single meeting: the shared templates, and papers made once."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData


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


class RenderedFile(Base):
    """A PDF made for one recipient from one version; access is checked again at every fetch."""

    __tablename__ = "rendered_file"
    __table_args__ = (UniqueConstraint("key", name="uq_rendered_file_key"),)

    key: Mapped[str] = mapped_column(String(200))
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    made_at: Mapped[datetime]
    body = Sealed()
