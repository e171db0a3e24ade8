"""What the big screen, the chair's own page and the minutes show, put together from the slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.actions.policy import RULES as ACTION_RULES
from netmeet.actions.policy import party
from netmeet.actions.queries import There
from netmeet.actions.rules import Commitment, Status, Telling, told
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db, refer
from netmeet.core.permissions import Permission
from netmeet.invitations.models import Mandate
from netmeet.invitations.rules import MandateValue
from netmeet.meetings.models import AgendaItem, Meeting, PreparationAnswer
from netmeet.meetings.policy import RULES as MEETING_RULES
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import LifeArea, Question, StandingPoint
from netmeet.organisations.rules import Sector

_MINUTE = timedelta(minutes=1)

_AGREEMENTS = (
    select(Action)
    .where(Action.meeting_id == bindparam("meeting_id"))
    .order_by(Action.created_at, Action.id)
)


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An agreement as a line: what, who, by when, and what it still lacks.

    ``told`` is how the person reads it, ``""`` where others read too.
    """

    id: str
    item_id: str | None
    what: str
    owner: str
    owner_first: str
    is_persons: bool
    due_on: date | None
    life_area: LifeArea | None
    status: Status
    version: int
    is_read_back: bool
    commitment: Commitment
    party: Sector | None
    answered_on: date | None
    told: str = ""

    @property
    def lacks_owner(self) -> bool:
        """Tell whether nobody has been named yet."""
        return not self.owner

    @property
    def lacks_due(self) -> bool:
        """Tell whether no date has been set yet."""
        return self.due_on is None


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One point on the big screen. Without ``item`` it may not be shown to everybody here.

    ``ends`` is when the meeting is planned to end, wall time in Copenhagen.
    """

    number: int
    total: int
    item: AgendaItem | None
    item_id: str
    fields: dict[str, reading.Written]
    minutes_left: int
    ends: datetime | None
    agreed: Sequence[Agreed]
    earlier: Sequence[Agreed]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A point to decide, and the one who is to: what they answered, ``None`` when nothing."""

    title: str
    who: str
    answer: MandateValue | None


@dataclass(frozen=True, kw_only=True)
class ForChair:
    """What only the chair sees: what not to talk about, who is unsure to decide, time used."""

    not_to_talk: PreparationAnswer | None
    doubts: Sequence[Doubt]
    minutes_over: int
    planned_end: datetime | None


