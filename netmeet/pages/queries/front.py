"""What the front pages show, put together from the slices; few queries, and no more with age."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.actions.queries import IS_DOUBTED
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.cases.policy import acts_from
from netmeet.cases.rules import CaseState, MemberRole
from netmeet.core.access import Actor
from netmeet.core.db import db, refer
from netmeet.invitations.models import Answer
from netmeet.invitations.rules import AnswerValue
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Invitation, Meeting, MeetingRequest
from netmeet.meetings.queries import Progress
from netmeet.meetings.rules import MeetingState, RequestState
from netmeet.organisations.rules import Sector
from netmeet.plans.models import Plan, PlanVersion
from netmeet.plans.rules import SETTLED, SectionKey

COMING = frozenset(
    {
        MeetingState.PLANNED,
        MeetingState.INVITED,
        MeetingState.CONFIRMED,
        MeetingState.POSTPONED,
        MeetingState.NOT_COMPLETED,
    }
)
_BEING_WRITTEN = frozenset({MeetingState.HELD, MeetingState.MINUTES_DRAFT})
_WAITING = (RequestState.REQUESTED, RequestState.ASSESSED)


_MEETINGS = (
    select(Meeting)
    .where(
        Meeting.case_id == bindparam("case_id"), Meeting.state.in_(sorted(COMING | _BEING_WRITTEN))
    )
    .options(joinedload(Meeting.answers))
    .order_by(Meeting.starts_local.asc().nulls_last(), Meeting.created_at)
)
_INVITED = (
    select(Invitation, Answer)
    .outerjoin(Answer, Answer.invitation_id == Invitation.id)
    .where(Invitation.meeting_id == bindparam("meeting_id"), Invitation.withdrawn_at.is_(None))
)
_REQUEST = (
    select(MeetingRequest)
    .where(MeetingRequest.case_id == bindparam("case_id"), MeetingRequest.state.in_(_WAITING))
    .order_by(MeetingRequest.requested_at)
    .limit(1)
)
_NEWEST = (
    select(PlanVersion)
    .join(PlanVersion.plan)
    .where(Plan.case_id == bindparam("case_id"))
    .options(contains_eager(PlanVersion.plan), joinedload(PlanVersion.acceptance))
    .order_by(PlanVersion.n.desc())
    .limit(1)
)
_AGREEMENTS = (
    select(Action)
    .where(
        Action.case_id.in_(bindparam("case_ids", expanding=True)), Action.published_at.is_not(None)
    )
    .options(joinedload(Action.meeting).load_only(Meeting.starts_local))
    .order_by(Action.due_on, Action.created_at, Action.id)
)
_OWED = _AGREEMENTS.where(
    Action.owner_id == bindparam("owner_id"), Action.closed_at.is_(None) | IS_DOUBTED
)
_PROMISED = _AGREEMENTS.where(
    Action.owner_id == bindparam("owner_id"),
    Action.closed_at.is_(None) | (Action.closed_at > bindparam("since")),
)
_PLACES = (
    select(TeamMember)
    .join(TeamMember.case)
    .where(
        TeamMember.user_id == bindparam("user_id"),
        TeamMember.left_at.is_(None),
        Case.state == CaseState.OPEN,
    )
    .options(contains_eager(TeamMember.case).joinedload(Case.person).joinedload(Person.user))
)


class Main(StrEnum):
    """The one main thing on the person's front page, chosen by time."""

    TODAY = "today"
    ANSWER = "answer"
    BEFORE = "before"
    WITHOUT_DAY = "without_day"
    WRITING = "writing"
    ASKED = "asked"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class PersonsPage:
    """What the person's front page stands on, and which of it is the main thing."""

    case: Case
    main: Main
    meeting: Meeting | None
    own_invitation: Invitation | None
    own_answer: AnswerValue | None
    coming: str
    progress: Progress | None
    written: Meeting | None
    request: MeetingRequest | None
    version: PlanVersion | None

    @property
    def plan(self) -> Plan | None:
        """Return the plan, once something of it has been published."""
        return self.version.plan if self.version is not None else None

    @property
    def is_thinking(self) -> bool:
        """Tell whether the person has said something to the plan that settles nothing."""
        return self.version is not None and self.version.acceptance is not None

    @property
    def has_crisis_plan(self) -> bool:
        """Tell whether the published plan says what helps when it gets bad."""
        sections = self.version.content["sections"] if self.version is not None else []
        return any(section["key"] == SectionKey.CRISIS for section in sections)


