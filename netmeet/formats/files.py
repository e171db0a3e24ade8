"""What people attach, made harmless: pictures are painted anew, papers are written anew.

The only user of Pillow, and of pikepdf on what strangers send: both work in a process of their
own. A picture keeps its pixels and nothing else. A PDF keeps what its pages show: nothing in it
runs, opens, sends, links or carries anything along.
"""

import importlib
import io
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from netmeet.formats import processes

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_OPENED = 100_000_000
"""So many bytes a picture may take when it is opened: 25 million pixels in colour.

A JPEG is opened smaller when it can be, so that one of 50 million pixels is taken too.
"""

_MOST_TOLD = 200_000_000
_SIDE = 3000
_QUALITY = 85
_LONGEST_SECONDS = 10.0
_MEMORY_BYTES = 236 << 20


class Kind(StrEnum):
    """What a file is by its content, whatever it is called."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


_BEGINS = {b"%PDF-": Kind.PDF, b"\xff\xd8\xff": Kind.JPEG, b"\x89PNG\r\n\x1a\n": Kind.PNG}


class Why(StrEnum):
    """Why a file is not taken."""

    KIND = "kind"
    PIXELS = "pixels"
    LARGE = "large"
    LOCKED = "locked"
    BROKEN = "broken"
    SLOW = "slow"


class Unfit(Exception):
    """The file is not taken; ``why`` says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Job:
    data: bytes
    most: int


def kind_of(data: bytes) -> Kind | None:
    """Return what the content begins as, ``None`` for anything that is not taken."""
    return next((kind for begins, kind in _BEGINS.items() if data.startswith(begins)), None)


def clean(data: bytes, *, most: int) -> bytes:
    """Return the same to look at, with nothing in it but that, of at most so many bytes.

    Raises Unfit. Never call it inside a database transaction.
    """
    if kind_of(data) is None:
        raise Unfit(Why.KIND)
    try:
        return _crew().do(_Job(data, most))
    except processes.Failed as failed:
        told = str(failed)
        raise Unfit(Why(told) if told in set(Why) else Why.SLOW) from failed


def close() -> None:
    """End this process's own processes."""
    _crew().close()


# in the process ----------------------------------------------------------------------------------
# Only here Pillow and pikepdf are imported: no other process has them read what strangers send.


def _begin() -> None:
    # A file's faults are its sender's: they go into no log.
    logging.disable()
    warnings.simplefilter("ignore")
    importlib.import_module("pikepdf")
    for part in ("JpegImagePlugin", "PngImagePlugin", "ImageOps"):
        importlib.import_module(f"PIL.{part}")
    pillow: Any = importlib.import_module("PIL.Image")
    pillow.MAX_IMAGE_PIXELS = None  # ours is told in words


def _work(job: _Job) -> bytes:
    kind = kind_of(job.data)
    made = _paper(job.data) if kind is Kind.PDF else _picture(job, is_exact=kind is Kind.PNG)
    if len(made) > job.most:
        raise processes.Failed(Why.LARGE)
    return made


def _picture(job: _Job, *, is_exact: bool) -> bytes:
    """Return the picture the right way up and no larger than one can look at, its pixels alone.

    An exact one stays a PNG, unless that takes too many bytes.
    """
    from PIL import Image  # noqa: PLC0415 - only this process loads it

    try:
        with Image.open(io.BytesIO(job.data), formats=["JPEG", "PNG"]) as opened:
            painted = _painted(opened)
    except MemoryError as large:
        raise processes.Failed(Why.PIXELS) from large
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, TypeError) as broken:
        raise processes.Failed(Why.BROKEN) from broken
    made = _saved(painted, "PNG") if is_exact else b""
    return made if made and len(made) <= job.most else _saved(painted, "JPEG")


def _painted(opened: "Image") -> "Image":
    from PIL import Image, ImageOps  # noqa: PLC0415 - only this process loads it

    if opened.width * opened.height > _MOST_TOLD:
        raise processes.Failed(Why.PIXELS)
    opened.draft(None, (_SIDE, _SIDE))
    if opened.width * opened.height * _BYTES.get(opened.mode, 4) > MOST_OPENED:
        raise processes.Failed(Why.PIXELS)
    opened.thumbnail((_SIDE, _SIDE))
    seen = ImageOps.exif_transpose(opened)
    if seen.has_transparency_data:
        seen = seen.convert("RGBA")
        seen = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    if seen.mode.startswith("I"):
        seen = seen.point(lambda shade: shade * (1 / 256))
    plain = seen.convert("L" if seen.mode[0] in "1IL" else "RGB")
    plain.info = {}
    return plain


_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "LA": 8, "RGBA": 8}
"""How many bytes a pixel takes; what can be seen through is held twice while it is made smaller."""


def _saved(painted: "Image", kind: str) -> bytes:
    to = io.BytesIO()
    painted.save(to, kind, quality=_QUALITY)
    return to.getvalue()


def _paper(data: bytes) -> bytes:
    """Return the PDF with its pages as they are seen on a screen, and nothing beside them.

    What is filled in or stamped on becomes part of the page. Links, forms, scripts, files that it
    carries, layers of notes, and who made it with what are gone.
    """
    import pikepdf  # noqa: PLC0415 - only this process loads it

    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as paper:
            if paper.is_encrypted:
                raise processes.Failed(Why.LOCKED)
            if not len(paper.pages):
                raise processes.Failed(Why.BROKEN)
            return _bare(paper)
    except pikepdf.PasswordError as locked:
        raise processes.Failed(Why.LOCKED) from locked
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as broken:
        raise processes.Failed(Why.BROKEN) from broken


