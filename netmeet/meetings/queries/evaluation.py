"""The written questions after a meeting: what one is asked, and what may be read of the answers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import selectinload

from netmeet.cases.models import Case, TeamMember
from netmeet.cases.rules import CaseState
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db, read_into
from netmeet.meetings.models import Attendance, Invitation, Meeting, MeetingEvaluation
from netmeet.meetings.queries.meetings import access_options
from netmeet.meetings.rules import (
    PERSON_WAS_THERE,
    PERSONS_SIDE,
    AttendanceStatus,
    EvaluationQuestion,
    EvaluationRound,
    Side,
    evaluation,
)

TOOK_PART = (AttendanceStatus.WHOLE, AttendanceStatus.PART)

_ATTENDANCES = select(Attendance).where(Attendance.meeting_id == bindparam("id"))


@dataclass(frozen=True, kw_only=True)
class Own:
    """How the questions stand for one user: what they are asked now, and what they answered.

    ``questions`` is empty while nothing is open to them; ``row`` is what they answered in the round
    that is open, and ``earlier`` what they answered in others.
    """

    meeting: Meeting
    user_id: str
    side: Side | None
    round: EvaluationRound | None
    was_there: bool
    is_ahead: bool
    is_guest: bool
    questions: Sequence[EvaluationQuestion]
    row: MeetingEvaluation | None
    earlier: Sequence[MeetingEvaluation]

    @property
    def is_asked(self) -> bool:
        """Tell whether they are among those who are asked about the meeting at all."""
        return self.side in PERSONS_SIDE or (self.side is not None and self.was_there)

    @property
    def is_open(self) -> bool:
        """Tell whether they may answer, or change what they answered, now."""
        return bool(self.questions)

    @property
    def told(self) -> list[MeetingEvaluation]:
        """Return all that they have answered, the first round first."""
        return [*self.earlier, *([self.row] if self.row is not None and self.is_answered else [])]

    @property
    def is_answered(self) -> bool:
        """Tell whether they have answered what is open now."""
        return self.row is not None and self.row.answered_at is not None

    @property
    def is_waiting(self) -> bool:
        """Tell whether the questions wait for them: not answered, and not put away."""
        return self.is_open and self.row is None

    @property
    def opens_on(self) -> date | None:
        """Return the day the questions open, ``None`` before the meeting was held."""
        held_on = self.meeting.held_on
        if held_on is None:
            return None
        return evaluation.first_day(held_on, EvaluationRound.FIRST)

    @property
    def last_day(self) -> date | None:
        """Return the last day to answer what is open now; a guest's time may end before."""
        held_on, until = self.meeting.held_on, self.meeting.guests_until
        if held_on is None or self.round is None:
            return None
        last = evaluation.last_day(held_on, self.round)
        if not self.is_guest or until is None:
            return last
        return min(last, calendar.to_local(until - timedelta(seconds=1)).date())


def own(meeting: Meeting, actor: Actor, *, today: date) -> Own:
    """Return how the questions after the meeting stand for the actor (two queries)."""
    side, held_on = evaluation.side_of(actor.role), meeting.held_on
    statement = select(Attendance.status).where(
        Attendance.meeting_id == meeting.id, Attendance.user_id == actor.user_id
    )
    is_person = actor.user_id == meeting.case.person.user_id
    was_there = db.session.scalar(statement) in TOOK_PART or (
        is_person and meeting.participation in PERSON_WAS_THERE
    )
    which = evaluation.round_on(held_on, today) if held_on is not None else None
    is_asked = side in PERSONS_SIDE or was_there
    found = (
        evaluation.questions(which, side, was_there=was_there)
        if which is not None and side is not None and is_asked
        else ()
    )
    rows = _rows_of(meeting.id, actor.user_id)
    now = next((row for row in rows if row.round is which), None)
    return Own(
        meeting=meeting,
        user_id=actor.user_id,
        side=side,
        round=which,
        was_there=was_there,
        is_ahead=held_on is not None and today <= held_on,
        is_guest=_is_guest(meeting.case.member(actor.user_id)),
        questions=found,
        row=now,
        earlier=[row for row in rows if row is not now and row.answered_at is not None],
    )


