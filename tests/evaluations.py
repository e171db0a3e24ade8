"""Meetings that have been held, who was there, and what they answered afterwards."""

from datetime import date, datetime, time, timedelta

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.meetings.models import Attendance, Meeting, MeetingEvaluation
from netmeet.meetings.rules import (
    AttendanceStatus,
    EvaluationQuestion,
    EvaluationRound,
    MeetingState,
    Participation,
    Side,
)
from tests.world import World, now


def held(
    world: World,
    case: Case,
    *,
    days_ago: int = 1,
    there: tuple[User, ...] = (),
    person_came: bool = True,
    on: date | None = None,
) -> Meeting:
    """Return a meeting that was held so many days ago (or on the day), with who was there."""
    meeting = world.meeting(case, in_days=-days_ago, state=MeetingState.PUBLISHED)
    day = on or clock.today() - timedelta(days=days_ago)
    meeting.starts_local = datetime.combine(day, time(13))
    meeting.started_at = calendar.to_instant(meeting.starts_local)
    meeting.ended_at = meeting.published_at = meeting.started_at + timedelta(minutes=45)
    came = Participation.WHOLE if person_came else Participation.COULD_NOT
    meeting.participation = came
    for user in there:
        row = Attendance(meeting_id=meeting.id, user_id=user.id, status=AttendanceStatus.WHOLE)
        meeting.attendances.append(row)
    db.session.flush()
    return meeting


def answered(
    meeting: Meeting,
    user: User,
    side: Side,
    *,
    step: int = 5,
    asked: tuple[EvaluationQuestion, ...] = (EvaluationQuestion.HEARD,),
    which: EvaluationRound = EvaluationRound.FIRST,
    text: str = "",
    is_open: bool = False,
) -> MeetingEvaluation:
    """Return what the user answered: the step to each of the questions."""
    row = MeetingEvaluation(
        meeting_id=meeting.id,
        user_id=user.id,
        round=which,
        side=side,
        text=text,
        is_open_to_coordinator=is_open,
        created_at=now(),
        updated_at=now(),
        answered_at=now(),
    )
    for question in asked:
        row.take(question, step)
    db.session.add(row)
    db.session.flush()
    return row
