"""What people have answered in writing after meetings (K16): events and whose they are, no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select

from netmeet.cases.models import Case, TeamMember
from netmeet.core.db import db
from netmeet.indicators.rules import Event, Quarter
from netmeet.meetings.models import Meeting, MeetingEvaluation
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, Side, evaluation

_STEPS = tuple(MeetingEvaluation.__table__.c[one.value] for one in EvaluationQuestion)


@dataclass(frozen=True, kw_only=True)
class Voices:
    """The events of the written questions, by meeting date.

    ``answered`` has every held meeting, by whether the person answered afterwards; the others have
    the answers that are a step, by whether it is one of the two best. ``experienced`` (the person)
    and ``staffs`` are about the same four questions.
    """

    answered: Sequence[Event]
    experienced: Sequence[Event]
    staffs: Sequence[Event]
    believed: Sequence[Event]
    happened: Sequence[Event]


def voices(*conditions: ColumnElement[bool]) -> Voices:
    """Return the events of the held meetings for which the conditions hold (one query)."""
    rows = db.session.execute(_answers(*conditions)).all()
    persons = [row for row in rows if row.side is Side.PERSON]
    said = {row.id for row in persons if row.round is EvaluationRound.FIRST}
    meetings = {row.id: (row.case_id, row.starts_local.date()) for row in rows}
    return Voices(
        answered=[
            Event(case_id=case_id, on=on, is_so=one in said)
            for one, (case_id, on) in meetings.items()
        ],
        experienced=_events(persons, evaluation.MIRRORED),
        staffs=_events([row for row in rows if row.side is Side.STAFF], evaluation.MIRRORED),
        believed=_events(persons, (EvaluationQuestion.WILL_HAPPEN,)),
        happened=_events(persons, (EvaluationQuestion.HAPPENED,)),
    )


def _answers(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the held meetings with each answer of the person and of staff, if there is one."""
    given = and_(
        MeetingEvaluation.meeting_id == Meeting.id,
        MeetingEvaluation.answered_at.is_not(None),
        MeetingEvaluation.side.in_((Side.PERSON, Side.STAFF)),
    )
    return (
        select(
            Meeting.id,
            Meeting.case_id,
            Meeting.starts_local,
            MeetingEvaluation.user_id,
            MeetingEvaluation.side,
            MeetingEvaluation.round,
            *_STEPS,
        )
        .outerjoin(MeetingEvaluation, given)
        .where(Meeting.ended_at.is_not(None), Meeting.starts_local.is_not(None), *conditions)
    )


def _events(rows: Sequence[Any], asked: Sequence[EvaluationQuestion]) -> list[Event]:
    """Return an event for each answer that is a step; "do not know" is none."""
    return [
        Event(
            case_id=row.case_id,
            on=row.starts_local.date(),
            is_so=evaluation.is_good(step),
            by=row.user_id,
        )
        for row in rows
        for step in (getattr(row, question.value) for question in asked)
        if step is not None and step != evaluation.DO_NOT_KNOW
    ]


def of_unit(unit_id: str, quarter: Quarter, *, kind: str = "", initiative: str = "") -> Voices:
    """Return the events of the meetings of the quarter that the unit took part in."""
    took_part = exists().where(TeamMember.case_id == Meeting.case_id, TeamMember.unit_id == unit_id)
    conditions = [took_part, between(Meeting.starts_local, quarter.begins, quarter.ends)]
    if kind:
        conditions.append(Meeting.kind == kind)
    if initiative:
        cases = select(Case.id).where(Case.initiative == initiative)
        conditions.append(Meeting.case_id.in_(cases))
    return voices(*conditions)


def between(column: Any, first: date, last: date) -> ColumnElement[bool]:
    """Tell whether the wall time lies from the first to the last day, both included."""
    after = datetime.combine(last + timedelta(days=1), time.min)
    return and_(column >= datetime.combine(first, time.min), column < after)
