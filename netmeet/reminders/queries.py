"""Which reminders are due now: derived from what is, never stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from netmeet.accounts.models import UnitRole
from netmeet.actions.models import Action
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations.models import Answer
from netmeet.invitations.queries import OPEN, polls
from netmeet.invitations.rules import AnswerValue
from netmeet.meetings.models import Invitation, Meeting, MeetingRequest, PreparationAnswer
from netmeet.meetings.queries import evaluation
from netmeet.meetings.rules import RequestState
from netmeet.outbox.models import Message
from netmeet.reminders import rules
from netmeet.reminders.rules import Kind

_AT_A_TIME = 1000
_WITHOUT_A_DATE = (RequestState.REQUESTED, RequestState.ASSESSED, RequestState.ACCEPTED)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One reminder that may leave now. ``key`` makes it leave once; ``facts`` are ids and days.

    ``expires_at`` (UTC) is when it is too old to leave.
    """

    kind: Kind
    key: str
    user_id: str
    case_id: str
    facts: Mapping[str, str]
    expires_at: datetime


def due(now: datetime) -> list[Due]:
    """Return every reminder that is due at ``now`` and not written yet; none outside 9 to 19.

    The number of queries does not grow with the number of cases.
    """
    if not rules.is_daytime(now):
        return []
    today = calendar.to_local(now).date()
    found = [
        *_actions(today),
        *_meetings(now, today),
        *_preparations(today),
        *_requests(today),
        *_polls(today),
        *_evaluations(now, today),
    ]
    there = _written([each.key for each in found])
    return [each for each in found if each.key not in there]


def _written(keys: Sequence[str]) -> set[str]:
    """Return those of the keys that the outbox has; a thousand are asked for at a time."""
    return {
        key
        for first in range(0, len(keys), _AT_A_TIME)
        for key in db.session.scalars(
            select(Message.key).where(Message.key.in_(keys[first : first + _AT_A_TIME]))
        )
    }


def _actions(today: date) -> Iterator[Due]:
    statement = select(Action).where(
        Action.closed_at.is_(None),
        Action.published_at.is_not(None),
        Action.due_on.between(rules.first_due(today), rules.last_due(today)),
    )
    found = db.session.scalars(statement).all()
    late = [action for action in found if _is_escalated(action, today)]
    managers = _managers({action.unit_id for action in late if action.unit_id is not None})
    for action in found:
        yield from _to_owner(action, today)
    for action in late:
        for manager_id in managers.get(action.unit_id or "", ()):
            yield _due(
                Kind.ESCALATION,
                f"action-escalated:{action.id}:{action.due_on}:{manager_id}",
                action,
                manager_id,
                today,
            )


def _to_owner(action: Action, today: date) -> Iterator[Due]:
    since, due_on, owner_id = _since(action), action.due_on, action.owner_id
    if due_on is None or owner_id is None:
        return
    step = rules.action_offset(due_on, today=today, since=since, is_persons=action.is_persons)
    if step is not None:
        kind = Kind.OWN if action.is_persons else Kind.ACTION
        key = f"action-due:{action.id}:{due_on}:{step}d:{owner_id}"
        yield _due(kind, key, action, owner_id, today)


def _due(kind: Kind, key: str, action: Action, user_id: str, today: date) -> Due:
    return Due(
        kind=kind,
        key=key,
        user_id=user_id,
        case_id=action.case_id,
        facts={"action": action.id, "due_on": str(action.due_on)},
        expires_at=rules.ends(today),
    )


def _since(action: Action) -> date:
    return calendar.to_local(action.published_at or action.created_at).date()


def _is_escalated(action: Action, today: date) -> bool:
    if action.is_persons or action.due_on is None:
        return False
    return rules.is_escalated(action.due_on, today=today, since=_since(action))


def _managers(unit_ids: set[str]) -> dict[str, list[str]]:
    """Return the ids of the managers by unit; who is one no more is sorted out at sending."""
    statement = select(UnitRole).where(UnitRole.unit_id.in_(unit_ids), UnitRole.role == Role.MGR)
    found: dict[str, list[str]] = {}
    for role in db.session.scalars(statement) if unit_ids else ():
        found.setdefault(role.unit_id or "", []).append(role.user_id)
    return found


