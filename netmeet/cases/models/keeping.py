"""What decides how long a closed case is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from netmeet.cases.rules import Keeping
from netmeet.core.db import Base
from netmeet.core.sealed import Sealed


class KeepingNote(Base):
    """What decides how long a closed case is kept: held, let go, or copied to a record.

    ``words`` say why it is held, or to which record its papers were handed over.
    """

    __tablename__ = "keeping_note"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[Keeping]
    words = Sealed()
    at: Mapped[datetime]
