"""Invitations as they leave the house: mails, calendar files and letters. Neutral words only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

import config
from netmeet.cases.models import Case, TeamMember
from netmeet.core import calendar
from netmeet.core.access import STAFF, Actor
from netmeet.core.permissions import Permission
from netmeet.formats import ical, qr
from netmeet.invitations import queries, rules
from netmeet.invitations.queries import feeds, polls
from netmeet.meetings.models import Invitation, Meeting
from netmeet.meetings.queries import place_for
from netmeet.meetings.queries.files import takes_files
from netmeet.organisations.rules import Sector
from netmeet.outbox import exports as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel, Letter, State

_STYLES = ("css/tokens.css", "css/print.css", "css/invitations.css")


@dataclass(frozen=True, kw_only=True)
class When:
    """The time one recipient is told: wall time in Copenhagen, and minutes."""

    starts: datetime
    minutes: int

    def words(self, lang: str) -> str:
        """Return "torsdag den 3. december kl. 13.00" up to the end of it."""
        language: calendar.Lang = "en" if lang == "en" else "da"
        day = calendar.day(self.starts.date(), lang=language)
        return f"{day} {calendar.span(self.starts, self.minutes, lang=language)}"


def when(invitation: Invitation) -> When | None:
    """Return when the recipient's part of the meeting is, ``None`` while it has no time."""
    if invitation.meeting.starts_local is None:
        return None
    starts, minutes = queries.times(invitation)
    return When(starts=starts, minutes=minutes)


def _told(messages: Sequence[Message]) -> When | None:
    """Return the time that the recipient heard of last: of what left, where something has."""
    left = [message for message in messages if message.state is State.SENT]
    told = queries.told_time(left or messages)
    return When(starts=told[0], minutes=told[1]) if told is not None else None


def calendar_file(
    invitation: Invitation,
    time: When,
    *,
    sequence: int,
    at: datetime,
    make: Callable[[ical.Event], bytes],
) -> bytes:
    """Return the recipient's own calendar file; ``make`` is a verb of ``formats.ical``.

    The place stands in it only when it was opened and the person's address is not protected.
    """
    modified = invitation.sent_at or invitation.created_at
    return make(_event(invitation, time, sequence=sequence, modified=modified, stamp=at))


def calendar_feed(entries: Iterable[feeds.Entry]) -> bytes:
    """Return what somebody's own calendar fetches, each meeting as its calendar file tells it.

    An event is stamped with when its recipient last heard of it: nothing here is a message.
    """
    return ical.feed((_entry(one), one.standing) for one in entries)


def _entry(one: feeds.Entry) -> ical.Event:
    time = When(starts=one.starts, minutes=one.minutes)
    event = _event(
        one.invitation, time, sequence=one.sequence, modified=one.changed_at, stamp=one.changed_at
    )
    is_left = one.standing is ical.Standing.WITHDRAWN
    return replace(event, location=None) if is_left else event


def _event(
    invitation: Invitation, time: When, *, sequence: int, modified: datetime, stamp: datetime
) -> ical.Event:
    meeting, member = invitation.meeting, invitation.case.member(invitation.user_id)
    is_staff = member is not None and member.role.access in STAFF
    return ical.Event(
        uid=meeting.uid,
        sequence=sequence,
        starts_local=time.starts,
        minutes=time.minutes,
        number=str(invitation.number),
        url=outbox.address("pages.answer", {"id": meeting.id}),
        organizer_address=_settings().sender,
        recipient_address=invitation.user.email,
        required=is_staff and invitation.is_required,
        location=(meeting.show_place and place_for(meeting, None)) or None,
        created=invitation.created_at,
        modified=modified,
        stamp=stamp,
    )


def _settings() -> config.Settings:
    return cast("config.Settings", current_app.config["NETMEET"])


def render_invitation(message: Message, at: datetime) -> Letter | None:
    """Return the invitation, or ``None`` when it no longer holds or a newer one is on its way."""
    return _render_request(message, at, template="invitations/email/invitation")


def render_update(message: Message, at: datetime) -> Letter | None:
    """Return the mail that names the new time, or ``None`` as :func:`render_invitation`."""
    return _render_request(message, at, template="invitations/email/update")


def _render_request(message: Message, at: datetime, *, template: str) -> Letter | None:
    invitation = queries.by_id(message.facts["invitation"])
    if invitation is None or message.channel is Channel.LETTER:
        return None
    is_newest = int(message.facts["sequence"]) >= invitation.sequence
    if not is_newest or not queries.still_holds(invitation, at=at):
        return None
    if not queries.takes_answers(invitation.meeting, at=at):
        return None
    return _letter(message, invitation, template=template, at=at, make=ical.request)


