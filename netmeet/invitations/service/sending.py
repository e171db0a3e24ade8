"""Draft, send and withdraw."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import gettext as _

from netmeet.accounts import service as accounts
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.rules import Follows
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations import queries, rules
from netmeet.invitations.policy import may_be_invited
from netmeet.invitations.queries import letters
from netmeet.invitations.rules import Delivery
from netmeet.invitations.service import standing
from netmeet.meetings import service as meetings
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.rules import MeetingState
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel, State


@dataclass(frozen=True, kw_only=True)
class Part:
    """How somebody is invited: why (one sentence), whether they must be there, and for how long.

    ``begins`` and ``ends`` are wall times on the day of the meeting; none means all of it.
    """

    why: str
    is_required: bool = True
    begins: time | None = None
    ends: time | None = None


def draft(
    meeting: Meeting, member: TeamMember, *, by: Actor, at: datetime, part: Part | None = None
) -> Invitation:
    """Put somebody of the network on the list; nothing is sent.

    Who was on it before is asked to the same part, for the same reason, unless ``part`` says more.
    Raises ``Refused`` when they are on it already, or when the person has not said yes to them.
    """
    if meeting.invitation(member.user_id) is not None:
        raise Refused(_("%(name)s er allerede med.", name=member.name))
    if not may_be_invited(meeting.case, member.user_id, at):
        person = meeting.case.person.user.first_name
        raise Refused(_("Spørg %(person)s først om %(name)s.", person=person, name=member.name))
    if meeting.state not in queries.UPCOMING | queries.WITHOUT_DAY:
        raise Refused(_("Mødet er holdt eller aflyst."))
    row = next((i for i in meeting.invitations if i.user_id == member.user_id), None)
    if row is not None:
        row.renew()
        if part is not None:
            _set_part(row, part, by=by)
    else:
        row = Invitation(
            meeting_id=meeting.id,
            user_id=member.user_id,
            user=member.user,
            number=_number(member.user_id),
            created_at=at,
        )
        _set_part(row, part or Part(why=meeting.purpose), by=by)
        meeting.invitations.append(row)
    db.session.flush()
    return row


def _number(user_id: str) -> int:
    """Return four digits the user has for no other coming meeting."""
    start = 1000 + secrets.randbelow(9000)
    return rules.free_number(start, queries.taken_numbers(user_id))


def change(
    invitation: Invitation, *, part: Part, version: int, by: Actor, at: datetime
) -> Invitation:
    """Say anew why and for how long somebody is invited.

    Raises ``Refused`` without a reason or for a part that ends before it begins, and ``Conflict``
    for a stale version.
    """
    del at
    label = _("Hvorfor")
    invitation.expect(version, mine={label: part.why}, theirs={label: invitation.why})
    _set_part(invitation, part, by=by)
    db.session.flush()
    return invitation


def _set_part(invitation: Invitation, part: Part, *, by: Actor) -> None:
    del by
    if not part.why.strip():
        raise Refused(_("Skriv én sætning om hvorfor."), field="why")
    if (part.begins is None) != (part.ends is None):
        raise Refused(_("Skriv både fra og til."), field="begins")
    if part.begins is not None and part.ends is not None and part.begins >= part.ends:
        raise Refused(_("Slutningen ligger før begyndelsen."), field="ends")
    invitation.ask(
        why=part.why.strip(),
        is_required=part.is_required,
        part_from=part.begins,
        part_to=part.ends,
    )


def send(meeting: Meeting, *, version: int, by: Actor, at: datetime) -> int:
    """Send what waits: new invitations, the new time, or that the meeting is off.

    Returns how many messages and letters came of it; nobody gets the same twice. Raises
    ``Refused`` when there is nothing to send or no time to come at, or when somebody on the list
    no longer may be invited, and ``Conflict`` when the meeting was changed meanwhile.
    """
    label = _("Mødets tid")
    theirs = _time(meeting)
    meeting.expect(version, mine={label: _("som siden viste den")}, theirs={label: theirs})
    waiting = [row for row in queries.rows(meeting, at=at) if row.gets is not Delivery.NOTHING]
    _check(meeting, waiting, at=at)
    heard = letters.heard(meeting)
    for row in waiting:
        if row.invitation is not None:
            known = heard.get(row.invitation.id, letters.Heard())
            _put(row.invitation, row.gets, by_way=row.by, at=at, heard=known)
    if meeting.state is MeetingState.PLANNED:
        meetings.move(meeting, MeetingState.INVITED, by=by, at=at)
    standing.settle(meeting, at=at)
    return len(waiting)


def _time(meeting: Meeting) -> str:
    if meeting.starts_local is None:
        return str(_("ingen tid endnu"))
    return calendar.day_and_time(meeting.starts_local)


def _check(meeting: Meeting, waiting: Sequence[queries.Row], *, at: datetime) -> None:
    if not waiting:
        raise Refused(_("Alle har fået det, de skal have."))
    if meeting.state in queries.OFF:
        return
    if meeting.starts_local is None:
        raise Refused(_("Mødet har ingen tid endnu."))
    if calendar.to_instant(meeting.starts_local) <= at:
        raise Refused(_("Mødets tid er gået."))
    barred = next((row.member for row in waiting if not row.may), None)
    if barred is not None:
        person = meeting.case.person.user.first_name
        raise Refused(_("Spørg %(person)s først om %(name)s.", person=person, name=barred.name))


_KINDS = {
    Delivery.NEW: "invitations.invitation",
    Delivery.CHANGED: "invitations.update",
    Delivery.CANCELLED: "invitations.cancelled",
}


def _put(
    invitation: Invitation,
    what: Delivery,
    *,
    by_way: Channel,
    at: datetime,
    heard: letters.Heard,
) -> None:
    """Write the message and note what the recipient now knows, who has ``heard`` so much.

    The link's secret is made here, once, and lies sealed in the message until it leaves. A letter
    leaves with whoever prints it, so the worker never waits for it.
    """
    meeting = invitation.meeting
    token = accounts.make_link(
        invitation.user, purpose="invitation", subject_id=invitation.id, at=at
    )
    message = outbox.put(
        key=f"invitation:{invitation.id}:{invitation.sequence}:{what}:{at:%Y%m%d%H%M%S}",
        kind=_KINDS[what],
        user_id=invitation.user_id,
        case_id=meeting.case_id,
        at=at,
        channel=by_way,
        facts={
            "invitation": invitation.id,
            "token": token,
            "sequence": str(invitation.sequence),
            "file": str(queries.file_sequence(invitation)),
            **_told(invitation, what, heard),
        },
        send_after=_leaves_at(invitation, heard, at=at) if what is Delivery.CHANGED else None,
    )
    if message is not None and by_way is Channel.LETTER:
        outbox.settle(message, State.SENT, at=at)
    invitation.note_sent(at=at)
    is_persons = invitation.user_id == meeting.case.person.user_id
    if is_persons and what is not Delivery.NEW and meeting.told_how == "not_yet":
        meetings.told(meeting, how="written")


def _leaves_at(invitation: Invitation, heard: letters.Heard, *, at: datetime) -> datetime:
    starts, _minutes = queries.times(invitation)
    times = [starts] if heard.time is None else [starts, heard.time[0]]
    return rules.leaves_at(at, times, waiting=heard.leaves_at)


def _told(invitation: Invitation, what: Delivery, heard: letters.Heard) -> dict[str, str]:
    """Return what the message says of time and place: the time that holds, and what is new."""
    if what is Delivery.CANCELLED:
        return {}
    starts, minutes = queries.times(invitation)
    time_told = {"starts": starts.isoformat(), "minutes": str(minutes)}
    # By what they have heard: word of another time may still be on its way.
    is_place = what is Delivery.CHANGED and heard.time == (starts, minutes)
    return {**time_told, "about": "place"} if is_place else time_told


def withdraw(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Take one invitation back; who had got it is told in neutral words. Twice changes nothing.

    Raises ``Refused`` for the person, whose meeting it is.
    """
    del by
    if invitation.user_id == invitation.case.person.user_id:
        raise Refused(_("Det er borgerens eget møde."))
    _withdraw(invitation, at=at)
    standing.settle(invitation.meeting, at=at)


