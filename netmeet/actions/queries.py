"""Reading agreements: one's own, a case's, a meeting's, and how each came to be as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action, StatusChange
from netmeet.actions.policy import RULES
from netmeet.actions.rules import DOUBTS, Status, WaitingFor
from netmeet.cases import queries as cases
from netmeet.cases.models import Case
from netmeet.core.access import STAFF, Actor, Role
from netmeet.core.db import db, refer
from netmeet.core.permissions import Permission
from netmeet.meetings.models import AgendaItem, Attendance, InMeeting, Meeting
from netmeet.meetings.policy import RULES as MEETING_RULES
from netmeet.meetings.queries import minutes
from netmeet.meetings.rules import AttendanceStatus, LifeArea
from netmeet.organisations.models import Unit

_CAME = frozenset({AttendanceStatus.WHOLE, AttendanceStatus.PART})

SHOWN_AFTER_IT_ENDED = timedelta(days=30)
"""How long an agreement that is done stays in its owner's list."""

PAUSED = f"{Status.WAITING}:{WaitingFor.CONSENT}"
"""What the history says when an agreement stopped because a consent was withdrawn."""

_READ, _DRAFT = RULES[Permission.ACTION_READ], MEETING_RULES[Permission.MINUTES_READ_DRAFT]

HELD = f"{Status.WAITING}:{WaitingFor.AGREEMENT}"
"""What the history says when an agreement cannot be done before another has ended."""


IS_DOUBTED = Action.published_at.is_not(None) & Action.persons_word.in_(DOUBTS)
"""As ``Action.is_doubted`` tells it of a row."""


def access_options() -> tuple[Any, ...]:
    """Return what to load with an ``Action`` so that every access rule can be judged.

    A case that is loaded already is found by identity and costs nothing more.
    """
    return (
        joinedload(Action.case).options(*cases.access_options()),
        joinedload(Action.owner),
        joinedload(Action.unit),
        joinedload(Action.meeting),
    )


def by_id(action_id: str) -> Action | None:
    """Return the agreement in force with access facts, meeting, and the wish it came from."""
    statement = (
        _in_force()
        .where(Action.id == action_id)
        .options(
            joinedload(Action.item).joinedload(AgendaItem.author),
            joinedload(Action.meeting).selectinload(Meeting.invitations),
        )
    )
    return db.session.scalars(statement).one_or_none()


def mine(actor: Actor) -> Sequence[Action]:
    """Return what the actor owes over all meetings, what the person doubts, what ended lately."""
    lately = actor.at - SHOWN_AFTER_IT_ENDED
    statement = _in_force().where(
        Action.owner_id == actor.user_id,
        Action.closed_at.is_(None) | (Action.closed_at > lately) | IS_DOUBTED,
    )
    of_each = joinedload(Action.case).options(*cases.list_options())
    return db.session.scalars(statement.options(of_each)).all()


def of_case(case_id: str) -> Sequence[Action]:
    """Return the case's agreements in force, open and ended, soonest first."""
    return db.session.scalars(_in_force().where(Action.case_id == case_id)).all()


def open_of_case(case_id: str) -> Sequence[Action]:
    """Return what is still owed in the case, soonest first."""
    statement = _in_force().where(Action.case_id == case_id, Action.closed_at.is_(None))
    return db.session.scalars(statement).all()


def waiting_for(action: Action) -> Sequence[Action]:
    """Return what is owed and was to wait until ``action`` has ended."""
    statement = _in_force().where(
        Action.after_id == action.id,
        Action.closed_at.is_(None),
        Action.status == Status.WAITING,
    )
    return db.session.scalars(statement).all()


def name_firsts(actions: Collection[Action]) -> None:
    """Read what each of the agreements waits for, as ``after``, with its owner and access facts."""
    refer(actions, "after", Action)
    firsts = [action.after for action in actions if action.after is not None]
    refer(firsts, "owner", User)
    refer(firsts, "unit", Unit)
    for action in actions:
        if action.after is not None:
            set_committed_value(action.after, "case", action.case)


def still_open(action_ids: Collection[str]) -> set[str]:
    """Return those of the agreements that have not ended, kept so until this transaction has."""
    statement = (
        select(Action.id)
        .where(Action.id.in_(action_ids), Action.closed_at.is_(None))
        .with_for_update(read=True)
    )
    return set(db.session.scalars(statement)) if action_ids else set()


