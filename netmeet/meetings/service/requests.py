"""Asking for a meeting, and the answer to it."""

from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import rules
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.rules import MeetingKind, RequestState
from netmeet.meetings.service import meetings
from netmeet.outbox import service as outbox

_LONGEST_PURPOSE = 500
_WAITING = (RequestState.REQUESTED, RequestState.ASSESSED)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The four answers of a request, in the words of whoever asks, and the sort of meeting."""

    about: str
    how_soon: str = ""
    who: str = ""
    answer_by: str = ""
    kind: MeetingKind | None = None


def ask(case: Case, *, by: Actor, at: datetime, wish: Wish) -> MeetingRequest:
    """Ask for a meeting, and tell the coordinators.

    A time is to be agreed within five working days (regional agreement; the day of the request is
    day 0). Raises ``Refused`` when nothing says what it is about.
    """
    if not wish.about.strip():
        raise Refused(_("Skriv med få ord, hvad mødet skal handle om."), field="about")
    coordinator = case.coordinator
    request = MeetingRequest(
        case_id=case.id,
        case=case,
        author_id=by.user_id,
        asked_as=by.role_on(case),
        kind=wish.kind,
        about=wish.about,
        how_soon=wish.how_soon,
        who=wish.who,
        answer_by=wish.answer_by,
        requested_at=at,
        due_on=rules.request_deadline(calendar.to_local(at).date()),
        unit_id=(coordinator.unit_id if coordinator else None) or case.unit_id,
        state=RequestState.REQUESTED,
    )
    db.session.add(request)
    db.session.flush()
    for user_id in sorted(case.lead_ids - {by.user_id}):
        outbox.put(
            key=f"request:{request.id}:{user_id}",
            kind="meetings.news_request",
            user_id=user_id,
            at=at,
            facts={"request": request.id},
            case_id=case.id,
        )
    return request


def acknowledge(request: MeetingRequest, *, by: Actor, at: datetime) -> None:
    """Say that it has been read and is being looked at; saying so twice changes nothing.

    Raises ``Refused`` when it has been answered or withdrawn already.
    """
    if request.state is not RequestState.ASSESSED:
        _decide(request, RequestState.ASSESSED, by=by, at=at)


def withdraw(request: MeetingRequest, *, by: Actor, at: datetime) -> None:
    """Take the wish back. Raises ``Refused`` for anybody else's, or when it has been answered."""
    if request.author_id != by.user_id:
        raise Refused(_("Kun den, der har bedt om mødet, kan fortryde det."))
    _decide(request, RequestState.WITHDRAWN, by=by, at=at)


def accept(request: MeetingRequest, *, by: Actor, at: datetime) -> Meeting:
    """Say yes: the request becomes a draft of the sort asked for, chaired by whoever says yes.

    Whoever asked is told. The purpose is one line: of a long request the beginning.

    Raises ``Refused`` when it has been answered already.
    """
    _decide(request, RequestState.ACCEPTED, by=by, at=at)
    _tell_who_asked(request, by=by, at=at)
    purpose = shorten(request.about, _LONGEST_PURPOSE, placeholder=" …")
    details = meetings.Details(kind=request.kind or MeetingKind.OUTPATIENT, purpose=purpose)
    return meetings.create(request.case, by=by, at=at, details=details, request=request)


def decline(
    request: MeetingRequest, *, by: Actor, at: datetime, reason: str, alternative: str
) -> None:
    """Say no, with why and what is offered instead, and tell whoever asked.

    Raises ``Refused`` without a reason or an alternative, or when it has been answered already.
    """
    if not reason.strip():
        raise Refused(
            _("Skriv, hvorfor I siger nej. Den, der spurgte, kan se det."), field="reason"
        )
    if not alternative.strip():
        raise Refused(_("Skriv, hvad I tilbyder i stedet."), field="alternative")
    _decide(request, RequestState.DECLINED, by=by, at=at)
    request.reason, request.alternative = reason, alternative
    db.session.flush()
    _tell_who_asked(request, by=by, at=at)


def _tell_who_asked(request: MeetingRequest, *, by: Actor, at: datetime) -> None:
    if request.author_id == by.user_id:
        return
    outbox.put(
        key=f"request-answer:{request.id}",
        kind="meetings.news_request_answer",
        user_id=request.author_id,
        at=at,
        facts={"request": request.id},
        case_id=request.case_id,
    )


def _decide(request: MeetingRequest, to: RequestState, *, by: Actor, at: datetime) -> None:
    if to not in rules.REQUEST_NEXT[request.state]:
        raise Refused(_("Der er allerede svaret på det."))
    request.state = to
    request.decided_at, request.decided_by_id = at, by.user_id
    db.session.flush()
