"""The person says of a line about them: it is wrong."""

from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings.models import ContestedLine
from netmeet.meetings.rules import ContestKind


def contest(
    case: Case,
    *,
    at: datetime,
    line_kind: str,
    line_id: str,
    line: str,
    kind: ContestKind,
    words: str,
    due_on: date,
) -> ContestedLine:
    """Keep the person's objection to one line; it is printed beside it until it is answered."""
    said = ContestedLine(
        case_id=case.id,
        case=case,
        line_kind=line_kind,
        line_id=line_id,
        line=line,
        kind=kind,
        words=words,
        at=at,
        due_on=due_on,
    )
    db.session.add(said)
    db.session.flush()
    db.session.expire(case, ["is_contested"])
    return said


def answer(said: ContestedLine, *, by: Actor, at: datetime, text: str, version: int) -> None:
    """Answer the person. Raises ``Refused`` without words, ``Conflict`` when there is one."""
    said.expect(version, mine={_("Svar"): text}, theirs={_("Svar"): said.answer})
    if not text.strip():
        raise Refused(_("Skriv et svar."), field="text")
    said.answer = text
    said.answered_at = at
    said.answered_by_id = by.user_id
    db.session.flush()
