"""PDFs: accessible, without a trace of who made them, and without fetching anything."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import page
import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from netmeet.formats import pdf, qr

_CANARY = "planted-canary-4711"
_PLAN = f"""<!doctype html><html lang="da"><head><title>Andet</title>
<meta name="author" content="Per Lund"><meta name="keywords" content="psykiatri">
<meta name="generator" content="netmeet"></head><body><h1>Min plan</h1>
<p>Æbler, øl og blå både. <strong>Fed</strong></p>
<table><thead><tr><th scope="col">Hvem</th><th scope="col">Hvad</th></tr></thead>
<tbody><tr><td>Jonas</td><td>Ringer</td></tr></tbody></table>
<p><a href="https://netmeet.example/plans/1">Se planen</a></p>
{qr.svg("https://netmeet.example/i/abc", title="Kode til din plan")}</body></html>"""


@pytest.fixture(scope="module")
def press() -> Iterator[pdf.Press]:
    one = pdf.Press(workers=1)
    yield one
    one.close()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Return an address that listens, and every first bytes it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(2)
                    heard.append(caller.recv(200))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}", heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def _fails(made: bytes) -> list[str]:
    return [fail.rule_id for fail in page.validate_pdf_bytes(made, profile="ua1").failures]


def test_a_plan_is_accessible(press: pdf.Press):
    made = press.render(_PLAN, css=["h1 { color: #123 }"], title="Min plan")
    assert made.startswith(b"%PDF-1.7")
    assert _fails(made) == []


def test_title_and_language_are_ours_and_nothing_else_is_told(press: pdf.Press, tmp_path: Path):
    made = press.render(_PLAN, css=[], title="Min plan", lang="da")
    assert b"Per Lund" not in made
    (tmp_path / "plan.pdf").write_bytes(made)
    with pikepdf.open(tmp_path / "plan.pdf") as document:
        assert str(document.docinfo["/Title"]) == "Min plan"
        assert str(document.Root["/Lang"]) == "da"
        assert set(document.docinfo.keys()) <= {"/Title", "/Producer"}
        metadata = document.Root["/Metadata"].read_bytes().decode()
    assert "Per Lund" not in metadata
    assert "psykiatri" not in metadata


def _font(folder: Path, name: str) -> None:
    """Make a font of one square glyph per letter."""
    letters = [ord(letter) for letter in "Dette"]
    names = [".notdef", *dict.fromkeys(f"u{code:04X}" for code in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({code: f"u{code:04X}" for code in letters})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Prøve", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.font.flavor = "woff2"
    builder.save(folder / name)


def test_the_two_fonts_are_embedded_and_no_third(tmp_path: Path):
    for name in ("IBMPlexSans-Regular.woff2", "IBMPlexSans-SemiBold.woff2", "Other.woff2"):
        _font(tmp_path, name)
    press = pdf.Press(workers=1)
    press.use_fonts(tmp_path)
    css = (
        "body { font-family: 'IBM Plex Sans' } i { font: 12px Other }"
        "@font-face { font-family: Other; src: url('font:Other.woff2') }"
        "@font-face { font-family: Other; src: url('font:../IBMPlexSans-Regular.woff2') }"
    )
    try:
        made = press.render("<p lang=da>Dette<b> Dette</b></p><i>Dette</i>", css=[css], title="x")
    finally:
        press.close()
    (tmp_path / "x.pdf").write_bytes(made)
    with pikepdf.open(tmp_path / "x.pdf") as document:
        fonts = document.pages[0]["/Resources"]["/Font"]
        names = {
            str(one["/DescendantFonts"][0]["/FontDescriptor"]["/FontName"]).split("+")[1]
            for one in fonts.as_dict().values()
        }
    assert {"IBM-Plex-Sans", "IBM-Plex-Sans-Semi-Bold"} < names
    assert "Other" not in names


_CONSTRUCTS = {
    "image": "<img src='{at}' alt='x'>",
    "image set": "<img srcset='{at} 2x' src='{at}' alt='x'>",
    "linked stylesheet": "<link rel=stylesheet href='{at}'>",
    "import": "<style>@import url('{at}');</style>",
    "background": "<p style=\"background: url('{at}')\">x</p>",
    "list image": "<ul style=\"list-style-image: url('{at}')\"><li>x</li></ul>",
    "content": "<style>p::before {{ content: url('{at}') }}</style><p>x</p>",
    "font": "<style>@font-face {{ font-family: q; src: url('{at}') }} p {{ font-family: q }}"
    "</style><p>x</p>",
    "border image": "<p style=\"border: 9px solid; border-image: url('{at}') 9\">x</p>",
    "mask": "<p style=\"mask-image: url('{at}')\">x</p>",
    "object": "<object data='{at}'></object>",
    "embed": "<embed src='{at}'>",
    "svg image": "<svg width='9' height='9'><image href='{at}' width='9' height='9'/></svg>",
    "svg use": "<svg width='9' height='9'><use href='{at}#a'/></svg>",
    "link attachment": "<link rel=attachment href='{at}'>",
    "anchor attachment": "<a rel=attachment href='{at}'>x</a>",
    "base": "<base href='{at}'><img src='x.png' alt='x'>",
    "page background": "<style>@page {{ background: url('{at}') }}</style>",
}


@pytest.mark.parametrize("name", _CONSTRUCTS)
def test_nothing_is_fetched_from_the_network(press: pdf.Press, listener, name: str):
    at, heard = listener
    made = press.render(_CONSTRUCTS[name].format(at=f"{at}/x"), css=[], title="x")
    assert made.startswith(b"%PDF")
    assert heard == []


@pytest.mark.parametrize("name", _CONSTRUCTS)
def test_no_file_is_read_into_the_page(press: pdf.Press, tmp_path: Path, name: str):
    planted = tmp_path / "planted.svg"
    planted.write_text(
        f"<svg xmlns='http://www.w3.org/2000/svg'><text>{_CANARY}</text></svg>", encoding="utf-8"
    )
    made = press.render(_CONSTRUCTS[name].format(at=planted.as_uri()), css=[], title="x")
    (tmp_path / "x.pdf").write_bytes(made)
    with pikepdf.open(tmp_path / "x.pdf") as document:
        assert len(document.attachments) == 0
        streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
        assert not any(_CANARY.encode() in one.read_bytes() for one in streams)
        assert not any(one.get("/Type") == "/EmbeddedFile" for one in streams)


def test_a_stylesheet_fetches_nothing_either(press: pdf.Press, listener):
    at, heard = listener
    css = f"@import url('{at}/a'); p {{ background: url('{at}/b') }}"
    press.render("<p>x</p>", css=[css], title="x")
    assert heard == []


def test_a_page_that_takes_too_long_is_killed_and_the_next_is_printed():
    press = pdf.Press(workers=1, seconds=5)
    endless = "<table>" + "<tr><td>x<td>y</tr>" * 20_000 + "</table>"
    try:
        with pytest.raises(pdf.PdfFailed, match="too long"):
            press.render(endless, css=[], title="x")
        assert press.render("<p>x</p>", css=[], title="x").startswith(b"%PDF")
    finally:
        press.close()


def test_a_failure_names_no_content(press: pdf.Press):
    bad = f"<style>@color-profile --x {{ src: url('http://{_CANARY}/') }}</style>"
    with pytest.raises(pdf.PdfFailed) as failed:
        press.render(bad, css=[], title=_CANARY)
    assert _CANARY not in str(failed.value)


def test_several_threads_share_the_press():
    press = pdf.Press(workers=2)
    made: list[bytes] = []
    threads = [
        threading.Thread(
            target=lambda n=n: made.append(press.render(f"<p>{n}</p>", css=[], title="x"))
        )
        for n in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    press.close()
    assert len(made) == 5


def test_the_shared_press_prints_and_starts_again_after_its_end(tmp_path: Path):
    pdf.use_fonts(tmp_path)
    for _ in range(2):
        assert pdf.render("<p>x</p>", css=[], title="x").startswith(b"%PDF")
        pdf.close()


def test_a_forked_process_gets_a_press_of_its_own():
    ours = pdf._press()  # noqa: SLF001 - what a fork must not share
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"1" if pdf._press() is not ours else b"0")  # noqa: SLF001 - which press it is
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1) == b"1"
