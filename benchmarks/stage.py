"""Meetings that are on, with everybody in them: what ``python -m benchmarks rooms`` looks at."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from benchmarks.crowd import Screen
from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import AttendanceMode, MeetingState, MinutesField
from netmeet.meetings.service import room
from tests.world import World

FIELDS = (MinutesField.TALKED, MinutesField.PERSON_SAYS, MinutesField.SEEN_DIFFERENTLY)
"""What the chair writes, what who takes the minutes writes, and what both write."""
_POINTS = 6
_AGREED = 3
_SISTERS_MAY = (Scope.INVITE, Scope.AGENDA, Scope.MINUTES)


@dataclass(frozen=True)
class _Seat:
    """Somebody in a room, and which fields of the current point they write."""

    room: str
    secret: str
    item_id: str
    fields: tuple[MinutesField, ...] = ()


def build(app: Flask, *, meetings: int, followers: int) -> list[Screen]:
    """Begin so many meetings, each with a chair and a minute taker, and sign everybody in.

    The ``followers`` are spread over them: the person, a sister, and staff of both sectors. Each
    meeting has six points and three agreements, as one in its middle has.
    """
    seats: list[_Seat] = []
    with app.app_context():
        world = World(app)
        for number in range(meetings):
            share = followers // meetings + (number < followers % meetings)
            seats += _seats(world, number, followers=share)
        world.save()
    # The client has a context of its own for each request, as a server has.
    return [_screen(app, seat) for seat in seats]


def _seats(world: World, number: int, *, followers: int) -> list[_Seat]:
    """Return who is in a new meeting that has begun; the last two write."""
    chair = world.staff(f"Leder {number}", world.ward, role=Role.REG, title="overlæge")
    taker = world.staff(f"Referent {number}", world.office, role=Role.MUN, title="sagsbehandler")
    sides = ((world.ward, Role.REG), (world.office, Role.MUN))
    staff = [
        world.staff(f"Deltager {number}-{n}", sides[n % 2][0], role=sides[n % 2][1])
        for n in range(followers - 2)
    ]
    sister = world.user(f"Søster {number}")
    case = world.case(
        f"Borger {number}",
        staff=[chair, taker, *staff],
        relative=sister,
        relative_scopes=_SISTERS_MAY,
    )
    meeting = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    meeting.chair, meeting.minute_taker_id = chair, taker.id
    for n in range(_POINTS):
        is_own = n < _POINTS // 2
        by, role = (case.person.user, Role.PAT) if is_own else (taker, Role.MUN)
        world.item(meeting, f"Det vil vi tale om som nummer {n}", by=by, raised_as=role)
    everybody = [case.person.user, sister, *staff, chair, taker]
    _begin(meeting, everybody)
    _agree(world, meeting, everybody)
    item = meeting.current_item_id or ""
    talked, says, both = FIELDS
    writing = {chair.id: (talked, both), taker.id: (says, both)}
    return [
        _Seat(meeting.id, _secret(world, user), item, writing.get(user.id, ()))
        for user in everybody
    ]


def _begin(meeting: Meeting, everybody: list[User]) -> None:
    for user in everybody:
        room.attend(meeting, user.id, mode=AttendanceMode.IN_PERSON, version=0)
    room.start(meeting, at=clock.now())


def _agree(world: World, meeting: Meeting, everybody: list[User]) -> None:
    """Add agreements of the first point, each with an owner and a day."""
    for owner in everybody[-_AGREED:]:
        action = Action(
            case_id=meeting.case_id,
            meeting_id=meeting.id,
            item_id=meeting.current_item_id,
            what="Ringer til banken om et budget og siger besked",
            owner_id=owner.id,
            due_on=clock.today() + timedelta(days=7),
            created_at=clock.now(),
            created_by_id=world.lise.id,
        )
        db.session.add(action)
    db.session.flush()


def _secret(world: World, user: User) -> str:
    return accounts.sign_in(user, role=world.role_of(user), by="code", at=clock.now())


def _screen(app: Flask, seat: _Seat) -> Screen:
    """Return the seat's screen with its login; who writes has a form's token too."""
    client = app.test_client()
    with client.session_transaction() as browser:
        browser["sid"] = seat.secret
    answer = client.get("/login/token", headers={"Accept": "application/json"})
    cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
    if cookie is None:
        message = "the client kept no cookie"
        raise LookupError(message)
    return Screen(
        room=f"/meetings/{seat.room}/room",
        cookie=f"{cookie.key}={cookie.value}",
        token=answer.get_json()["csrf_token"] if seat.fields else "",
        writes=tuple(f"/points/{seat.item_id}/minutes/{field.value}" for field in seat.fields),
    )


def stored(app: Flask, paths: set[str]) -> dict[str, tuple[str, int]]:
    """Return text and version that stand in each field now, by the path it is sent to."""
    found = {}
    with app.app_context():
        for path in paths:
            _, _, item_id, _, field = path.split("/")
            item = reading.point(item_id)
            if item is None:
                message = f"{path} is not there any more"
                raise LookupError(message)
            written = reading.written(item)[field]
            found[path] = (written.text, written.version)
        db.session.rollback()
    return found
