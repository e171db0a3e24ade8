"""The mails of accounts, and the demo's post as something to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from netmeet.accounts import queries
from netmeet.outbox.exports import address, letter
from netmeet.outbox.models import Attempt, Message
from netmeet.outbox.rules import Letter


def code_letter(message: Message, _at: datetime) -> Letter | None:
    """Return the mail with a one-time code."""
    return _letter(message, "accounts/email/code", {"code": message.facts["code"]})


def link_letter(message: Message, _at: datetime) -> Letter | None:
    """Return the mail with a personal link; ``None`` once the link has been ended."""
    token = message.facts["token"]
    link = queries.link_by_token(token)
    if link is None or link.revoked_at is not None:
        return None
    to = address("invitations.landing", {"id": token})
    return _letter(message, "accounts/email/link", {"link": to})


def moved_letter(message: Message, _at: datetime) -> Letter | None:
    """Return the mail to the address that is left, saying that there is another."""
    return _letter(message, "accounts/email/moved", {})


def _letter(message: Message, template: str, facts: Mapping[str, object]) -> Letter | None:
    user = queries.user(message.user_id)
    if user is None or not user.active:
        return None
    known = {**facts, "own_word": user.own_word}
    to = message.address or user.email
    return letter(message, template, to=to, facts=known, lang=user.lang)


RENDERERS = {
    "accounts.code": code_letter,
    "accounts.link": link_letter,
    "accounts.moved": moved_letter,
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a mail, and the link to a page of netmeet that stands in it."""

    text: str
    path: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One mail as the page Post shows it. ``at`` is UTC."""

    name: str
    at: datetime
    subject: str
    lines: Sequence[Line]
    calendar: str


def post(
    attempts: Sequence[Attempt], names: Mapping[str, str], *, base_url: str
) -> list[Delivered]:
    """Return the kept mails, each with the name of whoever received it."""
    return [
        Delivered(
            name=names.get(attempt.message.user_id, ""),
            at=attempt.at,
            subject=attempt.content["subject"],
            lines=[_line(text, base_url) for text in attempt.content["text"].splitlines()],
            calendar=attempt.content["calendar"],
        )
        for attempt in attempts
        if attempt.content
    ]


def _line(text: str, base_url: str) -> Line:
    """Return the line with the link in it, if there is one, told apart."""
    before, found, rest = text.partition(f"{base_url}/")
    if not found:
        return Line(text=text)
    path, _, after = rest.partition(" ")
    return Line(text=f"{before} {after}".strip(), path=f"/{path}", link=f"{found}{path}")
