"""Files as lists show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.core.access import Actor
from netmeet.meetings.models import Attachment
from netmeet.meetings.queries import files as queries
from netmeet.meetings.queries import readable
from netmeet.meetings.rules import FileKind

SUFFIXES = {FileKind.PDF: "pdf", FileKind.JPEG: "jpg", FileKind.PNG: "png"}
TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}


@dataclass(frozen=True, kw_only=True)
class FileData:
    """A file in a list: in the sender's words what it is, who put it there, and to which point.

    ``may_open`` is false for one's own that one may not read; ``may_remove`` is only true for
    one's own that has not been sent out.
    """

    id: str
    title: str
    kind: str
    by: str
    is_own: bool
    added_at: datetime
    item_id: str
    point: str
    may_open: bool
    may_remove: bool


def file_data(files: Iterable[Attachment], *, reader: Actor) -> list[FileData]:
    """Return the files that a list shows the reader."""
    shown = queries.shown(files, reader)
    queries.read_invitations(shown, reader)
    return [_one(file, reader) for file in shown]


def readable_data(files: Iterable[Attachment], *, reader: Actor) -> list[FileData]:
    """Return the files that are open to the reader, as in a paper or somebody else's copy."""
    open_ = [file for file in files if queries.may_read(file, reader)]
    queries.read_invitations(open_, reader)
    return [_one(file, reader) for file in open_]


def _one(file: Attachment, reader: Actor) -> FileData:
    is_own = file.author_id == reader.user_id
    is_paper = file.kind is FileKind.PDF
    return FileData(
        id=file.id,
        title=file.title or (_("Et papir") if is_paper else _("Et billede")),
        kind=_("PDF") if is_paper else _("billede"),
        by=file.author.name,
        is_own=is_own,
        added_at=file.added_at,
        item_id=file.item_id or "",
        point=_point(file, reader),
        may_open=queries.may_read(file, reader),
        may_remove=is_own and file.meeting.published_at is None,
    )


def _point(file: Attachment, reader: Actor) -> str:
    """Return the title of the file's point, where the reader may know it."""
    if file.item is None or file.is_beside_nothing or not readable([file.item], reader):
        return ""
    return file.item.title