def _rows_of(meeting_id: str, user_id: str) -> Sequence[MeetingEvaluation]:
    statement = (
        select(MeetingEvaluation)
        .where(MeetingEvaluation.meeting_id == meeting_id, MeetingEvaluation.user_id == user_id)
        .order_by(MeetingEvaluation.round)
    )
    return db.session.scalars(statement).all()


def put_to(case: Case, user_id: str, *, today: date) -> Meeting | None:
    """Return the newest meeting whose questions wait for the person, or for who acts for them.

    None waits that was answered or put away, and none in a case that is closed (one query).
    """
    if case.state is not CaseState.OPEN:
        return None
    longest = evaluation.last_day(today, EvaluationRound.LATER) - today
    statement = (
        select(Meeting, MeetingEvaluation.round)
        .outerjoin(
            MeetingEvaluation,
            (MeetingEvaluation.meeting_id == Meeting.id) & (MeetingEvaluation.user_id == user_id),
        )
        .where(Meeting.case_id == case.id, Meeting.ended_at >= calendar.midnight(today - longest))
        .order_by(Meeting.ended_at.desc())
    )
    seen: dict[Meeting, set[EvaluationRound]] = {}
    for meeting, which in db.session.execute(statement):
        seen.setdefault(meeting, set()).add(which)
    waiting = ((one, _round_of(one, today)) for one in seen)
    return next((one for one, which in waiting if which and which not in seen[one]), None)


def _round_of(meeting: Meeting, today: date) -> EvaluationRound | None:
    return evaluation.round_on(meeting.held_on, today) if meeting.held_on is not None else None


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of one side gave each answer to a question; each side is asked in its own words."""

    side: Side
    question: EvaluationQuestion
    given: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What may be read of the answers after one meeting.

    ``named`` are the answers of the person's side that the reader may see; ``counts`` how many of a
    side gave each answer to a question, and ``texts`` what all wrote, in no order of theirs: both
    are empty until nobody can change an answer any more and enough others have answered.
    """

    asked: int
    answered: int
    is_closed: bool
    named: Sequence[MeetingEvaluation]
    counts: Sequence[Count]
    texts: Sequence[str]


def answered(meeting: Meeting, reader: Actor, *, today: date) -> Answered:
    """Return what the reader may see of the answers: theirs, the opened ones, and counts.

    The person reads their own and no others'; who leads reads what the person opened, by name, and
    of all others only counts over so many that nobody can be told. Nothing of who must stay unknown
    to the reader is among them. Two queries.
    """
    read_into(meeting, "attendances", _ATTENDANCES)
    unknown = meeting.case.apart_from(reader.user_id)
    known = [row for row in _rows(meeting.id) if row.user_id not in unknown]
    rows = [row for row in known if row.answered_at is not None]
    first = [row for row in rows if row.round is EvaluationRound.FIRST]
    others = [r for r in first if r.side not in PERSONS_SIDE and r.user_id != reader.user_id]
    held_on = meeting.held_on
    is_closed = held_on is not None and today > evaluation.last_day(held_on, EvaluationRound.FIRST)
    is_shown = is_closed and evaluation.is_enough([row.user_id for row in others])
    return Answered(
        asked=len(_present(meeting) | {row.user_id for row in first}),
        answered=len(first),
        is_closed=is_closed,
        named=[row for row in rows if _may_read(row, meeting, reader)],
        counts=_counts(others) if is_shown else [],
        texts=sorted(row.text for row in others if row.text) if is_shown else [],
    )