def _bare(paper: Any) -> bytes:
    import pikepdf  # noqa: PLC0415 - only this process loads it

    paper.generate_appearance_streams()
    paper.flatten_annotations("screen")
    _keep(paper.Root, _OF_THE_PAPER)
    for page in paper.pages:
        _keep(page.obj, _OF_A_PAGE)
    _keep(paper.trailer, _OF_THE_TRAILER)
    for one in list(paper.objects):
        _strip(one, paper)
    made = io.BytesIO()
    # The same paper sent twice must come out the same.
    paper.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return made.getvalue()


_OF_THE_TRAILER = frozenset({"/Root", "/Size"})
_OF_THE_PAPER = frozenset({"/Type", "/Pages", "/OCProperties"})
_OF_A_PAGE = frozenset(
    {
        *("/Type", "/Parent", "/Resources", "/Contents", "/Group", "/Rotate", "/UserUnit"),
        *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
    }
)
_GONE = frozenset(
    {
        *("/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/URI", "/SubmitForm", "/Names"),
        *("/EF", "/EmbeddedFiles", "/AF", "/AcroForm", "/XFA", "/Annots", "/RichMediaContent"),
        *("/Metadata", "/PieceInfo", "/Thumb", "/OPI", "/Ref", "/Alternates", "/PS"),
    }
)
"""What may stand in no dictionary. None of it is needed to show a page."""

_ELSEWHERE = frozenset({"/F", "/FFilter", "/FDecodeParms"})
"""What says that a stream's bytes lie in another file."""


def _keep(thing: Any, names: frozenset[str]) -> None:
    for name in set(thing.keys()) - names:
        del thing[name]


def _strip(one: Any, paper: Any) -> None:
    """Take what may not be there out of an object and all that stands in it directly."""
    import pikepdf  # noqa: PLC0415 - only this process loads it

    todo = [one]
    while todo:
        thing = todo.pop()
        is_stream = isinstance(thing, pikepdf.Stream)
        if isinstance(thing, pikepdf.Array):
            todo += [part for part in thing if _holds_more(part)]
        elif is_stream or isinstance(thing, pikepdf.Dictionary):
            for name in set(thing.keys()) & (_GONE | _ELSEWHERE if is_stream else _GONE):
                del thing[name]
            if is_stream:
                _strip_photograph(thing, paper)
            todo += [part for _name, part in thing.items() if _holds_more(part)]


def _holds_more(part: Any) -> bool:
    import pikepdf  # noqa: PLC0415 - only this process loads it

    return isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect


def _strip_photograph(stream: Any, paper: Any) -> None:
    """Take place, time and camera out of a photograph that lies in the paper as a JPEG.

    Raises ``ValueError`` for bytes that are packed in a way nobody can look into.
    """
    import pikepdf  # noqa: PLC0415 - only this process loads it

    ways, how = _listed(stream.get("/Filter")), _listed(stream.get("/DecodeParms"))
    if not {str(way) for way in ways} <= _PACKED:
        raise ValueError
    if _PHOTOGRAPH not in ways:
        return
    *outer, last = ways
    if last != _PHOTOGRAPH or _PHOTOGRAPH in outer:
        raise ValueError
    data = stream.read_raw_bytes()
    if outer:
        wrapped = pikepdf.Stream(paper, data)
        wrapped.Filter = pikepdf.Array(outer)
        if how:
            wrapped.DecodeParms = pikepdf.Array(how[:-1])
        data = wrapped.read_bytes()
    kept = b"".join(_parts_of_jpeg(data))
    own = how[-1] if how and isinstance(how[-1], pikepdf.Dictionary) else None
    stream.write(kept, filter=last, decode_parms=own)


def _listed(value: Any) -> list[Any]:
    import pikepdf  # noqa: PLC0415 - only this process loads it

    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


_PHOTOGRAPH = "/DCTDecode"
_PACKED = frozenset(
    {
        *("/FlateDecode", "/LZWDecode", "/ASCII85Decode", "/ASCIIHexDecode", "/RunLengthDecode"),
        *("/CCITTFaxDecode", "/JBIG2Decode", "/JPXDecode", _PHOTOGRAPH),
    }
)
"""The ways a stream may be packed."""


def _parts_of_jpeg(data: bytes) -> Iterator[bytes]:
    """Yield the parts that make the picture, without notes about it and what comes after its end.

    Raises ``ValueError`` for what is no JPEG.
    """
    if not data.startswith(_START):
        raise ValueError
    yield _START
    at = len(_START)
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != _SCAN:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big") + 2
        if size < _LEAST_PART:
            raise ValueError
        if not (marker == _COMMENT or marker in _NOTES):
            yield data[at : at + size]
        at += size
    end = data.rfind(_END)
    if data[at : at + 1] != b"\xff" or end < at:
        raise ValueError
    yield data[at : end + len(_END)]


_START, _SCAN, _END = b"\xff\xd8", b"\xda", b"\xff\xd9"
_COMMENT = 0xFE
_NOTES = frozenset(range(0xE1, 0xF0)) - {0xEE}
"""The markers of notes; the one left out says how the colours are meant."""

_LEAST_PART = 4

_TRADE = processes.Trade(begin=_begin, work=_work, memory=_MEMORY_BYTES, seconds=_LONGEST_SECONDS)
_crew = processes.OfThisProcess(lambda: processes.Crew(_TRADE))
