"""Publishing: plan, agreements and minutes come in force at once, and everybody is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from netmeet.actions.models import Action
from netmeet.actions.service import carrying
from netmeet.actions.service import publish as actions
from netmeet.cases.models import TeamMember
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.permissions import Permission
from netmeet.core.refusals import Refused
from netmeet.meetings import service as meetings
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.policy import RULES
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.service import publish as minutes
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel
from netmeet.plans import queries, rules
from netmeet.plans.models import Plan, PlanVersion
from netmeet.plans.rules import PlanType


@dataclass(frozen=True, kw_only=True)
class Lack:
    """An agreement that cannot be published, and what it lacks."""

    action_id: str
    what: str
    lacks_owner: bool
    lacks_date: bool


class NotReady(Refused):
    """Some agreements lack what every agreement must have; ``lacks`` lists them."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(_("Hver aftale skal have én ansvarlig og en dato."))
        self.lacks = lacks


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is told, how they are reached, and whether plan and minutes are open to them."""

    member: TeamMember
    reader: Actor
    channel: Channel
    reads_plan: bool
    reads_minutes: bool


def lacking(drafts: Sequence[Action]) -> list[Lack]:
    """Return the drafted agreements without exactly one owner and a date."""
    return [
        Lack(
            action_id=draft.id,
            what=draft.what,
            lacks_owner=draft.owner_id is None,
            lacks_date=draft.due_on is None,
        )
        for draft in drafts
        if draft.owner_id is None or draft.due_on is None
    ]


def kind_after(meeting: Meeting, plan: Plan | None) -> PlanType:
    """Return which plan the meeting makes: that of its kind, else the one there is."""
    going_on = plan.kind if plan is not None else PlanType.SHARED
    return rules.PLAN_OF_MEETING.get(meeting.kind, going_on)


def recipients(meeting: Meeting, *, at: datetime) -> list[Recipient]:
    """Return who gets the published plan or minutes, the person first.

    Whoever may read neither gets no message: that there is a plan is part of what it says.
    """
    found = []
    for member, reader in queries.readers(meeting.case, at=at):
        reads_plan = queries.may_read_plan(meeting.case, reader)
        reads_minutes = queries.may_read_minutes(meeting, reader)
        if reads_plan or reads_minutes:
            found.append(
                Recipient(
                    member=member,
                    reader=reader,
                    channel=_channel(member),
                    reads_plan=reads_plan,
                    reads_minutes=reads_minutes,
                )
            )
    return found


def _channel(member: TeamMember) -> Channel:
    """Return how the member is reached; who has neither address nor number gets a letter."""
    user = member.user
    if user.channel is Channel.SMS and user.phone:
        return Channel.SMS
    return Channel.MAIL if user.email and user.channel is not Channel.LETTER else Channel.LETTER


def needs_caller(*, at: datetime) -> bool:
    """Tell whether somebody must be named whom the person can call over the days off."""
    return rules.reaches_weekend(calendar.to_local(at))


def publish(
    meeting: Meeting,
    plan: Plan | None,
    *,
    by: Actor,
    at: datetime,
    version: int,
    content: Mapping[str, Any],
) -> PlanVersion:
    """Put minutes, agreements and a new version of the plan in force and tell everybody.

    ``content`` is what the version freezes. Raises ``NotReady`` with the agreements that lack
    owner or date, ``Refused`` when the weekend is near and nobody to call is named, ``Conflict``
    when the meeting changed since the page was opened.
    """
    lacks = lacking(queries.drafts_of(meeting))
    if lacks:
        raise NotReady(lacks)
    if needs_caller(at=at) and not content["call"]:
        raise Refused(_("Vælg, hvem der kan ringes til, indtil kontoret åbner."), field="caller")
    minutes.publish(meeting, by=by, at=at, version=version)
    actions.publish(meeting.id, by=by, at=at)
    made = _new_version(meeting, plan, by=by, at=at, content=content)
    if meeting.next_starts_local is not None:
        follow_up = meetings.draft_follow_up(meeting, by=by, at=at)
        carrying.carry_over(meeting, to=follow_up, by=by, at=at)
    _tell(meeting, made, recipients(meeting, at=at), at=at)
    return made


def renew(
    meeting: Meeting,
    plan: Plan | None,
    *,
    items: Collection[AgendaItem],
    by: Actor,
    at: datetime,
    content: Mapping[str, Any],
    reason: str,
) -> PlanVersion | None:
    """Tell who may read the corrected ``items`` that the minutes were corrected.

    When it changes what the plan in force says, that gets a new version with the ``reason``, which
    is returned, and the person is asked about it again: what they said yes to reads otherwise now.
    """
    made, newest = None, plan.newest if plan is not None else None
    is_of_it = newest is not None and newest.meeting_id == meeting.id
    if newest is not None and is_of_it and content != newest.content:
        made = _new_version(meeting, plan, by=by, at=at, content=content, reason=reason)
    ways = RULES[Permission.MINUTES_READ_PUBLISHED]
    told = [
        one
        for one in recipients(meeting, at=at)
        if (one.reads_plan and made is not None)
        or any(reading.is_open(item, reader=one.reader, ways=ways) for item in items)
    ]
    _tell(meeting, made, told, at=at)
    return made


def _tell(
    meeting: Meeting, made: PlanVersion | None, told: Sequence[Recipient], *, at: datetime
) -> None:
    """Tell them that a version of the plan, or a new edition of the minutes, is there."""
    for recipient in told:
        user_id = recipient.member.user_id
        corrected = f"minutes-corrected:{meeting.id}:{meeting.edition}:{user_id}"
        outbox.put(
            key=f"plan-published:{made.id}:{user_id}" if made is not None else corrected,
            kind="plans.published" if made is not None else "plans.corrected",
            user_id=user_id,
            case_id=meeting.case_id,
            at=at,
            channel=recipient.channel,
            facts={"plan_version": made.id} if made is not None else {"meeting": meeting.id},
        )


def _new_version(
    meeting: Meeting,
    plan: Plan | None,
    *,
    by: Actor,
    at: datetime,
    content: Mapping[str, Any],
    reason: str = "",
) -> PlanVersion:
    kind = kind_after(meeting, plan)
    if plan is None:
        plan = Plan(
            case_id=meeting.case_id,
            case=meeting.case,
            kind=kind,
            begun_at=at,
            sections=[],
            goals=[],
            versions=[],
        )
        db.session.add(plan)
    plan.kind = kind
    made = PlanVersion(
        plan_id=plan.id,
        n=len(plan.versions) + 1,
        meeting_id=meeting.id,
        published_at=at,
        published_by_id=by.user_id,
        comments_until=meeting.comments_until,
        reason=reason,
        content=dict(content),
        acceptance=None,
    )
    plan.versions.append(made)
    db.session.flush()
    return made