def _rows(meeting_id: str) -> Sequence[MeetingEvaluation]:
    statement = (
        select(MeetingEvaluation)
        .where(MeetingEvaluation.meeting_id == meeting_id)
        .order_by(MeetingEvaluation.round, MeetingEvaluation.side, MeetingEvaluation.id)
    )
    return db.session.scalars(statement).all()


def _may_read(row: MeetingEvaluation, meeting: Meeting, reader: Actor) -> bool:
    if row.side not in PERSONS_SIDE:
        return False
    is_opened = row.is_open_to_coordinator and reader.user_id in meeting.lead_ids
    return is_opened or row.user_id == reader.user_id


def _present(meeting: Meeting) -> set[str]:
    """Return who is asked soon after the meeting: the person, and who took part and is in yet."""
    came = {row.user_id for row in meeting.attendances if row.status in TOOK_PART}
    here = {one.user_id for one in meeting.case.team if is_put_to(one)}
    return {*(came & here), meeting.case.person.user_id}


def is_put_to(member: TeamMember) -> bool:
    """Tell whether somebody with this place in a network is asked: interpreters are not."""
    return member.left_at is None and evaluation.side_of(member.role.access) is not None


def _counts(rows: Sequence[MeetingEvaluation]) -> list[Count]:
    """Count the answers to each question that enough people of one side have answered."""
    found = []
    for side in Side:
        for question in EvaluationQuestion:
            given = {row.user_id: row.step(question) for row in rows if row.side is side}
            steps = {user_id: step for user_id, step in given.items() if step is not None}
            if evaluation.is_enough(steps):
                many = Counter(steps.values())
                in_order = {step: many[step] for step in evaluation.STEPS}
                found.append(Count(side=side, question=question, given=in_order))
    return found


def to_tell(held_from: date, held_to: date, *, at: datetime) -> list[Invitation]:
    """Return the invited to meetings held from the first to the last day who are to be told.

    They are asked, have said nothing and put nothing away. With each come the meeting and its case;
    the number of queries does not grow with them.
    """
    statement = (
        select(Meeting)
        .join(Meeting.case)
        .where(
            Case.state == CaseState.OPEN,
            Meeting.ended_at >= calendar.midnight(held_from),
            Meeting.ended_at < calendar.midnight(held_to + timedelta(days=1)),
        )
        .options(*access_options(), selectinload(Meeting.attendances))
    )
    meetings = db.session.scalars(statement).all()
    said = select(MeetingEvaluation.meeting_id, MeetingEvaluation.user_id).where(
        MeetingEvaluation.meeting_id.in_([one.id for one in meetings])
    )
    known = {(meeting_id, user_id) for meeting_id, user_id in db.session.execute(said)}
    return [
        invitation
        for meeting in meetings
        for invitation in meeting.current_invitations
        if invitation.user_id in _present(meeting)
        and (meeting.id, invitation.user_id) not in known
        and _is_here(invitation, at)
    ]


def may_be_told(invitation: Invitation, *, today: date, at: datetime) -> bool:
    """Tell whether the invited is still to be told: asked, in time, and silent so far."""
    member = invitation.case.member(invitation.user_id)
    if member is None or invitation.withdrawn_at is not None or not _is_here(invitation, at):
        return False
    actor = Actor(user_id=member.user_id, name="", role=member.role.access, at=at)
    found = own(invitation.meeting, actor, today=today)
    is_open = invitation.case.state is CaseState.OPEN
    return is_open and found.is_waiting and found.round is EvaluationRound.FIRST


def _is_here(invitation: Invitation, at: datetime) -> bool:
    """Tell whether the invited is in the network yet, a guest while their time lasts."""
    member = invitation.case.member(invitation.user_id)
    if member is None or not is_put_to(member):
        return False
    return not _is_guest(member) or invitation.meeting.is_open_to_guests(at)


def _is_guest(member: TeamMember | None) -> bool:
    """Tell whether it is the place of a guest, who is in for the time of their meeting."""
    return member is not None and (member.is_staff_guest or member.role.access is Role.EXT)
