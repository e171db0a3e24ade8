"""Holding the meeting: who is here, which point is on, pause, and the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import rules
from netmeet.meetings.models import AgendaItem, Attendance, Meeting
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    KINDS,
    AgendaState,
    AttendanceMode,
    AttendanceStatus,
    ItemState,
    MeetingKind,
    MeetingState,
    Participation,
    PointLack,
)
from netmeet.meetings.service.meetings import move
from netmeet.meetings.service.minutes import lacks

_MAY_BEGIN = frozenset({MeetingState.INVITED, MeetingState.CONFIRMED})

Excused = Callable[[Meeting], Mapping[str, AttendanceStatus]]

_excused: list[Excused] = []
"""Answers how those who said something beforehand are noted when they did not come, by user."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What is settled before the room closes. ``next_starts`` is wall time in Copenhagen."""

    participation: Participation | None
    next_starts: datetime | None = None
    no_next_reason: str = ""
    crisis_plan: str = ""


def invited_id(meeting: Meeting, name: str) -> str:
    """Return who of the invited is called so; the first name is enough when it is one's own.

    Raises ``Refused`` when nobody or several are.
    """
    wanted = name.strip().lower()
    people = {i.user_id: i.user.name.lower() for i in meeting.current_invitations}
    found = [user_id for user_id, called in people.items() if wanted and called.startswith(wanted)]
    exact = [user_id for user_id in found if people[user_id] == wanted]
    if len(exact or found) != 1:
        raise Refused(_("Skriv hele navnet på en, der er inviteret."), field="name")
    return (exact or found)[0]


def attend(
    meeting: Meeting, user_id: str, *, mode: AttendanceMode | None, version: int
) -> Attendance:
    """Note that somebody invited is here (and how), or with ``None`` that they are not.

    Who comes after the beginning, or leaves before the end, was there for a part. Raises
    ``Refused`` for somebody not invited, ``Conflict`` when somebody else noted it meanwhile.
    """
    if meeting.invitation(user_id) is None:
        raise Refused(_("Kun inviterede kan være med."), field="name")
    check_open(meeting)
    row = reading.attendance(meeting, user_id)
    if row is None:
        row = Attendance(meeting_id=meeting.id, user_id=user_id, status=AttendanceStatus.NO_SHOW)
        meeting.attendances.append(row)
    else:
        heading = _("Til stede")
        mine, theirs = (_("her") if here else _("ikke her") for here in (mode, row.is_in_room))
        row.expect(version, mine={heading: mine}, theirs={heading: theirs})
    row.status = _status(row, is_here=mode is not None, has_begun=meeting.started_at is not None)
    row.is_in_room = mode is not None
    row.mode = mode or row.mode or AttendanceMode.IN_PERSON
    db.session.flush()
    return row


def _status(row: Attendance, *, is_here: bool, has_begun: bool) -> AttendanceStatus:
    if not has_begun:
        return AttendanceStatus.WHOLE if is_here else AttendanceStatus.NO_SHOW
    was_there = row.is_in_room or row.status is AttendanceStatus.PART
    if is_here and row.is_in_room:
        return row.status
    return AttendanceStatus.PART if is_here or was_there else row.status


def start(meeting: Meeting, *, at: datetime) -> None:
    """Begin with the first point. Raises ``Refused`` before anybody is here or invited.

    Beginning twice changes nothing.
    """
    if meeting.started_at is not None:
        return
    if meeting.state not in _MAY_BEGIN:
        raise Refused(_("Mødet kan begynde, når invitationerne er sendt."))
    if meeting.is_refused:
        name = meeting.case.person.user.first_name
        raise Refused(
            _("%(name)s har sagt nej til mødet. Det kan ikke holdes uden et ja.", name=name)
        )
    if not any(row.is_in_room for row in meeting.attendances):
        raise Refused(_("Markér først, hvem der er her."))
    taken = reading.points(meeting)
    if not taken:
        raise Refused(_("Dagsordenen har ingen punkter endnu."))
    if meeting.agenda_state is AgendaState.DRAFT:
        # Points that lie on the table are shared: else a relative in the room closes the screen.
        meeting.agenda_state = AgendaState.SHARED
    meeting.started_at = at
    _open(meeting, taken[0], at=at)
    db.session.flush()


def go(meeting: Meeting, *, from_id: str, forward: int, at: datetime) -> None:
    """Go one point on (``forward`` 1) or back (-1); a point that lacks nothing is closed.

    ``from_id`` is the point the sender stood on: when somebody else has moved on meanwhile,
    nothing is skipped.
    """
    check_open(meeting)
    taken = reading.points(meeting)
    places = {item.id: place for place, item in enumerate(taken)}
    if meeting.current_item_id != from_id or from_id not in places:
        return
    here = taken[places[from_id]]
    close_if_complete(here, at=at)
    place = places[from_id] + forward
    if 0 <= place < len(taken):
        _open(meeting, taken[place], at=at)
    db.session.flush()


def go_to(meeting: Meeting, item_id: str, *, at: datetime) -> None:
    """Go to the point, to write what it still lacks. A point of another meeting is ``Refused``."""
    check_open(meeting)
    item = next((item for item in reading.points(meeting) if item.id == item_id), None)
    if item is None:
        raise Refused(_("Punktet er ikke på dagsordenen."))
    _open(meeting, item, at=at)
    db.session.flush()


