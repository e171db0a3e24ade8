"""What somebody else sees, now or if the person said yes to what is being asked about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.cases import queries as cases
from netmeet.cases import rules
from netmeet.cases.models import Case, Consent, TeamMember
from netmeet.cases.rules import ConsentHow, Direction, Scope
from netmeet.core import calendar, ids
from netmeet.core.access import PRIVATE, Actor, Role
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.invitations import queries as invitations
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.queries import minutes
from netmeet.pages.queries.front import COMING
from netmeet.plans import queries as plans

_NO_NUMBER = 0
"""The number of an invitation that is only supposed: no true one has it."""

NOBODY = "nobody"
"""The reader who is not in the network yet: no user has this id."""


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """A yes that has not been said: what it would cover."""

    scopes: Collection[Scope]
    areas: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Coming:
    """The next meeting as the reader sees it; ``others`` are the names open to them.

    ``begins`` is the wall time at which their own part begins, ``None`` while there is no day;
    ``lasts`` its minutes. ``must_invite``: they see it only when they have been invited, which
    they are not.
    """

    begins: datetime | None
    lasts: int
    place: str
    others: Sequence[str]
    must_invite: bool


def reader_of(member: TeamMember | None, *, by: Actor) -> Actor:
    """Return how the member acts; without one, how a relative would."""
    if member is not None:
        return minutes.actor_of(member, by.at)
    return Actor(user_id=NOBODY, name="", role=Role.REL, at=by.at)


def suppose(case: Case, reader: Actor, yes: Supposed) -> None:
    """Let the loaded case look as if the person had said this yes, in place of an older one.

    Only for a request that shows: nothing of it is written.
    """
    today = calendar.to_local(reader.at).date()
    scopes = {*yes.scopes, Scope.BASIC} if yes.scopes else set()
    given = Consent(
        id=ids.new_id(),
        recipient_id=reader.user_id,
        scope_list=",".join(scope for scope in Scope if scope in scopes),
        area_list=",".join(sorted(yes.areas)),
        direction=Direction.DISCLOSE,
        how=ConsentHow.DIGITAL,
        valid_from=today,
        valid_to=rules.latest_end(today),
        given_at=reader.at,
        awaits_list="",
        withdrawal=None,
    )
    others = [one for one in case.consents if one.recipient_id != reader.user_id]
    set_committed_value(case, "consents", [*others, given])


def plan_for(case: Case, reader: Actor) -> tuple[Any, Any] | None:
    """Return the case's plan and its facts when it is open to the reader."""
    plan = plans.of_case(case.id)
    if plan is None:
        return None
    return (plan, plans.facts(case, plan)) if plans.may_read_plan(case, reader) else None


def next_meeting(case: Case, reader: Actor, *, today: date, is_asked: bool) -> Meeting | None:
    """Return the next meeting with its points. ``is_asked``: as if the reader were invited."""
    statement = (
        select(Meeting.id)
        .where(Meeting.case_id == case.id, Meeting.state.in_(sorted(COMING)))
        .order_by(Meeting.starts_local.asc().nulls_last())
    )
    for meeting_id in db.session.scalars(statement):
        meeting = meetings.for_agenda(meeting_id)
        starts = meeting.starts_local if meeting is not None else None
        if meeting is None or (starts is not None and starts.date() < today):
            continue
        if is_asked and meeting.invitation(reader.user_id) is None:
            invited = Invitation(
                id=ids.new_id(),
                user_id=reader.user_id,
                number=_NO_NUMBER,
                created_at=reader.at,
                withdrawn_at=None,
            )
            set_committed_value(meeting, "invitations", [*meeting.invitations, invited])
        return meeting
    return None


def coming(meeting: Meeting, reader: Actor) -> Coming | None:
    """Return what the reader sees of the meeting itself, ``None`` when it is not open to them."""
    if not plans.allows(reader, P.MEETING_READ, meeting):
        return None
    names = []
    if plans.allows(reader, P.NETWORK_READ_MEMBERS, meeting.case):
        invited = {one.user_id for one in meeting.current_invitations}
        names = [m.name for m in meeting.case.members if m.user_id in invited]
    own = meeting.invitation(reader.user_id)
    is_supposed = own is not None and own.number == _NO_NUMBER
    begins, lasts = meeting.starts_local, meeting.minutes
    if own is not None and begins is not None and not is_supposed:
        begins, lasts = invitations.times(own)
    return Coming(
        begins=begins,
        lasts=lasts,
        place=meetings.place_for(meeting, reader),
        others=names,
        must_invite=is_supposed and reader.role in PRIVATE,
    )


def newest_minutes(case: Case, reader: Actor) -> Meeting | None:
    """Return the newest meeting whose minutes went out, when they are open to the reader."""
    statement = (
        select(Meeting.id)
        .where(Meeting.case_id == case.id, Meeting.published_at.is_not(None))
        .order_by(Meeting.published_at.desc())
        .limit(1)
    )
    newest = db.session.scalar(statement)
    meeting = minutes.room(newest) if newest is not None else None
    if meeting is None or not plans.allows(reader, P.MINUTES_READ_PUBLISHED, meeting):
        return None
    return meeting


def member_of(case: Case, user_id: str) -> TeamMember | None:
    """Return the member, after which only what they may know of the others is shown."""
    member = case.member(user_id)
    if member is not None:
        cases.see_as(case, user_id)
    return member
