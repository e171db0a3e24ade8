"""The pure rules of agreements: kinds, states, dates, and the line that makes one."""

from netmeet.actions.rules.days import DueDoubt
from netmeet.actions.rules.line import Parsed, parse
from netmeet.actions.rules.names import OwnerDoubt, Person
from netmeet.actions.rules.persons import Telling, told
from netmeet.actions.rules.states import (
    DOUBTS,
    ESCALATION_DAYS,
    LIVE,
    NEEDS_GRANT,
    NEEDS_REASON,
    NEXT,
    REMINDER_DAYS,
    ActionKind,
    Commitment,
    PartysWord,
    PersonsWord,
    Status,
    WaitingFor,
    commitment,
    days_overdue,
    escalation_on,
    has_said_yes,
    is_overdue,
    may_move,
    reminder_dates,
)

__all__ = [
    "DOUBTS",
    "ESCALATION_DAYS",
    "LIVE",
    "NEEDS_GRANT",
    "NEEDS_REASON",
    "NEXT",
    "REMINDER_DAYS",
    "ActionKind",
    "Commitment",
    "DueDoubt",
    "OwnerDoubt",
    "Parsed",
    "PartysWord",
    "Person",
    "PersonsWord",
    "Status",
    "Telling",
    "WaitingFor",
    "commitment",
    "days_overdue",
    "escalation_on",
    "has_said_yes",
    "is_overdue",
    "may_move",
    "parse",
    "reminder_dates",
    "told",
]