def persons_page(case: Case, *, today: date) -> PersonsPage:
    """Return the front page of the person whose case it is (four queries beside the case's)."""
    found = _meetings(case)
    meeting = _next(found, today)
    written = next((m for m in reversed(found) if m.state in _BEING_WRITTEN), None)
    invited = _invited(meeting) if meeting is not None else []
    mine, said = next(
        ((i, a) for i, a in invited if i.user_id == case.person.user_id), (None, None)
    )
    request = _request(case) if meeting is None else None
    version = newest_version(case)
    return PersonsPage(
        case=case,
        main=_main(meeting, written, request, version, today),
        meeting=meeting,
        own_invitation=mine,
        own_answer=_counts(mine, said) if mine is not None else None,
        coming=_coming(case, invited),
        progress=meetings.progress(meeting) if meeting is not None else None,
        written=written,
        request=request,
        version=version,
    )


def _meetings(case: Case) -> Sequence[Meeting]:
    """Return the meetings that are ahead or being written up, soonest first."""
    found = db.session.scalars(_MEETINGS, {"case_id": case.id}).unique().all()
    refer(found, "chair", User)
    return found


def _next(found: Sequence[Meeting], today: date) -> Meeting | None:
    return next((m for m in found if m.state in COMING and _is_ahead(m, today)), None)


def _invited(meeting: Meeting) -> list[tuple[Invitation, Answer | None]]:
    found = db.session.execute(_INVITED, {"meeting_id": meeting.id})
    return [(invitation, answer) for invitation, answer in found]


def _request(case: Case) -> MeetingRequest | None:
    return db.session.scalars(_REQUEST, {"case_id": case.id}).first()


def newest_version(case: Case) -> PlanVersion | None:
    """Return the newest version of the case's plan with plan and answer, whoever may read it."""
    return db.session.scalars(_NEWEST, {"case_id": case.id}).first()


def _coming(case: Case, invited: Sequence[tuple[Invitation, Answer | None]]) -> str:
    """Return who has said yes, as one says it: "Lise, Jonas fra kommunen og Hanne"."""
    yes = {
        invitation.user_id
        for invitation, answer in invited
        if invitation.sent_at is not None and _counts(invitation, answer) is AnswerValue.YES
    }
    coming = [m for m in case.members if m.user_id in yes and m.role is not MemberRole.PERSON]
    from_town = [m for m in coming if m.sector is Sector.MUNICIPALITY]
    names = [_named(m, is_told_apart=len(from_town) == 1) for m in coming]
    if len(names) < 2:  # noqa: PLR2004 - one name stands alone
        return "".join(names)
    return str(_("%(first)s og %(last)s", first=", ".join(names[:-1]), last=names[-1]))


def _named(member: TeamMember, *, is_told_apart: bool) -> str:
    """Return the first name; who alone comes from the municipality is told apart."""
    name = member.user.first_name
    if is_told_apart and member.sector is Sector.MUNICIPALITY:
        return str(_("%(name)s fra kommunen", name=name))
    return name


def _main(
    meeting: Meeting | None,
    written: Meeting | None,
    request: MeetingRequest | None,
    version: PlanVersion | None,
    today: date,
) -> Main:
    """Choose: the meeting today, then an unanswered plan, then what lies ahead."""
    starts = meeting.starts_local if meeting is not None else None
    said = version.acceptance.answer if version is not None and version.acceptance else None
    ways = (
        (Main.TODAY, starts is not None and starts.date() == today),
        (Main.ANSWER, version is not None and said not in SETTLED),
        (Main.BEFORE, starts is not None),
        (Main.WRITING, written is not None),
        (Main.WITHOUT_DAY, meeting is not None),
        (Main.ASKED, request is not None),
    )
    return next((main for main, holds in ways if holds), Main.NOTHING)