def screen(meeting: Meeting, at: datetime) -> Screen:
    """Return the current point as the screen may show it at ``at`` (UTC) to everybody present."""
    taken = reading.points(meeting)
    places = {item.id: place for place, item in enumerate(taken)}
    place = places.get(meeting.current_item_id or "", 0)
    item = taken[place]
    agreed = agreements(meeting.id)
    asked = {item.id, *(action.item_id for action in agreed)}
    of_these = [one for one in taken if one.id in asked]
    shown = {one.id for one in reading.for_everybody(of_these, meeting=meeting, at=at)}
    is_open = item.id in shown
    started = meeting.item_started_at or at
    return Screen(
        number=place + 1,
        total=len(taken),
        item=item if is_open else None,
        item_id=item.id,
        fields=reading.written(item) if is_open else {},
        minutes_left=max(0, item.minutes - (at - started) // _MINUTE),
        ends=_planned_end(meeting),
        agreed=[
            _agreed(action, meeting)
            for action in agreed
            if action.item_id is None or action.item_id in shown
        ],
        earlier=earlier(meeting, at) if item.standing == StandingPoint.LAST_TIME else (),
        is_first=place == 0,
        is_last=place == len(taken) - 1,
    )


def agreements(meeting_id: str) -> Sequence[Action]:
    """Return the agreements made in the meeting with their owners, in the order they were made."""
    found = db.session.scalars(_AGREEMENTS, {"meeting_id": meeting_id}).all()
    refer(found, "owner", User)
    return found


def earlier(meeting: Meeting, at: datetime) -> list[Agreed]:
    """Return what was agreed before and is open, or was closed since the last meeting.

    Only what everybody in the room may see (``at`` in UTC).
    """
    statement = (
        select(Action)
        .where(
            Action.case_id == meeting.case_id,
            Action.published_at.is_not(None),
            Action.meeting_id != meeting.id,
            Action.closed_at.is_(None) | (Action.closed_at > meeting.created_at),
        )
        .options(joinedload(Action.owner))
        .order_by(Action.due_on, Action.id)
    )
    ways = ACTION_RULES[Permission.ACTION_READ]
    found = [There(action, meeting) for action in db.session.scalars(statement)]
    shown = reading.open_to_all(found, meeting=meeting, at=at, ways=ways)
    return [_agreed(one.action, meeting) for one in shown]


def agreed_for(meeting: Meeting, *, reader: Actor) -> list[Agreed]:
    """Return the meeting's agreements that are open to the reader, as lines.

    Before publication they are part of the draft: whoever reads a point there reads them, and one
    of no point lies in its own area of life.
    """
    found = agreements(meeting.id)
    to_person = reader.role in {Role.PAT, Role.PROX}
    if meeting.published_at is None:
        draft = MEETING_RULES[Permission.MINUTES_READ_DRAFT]
        shown = {i.id for i in meeting.items if reading.is_open(i, reader=reader, ways=draft)}

        def may_read(one: Action) -> bool:
            return reading.is_open(There(one, meeting), reader=reader, ways=draft)

        return [
            _agreed(one, meeting, to_person=to_person)
            for one in found
            if one.item_id in shown or (one.item_id is None and may_read(one))
        ]
    ways = ACTION_RULES[Permission.ACTION_READ]
    return [
        _agreed(action, meeting, to_person=to_person)
        for action in found
        if reading.is_open(There(action, meeting), reader=reader, ways=ways)
    ]


def _agreed(action: Action, meeting: Meeting, *, to_person: bool = False) -> Agreed:
    owner = action.owner
    said_at = action.partys_word_at
    by = Telling(
        owner=owner.name if owner is not None else "",
        person=meeting.case.person.name,
        is_own=action.is_persons,
    )
    return Agreed(
        id=action.id,
        item_id=action.item_id,
        what=action.what,
        owner=owner.name if owner is not None else "",
        owner_first=owner.first_name if owner is not None else "",
        is_persons=action.is_persons,
        due_on=action.due_on,
        life_area=action.life_area,
        status=action.status,
        version=action.version,
        is_read_back=action.read_back_at is not None,
        commitment=action.commitment,
        party=party(action, meeting.case),
        told=told(action.what, by) if to_person else "",
        answered_on=calendar.to_local(said_at).date() if said_at is not None else None,
    )


def to_read_back(meeting: Meeting, at: datetime) -> tuple[Agreed | None, int, int]:
    """Return the next agreement to read aloud, its number, and how many there are.

    ``None`` when all have been read, or when there are none. What not everybody here may see is
    not read aloud.
    """
    agreed = screen(meeting, at).agreed
    following = next((one for one in agreed if not one.is_read_back), None)
    read = sum(one.is_read_back for one in agreed)
    return following, read + 1, len(agreed)


def for_chair(meeting: Meeting, at: datetime) -> ForChair:
    """Return what only the chair sees at ``at``; minutes over are counted over points begun."""
    answer = db.session.scalars(
        select(PreparationAnswer).where(
            PreparationAnswer.meeting_id == meeting.id,
            PreparationAnswer.question == Question.NOT_TALK,
        )
    ).one_or_none()
    return ForChair(
        not_to_talk=answer,
        doubts=_doubts(meeting),
        minutes_over=_minutes_over(meeting, at),
        planned_end=_planned_end(meeting),
    )


def _planned_end(meeting: Meeting) -> datetime | None:
    return meeting.starts_local and meeting.starts_local + meeting.minutes * _MINUTE


def _doubts(meeting: Meeting) -> list[Doubt]:
    """Return the points with somebody to decide who has not said that they can."""
    to_decide = [item for item in reading.points(meeting) if item.decider is not None]
    statement = (
        select(Mandate)
        .where(Mandate.item_id.in_([item.id for item in to_decide]))
        .options(joinedload(Mandate.invitation))
    )
    answers = {(m.item_id, m.invitation.user_id): m.value for m in db.session.scalars(statement)}
    return [
        Doubt(title=item.title, who=item.decider.name, answer=found)
        for item in to_decide
        if item.decider is not None
        and (found := answers.get((item.id, item.decider.id))) is not MandateValue.YES
    ]


def _minutes_over(meeting: Meeting, at: datetime) -> int:
    """Return the minutes used beyond what the points up to and with the current one were given."""
    if meeting.started_at is None or meeting.ended_at is not None:
        return 0
    planned = 0
    for item in reading.points(meeting):
        planned += item.minutes
        if item.id == meeting.current_item_id:
            break
    return max(0, (at - meeting.started_at) // _MINUTE - planned)


def let_go() -> None:
    """End the reading transaction: nothing slow is done while one is open."""
    db.session.rollback()
