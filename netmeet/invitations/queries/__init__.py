"""Reading invitations, what was answered, and what a personal link leads to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.cases import queries as cases
from netmeet.cases.models import TeamMember
from netmeet.core import calendar
from netmeet.core.db import db
from netmeet.invitations.models import Answer, Deputy, Mandate, WrittenInput
from netmeet.invitations.policy import may_be_invited
from netmeet.invitations.rules import AnswerValue, Delivery, channel, delivery
from netmeet.meetings.models import AgendaItem, Invitation, Meeting
from netmeet.meetings.rules import (
    MAY_GET_A_TIME,
    AttendanceStatus,
    ItemState,
    MeetingState,
    Purpose,
    composition,
)
from netmeet.organisations.rules import Sector
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel

Sectors = set[Sector | None]

OPEN = frozenset({MeetingState.INVITED, MeetingState.CONFIRMED})
"""The states in which an invitation is waiting for, or has, an answer that counts."""

WITHOUT_DAY = frozenset({MeetingState.POSTPONED, MeetingState.NOT_COMPLETED})
"""The states of a meeting that waits for another day."""

OFF = WITHOUT_DAY | {MeetingState.CANCELLED}
"""The states in which there is nothing to come to on the day that was named."""

UPCOMING = OPEN | {MeetingState.PLANNED}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """All that one invited person has said; empty when nothing.

    ``sent_at`` is when they last heard of a time: an answer to an earlier time counts no more.
    """

    sent_at: datetime | None = None
    answer: Answer | None = None
    written: WrittenInput | None = None
    deputy: Deputy | None = None
    mandates: Mapping[str, Mandate] = field(default_factory=dict)

    @property
    def value(self) -> AnswerValue | None:
        """Return yes, maybe or no to the time last sent, ``None`` when unanswered."""
        if self.answer is None or self.sent_at is None or self.answer.at < self.sent_at:
            return None
        return self.answer.value

    @property
    def waiting_deputy(self) -> Deputy | None:
        """Return who was named to come instead and has not been answered about yet."""
        named = self.deputy if self.value is AnswerValue.NO else None
        return named if named is not None and named.is_waiting else None

    @property
    def stand_in_id(self) -> str | None:
        """Return the user who comes instead, once they are on the list."""
        is_away = self.value is AnswerValue.NO and self.deputy is not None
        return self.deputy.user_id if is_away and self.deputy is not None else None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One member of the network on the page of invitations.

    ``may`` says whether they may be invited now, ``gets`` what sending gives them and ``by`` which
    way it goes.
    """

    member: TeamMember
    invitation: Invitation | None
    reply: Reply
    may: bool
    gets: Delivery
    by: Channel

    @property
    def is_leader(self) -> bool:
        """Tell whether it is somebody who coordinates the case."""
        return self.member.is_coordinator


def _with_meeting() -> tuple[Any, ...]:
    return (
        joinedload(Meeting.case).options(*cases.access_options()),
        joinedload(Meeting.chair),
        selectinload(Meeting.invitations).joinedload(Invitation.user),
        selectinload(Meeting.items).joinedload(AgendaItem.decider),
    )


def meeting(meeting_id: str) -> Meeting | None:
    """Return the meeting with the facts that decide access, its invitations and points."""
    statement = select(Meeting).where(Meeting.id == meeting_id).options(*_with_meeting())
    return db.session.scalars(statement).one_or_none()


def by_id(invitation_id: str) -> Invitation | None:
    """Return the invitation, withdrawn ones too, with its meeting loaded as :func:`meeting`."""
    statement = (
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(
            joinedload(Invitation.user),
            joinedload(Invitation.meeting).options(*_with_meeting()),
        )
    )
    return db.session.scalars(statement).one_or_none()


_SAID = (
    select(Invitation, Answer, WrittenInput, Deputy, Mandate)
    .outerjoin(Answer, Answer.invitation_id == Invitation.id)
    .outerjoin(WrittenInput, WrittenInput.invitation_id == Invitation.id)
    .outerjoin(Deputy, Deputy.invitation_id == Invitation.id)
    .outerjoin(Mandate, Mandate.invitation_id == Invitation.id)
    .where(Invitation.id.in_(bindparam("ids", expanding=True)))
)


def replies(*meetings: Meeting) -> dict[str, Reply]:
    """Return what was said, by invitation id, in one query; silent ones have an empty reply."""
    wanted = [invitation.id for each in meetings for invitation in each.invitations]
    found: dict[str, Reply] = {}
    # An outer join may hold nothing, which the types of its columns do not say.
    joined: Iterable[Any] = db.session.execute(_SAID, {"ids": wanted})
    for invitation, answer, written, deputy, mandate in joined:
        before = found.get(invitation.id, Reply())
        fresh = {} if mandate is None else {mandate.item_id: mandate}
        found[invitation.id] = Reply(
            sent_at=invitation.asked_at,
            answer=answer,
            written=written,
            deputy=deputy,
            mandates={**before.mandates, **fresh},
        )
    return found


