"""What somebody invited has written beforehand."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from netmeet.core import apart
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.permissions import Permission
from netmeet.invitations.models import WrittenInput
from netmeet.invitations.policy import RULES
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.models.beside import InMeeting
from netmeet.meetings.queries.minutes import is_open

_WRITTEN = (
    select(WrittenInput, Invitation.user_id)
    .join(Invitation, WrittenInput.invitation_id == Invitation.id)
    .join(Meeting, Invitation.meeting_id == Meeting.id)
    .where(
        Invitation.meeting_id == bindparam("meeting_id"),
        Invitation.withdrawn_at.is_(None) | (Invitation.withdrawn_at > Meeting.ended_at),
    )
    .order_by(WrittenInput.at)
)


def now(invitation: Invitation) -> WrittenInput | None:
    """Return the lines as the database has them now, the invitation locked to other writers."""
    held = select(Invitation.id).where(Invitation.id == invitation.id)
    db.session.execute(held.with_for_update())
    lines = select(WrittenInput).where(WrittenInput.invitation_id == invitation.id)
    return db.session.scalars(lines.execution_options(populate_existing=True)).one_or_none()


@dataclass(frozen=True, kw_only=True)
class Wrote(InMeeting):
    """What somebody invited wrote before a meeting. ``where`` is their title, relation or place."""

    meeting: Meeting
    author_id: str
    name: str
    where: str
    text: str


def beforehand(meeting: Meeting, *, reader: Actor) -> list[Wrote]:
    """Return what those on the list wrote that is open to the reader, the person's words first.

    One query; ``meeting`` is loaded with its case's team. Who left when the meeting was over is
    still among them: the minutes lose nothing. Nothing is there of who must stay unknown to the
    reader, or to who asks for them.
    """
    ways = RULES[Permission.WRITTEN_INPUT_READ]
    unknown = meeting.case.apart_from(reader.user_id) | apart.hidden()
    places = {one.user_id: one for one in meeting.case.team}
    found = []
    for row, user_id in db.session.execute(_WRITTEN, {"meeting_id": meeting.id}):
        member = places.get(user_id)
        if member is None or not row.text or user_id in unknown:
            continue
        where = member.title or member.relation or member.where
        wrote = Wrote(
            meeting=meeting, author_id=user_id, name=member.name, where=where, text=row.text
        )
        if is_open(wrote, reader=reader, ways=ways):
            found.append(wrote)
    return sorted(found, key=lambda one: one.author_id != meeting.case.person.user_id)
