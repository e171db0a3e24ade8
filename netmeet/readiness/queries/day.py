"""The coordinator's day: one row a person, one next step, one button."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from netmeet.cases import queries as cases
from netmeet.cases import rules as case_rules
from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.meetings.models import AgendaItem, Invitation, Meeting, MeetingRequest, Statement
from netmeet.meetings.rules import SENT_OUT, MeetingState, RequestState
from netmeet.readiness import rules
from netmeet.readiness.queries import lacks as lacking
from netmeet.readiness.queries import words
from netmeet.readiness.rules import Group

_COMING = invitations.UPCOMING | invitations.WITHOUT_DAY
_TO_SEND_OUT = frozenset({MeetingState.HELD, MeetingState.MINUTES_DRAFT})
_LATE_IS_SEEN = timedelta(days=14)
_WITHOUT_DATE = frozenset({RequestState.REQUESTED, RequestState.ASSESSED})
_ORDER = {group: place for place, group in enumerate(Group)}
_MINUTES_OF_REQUEST = 4
_MINUTES_OF_CALL = 10


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """One person: where they stand, and the one next step with its button.

    ``kind`` is now, request, coming, held, said, call, doubted, rights or none and ``on`` the day
    it is about (wall time for a meeting to come, the instant it began for one that is going on);
    ``clock`` the working day of the clock of five. Without a step ``label`` is empty.
    """

    case_id: str
    name: str
    born_on: date | None
    group: Group
    kind: str
    on: datetime | date | None = None
    clock: int = 0
    text: str = ""
    label: str = ""
    endpoint: str = "pages.case"
    subject_id: str = ""
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Call:
    """Somebody said no to their plan: by when to ring, and which plan it is about."""

    plan_id: str
    due_on: date


Calls = Callable[[Sequence[str]], Mapping[str, Call]]
"""Returns for the ids of cases who is to be rung, by case; the slice above knows plans."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """All persons one coordinates, in four groups; the worst first in each."""

    today: date
    rows: Sequence[DayRow]

    def of(self, group: Group) -> list[DayRow]:
        """Return the rows of a group."""
        return [row for row in self.rows if row.group is group]

    @property
    def urgent(self) -> list[DayRow]:
        """Return what cannot wait."""
        return self.of(Group.URGENT)

    @property
    def week(self) -> list[DayRow]:
        """Return what belongs to this week."""
        return self.of(Group.WEEK)

    @property
    def waiting(self) -> list[DayRow]:
        """Return who waits for others; nobody's debt."""
        return self.of(Group.WAITING)

    @property
    def free(self) -> list[DayRow]:
        """Return the persons without a task now."""
        return self.of(Group.NONE)

    @property
    def minutes(self) -> int:
        """Return about how many minutes all that cannot wait takes."""
        return sum(row.minutes for row in self.urgent)

    @property
    def next_coming(self) -> DayRow | None:
        """Return the person whose meeting comes next."""
        coming = [r for r in self.rows if r.kind == "coming" and isinstance(r.on, datetime)]
        return min(coming, key=lambda row: str(row.on), default=None)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What all rows are made of, read once for all cases."""

    meetings: Sequence[Meeting]
    requests: Sequence[MeetingRequest]
    said: lacking.Said
    actions: lacking.Actions
    prepared: lacking.Prepared
    calls: Mapping[str, Call]
    at: datetime
    today: date


def day(actor: Actor, today: date, *, calls_owed: Calls) -> Day:
    """Return the day of the coordinator ``actor``; the queries do not grow with the cases."""
    own = [c for c in cases.visible_to(actor) if actor.user_id in c.lead_ids]
    ids = [case.id for case in own]
    meetings = _meetings(ids, actor.at)
    known = _Known(
        meetings=meetings,
        requests=_requests(ids),
        said=invitations.replies(*meetings),
        actions=lacking.actions_of(ids),
        prepared=lacking.prepared_of([meeting.id for meeting in meetings]),
        calls=calls_owed(ids),
        at=actor.at,
        today=today,
    )
    rows = [_worst(case, known) for case in own]
    return Day(today=today, rows=sorted(rows, key=_by_urgency))


def _steps(case: Case, known: _Known) -> Iterator[DayRow]:
    """Yield everything that is to be done for one person."""
    yield from _of_doubts(case, known.actions.doubted.get(case.id, 0), today=known.today)
    if case.id in known.calls:
        yield _of_call(case, known.calls[case.id])
    yield from _of_rights(case, at=known.at, today=known.today)
    asked = [r for r in known.requests if r.case_id == case.id]
    for request in asked:
        if request.state in _WITHOUT_DATE:
            yield _of_request(request, case, known.today)
    for meeting in known.meetings:
        if meeting.case_id == case.id:
            yield _of_meeting(meeting, case, asked, known)


def _of_meeting(
    meeting: Meeting, case: Case, asked: Sequence[MeetingRequest], known: _Known
) -> DayRow:
    if meeting.is_going_on:
        return _of_now(meeting, case, known.at)
    if meeting.state in _TO_SEND_OUT:
        return _of_held(meeting, case, known.actions.unfinished.get(meeting.id, 0))
    if meeting.state in SENT_OUT:
        return _of_said(meeting, case)
    found = lacking.missing(
        meeting, said=known.said, actions=known.actions, prepared=known.prepared, at=known.at
    )
    clock = next((r for r in asked if r.id == meeting.request_id), None)
    return _of_coming(meeting, case, found, clock=clock, today=known.today)


def _by_urgency(row: DayRow) -> tuple[bool, int, str, str]:
    """Order by what comes first: a meeting that is going on before all that cannot wait."""
    return row.kind != "now", _ORDER[row.group], str(row.on or "9999"), row.name


def _worst(case: Case, known: _Known) -> DayRow:
    nothing = _row(
        case,
        group=Group.NONE,
        kind="none",
        subject_id=case.id,
    )
    return min(_steps(case, known), key=_by_urgency, default=nothing)


def _row(case: Case, **facts: Any) -> DayRow:
    """Return a row about the person of the case."""
    person = case.person
    return DayRow(case_id=case.id, name=person.name, born_on=person.born_on, **facts)


def _of_doubts(case: Case, number: int, *, today: date) -> Iterator[DayRow]:
    """Yield what the person says has not happened: it cannot wait, whatever its owner reported."""
    if number:
        text, label = words.doubted(number, case.person.user.first_name)
        row = replace(_right_row(case), kind="doubted", endpoint="pages.case", on=today)
        yield replace(row, group=Group.URGENT, text=text, label=label)


def _of_call(case: Case, call: Call) -> DayRow:
    """Return whom to ring: it was promised when they said no."""
    text, label = words.call(call.due_on, case.person.user.first_name)
    return _row(
        case,
        group=Group.URGENT,
        kind="call",
        on=call.due_on,
        text=text,
        label=label,
        endpoint="plans.answer",
        subject_id=call.plan_id,
        minutes=_MINUTES_OF_CALL,
    )


def _of_rights(case: Case, *, at: datetime, today: date) -> Iterator[DayRow]:
    """Yield what rights ask for: telling the person of a law, asking anew, inviting adult care."""
    born_on, row = case.person.born_on, _right_row(case)
    if any(b.is_in_force(at) and b.must_inform and b.informed_at is None for b in case.legal_bases):
        text = _("Skal have at vide, hvad der deles efter loven.")
        yield replace(row, group=Group.URGENT, text=text, label=_("Fortæl det"))
    if any(one.is_wanted(at) and one.ends_soon(at) for one in case.consents):
        yield replace(row, text=_("Et ja slutter snart."), label=_("Spørg igen"))
    if born_on is not None and case_rules.is_in_transition(born_on, today):
        yield replace(
            row,
            group=Group.WAITING,
            text=_("Fylder 18 %(day)s.", day=calendar.day(case_rules.comes_of_age(born_on))),
        )


def _right_row(case: Case) -> DayRow:
    return _row(
        case,
        group=Group.WEEK,
        kind="rights",
        endpoint="cases.case_consents",
        subject_id=case.id,
        minutes=2,
    )


def _meetings(case_ids: Sequence[str], at: datetime) -> Sequence[Meeting]:
    """Return what is ahead or to be sent out, and what was said something to since it was.

    What the person says to final minutes is seen for two weeks.
    """
    late = (Statement.at > Meeting.final_at) & (Statement.at > at - _LATE_IS_SEEN)
    since = func.coalesce(Meeting.corrected_at, Meeting.published_at)
    said = select(Statement.id).where(Statement.meeting_id == Meeting.id, Statement.at > since)
    statement = (
        select(Meeting)
        .where(
            Meeting.case_id.in_(case_ids),
            Meeting.state.in_(_COMING | _TO_SEND_OUT)
            | ((Meeting.state == MeetingState.PUBLISHED) & said.exists())
            | (Meeting.state.in_(SENT_OUT - {MeetingState.PUBLISHED}) & said.where(late).exists()),
        )
        .options(
            selectinload(Meeting.invitations).joinedload(Invitation.user),
            selectinload(Meeting.items).joinedload(AgendaItem.decider),
        )
    )
    return db.session.scalars(statement).all()


def _requests(case_ids: Sequence[str]) -> Sequence[MeetingRequest]:
    statement = select(MeetingRequest).where(
        MeetingRequest.case_id.in_(case_ids),
        MeetingRequest.date_set_at.is_(None),
        MeetingRequest.state.in_(_WITHOUT_DATE | {RequestState.ACCEPTED}),
    )
    return db.session.scalars(statement).all()


def _clock(request: MeetingRequest, today: date) -> int:
    asked_on = calendar.to_local(request.requested_at).date()
    return rules.day_of_clock(asked_on, today)


def _of_request(request: MeetingRequest, case: Case, today: date) -> DayRow:
    return _row(
        case,
        group=rules.group_of_request(request.due_on, today),
        kind="request",
        on=request.due_on,
        clock=_clock(request, today),
        text=_("Ingen dato endnu."),
        label=_("Foreslå tider"),
        endpoint="meetings.request",
        subject_id=request.id,
        minutes=_MINUTES_OF_REQUEST,
    )


def _of_now(meeting: Meeting, case: Case, at: datetime) -> DayRow:
    text, label = _("Mødet er i gang."), _("Gå til mødet, der er i gang")
    endpoint = "pages.room"
    if meeting.was_left_open(at):
        text, label = _("Mødet er ikke sluttet i netmeet."), _("Slut mødet")
        endpoint = "meetings.room_end"
    return _row(
        case,
        group=Group.URGENT,
        kind="now",
        on=meeting.started_at,
        text=text,
        label=label,
        endpoint=endpoint,
        subject_id=meeting.id,
    )


def _of_held(meeting: Meeting, case: Case, unfinished: int) -> DayRow:
    text, label = _("Referatet er ikke sendt ud."), _("Send ud")
    if unfinished == 1:
        text = _("Én aftale mangler navn eller dato.")
        label = _("Ret, send ud")
    elif unfinished:
        text = _("%(count)s aftaler mangler navn eller dato.", count=unfinished)
        label = _("Ret, send ud")
    return _row(
        case,
        group=Group.URGENT,
        kind="held",
        on=meeting.starts_local.date() if meeting.starts_local is not None else None,
        text=text,
        label=label,
        endpoint="plans.send_out",
        subject_id=meeting.id,
        minutes=2 + unfinished,
    )


def _of_said(meeting: Meeting, case: Case) -> DayRow:
    """Return that somebody has said something to minutes that are not final yet."""
    return _row(
        case,
        group=Group.WEEK,
        kind="said",
        on=meeting.comments_until if meeting.final_at is None else None,
        text=_("Der er skrevet til referatet."),
        label=_("Læs det"),
        endpoint="pages.minutes",
        subject_id=meeting.id,
        minutes=2,
    )


def _of_coming(
    meeting: Meeting,
    case: Case,
    found: Sequence[rules.Missing],
    *,
    clock: MeetingRequest | None,
    today: date,
) -> DayRow:
    starts = meeting.starts_local
    starts_on = starts.date() if starts is not None else None
    group = rules.group_of_meeting(found, starts_on=starts_on, today=today)
    if clock is not None and starts is None:
        group = rules.group_of_request(clock.due_on, today)
    is_near = rules.is_urgent(starts_on, today)
    step = rules.next_step(found, is_near=is_near) or (found[0] if found else None)
    row = _row(
        case,
        group=group,
        kind="coming" if clock is None or starts is not None else "request",
        on=starts if starts is not None or clock is None else clock.due_on,
        clock=_clock(clock, today) if clock is not None else 0,
        subject_id=case.id,
    )
    return row if step is None or group is Group.NONE else _with_step(row, step, meeting)


def _with_step(row: DayRow, step: rules.Missing, meeting: Meeting) -> DayRow:
    """Return the row with the words for its step; who waits for others gets no button."""
    said = words.line(step, meeting)
    return replace(
        row,
        text=said.text,
        label=said.label if row.group in {Group.URGENT, Group.WEEK} else "",
        endpoint=said.endpoint,
        subject_id=said.subject_id,
        minutes=step.minutes,
    )
