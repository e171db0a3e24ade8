"""Tables as spreadsheet files in which no text ever becomes a formula."""

import csv as _csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | Decimal | date | datetime | None
"""What a cell may hold. A datetime is naive wall time in Copenhagen."""

_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_STARTS_FORMULA = frozenset("=+-@|%")
_ALWAYS_UNSAFE = frozenset("\t\r\n\0")


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> bytes:
    """Return an Excel file with one sheet named after the title; dates are real dates.

    The first row holds the headings, stays in view and is marked as such. The file names nobody.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _PLAIN)
    book.set_properties({"title": title})
    sheet = book.add_worksheet(_NOT_IN_A_NAME.sub(" ", title)[:_LONGEST_NAME])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    moment = book.add_format({"num_format": "dd-mm-yyyy hh:mm"})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            _write(sheet, (row, column), cell, day=day, moment=moment)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return out.getvalue()


def _write(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, *, day: Format, moment: Format
) -> None:
    match cell:
        case None | "":
            sheet.write_blank(*at, None)
        case str():
            sheet.write_string(*at, cell)
        case datetime():
            sheet.write_datetime(*at, cell, moment)
        case date():
            sheet.write_datetime(*at, cell, day)
        case _:
            sheet.write_number(*at, cell)


def csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file as Danish Excel opens it: UTF-8 with BOM, semicolons, decimal commas.

    Text that a spreadsheet would run as a formula is prefixed with an apostrophe, as OWASP asks;
    every cell is quoted. Dates are written ISO 8601.
    """
    out = io.StringIO(newline="")
    writer = _csv.writer(out, delimiter=";", quoting=_csv.QUOTE_ALL)
    writer.writerow([_safe(heading) for heading in headings])
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _safe(cell)
        case datetime():
            return cell.isoformat(sep=" ", timespec="minutes")
        case date():
            return cell.isoformat()
        case _:
            return str(cell).replace(".", ",")


def plain(cell: str) -> str:
    """Return what was written into a cell of :func:`csv`: without the apostrophe it put before."""
    return cell[1:] if cell.startswith("'") and _might_run(cell) else cell


def _safe(text: str) -> str:
    """Return the text with an apostrophe before it when it might be run as a formula.

    So it gets when it would be one without its own apostrophes, so that each text comes back.
    """
    return f"'{text}" if _might_run(text) else text


def _might_run(text: str) -> bool:
    """Tell whether a spreadsheet might run the text, or what stands behind its apostrophes.

    Full-width signs are looked at as their plain ones; blanks, control and zero-width characters
    before the sign do not hide it.
    """
    bare = text.lstrip("'")
    known = unicodedata.normalize("NFKC", bare)
    seen = (sign for sign in known if not sign.isspace() and unicodedata.category(sign)[0] != "C")
    return bare[:1] in _ALWAYS_UNSAFE or next(seen, "") in _STARTS_FORMULA