def render_poll(message: Message, at: datetime) -> Letter | None:
    """Return the mail that asks which times suit.

    ``None`` once a time is found, all of them are answered, or the recipient is asked no more.
    """
    invitation = queries.by_id(message.facts["invitation"])
    if invitation is None or not queries.may_be_asked(invitation, at=at):
        return None
    poll, user = polls.of_meeting(invitation.meeting_id), invitation.user
    if poll is None or not polls.is_open(poll, invitation.meeting) or not polls.reachable(user):
        return None
    if not polls.to_answer(poll, user.id, at=at):
        return None
    language: calendar.Lang = "en" if user.lang == "en" else "da"
    return outbox.letter(
        message,
        "invitations/email/poll",
        to=user.email,
        facts={
            "number": invitation.number,
            "own_word": user.own_word,
            "day": calendar.day(poll.answer_by, lang=language),
            "link": outbox.address("invitations.landing", {"id": message.facts["token"]}),
        },
        lang=user.lang,
    )


def render_cancelled(message: Message, at: datetime) -> Letter | None:
    """Return the mail that nothing happens on the day, unless the meeting stands again."""
    invitation = queries.by_id(message.facts["invitation"])
    if invitation is None or message.channel is Channel.LETTER:
        return None
    if invitation.withdrawn_at is not None or invitation.meeting.state not in queries.OFF:
        return None
    template = "invitations/email/cancelled"
    return _letter(message, invitation, template=template, at=at, make=ical.cancel)


def render_withdrawn(message: Message, at: datetime) -> Letter | None:
    """Return the mail that one invitation is withdrawn, unless it was given again."""
    invitation = queries.by_id(message.facts["invitation"])
    if invitation is None or message.channel is Channel.LETTER:
        return None
    if invitation.withdrawn_at is None:
        return None
    template = "invitations/email/withdrawn"
    return _letter(message, invitation, template=template, at=at, make=ical.withdraw)


def _letter(
    message: Message,
    invitation: Invitation,
    *,
    template: str,
    at: datetime,
    make: Callable[[ical.Event], bytes],
) -> Letter:
    """Return the mail with its calendar file.

    What is taken back names the time last told; a meeting without any time has no file.
    """
    user = invitation.user
    before = queries.messages(invitation)
    is_request = make is ical.request
    time = when(invitation) if is_request else _told(before) or when(invitation)
    file = None
    if time is not None and user.email:
        sequence = int(message.facts["file"])
        file = calendar_file(invitation, time, sequence=sequence, at=at, make=make)
    first = before[0].key if before else message.key
    return outbox.letter(
        message,
        template,
        to=user.email,
        facts=_facts(message, invitation, time),
        lang=user.lang,
        in_reply_to="" if first == message.key else outbox.own_message_id(first),
        calendar=file,
        method=("REQUEST" if is_request else "CANCEL") if file is not None else "",
    )


def _facts(message: Message, invitation: Invitation, time: When | None) -> dict[str, object]:
    """Return all that a mail of this slice may say: time, number, link, the own word."""
    user, token = invitation.user, message.facts.get("token", "")
    return {
        "number": invitation.number,
        "own_word": user.own_word,
        "time": time.words(user.lang) if time is not None else "",
        "link": outbox.address("invitations.landing", {"id": token}) if token else "",
        "is_moved": message.facts.get("about") != "place",
    }


RENDERERS = {
    "invitations.invitation": render_invitation,
    "invitations.update": render_update,
    "invitations.withdrawn": render_withdrawn,
    "invitations.cancelled": render_cancelled,
    "invitations.poll": render_poll,
}
"""What the worker writes messages of this slice with."""


