"""Verbs of agreements: capture, correct, report, carry over."""

from netmeet.actions.service.capture import ask_who_may_decide
from netmeet.actions.service.carrying import carry_over, follow_rights, would_wait
from netmeet.actions.service.moves import cancel, postpone, reassign
from netmeet.actions.service.progress import (
    answer,
    ask_for_help,
    confirm,
    decline,
    go_on_where_left,
    report,
    said,
)

__all__ = [
    "answer",
    "ask_for_help",
    "ask_who_may_decide",
    "cancel",
    "carry_over",
    "confirm",
    "decline",
    "follow_rights",
    "go_on_where_left",
    "postpone",
    "reassign",
    "report",
    "said",
    "would_wait",
]
