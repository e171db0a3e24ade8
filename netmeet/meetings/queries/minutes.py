"""Reading the room and the minutes: which points, in which order, and what is open to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.accounts.models import User
from netmeet.cases.models import TeamMember
from netmeet.core.access import PRIVATE, Actor, Role, Way, earned
from netmeet.core.db import db, read_into, refer
from netmeet.core.permissions import Permission
from netmeet.meetings.models import (
    AgendaItem,
    Attendance,
    ContestedLine,
    Correction,
    Journalised,
    Meeting,
    MinutesEntry,
    Statement,
)
from netmeet.meetings.policy import RULES
from netmeet.meetings.queries.meetings import by_id, with_points
from netmeet.meetings.rules import (
    AttendanceStatus,
    ItemState,
    MeetingState,
    MinutesField,
    StandingPoint,
)

Thing = TypeVar("Thing")

BOUND_BY_CONSENT = PRIVATE - {Role.PAT, Role.PROX}
"""Relatives and guests: what is hidden from private people is hidden from them."""

_OPENING = (StandingPoint.WELCOME, StandingPoint.LAST_TIME)


@dataclass(frozen=True)
class Written:
    """What stands in one field of the minutes, and at which version (0: nothing yet)."""

    text: str
    version: int


_ATTENDANCES = select(Attendance).where(Attendance.meeting_id == bindparam("id"))
_POINT = (
    select(AgendaItem)
    .where(AgendaItem.id == bindparam("id"))
    .options(joinedload(AgendaItem.entries))
)
_ENTRY = (
    select(MinutesEntry)
    .where(MinutesEntry.item_id == bindparam("item_id"), MinutesEntry.field == bindparam("field"))
    .execution_options(populate_existing=True)
)


_ENDED = (
    "version",
    "state",
    "closed_at",
    "answer_kind",
    "conclusion",
    "conclude_on",
    "decider_id",
    "reason_sealed",
)


def room(meeting_id: str) -> Meeting | None:
    """Return the meeting with points, what is written on them, and who is in the room."""
    meeting = with_points(meeting_id)
    if meeting is not None:
        read_into(meeting, "attendances", _ATTENDANCES)
        refer(meeting.attendances, "user", User)
    return meeting


def point(item_id: str) -> AgendaItem | None:
    """Return one point with its meeting, its case's access facts and what is written on it."""
    item = db.session.scalars(_POINT, {"id": item_id}).unique().one_or_none()
    if item is not None:
        set_committed_value(item, "meeting", by_id(item.meeting_id))
        refer([item], "decider", User)
    return item


def points(meeting: Meeting) -> list[AgendaItem]:
    """Return the points in the order they are taken.

    Welcome and last time's agreements, then the person's own, then the others', then the standing
    rest. The heading of the person's points is no point of its own.
    """
    live = [item for item in meeting.items if item.state in {ItemState.OPEN, ItemState.CLOSED}]
    live.sort(key=lambda item: item.position)
    opening = [item for item in live if item.standing in _OPENING]
    persons = [item for item in live if not item.standing and item.is_persons]
    others = [item for item in live if not item.standing and not item.is_persons]
    rest = [
        item
        for item in live
        if item.standing and item.standing not in {*_OPENING, StandingPoint.PERSONS_POINTS}
    ]
    return [*opening, *persons, *others, *rest]


def written(item: AgendaItem) -> dict[str, Written]:
    """Return every field of the point's minutes by name."""
    found = {entry.field: Written(entry.text, entry.version) for entry in item.entries}
    return {field.value: found.get(field, Written("", 0)) for field in MinutesField}


def entry(item: AgendaItem, field: MinutesField) -> MinutesEntry | None:
    """Return the field's row as the database has it now, the point locked against other writers."""
    db.session.refresh(item, _ENDED, with_for_update=True)
    refer([item], "decider", User)
    row = db.session.scalars(_ENTRY, {"item_id": item.id, "field": field}).one_or_none()
    if row is not None and row not in item.entries:
        # Written since the point was loaded: it is what a refusal shows.
        set_committed_value(item, "entries", [*item.entries, row])
    return row


def attendance(meeting: Meeting, user_id: str) -> Attendance | None:
    """Return whether and how the user takes part, if it is noted."""
    return next((row for row in meeting.attendances if row.user_id == user_id), None)


def people(meeting: Meeting) -> list[tuple[str, str, Attendance | None]]:
    """Return id, name and attendance of everybody invited, the person first, then by name."""
    person_id = meeting.case.person.user_id
    rows = [
        (i.user_id, i.user.name, attendance(meeting, i.user_id))
        for i in meeting.current_invitations
    ]
    return sorted(rows, key=lambda row: (row[0] != person_id, row[1]))


