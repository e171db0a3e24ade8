"""What relatives tell, and what the person asks about who looked."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.accounts.models import User
from netmeet.cases.models.case import Case
from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed, SealedData
from netmeet.organisations.models import Unit


class RelativeWord(Base):
    """What a relative told the staff; the person may read it, and the form says so."""

    __tablename__ = "relative_word"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    author_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    text = Sealed()
    at: Mapped[datetime]

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids


class AccessQuestion(Versioned, Base):
    """The person asks why somebody looked; answered by somebody else than who looked."""

    __tablename__ = "access_question"

    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    case: Mapped[Case] = relationship(lazy="raise_on_sql")
    about_user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    asked_at: Mapped[datetime]
    words = Sealed()
    answer = Sealed()
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    looks = SealedData()

    @property
    def organisation_id(self) -> str | None:
        """Return the organisation of the one who looked, whose auditor may answer too."""
        return self.unit.organisation_id if self.unit is not None else None