def rows(of: Meeting, *, at: datetime) -> list[Row]:
    """Return everybody in the network, with what they were sent and said; one query more."""
    said = replies(of)
    return [_row(of, member, said=said, at=at) for member in of.case.members]


def _row(of: Meeting, member: TeamMember, *, said: Mapping[str, Reply], at: datetime) -> Row:
    invited = of.invitation(member.user_id)
    gets = Delivery.NOTHING
    if invited is not None:
        gets = delivery(
            sent_sequence=sent_sequence(invited), sequence=invited.sequence, is_off=of.state in OFF
        )
    return Row(
        member=member,
        invitation=invited,
        reply=said[invited.id] if invited is not None else Reply(),
        may=may_be_invited(of.case, member.user_id, at),
        gets=gets,
        by=channel(wished=member.user.channel, has_email=bool(member.user.email)),
    )


def sent_sequence(invitation: Invitation) -> int | None:
    """Return the sequence the recipient last heard of, ``None`` when nothing was sent."""
    if invitation.sent_at is None:
        return None
    return invitation.sent_sequence or 0


def to_decide(of: Meeting, user_id: str, *, said: Mapping[str, Reply]) -> list[AgendaItem]:
    """Return the open points that the user, or somebody they stand in for, is named to decide."""
    named = {user_id, *(each.user_id for each in stood_in_for(of, user_id, said=said))}
    return [
        item
        for item in of.items
        if item.state is ItemState.OPEN
        and item.decider_id in named
        and item.purpose in {Purpose.DECIDE, Purpose.AGREE}
    ]


def own(of: Meeting, user_id: str) -> Invitation | None:
    """Return the user's invitation once it was sent."""
    found = of.invitation(user_id)
    return found if found is not None and found.sent_at is not None else None


def stood_in_for(of: Meeting, user_id: str, *, said: Mapping[str, Reply]) -> list[Invitation]:
    """Return the invitations of those who cannot come and whom the user stands in for."""
    return [i for i in of.current_invitations if said[i.id].stand_in_id == user_id]


def knows_old_time(invitation: Invitation) -> bool:
    """Tell whether the recipient has heard of a time that does not hold any more."""
    known = invitation.told_version
    return known is not None and known < invitation.time_version


def lacks_news(invitation: Invitation) -> bool:
    """Tell whether the time or the place has changed since the recipient last heard."""
    known = sent_sequence(invitation)
    return known is not None and known < invitation.sequence


def sectors(of: Meeting, *, said: Mapping[str, Reply]) -> tuple[Sectors, Sectors]:
    """Return the sectors somebody comes from, and those where somebody has not said no or yes.

    Who leads comes unless they said no. Before anything is sent, being on the list is enough.
    """
    coming: Sectors = set()
    silent: Sectors = set()
    for invitation in of.current_invitations:
        member, value = of.case.member(invitation.user_id), said[invitation.id].value
        if member is None or value is AnswerValue.NO:
            continue
        is_taken = member.user_id in of.lead_ids or of.state not in OPEN
        is_coming = value is AnswerValue.YES or (value is None and is_taken)
        (coming if is_coming else silent).add(_side(member))
    return coming, silent


def _side(member: TeamMember) -> Sector | None:
    """Return the sector somebody counts for: of several municipalities only the one that acts."""
    acting = member.case.municipality_id
    is_other = member.sector is Sector.MUNICIPALITY and acting not in {None, member.organisation_id}
    return None if is_other else member.sector


def is_sure(of: Meeting, *, at: datetime) -> bool:
    """Tell whether the meeting is sure to be held: what confirms it (domain §§ 2.2, 2.3).

    Region and municipality have said yes to the time that everybody knows, or it is written why
    the meeting is held without; and all who are invited still may be.
    """
    current = of.current_invitations
    if of.starts_local is None or any(knows_old_time(each) for each in current):
        return False
    if not all(may_be_invited(of.case, each.user_id, at) for each in current):
        return False
    coming, _silent = sectors(of, said=replies(of))
    return bool(of.composition_reason) or not composition(coming)


def excused(of: Meeting) -> dict[str, AttendanceStatus]:
    """Return how those who said something before the meeting are noted when they do not come."""
    said, found = replies(of), {}
    for invitation in of.current_invitations:
        reply = said[invitation.id]
        if reply.stand_in_id is not None:
            found[invitation.user_id] = AttendanceStatus.DEPUTY
        elif reply.written is not None:
            found[invitation.user_id] = AttendanceStatus.WRITTEN_INPUT
        elif reply.value is AnswerValue.NO:
            found[invitation.user_id] = AttendanceStatus.REGRETS
    return found


