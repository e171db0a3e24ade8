"""Verbs of invitations: draft, send, withdraw, answer, name a deputy, write beforehand."""

from netmeet.invitations.service.deputies import decline_deputy, invite_deputy, name_deputy
from netmeet.invitations.service.letters import code_for_letter
from netmeet.invitations.service.replies import answer, declare_mandate, write
from netmeet.invitations.service.sending import (
    Part,
    change,
    draft,
    send,
    settle_ahead,
    withdraw,
    withdraw_where_a_right_ended,
    would_be_withdrawn,
)
from netmeet.invitations.service.standing import settle

__all__ = [
    "Part",
    "answer",
    "change",
    "code_for_letter",
    "declare_mandate",
    "decline_deputy",
    "draft",
    "invite_deputy",
    "name_deputy",
    "send",
    "settle",
    "settle_ahead",
    "withdraw",
    "withdraw_where_a_right_ended",
    "would_be_withdrawn",
    "write",
]
