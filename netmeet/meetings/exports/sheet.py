"""The questions on paper, to fill in by hand."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import current_app, render_template
from flask_babel import gettext as _

from netmeet.core.db import db
from netmeet.formats import pdf
from netmeet.meetings.exports import questions
from netmeet.meetings.models import Meeting

_SHEETS = ("tokens.css", "print.css")


def question_sheet(meeting: Meeting, *, at: datetime, count: Callable[[], None]) -> bytes:
    """Return the questions with lines to write on, as PDF/UA.

    It names nobody: the sheet may lie on a table. The reading transaction is ended before the
    page is counted by ``count`` and printed. Raises ``PdfFailed``.
    """
    page = render_template(
        "meetings/print/questions.html",
        asked=questions.all_asked(meeting, at),
        starts=meeting.starts_local,
        lang="da",
    )
    db.session.rollback()
    count()
    folder = Path(current_app.static_folder or "") / "css"
    css = [(folder / name).read_text(encoding="utf-8") for name in _SHEETS]
    return pdf.render(page, css=css, title=_("Spørgsmål før dit møde"))
