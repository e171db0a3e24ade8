"""Who may request, prepare, lead, follow and write a meeting."""

from datetime import timedelta
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
from netmeet.core.access import Actor, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P
from netmeet.meetings.rules import AgendaState
from netmeet.organisations.policy import in_own_unit

INTERPRETER_WINDOW = timedelta(hours=24)


def is_invited(actor: Actor, thing: Any) -> bool:
    """Condition ``M``: invited and not withdrawn; the lead and the person are from the start.

    Whoever has been removed from the network is invited no more, not even to what lies behind.
    """
    meeting = thing.meeting
    return in_network(actor, meeting) and (
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
    if actor.role is not Role.INTP:
        return bool(meeting.is_open_to_guests(actor.at))
    if meeting.starts_local is None:
        return False
    begins = calendar.to_instant(meeting.starts_local)
    ends = begins + timedelta(minutes=meeting.minutes)
    return bool(begins - INTERPRETER_WINDOW <= actor.at <= ends + INTERPRETER_WINDOW)


def file_is_released(_actor: Actor, thing: Any) -> bool:
    """Condition ``P`` on a file: beside a shared agenda or published minutes, and not hidden."""
    meeting = thing.meeting
    is_out = meeting.published_at is not None or meeting.agenda_state is not AgendaState.DRAFT
    return is_out and not thing.is_hidden_from_private and not thing.is_beside_nothing


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
        Role.PROX: [[represents, is_author]],
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
        Role.PROX: [[represents, is_author]],
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
        Role.REL: [[consented(Scope.FILES), file_is_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.FILES)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.FILES)]],
        Role.GP: [[consented_or_lawful(Scope.FILES)]],
        Role.SYS: [[anyone]],
    },
    P.FILE_DELETE_OWN_UNPUBLISHED: {
        Role.PAT: [[is_author]],
        Role.PROX: [[represents, is_author]],
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