def waits_still(action: Action) -> bool:
    """Tell whether the agreement is to wait for another that has not ended."""
    return action.after_id in still_open([action.after_id] if action.after_id else [])


def left_waiting() -> Sequence[Action]:
    """Return what stands as waiting though what it was to wait for has ended, with ``after``."""
    ended = aliased(Action)
    statement = (
        _in_force()
        .join(ended, Action.after_id == ended.id)
        .where(
            Action.closed_at.is_(None),
            Action.status == Status.WAITING,
            ended.closed_at.is_not(None),
        )
        .options(joinedload(Action.after))
    )
    return db.session.scalars(statement).all()


def of_meeting(meeting_id: str) -> Sequence[Action]:
    """Return what the meeting agreed and put in force, soonest first."""
    return db.session.scalars(_in_force().where(Action.meeting_id == meeting_id)).all()


def drafts_of_meeting(meeting_id: str) -> Sequence[Action]:
    """Return the meeting's agreements that are not in force yet, in the order they were made."""
    statement = (
        select(Action)
        .where(Action.meeting_id == meeting_id, Action.published_at.is_(None))
        .options(*access_options())
        .order_by(Action.created_at, Action.id)
    )
    return db.session.scalars(statement).all()


@dataclass(frozen=True)
class There(InMeeting):
    """An agreement beside a meeting that is loaded: to judge what everybody there may see."""

    action: Action
    meeting: Meeting

    @property
    def life_area(self) -> LifeArea | None:
        """Return the area of life the agreement lies in."""
        return self.action.life_area

    @property
    def author_id(self) -> str | None:
        """Return the owner."""
        return self.action.owner_id

    @property
    def is_live(self) -> bool:
        """Tell whether it is in force and still open."""
        return self.action.is_live


def open_around(meeting: Meeting) -> Sequence[Action]:
    """Return what is owed in the case and what the meeting has drafted, with owners: drafts first.

    Whoever may see it or not: what is shown of it is :func:`shown`.
    """
    statement = (
        select(Action)
        .where(
            Action.case_id == meeting.case_id,
            Action.closed_at.is_(None),
            Action.published_at.is_not(None) | (Action.meeting_id == meeting.id),
        )
        .options(joinedload(Action.owner))
        .order_by(Action.published_at.is_not(None), Action.due_on, Action.created_at, Action.id)
    )
    return db.session.scalars(statement).all()


def shown(found: Collection[Action], meeting: Meeting, *, reader: Actor) -> list[Action]:
    """Return those of :func:`open_around` that the reader and everybody in the room may see.

    The meeting is loaded with its points and who is there.
    """
    at = reader.at
    points = {
        item.id
        for item in minutes.for_everybody(meeting.items, meeting=meeting, at=at)
        if minutes.is_open(item, reader=reader, ways=_DRAFT)
    }
    in_force = [There(one, meeting) for one in found if one.published_at is not None]
    open_ = minutes.open_to_all(in_force, meeting=meeting, at=at, ways=_READ)
    read = {one.action.id for one in open_ if minutes.is_open(one, reader=reader, ways=_READ)}
    return [
        one
        for one in found
        if one.id in read
        or (one.published_at is None and _is_drafted(one, points, meeting, reader=reader))
    ]


def _is_drafted(one: Action, points: set[str], meeting: Meeting, *, reader: Actor) -> bool:
    """Tell whether a draft may be shown: with its point, else by its own area of life."""
    if one.item_id is not None:
        return one.item_id in points
    return minutes.is_open(There(one, meeting), reader=reader, ways=_DRAFT)


def open_before(meeting: Meeting) -> Sequence[Action]:
    """Return what earlier meetings of the case agreed and is still owed, soonest first."""
    statement = _in_force().where(
        Action.case_id == meeting.case_id,
        Action.closed_at.is_(None),
        Action.meeting_id.is_(None) | (Action.meeting_id != meeting.id),
    )
    return db.session.scalars(statement).all()


