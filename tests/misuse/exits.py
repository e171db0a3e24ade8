"""By which ways words leave netmeet in another shape than a page, and how each is read back."""

import csv
import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pikepdf

from netmeet.outbox.rules import Letter
from tests.misuse import matrix

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

_OURS = "http://localhost/"
_ACTIVE = frozenset({"/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ImportData", "/GoToR"})
_DOORS = frozenset({"/OpenAction", "/AA", "/EmbeddedFile", "/Filespec", "/RichMedia", "/XFA"})


def of_letter(letter: Letter) -> list[str]:
    """Return what in a letter is more than words."""
    wrong = [f"html: {said}" for said in matrix.read(letter.html).bad]
    if re.search(r"[\x00-\x1f\x7f]", letter.subject):
        wrong.append("a line break in the subject")
    links = re.findall(r'(?:href|src|action)="([^"]*)"', letter.html)
    wrong += [f"link: {link}" for link in links if link and not link.startswith(_OURS)]
    if letter.calendar is not None:
        wrong += of_calendar(letter.calendar)
    return wrong


_CALENDAR = {
    "VCALENDAR": {"PRODID", "VERSION", "CALSCALE", "METHOD"},
    "VTIMEZONE": {"TZID", "X-LIC-LOCATION"},
    "DAYLIGHT": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE"},
    "VEVENT": {
        *("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY"),
        *("LOCATION", "DESCRIPTION", "URL", "ORGANIZER", "ATTENDEE", "STATUS", "TRANSP", "CLASS"),
    },
}


def of_calendar(file: bytes) -> list[str]:
    """Return what in a calendar file is not one neutral event for one recipient."""
    try:
        parts = icalendar.Calendar.from_ical(file).walk()
    except ValueError as fault:
        return [f"calendar: {fault}"]
    wrong = []
    for part in parts:
        names = {name.upper() for name in part}
        wrong += [f"calendar: {name}" for name in names - _CALENDAR.get(part.name, set())]
    if [part.name for part in parts] != list(_CALENDAR):
        wrong.append("calendar: another part")
    event = parts[-1]
    addresses = (event.get("ATTENDEE"), event.get("ORGANIZER"))
    wrong += [f"calendar: {one}" for one in addresses if not isinstance(one, icalendar.vCalAddress)]
    if not str(event.get("URL", "")).startswith(_OURS):
        wrong.append("calendar: a foreign link")
    if any(len(line) > 75 or b"\r" in line or b"\n" in line for line in file.split(b"\r\n")):
        wrong.append("calendar: a broken line")
    return wrong


def of_pdf(file: bytes, *, names: frozenset[str]) -> list[str]:
    """Return what in a PDF acts, and what its metadata say beside one of the titles."""
    wrong = []
    with pikepdf.open(io.BytesIO(file)) as document:
        facts = {key: str(value) for key, value in document.docinfo.items()}
        wrong += [f"pdf: {key}" for key in facts.keys() - {"/Title", "/Producer"}]
        if facts["/Title"] not in names:
            wrong.append(f"pdf: the title {facts['/Title']}")
        metadata = ET.fromstring(document.Root["/Metadata"].read_bytes())  # noqa: S314 - our own
        said = "".join(metadata.itertext())
        wrong += [f"pdf: {said}"] if "b1bad" in said else []
        for one in document.objects:
            wrong += list(_acts(one))
    return wrong


def _acts(one: Any) -> Iterator[str]:
    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return
    values = {str(one.get(name)) for name in ("/S", "/Type", "/Subtype") if name in one}
    for name in (set(one.keys()) | values) & (_ACTIVE | _DOORS):
        yield f"pdf: {name}"
    link = str(one.get("/URI", ""))
    if link and not link.startswith(_OURS):
        yield f"pdf: link {link}"


def holds(file: bytes, said: bytes) -> bool:
    """Tell whether the words stand in any stream of a PDF."""
    with pikepdf.open(io.BytesIO(file)) as document:
        streams = (one for one in document.objects if isinstance(one, pikepdf.Stream))
        return any(said in one.read_bytes() for one in streams)


def words(file: bytes) -> str:
    """Return the words of a PDF without blanks, and without the hyphens that end lines."""
    run = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-raw", "-", "-"],  # noqa: S607 - PATH decides
        input=file,
        capture_output=True,
        check=True,
    )
    return re.sub(r"\s+|\u2010", "", run.stdout.decode())


def of_book(file: bytes) -> list[str]:
    """Return what in an Excel file is more than cells."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        wrong = [f"xlsx: {name}" for name in book.namelist() if re.search(r"vba|link|embed", name)]
        for name in book.namelist():
            for element in ET.fromstring(book.read(name)).iter():  # noqa: S314 - our own file
                tag = element.tag.rsplit("}", 1)[-1]
                if tag in {"f", "hyperlink", "oleObject", "legacyDrawing", "definedName"}:
                    wrong.append(f"xlsx: <{tag}>")
    return wrong


def table_of_book(file: bytes) -> list[list[str | float | None]]:
    """Return the cells of an Excel file row by row: text as it was written, numbers as numbers."""
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own file
    strings = shared.iterfind("m:si", _NS)
    texts = [
        _unescaped("".join(t.text or "" for t in one.iterfind(".//m:t", _NS))) for one in strings
    ]
    return [
        [_value(cell, texts) for cell in row.iterfind("m:c", _NS)]
        for row in sheet.iterfind(".//m:row", _NS)
    ]


def _unescaped(text: str) -> str:
    """Undo what the format writes for signs that XML cannot hold (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text)


def _value(cell: ET.Element, texts: list[str]) -> str | float | None:
    kept = cell.findtext("m:v", namespaces=_NS)
    if kept is None:
        return None
    return texts[int(kept)] if cell.get("t") == "s" else float(kept)


def table_of_csv(file: bytes) -> list[list[str]]:
    """Return the cells of a CSV file row by row, as they stand there."""
    text = file.decode("utf-8-sig")
    assert re.fullmatch(r'(?:"(?:[^"]|"")*"(?:;|\r\n))*', text), "a cell is not quoted"
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
