"""Mails of the slice: number, link and own word; never what it is about or whom."""

from collections.abc import Mapping
from datetime import datetime

from netmeet.accounts import queries as accounts
from netmeet.cases import queries as cases
from netmeet.meetings import queries
from netmeet.meetings.rules import MeetingState
from netmeet.outbox.exports import address, letter
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter

_AHEAD = frozenset(
    {
        MeetingState.PLANNED,
        MeetingState.INVITED,
        MeetingState.CONFIRMED,
        MeetingState.POSTPONED,
    }
)


def render_meeting_news(message: Message, at: datetime) -> Letter | None:
    """Render the news that something waits on the meeting's pages (``facts``: meeting)."""
    del at
    meeting = queries.by_id((message.facts or {}).get("meeting", ""))
    if meeting is None:
        return None
    invitation = meeting.invitation(message.user_id)
    number = str(invitation.number) if invitation is not None else ""
    link = address("meetings.show", {"id": meeting.id})
    return _letter(message, {"link": link, "number": number})


def render_request_news(message: Message, at: datetime) -> Letter | None:
    """Render the news that something waits on the page of a request (``facts``: request)."""
    del at
    request = queries.request_by_id((message.facts or {}).get("request", ""))
    if request is None:
        return None
    link = address("meetings.request", {"id": request.id})
    return _letter(message, {"link": link, "number": ""})


def render_postponed(message: Message, at: datetime) -> Letter | None:
    """Render the word to a manager that a meeting of the unit was put off again; never which.

    ``None`` once it has been held or called off, or the recipient manages the unit no more.
    """
    meeting = queries.by_id(message.facts.get("meeting", ""))
    if meeting is None or meeting.state not in _AHEAD:
        return None
    managers = {manager.id for manager in cases.managers_of(message.facts["unit"], at)}
    if message.user_id not in managers:
        return None
    link = address("indicators.overview", {})
    return _letter(message, {"link": link}, template="meetings/email/postponed")


def _letter(
    message: Message, facts: Mapping[str, str], *, template: str = "meetings/email/news"
) -> Letter | None:
    user = accounts.user(message.user_id)
    to = message.address or (user.email if user is not None else "")
    if user is None or not user.active or not to:
        return None
    known = {**facts, "own_word": user.own_word}
    return letter(message, template, to=to, facts=known, lang=user.lang)


RENDERERS = {
    "meetings.news_postponed": render_postponed,
    "meetings.news_call_me": render_meeting_news,
    "meetings.news_agenda": render_meeting_news,
    "meetings.news_request": render_request_news,
    "meetings.news_request_answer": render_request_news,
}
"""Which renderer makes which kind of message; handed to the outbox at the start."""