def _meetings(now: datetime, today: date) -> Iterator[Due]:
    """Give the day before and the same morning, to everybody invited who has not said no."""
    statement = (
        select(Invitation)
        .join(Invitation.meeting)
        .outerjoin(Answer, Answer.invitation_id == Invitation.id)
        .where(
            Meeting.state.in_(OPEN),
            Meeting.starts_local >= datetime.combine(today, time.min),
            Meeting.starts_local < datetime.combine(today + timedelta(days=2), time.min),
            Invitation.sent_at.is_not(None),
            Invitation.withdrawn_at.is_(None),
            Answer.id.is_(None)
            | (Answer.value != AnswerValue.NO)
            | (Answer.at < Invitation.asked_at),
        )
        .options(joinedload(Invitation.meeting))
    )
    for invitation in db.session.scalars(statement):
        starts = invitation.meeting.starts_local
        if starts is None or calendar.to_instant(starts) <= now:
            continue
        kind = Kind.MEETING_TODAY if starts.date() == today else Kind.MEETING_TOMORROW
        yield Due(
            kind=kind,
            key=f"meeting-{kind.rpartition('_')[2]}:{invitation.id}:{starts:%Y%m%dT%H%M}",
            user_id=invitation.user_id,
            case_id=invitation.meeting.case_id,
            facts={"invitation": invitation.id, "starts": starts.isoformat()},
            expires_at=calendar.to_instant(starts),
        )


def _preparations(today: date) -> Iterator[Due]:
    """Give one reminder to a person who has said nothing before a meeting that comes near."""
    first = today + timedelta(days=1)
    last = today + timedelta(days=rules.PREPARE_DAYS + 1)
    statement = (
        select(Meeting, Person.user_id)
        .join(Meeting.case)
        .join(Case.person)
        .join(Meeting.invitations)
        .where(
            Invitation.user_id == Person.user_id,
            Invitation.withdrawn_at.is_(None),
            Meeting.state.in_(OPEN),
            Meeting.starts_local >= datetime.combine(first, time.min),
            Meeting.starts_local < datetime.combine(last, time.min),
            ~exists().where(PreparationAnswer.meeting_id == Meeting.id),
        )
    )
    for meeting, user_id in db.session.execute(statement):
        starts = meeting.starts_local
        if starts is not None:
            yield Due(
                kind=Kind.PREPARE,
                key=f"prepare:{meeting.id}:{starts:%Y%m%d}",
                user_id=user_id,
                case_id=meeting.case_id,
                facts={"meeting": meeting.id, "starts": starts.isoformat()},
                expires_at=calendar.to_instant(starts),
            )


def is_without_date(request: MeetingRequest) -> bool:
    """Tell whether somebody asked for a meeting that no time has been agreed for yet."""
    return request.state in _WITHOUT_A_DATE and request.date_set_at is None


def _requests(today: date) -> Iterator[Due]:
    """Give the coordinators a request that has no date on day four of five."""
    statement = (
        select(MeetingRequest, TeamMember.user_id)
        .join(TeamMember, TeamMember.case_id == MeetingRequest.case_id)
        .where(
            MeetingRequest.state.in_(_WITHOUT_A_DATE),
            MeetingRequest.date_set_at.is_(None),
            MeetingRequest.due_on.between(today, today + timedelta(days=7)),
            TeamMember.is_coordinator.is_(True),
            TeamMember.left_at.is_(None),
        )
    )
    for request, user_id in db.session.execute(statement):
        if rules.clock_has_come(calendar.to_local(request.requested_at).date(), today):
            yield Due(
                kind=Kind.REQUEST,
                key=f"request-clock:{request.id}:{rules.CLOCK_DAY}:{user_id}",
                user_id=user_id,
                case_id=request.case_id,
                facts={"request": request.id},
                expires_at=rules.ends(today),
            )


def _polls(today: date) -> Iterator[Due]:
    """Give those who lack an answer to times one reminder, the working day before the last."""
    last = calendar.add_working_days(today, 1)
    for poll, meeting in polls.open_between(today, last):
        if calendar.to_local(poll.asked_at).date() >= today:
            continue
        for invitation in meeting.current_invitations:
            is_asked = polls.to_answer(poll, invitation.user_id, at=calendar.midnight(today))
            if not is_asked or not polls.reachable(invitation.user):
                continue
            yield Due(
                kind=Kind.POLL,
                key=f"poll-chase:{poll.id}:{poll.answer_by}:{invitation.user_id}",
                user_id=invitation.user_id,
                case_id=meeting.case_id,
                facts={"invitation": invitation.id},
                expires_at=rules.ends(today),
            )


def _evaluations(now: datetime, today: date) -> Iterator[Due]:
    """Tell those who took part, and the person, once that they may say how the meeting was.

    From the day after it, and not later than one may catch up; nobody is reminded of it.
    """
    yesterday = today - timedelta(days=1)
    for invitation in evaluation.to_tell(yesterday - rules.CATCH_UP, yesterday, at=now):
        if polls.reachable(invitation.user):
            yield Due(
                kind=Kind.EVALUATION,
                key=f"evaluation:{invitation.meeting_id}:{invitation.user_id}",
                user_id=invitation.user_id,
                case_id=invitation.case_id,
                facts={"invitation": invitation.id},
                expires_at=rules.ends(today),
            )
