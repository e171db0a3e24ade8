"""Messages about plans: neutral words, made and checked again when they leave."""

from datetime import datetime

from netmeet.accounts import queries as accounts
from netmeet.cases.models import Case
from netmeet.meetings.queries import minutes
from netmeet.outbox import exports as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel, Letter
from netmeet.plans import queries


def render_published(message: Message, at: datetime) -> Letter | None:
    """Return the word that something new is there, unless plan and minutes are closed by now."""
    version = queries.version_by_id(message.facts["plan_version"])
    if version is None:
        return None
    reads = _reads_plan(version.case, message, at=at) or _reads_minutes(
        version.meeting_id, message, at=at
    )
    return _letter(message) if reads else None


def render_corrected(message: Message, at: datetime) -> Letter | None:
    """Return the word that minutes were corrected, unless they are closed by now."""
    reads = _reads_minutes(message.facts["meeting"], message, at=at)
    return _letter(message) if reads else None


def render_of_plan(message: Message, at: datetime) -> Letter | None:
    """Return the word that there is news of the plan, unless it is closed by now."""
    version = queries.version_by_id(message.facts["plan_version"])
    if version is None or not _reads_plan(version.case, message, at=at):
        return None
    return _letter(message)


def render_of_line(message: Message, at: datetime) -> Letter | None:
    """Return the word that somebody said, or answered, that a line is wrong."""
    said = queries.contested_by_id(message.facts["contested"])
    if said is None or not _reads_plan(said.case, message, at=at):
        return None
    return _letter(message)


def _reads_plan(case: Case, message: Message, *, at: datetime) -> bool:
    member = case.member(message.user_id)
    return member is not None and queries.may_read_plan(case, minutes.actor_of(member, at))


def _reads_minutes(meeting_id: str | None, message: Message, *, at: datetime) -> bool:
    meeting = queries.meeting_with_minutes(meeting_id) if meeting_id is not None else None
    member = meeting.case.member(message.user_id) if meeting is not None else None
    if meeting is None or member is None:
        return False
    return queries.may_read_minutes(meeting, minutes.actor_of(member, at))


def _letter(message: Message) -> Letter | None:
    """Return "Du har en besked" with a link to the front page; nothing says what it is about."""
    user = accounts.user(message.user_id)
    if user is None or message.channel is Channel.LETTER:
        return None
    return outbox.letter(
        message,
        "plans/email/news",
        to=user.email,
        facts={"own_word": user.own_word, "link": outbox.address("pages.home")},
        lang=user.lang,
    )


RENDERERS = {
    "plans.published": render_published,
    "plans.corrected": render_corrected,
    "plans.answered": render_of_plan,
    "plans.recorded": render_of_plan,
    "plans.contested": render_of_line,
    "plans.contest_answered": render_of_line,
}
"""What the worker writes messages of this slice with."""
