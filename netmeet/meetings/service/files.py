"""Putting a picture or a paper beside a meeting, and taking it away again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.formats import files as formats
from netmeet.formats.files import Why
from netmeet.meetings.models import Attachment, FilePart, Meeting
from netmeet.meetings.models.files import digest_of
from netmeet.meetings.queries.meetings import OVER
from netmeet.meetings.rules import FileKind

PART = 192 * 1024
"""So many bytes are sealed together: a batch of them is changed to a new key in little memory."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What somebody sends. ``content`` is harmless already (:func:`make_harmless`)."""

    content: bytes
    title: str
    item_id: str | None
    is_kept_from_private: bool = False


def make_harmless(data: bytes, *, megabytes: int) -> bytes:
    """Return the picture or paper with nothing in it but what one looks at.

    Raises ``Refused`` for what is none, or is too large. Never call it inside a transaction.
    """
    most = megabytes * 1_000_000
    if not data:
        raise Refused(_("Vælg et billede eller et papir først."), field="file")
    if len(data) > most:
        raise Refused(_too_large(megabytes), field="file")
    try:
        return formats.clean(data, most=most)
    except formats.Unfit as no:
        raise Refused(_words(no.why, megabytes), field="file") from no


def attach(meeting: Meeting, sent: Sent, *, by: Actor, at: datetime, most: int) -> Attachment:
    """Keep what is sent; the same sent twice is kept once, open to no more than each time.

    Raises ``Refused`` when there are ``most`` already, and when the meeting takes nothing any more.
    """
    # Who sends at the same time waits here, so that both count what is there.
    db.session.refresh(meeting, ["version", "published_at", "state"], with_for_update=True)
    check_takes_files(meeting)
    there = db.session.scalars(select(Attachment).where(Attachment.meeting_id == meeting.id)).all()
    digest = digest_of(sent.content)
    if (before := _sent_before(there, sent, digest, by=by)) is not None:
        return before
    if len(there) >= most:
        raise Refused(
            _("Der er allerede lagt %(most)s ved mødet. Der er ikke plads til flere.", most=most),
            field="file",
        )
    made = Attachment(
        meeting_id=meeting.id,
        meeting=meeting,
        item_id=sent.item_id,
        author_id=by.user_id,
        raised_as=by.role_on(meeting),
        title=sent.title,
        kind=FileKind(formats.kind_of(sent.content) or ""),
        size=len(sent.content),
        digest=digest,
        is_kept_from_private=sent.is_kept_from_private,
        added_at=at,
    )
    made.parts = _parts(sent.content)
    db.session.add(made)
    db.session.flush()
    return made


def _sent_before(
    there: Sequence[Attachment], sent: Sent, digest: bytes, *, by: Actor
) -> Attachment | None:
    """Return the same as it was sent before, with its new words, no more open than each time."""
    for one in there:
        if (one.author_id, one.item_id, one.digest) == (by.user_id, sent.item_id, digest):
            one.title = sent.title or one.title
            one.is_kept_from_private |= sent.is_kept_from_private
            return one
    return None


def remove(file: Attachment) -> None:
    """Take away one's own file. Raises ``Refused`` once it was sent out with the minutes."""
    # Who sends the minutes out at the same time waits here, or has done so already.
    db.session.refresh(file.meeting, ["version", "published_at"], with_for_update=True)
    check_may_go(file)
    db.session.refresh(file, ["parts"])
    db.session.delete(file)
    db.session.flush()


def check_may_go(file: Attachment) -> None:
    """Raise ``Refused`` when the file was sent out with the minutes."""
    if file.meeting.published_at is not None:
        raise Refused(_("Referatet er sendt ud, og det her hører med. Det kan ikke fjernes mere."))


def check_takes_files(meeting: Meeting) -> None:
    """Raise ``Refused`` when nothing can be put beside the meeting any more."""
    if meeting.published_at is not None:
        raise Refused(_("Referatet er sendt ud. Læg det ved det næste møde."))
    if meeting.state in OVER:
        raise Refused(_("Mødet er aflyst. Læg det ved det næste møde."))


def _parts(content: bytes) -> list[FilePart]:
    return [
        FilePart(n=n, body=content[begin : begin + PART])
        for n, begin in enumerate(range(0, len(content), PART))
    ]


def _too_large(megabytes: int) -> str:
    return str(_("Den fylder for meget. Den må højst fylde %(most)s MB.", most=megabytes))


def _words(why: Why, megabytes: int) -> str:
    """Return why a file is not taken, and what one can do instead."""
    words = {
        Why.KIND: _(
            "Det er hverken et billede (JPEG eller PNG) eller en PDF. "
            "Tag et billede af det, eller gem det som PDF."
        ),
        Why.PIXELS: _("Billedet er for stort. Tag et nyt, eller gør det mindre."),
        Why.LARGE: _too_large(megabytes),
        Why.LOCKED: _("Papiret er låst med en kode. Gem det uden kode, eller tag et billede."),
        Why.BROKEN: _("Filen er ikke hel. Gem den igen, eller tag et billede af papiret."),
        Why.SLOW: _("Filen kan ikke åbnes. Gem den igen som PDF, eller tag et billede af papiret."),
    }
    return str(words[why])