def still_holds(invitation: Invitation, *, at: datetime) -> bool:
    """Tell whether the invitation is good now: sent, not withdrawn, and still allowed."""
    of = invitation.meeting
    is_good = invitation.withdrawn_at is None and invitation.sent_at is not None
    return is_good and of.state not in OFF and may_be_invited(of.case, invitation.user_id, at)


def may_be_asked(invitation: Invitation, *, at: datetime) -> bool:
    """Tell whether the recipient may be asked about times: on the list, and still allowed."""
    of = invitation.meeting
    is_ahead = of.state in MAY_GET_A_TIME
    is_listed = invitation.withdrawn_at is None
    return is_listed and is_ahead and may_be_invited(of.case, invitation.user_id, at)


def takes_answers(meeting: Meeting, *, at: datetime) -> bool:
    """Tell whether an answer still makes a difference: the meeting lies ahead."""
    if meeting.state not in OPEN or meeting.starts_local is None:
        return False
    return calendar.to_instant(meeting.starts_local) > at


def taken_numbers(user_id: str) -> set[int]:
    """Return the numbers the user has for meetings still to come."""
    statement = (
        select(Invitation.number)
        .join(Invitation.meeting)
        .where(
            Invitation.user_id == user_id,
            Invitation.withdrawn_at.is_(None),
            Meeting.state.in_(UPCOMING | WITHOUT_DAY),
        )
    )
    return set(db.session.scalars(statement))


def upcoming_of(case_id: str, user_ids: set[str]) -> list[Invitation]:
    """Return the users' invitations to meetings of the case that have not been held."""
    statement = (
        select(Invitation)
        .join(Invitation.meeting)
        .where(
            Meeting.case_id == case_id,
            Meeting.state.in_(UPCOMING | WITHOUT_DAY),
            Invitation.user_id.in_(user_ids),
            Invitation.withdrawn_at.is_(None),
        )
        .options(joinedload(Invitation.meeting), joinedload(Invitation.user))
    )
    return list(db.session.scalars(statement))


def messages(invitation: Invitation) -> list[Message]:
    """Return the invitations, updates and cancellations the recipient was sent, oldest first."""
    statement = (
        select(Message)
        .where(
            Message.user_id == invitation.user_id,
            Message.key.startswith(f"invitation:{invitation.id}:"),
        )
        .order_by(Message.created_at)
    )
    return list(db.session.scalars(statement))


def told_time(before: Iterable[Message]) -> tuple[datetime, int] | None:
    """Return the time that the recipient of these heard of last (wall time), and its minutes."""
    times_ = [one.facts for one in before if "starts" in one.facts]
    if not times_:
        return None
    return datetime.fromisoformat(times_[-1]["starts"]), int(times_[-1]["minutes"])


def letter_token(invitation: Invitation) -> str:
    """Return the secret that the recipient's newest invitation carries, ``""`` without one."""
    return next((m.facts["token"] for m in reversed(messages(invitation))), "")


def end_reading() -> None:
    """End the transaction: what follows works on plain data alone.

    A PDF is never made inside a transaction (``security.md`` § 3).
    """
    db.session.rollback()


def file_sequence(invitation: Invitation) -> int:
    """Return the SEQUENCE of the recipient's next calendar file (RFC 5545 § 3.8.7.4)."""
    statement = select(func.count(Message.id)).where(
        Message.user_id == invitation.user_id,
        Message.key.startswith(f"invitation-withdrawn:{invitation.id}:"),
    )
    return sequence_after(invitation, withdrawals=db.session.scalar(statement) or 0)


def sequence_after(invitation: Invitation, *, withdrawals: int) -> int:
    """Return the SEQUENCE that holds when the invitation has been taken back so often.

    It follows the meeting's and their own part's. A withdrawal took one number more, so who is
    invited again after one goes on two above: it never falls.
    """
    return invitation.sequence + 2 * withdrawals


def times(invitation: Invitation) -> tuple[datetime, int]:
    """Return when the recipient's own part begins (wall time) and its minutes.

    Raises ``LookupError`` while the meeting has no time.
    """
    of = invitation.meeting
    if of.starts_local is None:
        raise LookupError("the meeting has no time")
    if invitation.part_from is None or invitation.part_to is None:
        return of.starts_local, of.minutes
    begins = datetime.combine(of.starts_local.date(), invitation.part_from)
    ends = datetime.combine(of.starts_local.date(), invitation.part_to)
    return begins, int((ends - begins).total_seconds() // 60)
