"""Telling how a meeting was held: who was there, what was said and answered, what was agreed."""

from datetime import datetime

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, DueDoubt, OwnerDoubt
from netmeet.actions.service import capture
from netmeet.actions.service.capture import Reading
from netmeet.cli.demo import before
from netmeet.cli.demo.cast import Cast, Told
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    AnswerToPerson,
    AttendanceMode,
    Conclusion,
    LifeArea,
    MinutesField,
    Participation,
)
from netmeet.meetings.service import minutes, room
from netmeet.meetings.service.minutes import Outcome
from netmeet.meetings.service.room import Ending

_FIELDS = {
    "talked": MinutesField.TALKED,
    "says": MinutesField.PERSON_SAYS,
    "differently": MinutesField.SEEN_DIFFERENTLY,
}


def hold(meeting_id: str, row: Told, people: Cast) -> None:
    """Hold the meeting in the room; one that is not over stands at the point the story names."""
    meeting = _room(meeting_id)
    at = people.clock.instant(row["begins"])
    by = people.actor(people.key(meeting.chair_id), at)
    for key, mode in row["here"].items():
        user_id = people.user(key).id
        room.attend(meeting, user_id, mode=AttendanceMode(mode), version=1)
    room.start(meeting, at=at)
    for title, written in row["points"].items():
        _write(before.point(meeting, title), written, people, by=by, at=at)
    for agreed in row.get("actions", ()):
        _agree(meeting, agreed, people, by=by, at=at)
    if "at_point" in row:
        current = before.point(meeting, row["at_point"])
        room.go_to(meeting, current.id, at=people.clock.instant(row["since"]))
        return
    for key in row.get("left_early", ()):
        _leave(meeting, people.user(key).id)
    _end(meeting.id, row, people)


def _room(meeting_id: str) -> Meeting:
    meeting = reading.room(meeting_id)
    if meeting is None:
        raise LookupError(meeting_id)
    return meeting


def _leave(meeting: Meeting, user_id: str) -> None:
    row = reading.attendance(meeting, user_id)
    if row is not None:
        room.attend(meeting, user_id, mode=None, version=row.version)


def _write(item: AgendaItem, row: Told, people: Cast, *, by: Actor, at: datetime) -> None:
    for name, field in _FIELDS.items():
        if name in row:
            minutes.write(item, field, row[name], by=by, at=at, version=0)
    if "answer" in row:
        kind, text = row["answer"]
        answer = AnswerToPerson(kind)
        minutes.answer(item, kind=answer, text=text, by=by, at=at, version=0)
    if "end" in row:
        outcome = Outcome(
            conclusion=Conclusion(row["end"]),
            until=people.clock.day(row["until"]) if "until" in row else None,
            decider=people.user(row["decider"]).name if "decider" in row else "",
            reason=row.get("reason", ""),
        )
        minutes.conclude(item, outcome=outcome, by=by, at=at, version=0)


def _agree(meeting: Meeting, row: Told, people: Cast, *, by: Actor, at: datetime) -> Action:
    """Keep an agreement as the one line in the room would; one without a date is in doubt."""
    owner = meeting.case.member(people.user(row["owner"]).id)
    days = (people.clock.day(row["due"]),) if "due" in row else ()
    line = Reading(
        line=row["what"],
        what=row["what"],
        owners=[owner] if owner is not None else [],
        owner_doubt=OwnerDoubt.NONE,
        days=days,
        due_doubt=DueDoubt.NONE if days else DueDoubt.MISSING,
        life_area=LifeArea(row["area"]),
        kind=ActionKind(row.get("kind", ActionKind.TASK)),
    )
    item = before.point(meeting, row["point"]) if "point" in row else None
    item_id = item.id if item is not None else None
    action = capture.keep(meeting, line, by=by, at=at, item_id=item_id)
    action.why = row.get("why", "")
    action.criterion = row.get("criterion", "")
    action.informs_person = row.get("tells", "")
    if owner is not None and not owner.role.is_staff:
        action.owner_confirmed_at = at
    action.read_back_at = at if days else None
    db.session.flush()
    return action


def _end(meeting_id: str, row: Told, people: Cast) -> None:
    before.forget()
    meeting = _room(meeting_id)
    at = people.clock.instant(row["ends"])
    ending = Ending(
        participation=Participation(row["person"]),
        next_starts=people.clock.local(row["next"]) if "next" in row else None,
        no_next_reason=row.get("no_next", ""),
        crisis_plan=row.get("crisis", ""),
    )
    room.end(meeting, by=people.actor(people.key(meeting.chair_id), at), at=at, ending=ending)