def _withdraw(invitation: Invitation, *, at: datetime) -> None:
    if invitation.withdrawn_at is not None:
        return
    invitation.withdraw(at=at)
    accounts.revoke_links(subject_id=invitation.id, user_id=invitation.user_id, at=at)
    if invitation.sent_at is not None:
        way = rules.channel(wished=invitation.user.channel, has_email=bool(invitation.user.email))
        message = outbox.put(
            key=f"invitation-withdrawn:{invitation.id}:{at:%Y%m%d%H%M%S}",
            kind="invitations.withdrawn",
            user_id=invitation.user_id,
            case_id=invitation.meeting.case_id,
            at=at,
            channel=way,
            facts={
                "invitation": invitation.id,
                "file": str(queries.file_sequence(invitation) + 1),
            },
        )
        if message is not None and way is Channel.LETTER:
            outbox.settle(message, State.SENT, at=at)
    db.session.flush()


def _without_right(
    case: Case, user_id: str | None, organisation_id: str | None, at: datetime
) -> list[Invitation]:
    """Return the invitations to coming meetings that nothing lets stand as ``case`` is loaded."""
    concerned = {
        member.user_id
        for member in case.team
        if member.user_id == user_id
        or (organisation_id is not None and member.organisation_id == organisation_id)
    }
    found = queries.upcoming_of(case.id, concerned)
    return [i for i in found if not may_be_invited(case, i.user_id, at)]


def would_be_withdrawn(
    case: Case, user_id: str | None, organisation_id: str | None, at: datetime
) -> Follows | None:
    """Tell whether an invitation that was sent would be withdrawn as ``case`` stands now.

    Registered with ``cases`` at the start; asked before a consent is taken back.
    """
    ended = _without_right(case, user_id, organisation_id, at)
    return Follows.INVITATION if any(one.sent_at is not None for one in ended) else None


def settle_ahead(case: Case, at: datetime) -> None:
    """Ask anew of each meeting ahead whether it is sure to be held.

    Registered with ``cases`` at the start, for when another municipality acts.
    """
    found = queries.upcoming_of(case.id, {member.user_id for member in case.team})
    for meeting_id in {invitation.meeting_id for invitation in found}:
        meeting = queries.meeting(meeting_id)
        if meeting is not None:
            standing.settle(meeting, at=at)


def withdraw_where_a_right_ended(
    case: Case, user_id: str | None, organisation_id: str | None, at: datetime
) -> None:
    """Withdraw what rests on a right that has ended; registered with ``cases`` at the start.

    Consents are re-read from ``case``: who still has another ground keeps the invitation.
    """
    ended = _without_right(case, user_id, organisation_id, at)
    for invitation in ended:
        _withdraw(invitation, at=at)
    for meeting_id in {invitation.meeting_id for invitation in ended}:
        meeting = queries.meeting(meeting_id)
        if meeting is not None:
            standing.settle(meeting, at=at)
