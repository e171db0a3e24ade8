"""What is attached to meetings, as each reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.accounts.models import User
from netmeet.core import apart
from netmeet.core.access import STAFF, Actor, Role, earned
from netmeet.core.db import db, read_into, refer
from netmeet.core.permissions import Permission
from netmeet.meetings.models import (
    AgendaItem,
    Attachment,
    FilePart,
    InMeeting,
    Invitation,
    Meeting,
)
from netmeet.meetings.policy import RULES, file_is_released
from netmeet.meetings.queries.agenda import readable
from netmeet.meetings.queries.meetings import OVER, access_options, for_agenda
from netmeet.meetings.queries.minutes import BOUND_BY_CONSENT, actor_of
from netmeet.meetings.rules import AgendaState, ItemState, LifeArea

_BY_ID = (
    select(Attachment)
    .where(Attachment.id == bindparam("id"))
    .options(
        joinedload(Attachment.meeting).options(*access_options()),
        joinedload(Attachment.item),
        joinedload(Attachment.author),
    )
)
_OF_MEETINGS = (
    select(Attachment)
    .where(Attachment.meeting_id.in_(bindparam("ids", expanding=True)))
    .order_by(Attachment.added_at, Attachment.id)
)
_INVITATIONS = (
    select(Invitation)
    .where(Invitation.meeting_id.in_(bindparam("ids", expanding=True)))
    .order_by(Invitation.created_at)
)
_PARTS = select(FilePart).where(FilePart.attachment_id == bindparam("id")).order_by(FilePart.n)


def by_id(file_id: str) -> Attachment | None:
    """Return the file with its meeting and point, and its case's access facts; not its content.

    To a parent who lives apart there is nothing of the other one's.
    """
    found = db.session.scalars(_BY_ID, {"id": file_id}).unique().one_or_none()
    return found if found is not None and found.author_id not in apart.hidden() else None


def content(file: Attachment) -> bytes:
    """Return what the file holds. Raises ``ValueError`` when it is not what was kept."""
    read_into(file, "parts", _PARTS)
    return file.content


def for_adding(meeting_id: str) -> Meeting | None:
    """Return the meeting with its points, to add a file to it."""
    return for_agenda(meeting_id)


def of_meetings(meetings: Iterable[Meeting]) -> Sequence[Attachment]:
    """Return the files of the meetings with authors and points, oldest first.

    Meetings that have none cost nothing.
    """
    known = {meeting.id: meeting for meeting in meetings if meeting.has_files}
    if not known:
        return []
    rows = db.session.scalars(_OF_MEETINGS, {"ids": sorted(known)}).all()
    found = [row for row in rows if row.author_id not in apart.hidden()]
    refer(found, "meeting", Meeting)
    refer(found, "author", User)
    refer(found, "item", AgendaItem)
    return found


def read_invitations(files: Iterable[Attachment], reader: Actor) -> None:
    """Read in one query who was invited to the files' meetings, of whom the rules will ask that."""
    if reader.role in STAFF - {Role.GP}:
        return
    asked = {file.meeting_id: file.meeting for file in files if file.item_id is not None}
    unread = [one for one in asked.values() if "invitations" not in one.__dict__]
    if not unread:
        return
    found = db.session.scalars(_INVITATIONS, {"ids": sorted(one.id for one in unread)}).all()
    for meeting in unread:
        of_it = [one for one in found if one.meeting_id == meeting.id]
        set_committed_value(meeting, "invitations", of_it)


def may_read(file: Attachment, reader: Actor) -> bool:
    """Tell whether the file is open to the reader now."""
    ways = RULES[Permission.FILE_READ].get(reader.role_on(file), ())
    return earned(ways, reader, file)


def shown(files: Iterable[Attachment], reader: Actor) -> list[Attachment]:
    """Return the files that a list shows the reader: those open to them, and their own."""
    return [file for file in files if file.author_id == reader.user_id or may_read(file, reader)]


def takes_files(meeting: Meeting) -> bool:
    """Tell whether something can be put beside the meeting still."""
    return meeting.published_at is None and meeting.state not in OVER


def points_for_files(meeting: Meeting, reader: Actor) -> list[AgendaItem]:
    """Return the points that the reader may put something beside, in their order."""
    taken = [
        item
        for item in readable(meeting.items, reader)
        if item.state is ItemState.OPEN and not item.standing
    ]
    return sorted(taken, key=lambda item: item.position)


@dataclass(frozen=True)
class _Planned(InMeeting):
    """A file that is not there yet, as the rules ask about it."""

    meeting: Meeting
    item: AgendaItem | None

    @property
    def life_area(self) -> LifeArea | None:
        return self.item.life_area if self.item is not None else None

    @property
    def is_hidden_from_private(self) -> bool:
        return self.item is not None and self.item.is_hidden_from_private


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who will see a file; relatives may be left out, and wait for the agenda."""

    name: str
    may_be_left_out: bool
    waits: bool


def readers(meeting: Meeting, item: AgendaItem | None, *, by: Actor) -> list[Reader]:
    """Return who, beside ``by``, will see what ``by`` puts there now."""
    planned = _Planned(meeting, item)
    found = []
    for member in meeting.case.members:
        reader = actor_of(member, by.at)
        is_bound = reader.role in BOUND_BY_CONSENT
        if member.user_id == by.user_id or not _will_read(planned, reader):
            continue
        waits = is_bound and meeting.agenda_state is AgendaState.DRAFT
        found.append(Reader(name=member.name, may_be_left_out=is_bound, waits=waits))
    return found


def _will_read(planned: _Planned, reader: Actor) -> bool:
    """Tell whether the reader may see it, once it is shared with what it belongs to."""
    if reader.role in BOUND_BY_CONSENT and planned.is_hidden_from_private:
        return False
    ways = RULES[Permission.FILE_READ].get(reader.role_on(planned), ())
    return any(
        all(holds is file_is_released or holds(reader, planned) for holds in way) for way in ways
    )


def end_reading() -> None:
    """End the transaction: a file is never opened inside one (``security.md`` § 3)."""
    db.session.rollback()
