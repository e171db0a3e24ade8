"""Spreadsheets: nothing written by people becomes a formula, and dates are dates."""

import csv
import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netmeet.formats import sheet

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_DANGEROUS = [
    "=1+1",
    "+45 12 34 56 78",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    "\uff1d1+1",
    "\u200b=1",
    " =1",
    "\ufeff=HYPERLINK(A1)",
]


def _parts(made: bytes) -> tuple[ET.Element, list[str]]:
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        page = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
    texts = ["".join(part.text or "" for part in one.iter(f"{{{_NS['m']}}}t")) for one in shared]
    return page, texts


@pytest.mark.parametrize("text", _DANGEROUS)
def test_text_stays_text_in_excel(text: str):
    made = sheet.xlsx([text], [[text]], title="Liste")
    page, texts = _parts(made)
    assert page.findall(".//m:f", _NS) == []
    assert [cell.get("t") for cell in page.findall(".//m:c", _NS)] == ["s", "s"]
    assert _plain(texts[0]) == text


def _plain(written: str) -> str:
    """Undo the escapes that the format has for control characters."""
    for code in ("0000", "000D", "0009", "000B"):
        written = written.replace(f"_x{code}_", chr(int(code, 16)))
    return written


@pytest.mark.parametrize("text", _DANGEROUS)
def test_text_is_marked_as_text_in_csv(text: str):
    made = sheet.csv(["a", text], [[text, 1]])
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [["a", f"'{text}"], [f"'{text}", "1"]]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@example("'=1")
@example("''=1")
@example("'\t=1")
@example("'")
def test_any_text_comes_back_from_csv(text: str):
    made = sheet.csv([text], [[text]])
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[1][0] in {text, f"'{text}"}
    assert sheet.plain(rows[1][0]) == text
    assert rows[1][0][:1] not in set("=+-@\t\r\n\0")


def test_csv_opens_in_danish_excel():
    made = sheet.csv(["Navn", "Tal", "Dag", "Tom"], [["Åse", 1.5, date(2026, 12, 3), None]])
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig") == (
        '"Navn";"Tal";"Dag";"Tom"\r\n"Åse";"1,5";"2026-12-03";""\r\n'
    )


def test_times_are_written_to_the_minute_in_csv():
    made = sheet.csv(["a"], [[datetime(2026, 12, 3, 13, 5)]])  # noqa: DTZ001 - wall time
    assert '"2026-12-03 13:05"' in made.decode("utf-8-sig")


def test_dates_and_numbers_are_real_in_excel():
    row = [date(2026, 12, 3), datetime(2026, 12, 3, 12), 7, None, ""]  # noqa: DTZ001 - wall time
    page, _ = _parts(sheet.xlsx(["a", "b", "c", "d", "e"], [row], title="Liste"))
    cells = page.findall(".//m:row[@r='2']/m:c", _NS)
    values = [cell.findtext("m:v", namespaces=_NS) for cell in cells]
    assert values == ["46359", "46359.5", "7"]
    assert cells[0].get("s") != cells[2].get("s")


def test_headings_stay_in_view_and_odd_titles_name_a_sheet():
    made = sheet.xlsx(["a"], [], title="Aftaler [2026/12]: forfaldne og åbne i alle enheder")
    page, _ = _parts(made)
    assert page.find(".//m:pane[@state='frozen']", _NS) is not None
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        assert "Aftaler  2026 12   forfaldne og" in book.read("xl/workbook.xml").decode()
        assert b"<dc:creator></dc:creator>" in book.read("docProps/core.xml")
