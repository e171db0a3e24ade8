"""Who may request, prepare, lead, follow and write a meeting."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from netmeet.cases.policy import (
    about_oneself,
    consented,
    consented_or_lawful,
    in_network,
    is_author,
    is_self,
    represents,
)
from netmeet.cases.rules import Scope
from netmeet.core import calendar
from netmeet.core.access import Actor, Predicate, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P
from netmeet.meetings.rules import AgendaState, LifeArea
from netmeet.organisations.policy import in_own_unit

GUEST_WINDOW = timedelta(hours=72)
INTERPRETER_WINDOW = timedelta(hours=24)


def is_invited(actor: Actor, thing: Any) -> bool:
    """Condition ``M``: invited and not withdrawn; the lead and the person are from the start."""
    meeting = thing.meeting
    return (
        meeting.case.person.user_id == actor.user_id
        or actor.user_id in meeting.lead_ids
        or meeting.invitation(actor.user_id) is not None
    )


def takes_minutes(actor: Actor, thing: Any) -> bool:
    """Condition ``K``: the appointed minute-taker."""
    return bool(thing.meeting.minute_taker_id == actor.user_id)


def agenda_is_released(_actor: Actor, thing: Any) -> bool:
    """Condition ``P`` on agenda and room: shared with the person, and not hidden from guests."""
    meeting = thing.meeting
    hidden = getattr(thing, "is_hidden_from_private", False)
    return meeting.agenda_state is not AgendaState.DRAFT and not hidden


def minutes_are_released(_actor: Actor, thing: Any) -> bool:
    """Condition ``P`` on minutes: published."""
    return thing.meeting.published_at is not None


def in_window(actor: Actor, thing: Any) -> bool:
    """Condition ``T``: from the invitation to 72 hours after the meeting or the end of comments.

    Interpreters: 24 hours before to 24 hours after. A meeting without a time has no end yet.
    """
    meeting = thing.meeting
    if meeting.starts_local is None:
        return actor.role is not Role.INTP
    begins = calendar.to_instant(meeting.starts_local)
    ends = begins + timedelta(minutes=meeting.minutes)
    if actor.role is Role.INTP:
        return begins - INTERPRETER_WINDOW <= actor.at <= ends + INTERPRETER_WINDOW
    last = ends + GUEST_WINDOW
    if meeting.comments_until is not None:
        closing = datetime.combine(meeting.comments_until + timedelta(days=1), time())
        last = max(last, calendar.to_instant(closing))
    return bool(actor.at <= last)


@dataclass(frozen=True)
class _CaseInArea:
    """A case as it opens for one area of life: only the consents that cover it count."""

    case: Any
    area: LifeArea | None
    is_neutral: bool

    @property
    def consents(self) -> list[Any]:
        return [
            consent
            for consent in self.case.consents
            if self.is_neutral or not consent.life_areas or self.area in consent.life_areas
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.case, name)


@dataclass(frozen=True)
class InArea:
    """A point, agreement, file or other part of a meeting, judged within its area of life."""

    thing: Any
    case: _CaseInArea

    @classmethod
    def of(cls, thing: Any, *, is_neutral: bool = False) -> "InArea":
        """Return the thing so that it is judged so; what says nothing about anybody is neutral."""
        return cls(thing, _CaseInArea(thing.case, thing.life_area, is_neutral))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.thing, name)


def in_its_area(holds: Predicate) -> Predicate:
    """Condition ``C:x`` or ``CD:x`` on a file: by a consent that covers the file's area of life."""

    def judged(actor: Actor, thing: Any) -> bool:
        return holds(actor, InArea.of(thing))

    return judged


def file_is_released(_actor: Actor, thing: Any) -> bool:
    """Condition ``P`` on a file: beside a shared agenda or published minutes, and not hidden."""
    meeting = thing.meeting
    is_out = meeting.published_at is not None or meeting.agenda_state is not AgendaState.DRAFT
    return is_out and not thing.is_hidden_from_private and not thing.is_beside_nothing


_FILES = in_its_area(consented_or_lawful(Scope.FILES))

