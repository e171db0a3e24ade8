"""How far the person has come with the preparation."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from netmeet.accounts.models import User
from netmeet.cases.rules import consents_alone
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.meetings.models import Meeting, PreparationAnswer
from netmeet.meetings.rules import FOR_A_CHILD, MeetingState, PreparationMode, Question

_AHEAD = (MeetingState.PLANNED, MeetingState.INVITED, MeetingState.CONFIRMED)


@dataclass(frozen=True)
class Progress:
    """How many of the questions are answered, and where to go on (``None``: all were seen)."""

    answered: int
    total: int
    next: Question | None
    unconfirmed: int
    mode: PreparationMode | None

    @property
    def is_begun(self) -> bool:
        """Tell whether anything has been answered."""
        return self.answered > 0


def is_child(meeting: Meeting) -> bool:
    """Tell whether the person was a child when the meeting was planned.

    It stays so until it is held: the questions do not change on a birthday.
    """
    born_on = meeting.case.person.born_on
    planned_on = calendar.to_local(meeting.created_at).date()
    return born_on is not None and not consents_alone(born_on, planned_on)


def questions(meeting: Meeting) -> tuple[Question, ...]:
    """Return what the person is asked before the meeting, in order: seven, a child five."""
    return FOR_A_CHILD if is_child(meeting) else tuple(Question)


def answer_to(meeting: Meeting, question: Question) -> PreparationAnswer | None:
    """Return the answer to the question, if there is one."""
    return next((answer for answer in meeting.answers if answer.question is question), None)


def has_words(answer: PreparationAnswer | None) -> bool:
    """Tell whether something has been said: a text, a tap or a choice."""
    if answer is None:
        return False
    return bool(answer.text) or any(answer.said.values())


def said_to(meeting: Meeting, question: Question) -> PreparationAnswer | None:
    """Return the answer to one question of a meeting that was loaded without its answers."""
    statement = select(PreparationAnswer).where(
        PreparationAnswer.meeting_id == meeting.id, PreparationAnswer.question == question
    )
    return db.session.scalars(statement).one_or_none()


def to_begin(case_id: str) -> str | None:
    """Return the next meeting ahead to which the person has said nothing yet, if there is one."""
    statement = (
        select(Meeting.id)
        .where(
            Meeting.case_id == case_id,
            Meeting.state.in_(_AHEAD),
            ~exists().where(PreparationAnswer.meeting_id == Meeting.id),
        )
        .order_by(Meeting.starts_local.asc().nulls_last(), Meeting.created_at)
        .limit(1)
    )
    return db.session.scalar(statement)


def unwanted(meeting: Meeting) -> frozenset[str]:
    """Return the users of whom the person has said that they are not to come."""
    answer = said_to(meeting, Question.WHO)
    about = (answer.data or {}).get("who", {}) if answer is not None else {}
    return frozenset(user_id for user_id, part in about.items() if part == "not")


def progress(meeting: Meeting) -> Progress:
    """Return how far the person has come; a skipped question is passed, but not answered."""
    asked = questions(meeting)
    found = {question: answer_to(meeting, question) for question in asked}
    passed = [q for q, a in found.items() if has_words(a) or (a is not None and a.skipped)]
    begun = found[Question.MATTERS]
    return Progress(
        answered=sum(has_words(answer) for answer in found.values()),
        total=len(asked),
        next=next((question for question in asked if question not in passed), None),
        unconfirmed=sum(
            has_words(a) and a is not None and a.confirmed_at is None for a in found.values()
        ),
        mode=begun.mode if begun is not None else None,
    )


def wants_call(meeting: Meeting) -> bool:
    """Tell whether the person has asked to be called instead of writing."""
    return progress(meeting).mode is PreparationMode.CALL


def leads(meeting: Meeting) -> list[User]:
    """Return who leads the meeting: coordinator first, then chair. They read the preparation."""
    found = [member.user for member in meeting.case.members if member.is_coordinator]
    if meeting.chair_id not in {user.id for user in found}:
        found.append(meeting.chair)
    return found