def seen(meeting: Meeting) -> list[tuple[str, str, Attendance | None]]:
    """Return those of :func:`people` whom everybody has seen: here now, or here before."""
    came = {AttendanceStatus.WHOLE, AttendanceStatus.PART}
    return [row for row in people(meeting) if row[2] is not None and row[2].status in came]


def in_the_room(meeting: Meeting) -> list[TeamMember | None]:
    """Return who is present; before anybody is noted, everybody invited.

    ``None`` stands for somebody who is there without a place in the network any more.
    """
    here = [row.user_id for row in meeting.attendances if row.is_in_room]
    ids = here or [invitation.user_id for invitation in meeting.current_invitations]
    return [meeting.case.member(user_id) for user_id in ids]


def is_open(thing: Any, *, reader: Actor, ways: Mapping[Role, Sequence[Way]]) -> bool:
    """Tell whether the rule's ``ways`` open this part of a meeting to the reader.

    A consent for some areas of life opens only what lies in them; what belongs to no area stays
    closed to it, except the standing points that say nothing about anybody.
    """
    role = reader.role_on(thing.meeting)
    if role in BOUND_BY_CONSENT and getattr(thing, "is_hidden_from_private", False):
        return False
    return earned(ways.get(role, ()), reader, thing)


def actor_of(member: TeamMember, at: datetime) -> Actor:
    """Return the member as the rules know somebody acting, to ask what is open to them."""
    return Actor(
        user_id=member.user_id,
        name="",
        role=member.role.access,
        at=at,
        organisation_id=member.organisation_id,
        unit_id=member.unit_id,
    )


def for_everybody(
    items: Iterable[AgendaItem], *, meeting: Meeting, at: datetime
) -> list[AgendaItem]:
    """Return the points that may stand on the big screen: open to everybody in the room."""
    return open_to_all(items, meeting=meeting, at=at, ways=RULES[Permission.ROOM_FOLLOW])


def everybody_may_see(item: AgendaItem, at: datetime) -> bool:
    """Tell whether the point may stand on the big screen."""
    return bool(for_everybody([item], meeting=item.meeting, at=at))


def open_to_all(
    things: Iterable[Thing], *, meeting: Meeting, at: datetime, ways: Mapping[Role, Sequence[Way]]
) -> list[Thing]:
    """Return what the rule's ``ways`` open to everybody who is in the meeting's room.

    Interpreters are left out: they say aloud every word of it. Nothing is open while somebody is
    there who has no place in the network any more.
    """
    here = in_the_room(meeting)
    if None in here:
        return []
    readers = [
        actor_of(member, at)
        for member in here
        if member is not None and member.role.access is not Role.INTP
    ]
    return [
        thing
        for thing in things
        if all(is_open(thing, reader=reader, ways=ways) for reader in readers)
    ]


def statements(meeting_id: str) -> Sequence[Statement]:
    """Return what participants have said to the minutes, oldest first, with their authors."""
    statement = (
        select(Statement)
        .where(Statement.meeting_id == meeting_id)
        .options(joinedload(Statement.author))
        .order_by(Statement.at)
    )
    return db.session.scalars(statement).all()


def corrections(meeting: Meeting) -> Sequence[Correction]:
    """Return what was corrected in the minutes since they were sent out, oldest first, by whom.

    Minutes that never were corrected are not asked about.
    """
    if meeting.edition == 1:
        return ()
    statement = (
        select(Correction)
        .where(Correction.meeting_id == meeting.id)
        .options(joinedload(Correction.by))
        .order_by(Correction.edition, Correction.id)
    )
    return db.session.scalars(statement).all()


def contested_at(item: AgendaItem, line: str) -> Sequence[ContestedLine]:
    """Return what the person says is wrong in this line of the point and nobody has answered."""
    statement = select(ContestedLine).where(
        ContestedLine.line_id == item.id, ContestedLine.answered_at.is_(None)
    )
    return [one for one in db.session.scalars(statement) if one.line == line]


def to_finish(today: date) -> Sequence[str]:
    """Return the meetings whose minutes have been out for as long as anybody may comment."""
    statement = select(Meeting.id).where(
        Meeting.state == MeetingState.PUBLISHED, Meeting.comments_until < today
    )
    return db.session.scalars(statement).all()


def journalised(meeting_id: str) -> Sequence[Journalised]:
    """Return which organisations have filed the minutes, in the order they did."""
    statement = (
        select(Journalised)
        .where(Journalised.meeting_id == meeting_id)
        .options(joinedload(Journalised.organisation))
        .order_by(Journalised.at)
    )
    return db.session.scalars(statement).all()
