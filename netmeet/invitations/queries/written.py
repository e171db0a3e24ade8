"""What somebody invited has written beforehand."""

from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations.models import WrittenInput
from netmeet.meetings.models import Invitation


def now(invitation: Invitation) -> WrittenInput | None:
    """Return the lines as the database has them now, the invitation locked to other writers."""
    held = select(Invitation.id).where(Invitation.id == invitation.id)
    db.session.execute(held.with_for_update())
    lines = select(WrittenInput).where(WrittenInput.invitation_id == invitation.id)
    return db.session.scalars(lines.execution_options(populate_existing=True)).one_or_none()