def _in_force() -> Select[Action]:
    return (
        select(Action)
        .where(Action.published_at.is_not(None))
        .options(*access_options())
        .order_by(Action.due_on, Action.created_at, Action.id)
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What only the history knows of an agreement: what it waits for, and a call for help.

    ``was`` is how far it was before the last report, as the history says it.
    """

    waits_for: WaitingFor | None = None
    wants_help: bool = False
    was: str = ""


_LATEST = (
    select(StatusChange.action_id, func.max(StatusChange.at).label("at"))
    .where(
        StatusChange.action_id.in_(bindparam("ids", expanding=True)),
        StatusChange.what.in_(("status", "help", "resumed", "freed")),
    )
    .group_by(StatusChange.action_id)
    .subquery()
)
_ASKED = select(
    StatusChange.action_id, StatusChange.what, StatusChange.was, StatusChange.became
).join(_LATEST, (StatusChange.action_id == _LATEST.c.action_id) & (StatusChange.at == _LATEST.c.at))


def asked(actions: Collection[Action]) -> dict[str, Asked]:
    """Return what each agreement's last change says, by id, in one query."""
    ids = [action.id for action in actions if action.is_live]
    found: dict[str, Asked] = {}
    for change in db.session.execute(_ASKED, {"ids": ids}):
        _status, _, waits_for = change.became.partition(":")
        found[change.action_id] = Asked(
            waits_for=WaitingFor(waits_for) if waits_for else None,
            wants_help=change.what == "help",
            was=change.was if change.what == "status" else "",
        )
    return found


def history(action: Action) -> Sequence[StatusChange]:
    """Return every change of the agreement with who made it, newest first."""
    statement = (
        action.history.select()
        .options(joinedload(StatusChange.by))
        .order_by(None)
        .order_by(StatusChange.at.desc(), StatusChange.id)
    )
    return db.session.scalars(statement).all()


def in_room(meeting: Meeting) -> set[str]:
    """Return who is in the room, after the meeting who came; before anybody is noted the invited.

    The meeting's invitations are loaded.
    """
    columns = (Attendance.user_id, Attendance.is_in_room, Attendance.status)
    noted = db.session.execute(select(*columns).where(Attendance.meeting_id == meeting.id)).all()
    if not noted:
        return {invitation.user_id for invitation in meeting.current_invitations}
    if meeting.ended_at is not None:
        return {row.user_id for row in noted if row.status in _CAME}
    return {row.user_id for row in noted if row.is_in_room}


def was_carried(meeting_id: str) -> set[str]:
    """Return the ids of the agreements that were carried over to the meeting already."""
    statement = select(StatusChange.action_id).where(
        StatusChange.what == "carried", StatusChange.became == meeting_id
    )
    return set(db.session.scalars(statement))


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody an agreement may be handed over to, with the unit they would owe it for."""

    user: User
    organisation_id: str | None
    unit_id: str | None
    where: str


def candidates(action: Action, *, actor: Actor) -> list[Candidate]:
    """Return who may take the agreement over, by name: staff of the network, never private people.

    To a manager the network is closed: they choose among the staff of their own unit.
    """
    if actor.role is Role.MGR:
        found = _of_unit(actor)
    else:
        found = [
            Candidate(
                user=member.user,
                organisation_id=member.organisation_id,
                unit_id=member.unit_id,
                where=member.where,
            )
            for member in action.case.members
            if member.role.is_staff
        ]
    fit = [one for one in found if one.user.id != action.owner_id and one.user.active]
    return sorted(fit, key=lambda one: one.user.name)


def _of_unit(actor: Actor) -> list[Candidate]:
    statement = (
        select(UnitRole)
        .where(
            UnitRole.unit_id == actor.unit_id,
            UnitRole.role.in_(STAFF),
            UnitRole.until.is_(None) | (UnitRole.until > actor.at),
        )
        .options(joinedload(UnitRole.user))
    )
    return [
        Candidate(
            user=role.user,
            organisation_id=actor.organisation_id,
            unit_id=role.unit_id,
            where=role.title,
        )
        for role in db.session.scalars(statement)
    ]


def owned_by(case: Case, *, user_id: str | None, organisation_id: str | None) -> Sequence[Action]:
    """Return what the user, or the staff of the organisation, still owes in the case."""
    theirs = {
        member.user_id
        for member in case.team
        if organisation_id is not None and member.organisation_id == organisation_id
    }
    return [
        action
        for action in open_of_case(case.id)
        if action.owner_id == user_id
        or action.owner_id in theirs
        or (action.unit is not None and action.unit.organisation_id == organisation_id)
    ]