def close_if_complete(item: AgendaItem, *, at: datetime) -> None:
    """Close the point unless it lacks something; one without a wish needs no conclusion."""
    if item.state is ItemState.OPEN and not lacks(item):
        item.state = ItemState.CLOSED
        item.closed_at = at


def pause(meeting: Meeting, *, is_on: bool) -> None:
    """Show *Vi holder pause* to everybody, or go on."""
    check_open(meeting)
    meeting.is_paused = is_on
    db.session.flush()


def seen_participation(meeting: Meeting) -> Participation | None:
    """Return how the person took part as far as the room knows: whole, part, or not said."""
    row = reading.attendance(meeting, meeting.case.person.user_id)
    seen = {
        AttendanceStatus.WHOLE: Participation.WHOLE,
        AttendanceStatus.PART: Participation.PART,
    }
    return seen.get(row.status) if row is not None else None


def next_latest(meeting: Meeting, *, today: date) -> date | None:
    """Return the last day for the next meeting by this kind's rule, if it has one."""
    return rules.next_meeting_latest(KINDS[MeetingKind(meeting.kind)], today)


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A point that cannot be closed yet. ``title`` is empty when not everybody here may see it."""

    id: str
    number: int
    title: str
    lacks: frozenset[PointLack]


def unfinished(meeting: Meeting, *, at: datetime) -> list[Unfinished]:
    """Return the points that cannot be closed yet, in the order they are taken."""
    return [
        Unfinished(
            id=item.id,
            number=number,
            title=item.title if reading.everybody_may_see(item, at) else "",
            lacks=lacks(item),
        )
        for number, item in enumerate(reading.points(meeting), start=1)
        if lacks(item)
    ]


def end(meeting: Meeting, *, by: Actor, at: datetime, ending: Ending) -> None:
    """End the meeting: the minutes are a draft from now on.

    Raises ``Refused`` while a point lacks its answer or conclusion, without the person's
    participation, and without the next meeting's date or a reason why there is none.
    """
    check_open(meeting)
    if meeting.started_at is None:
        raise Refused(_("Mødet er ikke begyndt."))
    missing = points_missing(unfinished(meeting, at=at))
    if missing:
        raise Refused(missing)
    for no in ending_lacks(meeting, ending, at=at):
        raise no
    for item in reading.points(meeting):
        close_if_complete(item, at=at)
    meeting.participation = ending.participation
    meeting.next_starts_local = ending.next_starts
    meeting.no_next_reason = "" if ending.next_starts else ending.no_next_reason
    meeting.crisis_plan = ending.crisis_plan
    meeting.is_paused = False
    meeting.ended_at = at
    _empty(meeting)
    move(meeting, MeetingState.HELD, by=by, at=at)
    move(meeting, MeetingState.MINUTES_DRAFT, by=by, at=at)


def points_missing(open_points: Sequence[Unfinished]) -> str:
    """Return which points cannot be closed yet, in a sentence; ``""`` when none."""
    numbers = [str(point.number) for point in open_points]
    if not numbers:
        return ""
    if len(numbers) > 1:
        first, last = ", ".join(numbers[:-1]), numbers[-1]
        numbers = [_("%(first)s og %(last)s", first=first, last=last)]
    return str(_("Punkt %(numbers)s mangler svar eller konklusion.", numbers=numbers[0]))


def ending_lacks(meeting: Meeting, ending: Ending, *, at: datetime) -> list[Refused]:
    """Return all that is not settled before the room closes, beside what the points lack."""
    found = []
    if ending.participation is None:
        name = meeting.case.person.user.first_name
        found.append(
            Refused(_("Vælg, hvordan %(name)s var med.", name=name), field="participation")
        )
    starts = ending.next_starts
    if starts is None and not ending.no_next_reason.strip():
        text = _("Sæt en dag til næste møde, eller skriv hvorfor der ikke er et.")
        found.append(Refused(text, field="next_on"))
    elif starts is not None and not calendar.exists_locally(starts):
        found.append(Refused(_("Den time findes ikke den dag. Vælg en anden."), field="next_at"))
    elif starts is not None and calendar.to_instant(starts) <= at:
        found.append(Refused(_("Vælg en dag, der kommer."), field="next_on"))
    return found


def ask_who_is_excused(answer: Excused) -> None:
    """Register who knows how somebody who did not come is noted: regrets, or a word beforehand."""
    _excused[:] = [answer]


def _empty(meeting: Meeting) -> None:
    """Nobody is in the room any more; who was invited and never came was not there, or excused."""
    noted: Mapping[str, Attendance] = {row.user_id: row for row in meeting.attendances}
    excused = {user: status for ask in _excused for user, status in ask(meeting).items()}
    for invitation in meeting.current_invitations:
        if invitation.user_id not in noted:
            meeting.attendances.append(
                Attendance(
                    meeting_id=meeting.id,
                    user_id=invitation.user_id,
                    status=excused.get(invitation.user_id, AttendanceStatus.NO_SHOW),
                )
            )
    for row in noted.values():
        row.is_in_room = False


def _open(meeting: Meeting, item: AgendaItem, *, at: datetime) -> None:
    meeting.current_item_id = item.id
    meeting.item_started_at = at


def check_open(meeting: Meeting) -> None:
    """Raise ``Refused`` when the meeting is over."""
    if meeting.ended_at is not None:
        raise Refused(_("Mødet er slut. Skriv videre i referatet."))
