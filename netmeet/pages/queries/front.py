"""What the front pages show, put together from the slices; few queries, and no more with age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from netmeet.cases.models import Case
from netmeet.core.access import Actor
from netmeet.core.db import db
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
    request = _request(case) if meeting is None else None
    version = _newest(case)
    return PersonsPage(
        case=case,
        main=_main(meeting, written, request, version, today),
        meeting=meeting,
        own_invitation=next((i for i, _a in invited if i.user_id == case.person.user_id), None),
        coming=_coming(case, invited),
        progress=meetings.progress(meeting) if meeting is not None else None,
        written=written,
        request=request,
        version=version,
    )


def _meetings(case: Case) -> Sequence[Meeting]:
    """Return the meetings that are ahead or being written up, soonest first."""
    statement = (
        select(Meeting)
        .where(Meeting.case_id == case.id, Meeting.state.in_(COMING | _BEING_WRITTEN))
        .options(joinedload(Meeting.chair), joinedload(Meeting.answers))
        .order_by(Meeting.starts_local.asc().nulls_last(), Meeting.created_at)
    )
    return db.session.scalars(statement).unique().all()


def _next(found: Sequence[Meeting], today: date) -> Meeting | None:
    ahead = [m for m in found if m.state in COMING]
    return next(
        (m for m in ahead if m.starts_local is None or m.starts_local.date() >= today), None
    )


def _invited(meeting: Meeting) -> list[tuple[Invitation, Answer | None]]:
    statement = (
        select(Invitation, Answer)
        .outerjoin(Answer, Answer.invitation_id == Invitation.id)
        .where(Invitation.meeting_id == meeting.id, Invitation.withdrawn_at.is_(None))
        .options(joinedload(Invitation.user))
        .order_by(Invitation.created_at, Invitation.id)
    )
    return [(invitation, answer) for invitation, answer in db.session.execute(statement)]


def _request(case: Case) -> MeetingRequest | None:
    statement = (
        select(MeetingRequest)
        .where(MeetingRequest.case_id == case.id, MeetingRequest.state.in_(_WAITING))
        .order_by(MeetingRequest.requested_at.desc())
        .limit(1)
    )
    return db.session.scalars(statement).first()


def _newest(case: Case) -> PlanVersion | None:
    statement = (
        select(PlanVersion)
        .join(PlanVersion.plan)
        .where(Plan.case_id == case.id)
        .options(joinedload(PlanVersion.plan), joinedload(PlanVersion.acceptance))
        .order_by(PlanVersion.n.desc())
        .limit(1)
    )
    return db.session.scalars(statement).first()


def _coming(case: Case, invited: Sequence[tuple[Invitation, Answer | None]]) -> str:
    """Return who has said yes, as one says it: "Lise, Jonas fra kommunen og Hanne"."""
    names = [
        _named(case, invitation)
        for invitation, answer in invited
        if answer is not None
        and answer.value is AnswerValue.YES
        and invitation.user_id != case.person.user_id
        and (invitation.sent_at is None or answer.at >= invitation.sent_at)
    ]
    if len(names) < 2:  # noqa: PLR2004 - one name stands alone
        return "".join(names)
    return str(_("%(first)s og %(last)s", first=", ".join(names[:-1]), last=names[-1]))


def _named(case: Case, invitation: Invitation) -> str:
    name = invitation.user.first_name
    member = case.member(invitation.user_id)
    if member is not None and member.sector is Sector.MUNICIPALITY:
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


@dataclass(frozen=True, kw_only=True)
class Invited:
    """A meeting to come as somebody invited sees it: their own part and what they answered."""

    meeting: Meeting
    invitation: Invitation
    answer: AnswerValue | None


def invited_to(actor: Actor, *, today: date) -> list[Invited]:
    """Return the meetings to come that the actor has been invited to, soonest first.

    It is a superset of what the rules allow: pages ask the guard for each.
    """
    statement = (
        select(Invitation, Answer)
        .join(Invitation.meeting)
        .outerjoin(Answer, Answer.invitation_id == Invitation.id)
        .where(
            Invitation.user_id == actor.user_id,
            Invitation.withdrawn_at.is_(None),
            Invitation.sent_at.is_not(None),
            Meeting.state.in_(COMING),
        )
        .options(joinedload(Invitation.meeting).options(*meetings.access_options()))
        .order_by(Meeting.starts_local.asc().nulls_last(), Invitation.id)
    )
    return [
        Invited(
            meeting=invitation.meeting, invitation=invitation, answer=_counts(invitation, answer)
        )
        for invitation, answer in db.session.execute(statement)
        if invitation.meeting.starts_local is None
        or invitation.meeting.starts_local.date() >= today
    ]


def _counts(invitation: Invitation, answer: Answer | None) -> AnswerValue | None:
    """Return the answer to the time last sent."""
    if answer is None or (invitation.sent_at is not None and answer.at < invitation.sent_at):
        return None
    return answer.value


def published_to(case_ids: Sequence[str]) -> tuple[Sequence[Meeting], dict[str, PlanVersion]]:
    """Return the cases' meetings with minutes sent out, newest first, and newest plan versions.

    The cases must be loaded with their access facts. A superset of what the rules allow.
    """
    minutes = (
        select(Meeting)
        .where(Meeting.case_id.in_(case_ids), Meeting.published_at.is_not(None))
        .options(*meetings.access_options())
        .order_by(Meeting.published_at.desc())
    )
    versions = (
        select(PlanVersion)
        .join(PlanVersion.plan)
        .where(Plan.case_id.in_(case_ids))
        .options(joinedload(PlanVersion.plan))
        .order_by(PlanVersion.n)
    )
    newest = {version.plan.case_id: version for version in db.session.scalars(versions)}
    return db.session.scalars(minutes).all(), newest
