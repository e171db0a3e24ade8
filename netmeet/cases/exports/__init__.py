"""What pages inside a case show on top, and the slice's letters."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from markupsafe import Markup

from netmeet.cases import queries
from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.formats import qr
from netmeet.outbox import exports as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter


@dataclass(frozen=True)
class Head:
    """Name and birth date (so that nobody opens the wrong one), and which tab is shown."""

    case_id: str
    name: str
    born: str
    current: str


def head(case: Case, *, current: str) -> Head:
    """Return the head of staff's pages in ``case``; ``current`` is the shown tab's endpoint."""
    born = case.person.born_on
    return Head(
        case_id=case.id,
        name=case.person.name,
        born=calendar.birth_date(born) if born else _("dato ukendt"),
        current=current,
    )


def render_link(message: Message, at: datetime) -> Letter | None:  # noqa: ARG001 - see RENDERERS
    """Return the mail with a personal link; nothing when its reader has left the case meanwhile."""
    case = queries.by_id(message.facts["case_id"])
    member = case.member(message.user_id) if case is not None else None
    if member is None:
        return None
    link = outbox.address("invitations.landing", {"id": message.facts["token"]})
    return outbox.letter(
        message,
        "cases/email/link",
        to=member.user.email,
        facts={"link": link, "own_word": member.user.own_word},
        lang=member.user.lang,
    )


def render_news(message: Message, at: datetime) -> Letter | None:  # noqa: ARG001 - see RENDERERS
    """Return the mail that something waits, in words that say nothing about what."""
    user = queries.users_by_id([message.user_id]).get(message.user_id)
    if user is None or not user.email:
        return None
    return outbox.letter(
        message,
        "cases/email/news",
        to=user.email,
        facts={"link": outbox.address("accounts.login"), "own_word": user.own_word},
        lang=user.lang,
    )


def letter_link(token: str) -> dict[str, str]:
    """Return the address of a personal link for a letter, and the same as a QR code.

    The picture is markup of our own making: nothing in it but squares.
    """
    link = outbox.address("invitations.landing", {"id": token})
    return {"link": link, "code": Markup(qr.svg(link, title=_("Kode til dit link")))}  # noqa: S704 - our own svg


RENDERERS = {"cases.link": render_link, "cases.news": render_news}
"""How the messages of the slice become letters: kind to ``(message, at) -> Letter | None``."""
