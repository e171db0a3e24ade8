"""Plans with what access rules and pages need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.audit.models import AuditEvent
from netmeet.cases import queries as cases
from netmeet.cases.models import Case
from netmeet.core.db import db, read_into, refer
from netmeet.core.permissions import Permission as P
from netmeet.meetings.models import AgendaItem, ContestedLine, Meeting
from netmeet.meetings.queries import minutes
from netmeet.meetings.rules import MeetingState
from netmeet.organisations.models import Organisation, Unit
from netmeet.outbox.models import Message
from netmeet.plans.models import Goal, Plan, PlanSection, PlanVersion
from netmeet.plans.queries.calls import calls_owed, owes_call
from netmeet.plans.queries.judging import (
    Part,
    allows,
    is_on_persons_side,
    may_read_draft,
    may_read_minutes,
    may_read_plan,
    opens,
    readers,
)
from netmeet.plans.rules import SectionKey

__all__ = [
    "Facts",
    "NoPlan",
    "Part",
    "access_options",
    "allows",
    "as_if_published",
    "by_id",
    "calls_owed",
    "contested_by_id",
    "contested_of",
    "drafts_of",
    "end_reading",
    "facts",
    "goal_by_id",
    "is_on_persons_side",
    "kind_of_case",
    "looks_at_plan",
    "may_read_draft",
    "may_read_minutes",
    "may_read_plan",
    "meeting_with_minutes",
    "of_case",
    "opens",
    "owes_call",
    "plan_or_none_yet",
    "readers",
    "section_now",
    "told_of",
    "version_by_id",
    "version_of_meeting",
]


@dataclass(frozen=True)
class NoPlan:
    """A case whose plan nobody has begun; rules treat it like a plan that holds nothing."""

    case: Case
    is_released: bool = False

    @property
    def id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.case.id

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.case.id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids


def access_options() -> tuple[Any, ...]:
    """Return what to load with a ``Plan`` so that every rule can be judged and it can be shown."""
    return (
        joinedload(Plan.case).options(*cases.access_options()),
        joinedload(Plan.sections).joinedload(PlanSection.organisation),
        selectinload(Plan.versions).options(
            joinedload(PlanVersion.acceptance), joinedload(PlanVersion.published_by)
        ),
    )


_PLAN = select(Plan).options(
    joinedload(Plan.case).joinedload(Case.person),
    joinedload(Plan.sections),
)
_BY_ID = _PLAN.where(Plan.id == bindparam("id"))
_OF_CASE = _PLAN.where(Plan.case_id == bindparam("id"))
_VERSIONS = (
    select(PlanVersion)
    .where(PlanVersion.plan_id == bindparam("id"))
    .options(joinedload(PlanVersion.acceptance))
    .order_by(PlanVersion.n)
)
_GOALS = (
    select(Goal)
    .where(Goal.plan_id == bindparam("id"))
    .options(joinedload(Goal.scores))
    .order_by(Goal.begun_at, Goal.id)
)
_CONTESTED = (
    select(ContestedLine)
    .where(ContestedLine.case_id == bindparam("id"))
    .order_by(ContestedLine.at, ContestedLine.id)
)
_EVER = datetime(1, 1, 2, tzinfo=UTC)
# Without a meeting ``meeting_id`` is NULL, which equals nothing: only what is in force.
_ACTIONS = (
    select(Action)
    .where(
        Action.case_id == bindparam("id"),
        Action.published_at.is_not(None) | (Action.meeting_id == bindparam("meeting_id")),
        Action.closed_at.is_(None)
        | (Action.closed_at >= bindparam("since"))
        | (Action.persons_word_at >= bindparam("since")),
    )
    .options(
        joinedload(Action.item).load_only(
            AgendaItem.title.column_of(AgendaItem), AgendaItem.raised_as
        )
    )
    .order_by(Action.due_on.asc().nulls_last(), Action.created_at, Action.id)
)
_GONE = (MeetingState.CANCELLED, MeetingState.DECLINED, MeetingState.NOT_COMPLETED)
# What a plan says of meetings: that they are, when, where and why.
_MEETINGS = (
    select(Meeting)
    .where(Meeting.case_id == bindparam("id"))
    .options(
        load_only(
            Meeting.case_id,
            Meeting.starts_local,
            Meeting.minutes,
            Meeting.form,
            Meeting.state,
            Meeting.follows_id,
            Meeting.published_at,
            Meeting.agenda_state,
            Meeting.chair_id,
            Meeting.has_files,
            Meeting.purpose.column_of(Meeting),
            Meeting.place.column_of(Meeting),
        )
    )
    .order_by(Meeting.starts_local.asc().nulls_last(), Meeting.created_at)
)


def by_id(plan_id: str) -> Plan | None:
    """Return the plan with its case's access facts, its sections and versions with answers."""
    return _complete(db.session.scalars(_BY_ID, {"id": plan_id}).unique().one_or_none())


