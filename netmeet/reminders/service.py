"""Writing reminders into the outbox."""

from datetime import datetime

from netmeet.accounts import queries as users
from netmeet.accounts import service as accounts
from netmeet.actions import queries as actions
from netmeet.actions.service import telling
from netmeet.outbox import service as outbox
from netmeet.reminders.queries import Due
from netmeet.reminders.rules import Kind

_WITH_LINK = frozenset({Kind.ACTION, Kind.OWN})
_OF_INVITATIONS = {Kind.POLL: "poll", Kind.EVALUATION: "evaluation"}
"""What a personal link that stands on an invitation is for, by the kind that brings one."""


def put(reminder: Due, *, at: datetime) -> bool:
    """Write the reminder once; ``False`` when it is there already.

    Who has no password gets a personal link of their own to the agreement; whoever is asked about
    times, or how a meeting was, gets one to answer by.
    """
    facts = dict(reminder.facts)
    if reminder.kind in _WITH_LINK:
        facts["token"] = _token(reminder, at=at)
    if reminder.kind in _OF_INVITATIONS:
        facts["token"] = _invited_token(reminder, at=at)
    message = outbox.put(
        key=reminder.key,
        kind=reminder.kind,
        user_id=reminder.user_id,
        case_id=reminder.case_id,
        at=at,
        facts=facts,
        expires_at=reminder.expires_at,
    )
    return message is not None


def _token(reminder: Due, *, at: datetime) -> str:
    action, user = actions.by_id(reminder.facts["action"]), users.user(reminder.user_id)
    return telling.token(action, user, at=at) if action is not None and user is not None else ""


def _invited_token(reminder: Due, *, at: datetime) -> str:
    user, subject = users.user(reminder.user_id), reminder.facts["invitation"]
    if user is None:
        return ""
    purpose = _OF_INVITATIONS[reminder.kind]
    return accounts.make_link(user, purpose=purpose, subject_id=subject, at=at)
