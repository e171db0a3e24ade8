"""Verbs of agreements: capture, correct, report, carry over."""

from netmeet.actions.service.carrying import carry_over, pause_for
from netmeet.actions.service.moves import cancel, postpone, reassign
from netmeet.actions.service.progress import ask_for_help, confirm, decline, report, said

__all__ = [
    "ask_for_help",
    "cancel",
    "carry_over",
    "confirm",
    "decline",
    "pause_for",
    "postpone",
    "reassign",
    "report",
    "said",
]