def of_case(case_id: str) -> Plan | None:
    """Return the case's plan as :func:`by_id` does, if it has been begun."""
    return _complete(db.session.scalars(_OF_CASE, {"id": case_id}).unique().one_or_none())


def _complete(plan: Plan | None) -> Plan | None:
    if plan is not None:
        cases.complete(plan.case)
        refer(plan.sections, "organisation", Organisation)
        read_into(plan, "versions", _VERSIONS)
        refer(plan.versions, "published_by", User)
    return plan


def kind_of_case(case_id: str) -> str:
    """Return the type of the case's plan, ``""`` before it has been begun."""
    kind = db.session.scalar(select(Plan.kind).where(Plan.case_id == case_id))
    return kind.value if kind is not None else ""


def plan_or_none_yet(case_id: str) -> Plan | NoPlan | None:
    """Return the case's plan, or what stands in its place, or ``None`` without such a case."""
    plan = of_case(case_id)
    if plan is not None:
        return plan
    case = cases.by_id(case_id)
    return NoPlan(case) if case is not None else None


def section_now(plan: Plan, key: SectionKey, *, organisation_id: str | None) -> PlanSection | None:
    """Return the part as the database has it now, the plan locked against other writers."""
    db.session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    statement = (
        select(PlanSection)
        .where(
            PlanSection.plan_id == plan.id,
            PlanSection.key == key,
            PlanSection.organisation_id == organisation_id
            if organisation_id is not None
            else PlanSection.organisation_id.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).one_or_none()


def goal_by_id(goal_id: str) -> Goal | None:
    """Return the goal with its scores, plan and the case's access facts."""
    statement = (
        select(Goal)
        .where(Goal.id == goal_id)
        .options(joinedload(Goal.plan).options(*access_options()), selectinload(Goal.scores))
    )
    return db.session.scalars(statement).unique().one_or_none()


def contested_by_id(contested_id: str) -> ContestedLine | None:
    """Return what the person says is wrong, with its case's access facts."""
    statement = (
        select(ContestedLine)
        .where(ContestedLine.id == contested_id)
        .options(joinedload(ContestedLine.case).options(*cases.access_options()))
    )
    return db.session.scalars(statement).one_or_none()


def contested_of(case: Case) -> Sequence[ContestedLine]:
    """Return every line of the case that the person says is wrong, oldest first."""
    return db.session.scalars(_CONTESTED, {"id": case.id}).all() if case.is_contested else []


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a plan is made of. ``meeting`` is the one whose minutes go out with it."""

    case: Case
    plan: Plan | None
    goals: Sequence[Goal]
    actions: Sequence[Action]
    meetings: Sequence[Meeting]
    contested: Sequence[ContestedLine] = field(default_factory=list)
    meeting: Meeting | None = None


def facts(
    case: Case, plan: Plan | None, *, meeting: Meeting | None = None, is_whole: bool = False
) -> Facts:
    """Return what the plan of ``case`` is made of now.

    With a ``meeting`` (loaded by ``meetings.queries.minutes.room``) its drafted agreements too.
    What had ended before the newest version is left out, unless the whole story is asked for.
    """
    agreed_at = plan.agreed_at if plan is not None else None
    since = agreed_at if agreed_at is not None and not is_whole else _EVER
    meetings = db.session.scalars(_MEETINGS, {"id": case.id}).all()
    return Facts(
        case=case,
        plan=plan,
        goals=_goals(plan),
        actions=_actions(case, meeting, meetings, since=since),
        meetings=[one for one in meetings if one.state not in _GONE],
        contested=contested_of(case),
        meeting=meeting,
    )


def _goals(plan: Plan | None) -> Sequence[Goal]:
    if plan is None:
        return []
    return db.session.scalars(_GOALS, {"id": plan.id}).unique().all()


def _actions(
    case: Case, meeting: Meeting | None, meetings: Sequence[Meeting], *, since: datetime
) -> Sequence[Action]:
    """Return the actions with the meeting each was made in, which is among ``meetings``."""
    meeting_id = meeting.id if meeting is not None else None
    wanted = {"id": case.id, "meeting_id": meeting_id, "since": since}
    found = db.session.scalars(_ACTIONS, wanted).all()
    refer(found, "owner", User)
    refer(found, "unit", Unit)
    by_id = {one.id: one for one in meetings}
    for action in found:
        set_committed_value(action, "meeting", by_id.get(action.meeting_id or ""))
    return found


def meeting_with_minutes(meeting_id: str) -> Meeting | None:
    """Return the meeting with its points, what is written on them, and who was there."""
    return minutes.room(meeting_id)


def drafts_of(meeting: Meeting) -> Sequence[Action]:
    """Return the agreements written in the meeting that are not in force yet, in order."""
    statement = (
        select(Action)
        .where(Action.meeting_id == meeting.id, Action.published_at.is_(None))
        .options(joinedload(Action.owner))
        .order_by(Action.created_at, Action.id)
    )
    return db.session.scalars(statement).all()


def told_of(case_id: str) -> Sequence[Message]:
    """Return the messages on published versions that have left, or were printed as letters."""
    statement = select(Message).where(
        Message.case_id == case_id,
        Message.kind == "plans.published",
        Message.sent_at.is_not(None),
    )
    return db.session.scalars(statement).all()


def looks_at_plan(case_id: str) -> Sequence[AuditEvent]:
    """Return each time somebody was let read or fetch the case's plan."""
    looks = [P.PLAN_READ_PUBLISHED.value, P.PLAN_HISTORY.value, P.PLAN_EXPORT_PDF.value]
    statement = select(AuditEvent).where(
        AuditEvent.case_id == case_id,
        AuditEvent.operation.in_(looks),
        AuditEvent.allowed.is_(True),
    )
    return db.session.scalars(statement).all()


def version_of_meeting(meeting_id: str) -> PlanVersion | None:
    """Return the version that went out with the meeting's minutes, with plan and access facts."""
    statement = (
        select(PlanVersion)
        .where(PlanVersion.meeting_id == meeting_id)
        .options(joinedload(PlanVersion.plan).options(*access_options()))
        .order_by(PlanVersion.n.desc())
    )
    return db.session.scalars(statement).unique().first()


def version_by_id(version_id: str) -> PlanVersion | None:
    """Return the version with its plan, answers and access facts."""
    statement = (
        select(PlanVersion)
        .where(PlanVersion.id == version_id)
        .options(joinedload(PlanVersion.plan).options(*access_options()))
    )
    return db.session.scalars(statement).unique().one_or_none()


def as_if_published(meeting: Meeting, *, at: datetime) -> None:
    """Let the loaded meeting look published, for a request that shows what each reader will get."""
    set_committed_value(meeting, "published_at", at)


def end_reading() -> None:
    """End a reading request's transaction: no PDF is made inside one (``security.md`` § 3)."""
    db.session.rollback()
