"""Reminders as they leave the house: a time, a number, a link, the recipient's own word."""

from datetime import datetime

from netmeet.accounts import queries as users
from netmeet.accounts.models import User
from netmeet.actions import exports as action_exports
from netmeet.actions import queries as actions
from netmeet.actions.models import Action
from netmeet.actions.policy import owner_may_act, waits_for_yes
from netmeet.actions.rules import WaitingFor
from netmeet.cases import queries as cases
from netmeet.core import calendar
from netmeet.invitations import queries as invitations
from netmeet.invitations.exports import render_poll
from netmeet.invitations.queries.letters import is_on_its_way
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Invitation
from netmeet.meetings.queries import evaluation
from netmeet.outbox import exports as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from netmeet.reminders import queries
from netmeet.reminders.rules import Kind

_HOLDS = frozenset({WaitingFor.CONSENT, WaitingFor.AGREEMENT})
"""What an owner can do nothing about: they are not reminded of what waits for it."""


def _recipient(message: Message) -> User | None:
    user = users.user(message.user_id)
    return user if user is not None and user.active and user.email else None


def _letter(message: Message, user: User, template: str, facts: dict[str, str]) -> Letter:
    known = {"own_word": user.own_word, **facts}
    to = message.address or user.email
    return outbox.letter(message, f"reminders/email/{template}", to=to, facts=known, lang=user.lang)


def _lang(user: User) -> calendar.Lang:
    return "en" if user.lang == "en" else "da"


def _as_it_was(message: Message) -> Action | None:
    """Return the agreement while it is open and due on the day the reminder speaks of."""
    action = actions.by_id(message.facts["action"])
    if action is None or not action.is_live or str(action.due_on) != message.facts["due_on"]:
        return None
    return action


def render_action(message: Message, at: datetime) -> Letter | None:
    """Return the reminder of a date.

    ``None`` once the agreement is done, moved, handed on, waits for a consent or for another
    agreement, was not said yes to, or its owner may not act on it any more.
    """
    action, user = _as_it_was(message), _recipient(message)
    if action is None or user is None or action.owner_id != user.id or action.due_on is None:
        return None
    asked = actions.asked([action]).get(action.id, actions.Asked())
    is_held = asked.waits_for in _HOLDS or waits_for_yes(action)
    if is_held or not owner_may_act(action, at):
        return None
    today = calendar.to_local(at).date()
    template = _template(is_persons=action.is_persons, days_left=(action.due_on - today).days)
    facts = {
        "time": calendar.day(action.due_on, today=today, lang=_lang(user)),
        "link": action_exports.link(action.id, message.facts["token"]),
    }
    return _letter(message, user, template, facts) if template else None


def _template(*, is_persons: bool, days_left: int) -> str:
    """Return which words fit; none for what the person does once its day has come."""
    if is_persons:
        return "own" if days_left > 0 else ""
    return "action" if days_left >= 0 else "action_after"


def render_escalation(message: Message, at: datetime) -> Letter | None:
    """Return the word to a manager that one agreement of the unit needs help; no title, no name.

    ``None`` once it is done or moved, waits for what its owner can do nothing about, or the
    recipient manages the unit no more.
    """
    action, user = _as_it_was(message), _recipient(message)
    if action is None or user is None or action.unit_id is None:
        return None
    if actions.asked([action]).get(action.id, actions.Asked()).waits_for in _HOLDS:
        return None
    if user.id not in {manager.id for manager in cases.managers_of(action.unit_id, at)}:
        return None
    return _letter(message, user, "escalation", {"link": outbox.address("indicators.overview")})


def render_meeting(message: Message, at: datetime) -> Letter | None:
    """Return "remember at 13 today", with the recipient's number for the meeting.

    ``None`` once the meeting was moved or called off, or the invitation does not hold any more.
    """
    invitation, user = invitations.by_id(message.facts["invitation"]), _recipient(message)
    if invitation is None or user is None or not _stands(invitation, message, at):
        return None
    starts, _minutes = invitations.times(invitation)
    lang = _lang(user)
    day = calendar.in_words(starts.date(), calendar.to_local(at).date(), lang=lang)
    before = "at" if lang == "en" else "kl."
    facts = {
        "time": f"{before} {calendar.clock(starts, lang=lang)} {day}",
        "number": str(invitation.number),
        "link": _landing(invitation),
    }
    return _letter(message, user, "meeting", facts)


def _stands(invitation: Invitation, message: Message, at: datetime) -> bool:
    starts = invitation.meeting.starts_local
    if starts is None or starts.isoformat() != message.facts["starts"]:
        return False
    if is_on_its_way(invitations.messages(invitation)):
        return False  # Word of this time has not left: that mail says it.
    return invitations.takes_answers(invitation.meeting, at=at) and invitations.still_holds(
        invitation, at=at
    )


def _landing(invitation: Invitation) -> str:
    token = invitations.letter_token(invitation)
    if not token:
        return outbox.address("pages.answer", {"id": invitation.meeting_id})
    return outbox.address("invitations.landing", {"id": token})


def render_prepare(message: Message, at: datetime) -> Letter | None:
    """Return the gentle word that the person may say what matters; ``None`` once they have."""
    meeting, user = meetings.with_answers(message.facts["meeting"]), _recipient(message)
    if meeting is None or user is None or meeting.answers or meeting.starts_local is None:
        return None
    invitation = meeting.invitation(user.id)
    if meeting.starts_local.isoformat() != message.facts["starts"] or invitation is None:
        return None
    if not invitations.takes_answers(invitation.meeting, at=at):
        return None
    starts = calendar.day_and_time(meeting.starts_local, lang=_lang(user))
    return _letter(message, user, "prepare", {"time": starts, "link": _landing(invitation)})


def render_request(message: Message, at: datetime) -> Letter | None:
    """Return the word to a coordinator that a request needs a date; ``None`` once it has one."""
    request, user = meetings.request_by_id(message.facts["request"]), _recipient(message)
    if request is None or user is None or not queries.is_without_date(request):
        return None
    if user.id not in request.lead_ids:
        return None
    today = calendar.to_local(at).date()
    facts = {
        "time": calendar.day(request.due_on, today=today, lang=_lang(user)),
        "link": outbox.address("meetings.request", {"id": request.id}),
    }
    return _letter(message, user, "request", facts)


def render_evaluation(message: Message, at: datetime) -> Letter | None:
    """Return the word that one may say how the meeting was, with the number and a link.

    ``None`` once they have, or put it away, or are asked no more.
    """
    invitation, user = invitations.by_id(message.facts["invitation"]), _recipient(message)
    today = calendar.to_local(at).date()
    if invitation is None or user is None:
        return None
    if not evaluation.may_be_told(invitation, today=today, at=at):
        return None
    facts = {
        "number": str(invitation.number),
        "link": outbox.address("invitations.landing", {"id": message.facts["token"]}),
    }
    return _letter(message, user, "evaluation", facts)


RENDERERS = {
    Kind.ACTION.value: render_action,
    Kind.OWN.value: render_action,
    Kind.ESCALATION.value: render_escalation,
    Kind.MEETING_TODAY.value: render_meeting,
    Kind.MEETING_TOMORROW.value: render_meeting,
    Kind.PREPARE.value: render_prepare,
    Kind.REQUEST.value: render_request,
    Kind.POLL.value: render_poll,
    Kind.EVALUATION.value: render_evaluation,
}
"""What the worker writes messages of this slice with."""
