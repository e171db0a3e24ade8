"""Who has the mandate to decide at a meeting, for slices that lie beside this one."""

from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations.models import Mandate
from netmeet.invitations.rules import MandateValue
from netmeet.meetings.models import Invitation


def deciders(meeting_id: str) -> set[tuple[str, str]]:
    """Return who has said that they can decide which point of the meeting, as two ids."""
    statement = (
        select(Invitation.user_id, Mandate.item_id)
        .join(Mandate, Mandate.invitation_id == Invitation.id)
        .where(
            Invitation.meeting_id == meeting_id,
            Invitation.withdrawn_at.is_(None),
            Mandate.value == MandateValue.YES,
        )
    )
    return {(row.user_id, row.item_id) for row in db.session.execute(statement)}