def letter_facts(
    invitation: Invitation, time: When, *, token: str, login_code: str
) -> dict[str, object]:
    """Return what a letter on paper says: the same as the page, in large type, with a QR code.

    ``login_code`` are the eight digits that let the recipient in once, or empty. Who is coming and
    what for stands only in the letter to the person. Under address protection neither the
    person's address nor the place stands in any letter: they ask by telephone.
    """
    case = invitation.case
    link = outbox.address("invitations.landing", {"id": token})
    is_person = invitation.user_id == case.person.user_id
    hides_address = is_person and case.person.is_protected
    place = place_for(invitation.meeting, None)
    return {
        "to_name": invitation.user.name,
        "to_address": "" if hides_address else invitation.user.address,
        "number": invitation.number,
        "own_word": invitation.user.own_word,
        "time": time.words(invitation.user.lang),
        "form": invitation.meeting.form,
        "place": place,
        "asks_where": bool(invitation.meeting.place) and not place,
        "greeter": invitation.meeting.greeter if is_person else "",
        "coming": coming(invitation) if is_person else [],
        "is_person": is_person,
        "link": link,
        "code": Markup(qr.svg(link, title=link)),  # noqa: S704 - segno escapes the title
        "phone": phone(case),
        "login_code": f"{login_code[:4]} {login_code[4:]}" if login_code else "",
    }


def coming(invitation: Invitation) -> list[str]:
    """Return who else is invited, by first name and side, as the person reads it on paper.

    Titles and workplaces would tell anybody who finds the letter that it is about health.
    """
    case = invitation.case
    members = [case.member(i.user_id) for i in invitation.meeting.current_invitations]
    return [
        f"{member.user.first_name} ({side})" if (side := _side(member)) else member.user.first_name
        for member in members
        if member is not None and member.user_id != invitation.user_id
    ]


def _side(member: TeamMember) -> str:
    sides = {
        Sector.REGION: _("fra regionen"),
        Sector.MUNICIPALITY: _("fra kommunen"),
        Sector.PRACTICE: _("din læge"),
    }
    return sides.get(member.sector, "") if member.sector is not None else member.relation


def phone(case: Case) -> str:
    """Return the number of the coordinator's unit, the only thing said of who asks."""
    coordinator = case.coordinator
    if coordinator is None:
        return ""
    unit, organisation = coordinator.unit, coordinator.organisation
    return (unit.phone if unit is not None else "") or (
        organisation.phone if organisation is not None else ""
    )


_NAMED = ("name", "email", "has_mandate")


def has_file(invitation: Invitation) -> bool:
    """Tell whether there is a calendar file: it names a day, and an address to send it to."""
    is_off = invitation.meeting.state in queries.OFF
    return when(invitation) is not None and bool(invitation.user.email) and not is_off


def answer_parts(
    invitation: Invitation, *, who: Actor, allowed: Callable[[Permission, Meeting | None], bool]
) -> dict[str, Any]:
    """Return what the page of one invitation shows ``who`` it is for, and what it offers them."""
    meeting = invitation.meeting
    said = queries.replies(meeting)
    reply = said[invitation.id]
    written, named = reply.written, reply.deputy
    can_answer = queries.takes_answers(meeting, at=who.at)
    decides = can_answer and allowed(Permission.AGENDA_READ, meeting)
    return {
        "invitation": invitation,
        "meeting": meeting,
        "time": when(invitation),
        "has_file": has_file(invitation),
        "may_subscribe": allowed(Permission.ICAL_ROTATE_FEED_TOKEN, None),
        "reply": reply,
        "can_answer": can_answer,
        "to_decide": queries.to_decide(meeting, who.user_id, said=said) if decides else [],
        "instead_of": [
            each.user.name for each in queries.stood_in_for(meeting, who.user_id, said=said)
        ],
        "items": list(meeting.items),
        "may_write": can_answer and allowed(Permission.WRITTEN_INPUT_ADD_OWN, meeting),
        "input_by": _input_by(meeting, who.at),
        "may_attach": takes_files(meeting) and allowed(Permission.FILE_UPLOAD, meeting),
        "may_send_other": allowed(Permission.INVITATION_NAME_DEPUTY, meeting),
        "place": place_for(meeting, who) if allowed(Permission.MEETING_READ, meeting) else "",
        "person": meeting.case.person.user.first_name,
        "is_person": who.user_id == meeting.case.person.user_id,
        "phone": phone(meeting.case),
        "written": {"version": written.version, "text": written.text} if written else {},
        "named": {name: getattr(named, name) for name in _NAMED} if named else {},
    }


def styles() -> list[str]:
    """Return the style sheets of a letter, for ``formats.pdf``."""
    folder = Path(current_app.static_folder or "")
    return [(folder / name).read_text(encoding="utf-8") for name in _STYLES]


def _input_by(meeting: Meeting, at: datetime) -> date | None:
    """Return by which day one writes beforehand, while that day lies ahead."""
    if meeting.starts_local is None:
        return None
    by = rules.input_by(meeting.starts_local.date())
    return by if by >= calendar.to_local(at).date() else None