RULES: Rules = {
    P.AGENDA_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.AGENDA), agenda_is_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.AGENDA)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.AGENDA)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.EXT: [[is_invited, in_window, consented(Scope.AGENDA), agenda_is_released]],
    },
    P.AGENDA_ADD_ITEM: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.AGENDA)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.AGENDA_EDIT_OWN_ITEM: {
        Role.PAT: [[is_author]],
        Role.PROX: [[is_author]],
        Role.REL: [[is_author]],
        Role.LEAD: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.EXT: [[is_author, in_window]],
    },
    P.AGENDA_EDIT_OTHERS_TEXT: {},
    P.AGENDA_REORDER: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.AGENDA_DEFER_ITEM: {
        Role.LEAD: [[in_network]],
    },
    P.AGENDA_DELETE_OWN_ITEM: {
        Role.PAT: [[is_author]],
        Role.PROX: [[is_author]],
        Role.REL: [[is_author]],
        Role.LEAD: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.EXT: [[is_author, in_window]],
    },
    P.AGENDA_DELETE_OTHERS_ITEM: {},
    P.AGENDA_APPROVE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.AGENDA_ANSWER_ITEM: {
        Role.LEAD: [[in_network]],
        Role.REG: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.MUN: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
    },
    P.ATTENDANCE_RECORD: {
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited, takes_minutes]],
        Role.MUN: [[is_invited, takes_minutes]],
    },
    P.EVALUATION_ANSWER_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.EVALUATION_READ_OWN_MEETING: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.FILE_UPLOAD: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[is_invited]],
    },
    P.FILE_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[in_its_area(consented(Scope.FILES)), file_is_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, _FILES]],
        Role.MUN: [[in_network, _FILES]],
        Role.GP: [[_FILES]],
        Role.SYS: [[anyone]],
    },
    P.FILE_DELETE_OWN_UNPUBLISHED: {
        Role.PAT: [[is_author]],
        Role.PROX: [[is_author]],
        Role.LEAD: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.SYS: [[anyone]],
    },
    P.LINE_CONTEST_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
    },
    P.LINE_ANSWER_CONTEST: {
        Role.LEAD: [[in_network]],
    },
    P.MEETING_REQUEST: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.INVITE)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[in_network]],
    },
    P.MEETING_CREATE: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.MEETING_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.INVITE)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
        Role.INTP: [[is_invited, in_window]],
        Role.SYS: [[anyone]],
    },
    P.MEETING_UPDATE: {
        Role.LEAD: [[in_network]],
    },
    P.MEETING_CANCEL: {
        Role.LEAD: [[in_network]],
    },
    P.MINUTES_READ_DRAFT: {
        Role.PAT: [[is_invited]],
        Role.LEAD: [[is_invited]],
        Role.PROX: [[represents, is_invited]],
        Role.REG: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
        Role.MUN: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
    },
    P.MINUTES_WRITE_DRAFT: {
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited, takes_minutes, consented_or_lawful(Scope.MINUTES)]],
        Role.MUN: [[is_invited, takes_minutes, consented_or_lawful(Scope.MINUTES)]],
    },
    P.MINUTES_ADD_OWN_STATEMENT: {
        Role.PAT: [[is_invited]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.PROX: [[represents, is_invited]],
        Role.REL: [[is_invited, consented(Scope.MINUTES)]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.MINUTES_PUBLISH: {
        Role.LEAD: [[is_invited, stepped_up]],
    },
    P.MINUTES_READ_PUBLISHED: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.MINUTES), minutes_are_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
        Role.EXT: [[is_invited, in_window, consented(Scope.MINUTES), minutes_are_released]],
    },
    P.MINUTES_AMEND_NEW_VERSION: {
        Role.LEAD: [[is_invited, stepped_up]],
    },
    P.MINUTES_DISAGREE_COMMENT: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
    },
    P.MINUTES_DELETE: {
        Role.SYS: [[anyone]],
    },
    P.MINUTES_EXPORT_PDF: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [
            [is_invited, consented(Scope.EXPORT), consented(Scope.MINUTES), minutes_are_released]
        ],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
        Role.SYS: [[anyone]],
    },
    P.MINUTES_TICK_JOURNALISED: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.MINUTES)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.MINUTES)]],
    },
    P.PREPARATION_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.PREPARATION_READ_NOT_TO_DISCUSS: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.PREPARATION_WRITE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.REQUEST_DECIDE: {
        Role.LEAD: [[in_own_unit]],
        Role.REG: [[in_own_unit]],
        Role.MUN: [[in_own_unit]],
    },
    P.REQUEST_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[about_oneself]],
        Role.LEAD: [[in_network], [in_own_unit]],
        Role.REG: [[in_network], [in_own_unit]],
        Role.MUN: [[in_network], [in_own_unit]],
        Role.GP: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.ROOM_FOLLOW: {
        Role.PAT: [[is_invited]],
        Role.LEAD: [[is_invited]],
        Role.PROX: [[represents, is_invited]],
        Role.REL: [[is_invited, consented(Scope.AGENDA), agenda_is_released]],
        Role.REG: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.MUN: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.GP: [[is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.EXT: [[is_invited, in_window, consented(Scope.AGENDA), agenda_is_released]],
    },
    P.ROOM_STEER: {
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited, takes_minutes]],
        Role.MUN: [[is_invited, takes_minutes]],
    },
}
