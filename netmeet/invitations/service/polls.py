"""Finding a time: asking everybody on the list, what they answer, and choosing one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete

from netmeet.accounts import service as accounts
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.invitations.models import DateOption, DatePoll, DateVote
from netmeet.invitations.queries import polls
from netmeet.invitations.rules import MOST_TIMES, AnswerValue, Via
from netmeet.meetings import queries as meetings
from netmeet.meetings import service as meeting_service
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.rules import MAY_GET_A_TIME
from netmeet.outbox import service as outbox

KIND = "invitations.poll"


@dataclass(frozen=True)
class Vote:
    """An answer to one time, and the version of the one it was given over (0: none yet)."""

    value: AnswerValue
    version: int = 0


def ask(
    meeting: Meeting, starts: Collection[datetime], *, answer_by: date, by: Actor, at: datetime
) -> DatePoll:
    """Ask everybody on the meeting's list which of these times suit them, and return the poll.

    Asked again, new times are added and every answer stays; a poll that was over is open again.
    Times are wall times in Copenhagen. Raises ``Refused`` without a time that lies ahead, for a
    time that is past or is not there that day, for too many, for a last day that is past, and when
    nobody else is on the list.
    """
    poll = polls.of_meeting(meeting.id)
    known = {option.starts_local for option in poll.options} if poll is not None else set()
    new = sorted(set(starts) - known)
    waiting = polls.ahead(poll, at=at) if poll is not None else []
    _check(meeting, new, waiting, answer_by=answer_by, by=by, at=at)
    if poll is None:
        poll = DatePoll(meeting_id=meeting.id, answer_by=answer_by)
        poll.options = []
        db.session.add(poll)
    poll.answer_by, poll.closed_at = answer_by, None
    poll.sequence = meeting.sequence - meeting.places
    poll.asked_at, poll.asked_by_id = at, by.user_id
    for one in new:
        option = DateOption(poll_id=poll.id, starts_local=one, added_at=at)
        option.votes = []
        poll.options.append(option)
    db.session.flush()
    _tell(meeting, poll, besides={by.user_id}, at=at)
    return poll


def _check(
    meeting: Meeting,
    new: Sequence[datetime],
    waiting: Collection[DateOption],
    *,
    answer_by: date,
    by: Actor,
    at: datetime,
) -> None:
    today = calendar.to_local(at).date()
    if meeting.state not in MAY_GET_A_TIME:
        raise Refused(_("Mødet er holdt eller aflyst. Det kan ikke ændres."))
    if not new and not waiting:
        raise Refused(_("Skriv mindst én ny tid."))
    if len(new) + len(waiting) > MOST_TIMES:
        raise Refused(_("Spørg højst om %(most)d tider.", most=MOST_TIMES))
    if not all(calendar.exists_locally(one) for one in new):
        raise Refused(_("Det klokkeslæt findes ikke den dag. Uret stilles frem."))
    if any(calendar.to_instant(one) <= at for one in new):
        raise Refused(_("Vælg en tid, der ligger forude."))
    if answer_by < today:
        raise Refused(_("Vælg en dag, der ligger forude."), field="answer_by")
    if not [one for one in polls.asked(meeting, at=at) if one.user_id != by.user_id]:
        raise Refused(_("Vælg først, hvem der skal med til mødet."))


def _tell(meeting: Meeting, poll: DatePoll, *, besides: Collection[str], at: datetime) -> int:
    """Mail those who lack an answer their personal link, once for each act; return how many."""
    told = 0
    for member in polls.asked(meeting, at=at):
        lacks = polls.to_answer(poll, member.user_id, at=at)
        invitation = meeting.invitation(member.user_id)
        is_reached = invitation is not None and polls.reachable(member.user)
        if member.user_id in besides or not lacks or not is_reached or invitation is None:
            continue
        token = accounts.make_link(member.user, purpose="poll", subject_id=invitation.id, at=at)
        outbox.put(
            key=f"poll:{poll.id}:{len(poll.options)}:{at:%Y%m%d%H%M%S}:{member.user_id}",
            kind=KIND,
            user_id=member.user_id,
            case_id=meeting.case_id,
            at=at,
            facts={"invitation": invitation.id, "token": token},
        )
        told += 1
    return told


def chase(meeting: Meeting, poll: DatePoll, *, by: Actor, at: datetime) -> int:
    """Ask those once more who have not answered, and return how many were mailed.

    Raises ``Refused`` when the poll is over, or everybody who can be mailed has answered.
    """
    _check_open(poll, meeting)
    told = _tell(meeting, poll, besides={by.user_id}, at=at)
    if not told:
        raise Refused(_("Alle, der kan få en mail, har svaret."))
    return told


def answer(
    invitation: Invitation,
    poll: DatePoll,
    said: Mapping[str, Vote],
    *,
    via: Via,
    by: str,
    at: datetime,
) -> None:
    """Note what the invited person answers to the times, by their ids; the last answer counts.

    A time that is not named, or whose answer is the same, keeps how it was given. Raises
    ``Refused`` when the poll is over, the invitation was withdrawn, or nothing was said;
    ``Conflict`` with both answers when another answer came in meanwhile.
    """
    _check_open(poll, invitation.meeting)
    if invitation.withdrawn_at is not None:
        raise Refused(_("Der kan ikke svares mere. Ring, hvis du vil noget andet."))
    options = [one for one in polls.ahead(poll, at=at) if one.id in said]
    if not options:
        raise Refused(_("Vælg et svar til mindst én tid."))
    changed = [one for one in options if _is_new(one, invitation.user_id, said[one.id])]
    for option in changed:
        _expect(option, invitation.user_id, said[option.id])
    for option in changed:
        row = polls.vote(option, invitation.user_id)
        if row is None:
            row = DateVote(option_id=option.id, user_id=invitation.user_id)
            option.votes.append(row)
        row.value, row.at, row.via, row.by_id = said[option.id].value, at, via.value, by
    db.session.flush()


def _is_new(option: DateOption, user_id: str, said: Vote) -> bool:
    row = polls.vote(option, user_id)
    return row is None or row.value is not said.value


def _expect(option: DateOption, user_id: str, said: Vote) -> None:
    """Raise ``Conflict`` when somebody answered for the user since the form was opened."""
    row, time = polls.vote(option, user_id), calendar.day_and_time(option.starts_local)
    version = row.version if row is not None else 0
    if version != said.version:
        theirs = {time: _word(row.value)} if row is not None else {}
        raise Conflict(mine={time: _word(said.value)}, theirs=theirs, version=version)


def _word(value: AnswerValue) -> str:
    words = {AnswerValue.YES: _("Ja"), AnswerValue.MAYBE: _("Måske"), AnswerValue.NO: _("Nej")}
    return str(words[value])


def choose(
    meeting: Meeting, poll: DatePoll, option_id: str, *, by: Actor, at: datetime, version: int
) -> None:
    """Give the meeting the time, and let the poll be over.

    Raises ``Refused`` for a time that is past or not of the poll, and when the poll is over;
    ``Conflict`` when the meeting was changed meanwhile.
    """
    _check_open(poll, meeting)
    chosen = next((one for one in poll.options if one.id == option_id), None)
    if chosen is None:
        raise Refused(_("Vælg en af tiderne."))
    asked_for = meetings.request_by_id(meeting.request_id) if meeting.request_id else None
    meeting_service.set_time(
        meeting, chosen.starts_local, by=by, at=at, version=version, request=asked_for
    )
    poll.closed_at = at
    db.session.flush()


def drop(meeting: Meeting, poll: DatePoll, option_id: str, *, at: datetime) -> None:
    """Take a time out of the poll with what was answered to it; the other answers stay.

    Taking it out twice changes nothing. Raises ``Refused`` when no other time lies ahead, and when
    the poll is over.
    """
    polls.of_meeting(meeting.id, to_change=True)
    _check_open(poll, meeting)
    dropped = next((one for one in poll.options if one.id == option_id), None)
    if dropped is None:
        return
    if not [one for one in polls.ahead(poll, at=at) if one is not dropped]:
        raise Refused(_("Der skal være en tid tilbage. Skriv først en anden."))
    db.session.execute(delete(DateVote).where(DateVote.option_id == dropped.id))
    db.session.execute(delete(DateOption).where(DateOption.id == dropped.id))
    db.session.expire(poll, ["options"])


def _check_open(poll: DatePoll, meeting: Meeting) -> None:
    if not polls.is_open(poll, meeting):
        raise Refused(_("Tiden er fundet. Der spørges ikke mere."))
