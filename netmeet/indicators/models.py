"""What an organisation writes under a committee's report."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from netmeet.core.db import Base, Versioned
from netmeet.core.sealed import Sealed
from netmeet.organisations.models import Organisation


class RiskNote(Versioned, Base):
    """The risks an organisation sees in a quarter, for one committee. Nothing about a person.

    ``quarter`` is written as :attr:`netmeet.indicators.rules.Quarter.key`.
    """

    __tablename__ = "risk_note"
    __table_args__ = (
        UniqueConstraint("committee_id", "organisation_id", "quarter", name="uq_risk_note_once"),
    )

    committee_id: Mapped[str] = mapped_column(ForeignKey("committee.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    quarter: Mapped[str] = mapped_column(String(6))
    text = Sealed()
