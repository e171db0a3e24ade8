"""PDFs: accessible, without a trace of who made them, and without fetching anything."""

import io
import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import page
import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from netmeet.formats import pdf, processes, qr
from tests.misuse.payloads import FETCHES
from tests.services import ear

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
    with ear.listening() as told:
        yield told


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


def _holds(made: bytes, words: bytes) -> bool:
    """Tell whether any stream of the file holds the words, or anything is attached to it."""
    with pikepdf.open(io.BytesIO(made)) as document:
        assert len(document.attachments) == 0
        streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
        assert not any(one.get("/Type") == "/EmbeddedFile" for one in streams)
        return any(words in one.read_bytes() for one in streams)


@pytest.mark.parametrize("name", FETCHES)
def test_nothing_is_fetched_from_the_network(press: pdf.Press, listener, name: str):
    at, heard = listener
    made = press.render(FETCHES[name].format(at=f"{at}/x"), css=[], title="x")
    assert made.startswith(b"%PDF")
    assert heard == []


_PLANTED = {
    "planted.svg": f"<svg xmlns='http://www.w3.org/2000/svg'><text>{_CANARY}</text></svg>",
    "planted.css": f"p::before {{ content: '{_CANARY}' }} p {{ color: #123456 }}",
    "planted.txt": _CANARY,
}


@pytest.mark.parametrize("name", FETCHES)
def test_no_file_is_read_into_the_page(press: pdf.Press, tmp_path: Path, name: str):
    page = ""
    for file, content in _PLANTED.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
        page += FETCHES[name].format(at=(tmp_path / file).as_uri())
    made = press.render(f"{page}<p>x</p>", css=[], title="x")
    assert not _holds(made, _CANARY.encode())
    assert not _holds(made, b".07059 .203922 .337255 rg"), "the planted style is used"


_SHEETS = {
    "import": "@import url('{at}'); p {{ color: red }}",
    "import as a string": "@import '{at}' print; p {{ color: red }}",
    "background": "p {{ background: url('{at}') }}",
    "content": "p::after {{ content: url('{at}') }}",
    "font": "@font-face {{ font-family: q; src: url('{at}') }} p {{ font-family: q }}",
    "local font": "@font-face {{ font-family: q; src: local('{at}'), url({at}) }} "
    "p {{ font-family: q }}",
    "list": "p {{ display: list-item; list-style: url('{at}') }}",
    "page": "@page {{ background: url('{at}'); @top-left {{ content: url('{at}') }} }}",
    "target": "p::before {{ content: target-text(url('{at}')) attr(title url) }}",
    "variable": ":root {{ --x: url('{at}') }} p {{ background: var(--x) }}",
    "colour profile": "@color-profile --x {{ src: url('{at}') }} p {{ color: color(--x 0 0 0) }}",
}
"""What a style sheet itself may ask for (``CSS(string)``, given as ``stylesheets=``)."""


@pytest.mark.parametrize("name", _SHEETS)
def test_a_stylesheet_fetches_nothing_either(press: pdf.Press, listener, tmp_path: Path, name: str):
    at, heard = listener
    for file, content in _PLANTED.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
        for address in (f"{at}/x", (tmp_path / file).as_uri()):
            css = _SHEETS[name].format(at=address)
            try:
                made = press.render("<p title='x'>x</p>", css=[css], title="x")
            except pdf.PdfFailed:
                continue  # a sheet that is refused as a whole fetches nothing
            assert not _holds(made, _CANARY.encode())
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


def test_a_process_is_replaced_before_it_is_spent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(processes, "_LONGEST_LIFE", 2)
    press, mine = pdf.Press(workers=1), multiprocessing.active_children()
    alive = []
    for _time in range(3):
        press.render("<p>x</p>", css=[], title="x")
        alive.append([one for one in multiprocessing.active_children() if one not in mine])
    press.close()
    assert [len(one) for one in alive] == [1, 0, 1]
    assert alive[0] != alive[2]


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
