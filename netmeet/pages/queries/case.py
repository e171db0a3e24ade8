"""What staff see of a case on one page, and the one next step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from netmeet.cases.models import Case
from netmeet.cases.rules import CaseState
from netmeet.core import calendar
from netmeet.core.db import db, read_into
from netmeet.meetings.models import (
    AgendaItem,
    Invitation,
    Meeting,
    MeetingRequest,
    PreparationAnswer,
)
from netmeet.meetings.queries import has_words
from netmeet.meetings.rules import MeetingState, Question, RequestState
from netmeet.pages.queries.front import COMING, newest_version
from netmeet.plans.models import PlanVersion
from netmeet.readiness import queries as readiness
from netmeet.readiness.queries import Line

_TO_SEND = frozenset({MeetingState.HELD, MeetingState.MINUTES_DRAFT})
_WAITING = frozenset({RequestState.REQUESTED, RequestState.ASSESSED})


_MEETINGS = (
    select(Meeting)
    .where(Meeting.case_id == bindparam("case_id"))
    .options(joinedload(Meeting.chair))
    .order_by(Meeting.starts_local.desc().nulls_first(), Meeting.created_at.desc())
)
_INVITATIONS = (
    select(Invitation)
    .where(Invitation.meeting_id == bindparam("id"))
    .options(joinedload(Invitation.user))
    .order_by(Invitation.created_at)
)
_ITEMS = (
    select(AgendaItem)
    .where(AgendaItem.meeting_id == bindparam("id"))
    .options(joinedload(AgendaItem.decider))
    .order_by(AgendaItem.position)
)
_REQUESTS = (
    select(MeetingRequest)
    .where(MeetingRequest.case_id == bindparam("case_id"))
    .options(joinedload(MeetingRequest.author))
    .order_by(MeetingRequest.requested_at.desc())
)
_WORDS = (
    select(PreparationAnswer)
    .join(PreparationAnswer.meeting)
    .where(Meeting.case_id == bindparam("case_id"), PreparationAnswer.question == Question.MATTERS)
    .options(joinedload(PreparationAnswer.author))
    .order_by(PreparationAnswer.saved_at.desc())
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What comes next, in a sentence, and where one does it (an endpoint and its id)."""

    text: str
    label: str
    endpoint: str
    subject_id: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request and the working day of its clock of five (0 on the day it came)."""

    request: MeetingRequest
    day: int
    is_waiting: bool


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Everything of a case on one page."""

    case: Case
    meetings: Sequence[Meeting]
    next: Meeting | None
    lacks: Sequence[Line]
    asked: Sequence[Asked]
    words: PreparationAnswer | None
    version: PlanVersion | None
    at: datetime


def case_page(case: Case, *, at: datetime) -> CasePage:
    """Return the case's page at the instant; seven queries beside the case's own."""
    today = calendar.to_local(at).date()
    found = _meetings(case)
    coming = _next(found, today)
    return CasePage(
        case=case,
        meetings=found,
        next=coming,
        lacks=_lacks(coming, at) if coming is not None else [],
        asked=_asked(case, today),
        words=_words(case),
        version=newest_version(case),
        at=at,
    )


def _meetings(case: Case) -> Sequence[Meeting]:
    """Return the case's meetings, newest first; the case is known."""
    return db.session.scalars(_MEETINGS, {"case_id": case.id}).all()


def _lacks(coming: Meeting, at: datetime) -> list[Line]:
    """Return what the meeting lacks; only of this one are invitations and points read."""
    read_into(coming, "invitations", _INVITATIONS)
    read_into(coming, "items", _ITEMS)
    return readiness.lacks(coming, at=at)


def _next(found: Sequence[Meeting], today: date) -> Meeting | None:
    """Return the meeting that is going on, else the one that comes next."""
    now = next((m for m in found if m.is_going_on), None)
    if now is not None:
        return now
    ahead = [m for m in found if m.state in COMING]
    coming = [m for m in ahead if m.starts_local is None or m.starts_local.date() >= today]
    return min(coming, key=lambda m: m.starts_local or datetime.max, default=None)  # noqa: DTZ901 - wall time


def _asked(case: Case, today: date) -> list[Asked]:
    return [
        Asked(
            request=request,
            day=calendar.working_days_between(
                calendar.to_local(request.requested_at).date(), today
            ),
            is_waiting=request.state in _WAITING,
        )
        for request in db.session.scalars(_REQUESTS, {"case_id": case.id})
    ]


def _words(case: Case) -> PreparationAnswer | None:
    """Return what the person last said matters most."""
    found = db.session.scalars(_WORDS, {"case_id": case.id})
    return next((one for one in found if has_words(one)), None)


def next_step(page: CasePage) -> Step | None:
    """Return the one thing to do next for who coordinates; nothing for a closed case."""
    if page.case.state is CaseState.CLOSED:
        return None
    ways = (
        _room_is_open(page),
        _to_send_out(page),
        _to_answer(page),
        _to_mend(page),
        _to_meet(page),
    )
    return next((step for step in ways if step is not None), None)


def _room_is_open(page: CasePage) -> Step | None:
    now = page.next
    if now is None or not now.is_going_on:
        return None
    if now.was_left_open(page.at):
        return Step(
            text=_("Mødet er ikke sluttet i netmeet."),
            label=_("Slut mødet"),
            endpoint="meetings.room_end",
            subject_id=now.id,
        )
    return Step(
        text=_("Mødet er i gang."),
        label=_("Gå til mødet, der er i gang"),
        endpoint="pages.room",
        subject_id=now.id,
    )


def _to_send_out(page: CasePage) -> Step | None:
    draft = next((m for m in page.meetings if m.state in _TO_SEND), None)
    if draft is None:
        return None
    return Step(
        text=_("Mødet er holdt. Referat og plan er ikke sendt ud endnu."),
        label=_("Se igennem, og send ud"),
        endpoint="plans.send_out",
        subject_id=draft.id,
    )


def _to_answer(page: CasePage) -> Step | None:
    waiting = [one for one in page.asked if one.is_waiting]
    if not waiting:
        return None
    asked = min(waiting, key=lambda one: one.request.requested_at)
    name = asked.request.author.first_name
    return Step(
        text=_("%(name)s har bedt om et møde. Det er dag %(day)s af 5.", name=name, day=asked.day),
        label=_("Foreslå tider"),
        endpoint="meetings.request",
        subject_id=asked.request.id,
    )


def _to_mend(page: CasePage) -> Step | None:
    if page.next is None:
        return None
    if page.lacks:
        worst = page.lacks[0]
        return Step(
            text=worst.text,
            label=worst.label,
            endpoint=worst.endpoint,
            subject_id=worst.subject_id,
        )
    return Step(
        text=_("Mødet er klar. Der mangler ikke noget."),
        label=_("Se mødet"),
        endpoint="meetings.show",
        subject_id=page.next.id,
    )


def _to_meet(page: CasePage) -> Step | None:
    return Step(
        text=_("Der er ikke aftalt et møde."),
        label=_("Nyt møde"),
        endpoint="meetings.new",
        subject_id=page.case.id,
    )
