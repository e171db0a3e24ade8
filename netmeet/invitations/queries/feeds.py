"""What somebody's own calendar holds, judged anew each time it is fetched."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.cases import queries as cases
from netmeet.cases.models import TeamMember
from netmeet.cases.policy import acts_from
from netmeet.core import calendar
from netmeet.core.access import Actor, earned
from netmeet.core.db import db
from netmeet.core.permissions import Permission
from netmeet.formats.ical import Standing
from netmeet.invitations import queries
from netmeet.invitations.policy import RULES
from netmeet.meetings.models import Invitation, Meeting
from netmeet.outbox.models import Message

KEPT = timedelta(days=30)
"""How long a meeting stays that is over, called off or no longer one's own."""

_WAYS = RULES[Permission.ICAL_DOWNLOAD_OWN_MEETING]
_SENT, _TAKEN_BACK = "invitation:", "invitation-withdrawn:"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One meeting in the calendar of whom it was told to.

    ``starts`` is wall time in Copenhagen; ``changed_at`` is when they last heard of it.
    """

    invitation: Invitation
    standing: Standing
    starts: datetime
    minutes: int
    sequence: int
    changed_at: datetime


def entries(who: Actor) -> list[Entry]:
    """Return the meetings ``who`` was told of and may have in a calendar at ``who.at``, in order.

    They are invited in the role acted in, as for the calendar file of one meeting. What was called
    off, or taken back from them, stays as such for 30 days, at the time they heard of last; nothing
    else is older than that. The queries do not grow with the meetings.
    """
    since = calendar.to_local(who.at - KEPT).replace(tzinfo=None)
    found = _told_to(who.user_id, since)
    letters = _letters(who.user_id, found)
    told = [_entry(one, letters[one.id], who=who) for one in found]
    kept = [one for one in told if one is not None and one.starts >= since]
    return sorted(kept, key=lambda one: (one.starts, one.invitation.id))


def _told_to(user_id: str, since: datetime) -> Sequence[Invitation]:
    statement = (
        select(Invitation)
        .join(Invitation.meeting)
        .where(
            Invitation.user_id == user_id,
            Invitation.sent_at.is_not(None),
            or_(Meeting.starts_local.is_(None), Meeting.starts_local >= since),
        )
        .options(
            joinedload(Invitation.user),
            joinedload(Invitation.meeting).options(
                joinedload(Meeting.case).options(*cases.list_options()),
                selectinload(Meeting.invitations),
            ),
        )
    )
    return db.session.scalars(statement).all()


def _letters(user_id: str, about: Iterable[Invitation]) -> Mapping[str, list[Message]]:
    """Return what the user was sent of these, by the invitation's id, oldest first."""
    statement = (
        select(Message)
        .where(
            Message.user_id == user_id,
            Message.case_id.in_({one.meeting.case_id for one in about}),
            or_(Message.key.startswith(_SENT), Message.key.startswith(_TAKEN_BACK)),
        )
        .order_by(Message.created_at)
    )
    found: dict[str, list[Message]] = defaultdict(list)
    for message in db.session.scalars(statement):
        found[message.key.split(":")[1]].append(message)
    return found


def _entry(invitation: Invitation, letters: Sequence[Message], *, who: Actor) -> Entry | None:
    taken_back = [one for one in letters if one.key.startswith(_TAKEN_BACK)]
    sent = [one for one in letters if one.key.startswith(_SENT)]
    if invitation.withdrawn_at is not None:
        return _withdrawn(invitation, sent, taken_back, who=who)
    of, heard_at = invitation.meeting, invitation.sent_at
    if heard_at is None or not earned(_WAYS.get(who.role_on(of), ()), who, of):
        return None
    is_off = of.state in queries.OFF
    if is_off and who.at - heard_at > KEPT and not queries.knows_old_time(invitation):
        return None
    now = queries.times(invitation) if of.starts_local is not None else None
    time = (queries.told_time(sent) or now) if is_off else now
    if time is None:
        return None
    return Entry(
        invitation=invitation,
        standing=Standing.CANCELLED if is_off else Standing.ON,
        starts=time[0],
        minutes=time[1],
        sequence=queries.sequence_after(invitation, withdrawals=len(taken_back)),
        changed_at=heard_at,
    )


def _withdrawn(
    invitation: Invitation, sent: Sequence[Message], taken_back: Sequence[Message], *, who: Actor
) -> Entry | None:
    """Return what the mail about it said, and nothing that has come about since."""
    at, time = invitation.withdrawn_at, queries.told_time(sent)
    place = _last_place(invitation, who.user_id)
    if at is None or who.at - at > KEPT or time is None or not taken_back:
        return None
    if place is None or not acts_from(who, place):
        return None
    return Entry(
        invitation=invitation,
        standing=Standing.WITHDRAWN,
        starts=time[0],
        minutes=time[1],
        sequence=int(taken_back[-1].facts["file"]),
        changed_at=at,
    )


def _last_place(invitation: Invitation, user_id: str) -> TeamMember | None:
    """Return the user's newest place in the network: who was removed has only one that is left."""
    held = [one for one in invitation.meeting.case.team if one.user_id == user_id]
    return held[-1] if held else None