def agreements(case_ids: Collection[str], *, owner_id: str | None = None) -> Sequence[Action]:
    """Return the agreements in force in the cases, soonest first; of one owner: what is still owed.

    The cases must be loaded already (they are found by identity), as for every list below.
    """
    ids = list(case_ids)
    if owner_id is not None:
        return _with_owners(db.session.scalars(_OWED, {"case_ids": ids, "owner_id": owner_id}))
    return _with_owners(db.session.scalars(_AGREEMENTS, {"case_ids": ids}))


def _with_owners(found: Iterable[Action]) -> Sequence[Action]:
    actions = list(found)
    refer(actions, "owner", User)
    return actions


def promised(case: Case, owner_id: str, *, since: datetime) -> Sequence[Action]:
    """Return what somebody owes in the case or what ended after ``since``, soonest first."""
    facts = {"case_ids": [case.id], "owner_id": owner_id, "since": since}
    return _with_owners(db.session.scalars(_PROMISED, facts))


@dataclass(frozen=True, kw_only=True)
class Invited:
    """A meeting to come as somebody invited sees it: their own part and what they answered.

    ``place`` is where, as far as they may know it.
    """

    meeting: Meeting
    invitation: Invitation
    answer: AnswerValue | None
    place: str = ""


def invited_to(user_id: str, case_ids: Collection[str], *, today: date) -> list[Invited]:
    """Return the meetings to come that the user has been invited to, soonest first.

    It is a superset of what the rules allow: pages ask the guard for each.
    """
    statement = (
        select(Invitation, Answer)
        .join(Invitation.meeting)
        .outerjoin(Answer, Answer.invitation_id == Invitation.id)
        .where(
            Invitation.user_id == user_id,
            Invitation.withdrawn_at.is_(None),
            Invitation.sent_at.is_not(None),
            Meeting.case_id.in_(case_ids),
            Meeting.state.in_(COMING),
        )
        .options(contains_eager(Invitation.meeting).selectinload(Meeting.invitations))
        .order_by(Meeting.starts_local.asc().nulls_last(), Invitation.id)
    )
    found = [
        Invited(meeting=own.meeting, invitation=own, answer=_counts(own, answer))
        for own, answer in db.session.execute(statement)
    ]
    return [one for one in found if _is_ahead(one.meeting, today)]


def _is_ahead(meeting: Meeting, today: date) -> bool:
    return meeting.starts_local is None or meeting.starts_local.date() >= today


def _counts(invitation: Invitation, answer: Answer | None) -> AnswerValue | None:
    """Return the answer to the time last sent."""
    if answer is None or (invitation.asked_at is not None and answer.at < invitation.asked_at):
        return None
    return answer.value


def minutes_of(case_ids: Collection[str]) -> Sequence[Meeting]:
    """Return the cases' meetings with minutes sent out, newest first, whoever may read them."""
    statement = (
        select(Meeting)
        .where(Meeting.case_id.in_(case_ids), Meeting.published_at.is_not(None))
        .options(selectinload(Meeting.invitations))
        .order_by(Meeting.published_at.desc())
    )
    return db.session.scalars(statement).all()


def plans_of(case_ids: Collection[str]) -> dict[str, Plan]:
    """Return the plans of which something has been published, by case, whoever may read them."""
    statement = select(Plan).where(Plan.case_id.in_(case_ids), Plan.versions.any())
    return {plan.case_id: plan for plan in db.session.scalars(statement)}


@dataclass(frozen=True, kw_only=True)
class Place:
    """The user's place in an open case: whom it is about, and whether the user coordinates it."""

    __tablename__: ClassVar[str] = "case"

    case_id: str
    case: Case
    lead_ids: frozenset[str]

    @property
    def id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.case_id


def places(actor: Actor) -> list[Place]:
    """Return the actor's places in open cases in the role acted in, by whom each is about."""
    found = [
        Place(
            case_id=member.case_id,
            case=member.case,
            lead_ids=frozenset({actor.user_id} if member.is_coordinator else ()),
        )
        for member in db.session.scalars(_PLACES, {"user_id": actor.user_id})
        if acts_from(actor, member)
    ]
    return sorted(found, key=lambda place: place.case.person.name)
