"""Answering the written questions after a meeting, and putting them away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.models import MeetingEvaluation
from netmeet.meetings.queries.evaluation import Own
from netmeet.meetings.rules import PERSONS_SIDE, EvaluationQuestion, evaluation


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What somebody answers: a step for each question that was not left out, and their words.

    ``is_open`` is the person's yes to the coordinator's reading it; it counts for nobody else.
    """

    steps: Mapping[EvaluationQuestion, int] = field(default_factory=dict)
    text: str = ""
    is_open: bool = False


def answer(own: Own, said: Answers, *, at: datetime, version: int) -> MeetingEvaluation:
    """Keep the user's answers; sent again they stand in place of the former until it closes.

    Raises ``Refused`` when nothing is open to them, or nothing was answered; ``Conflict`` with both
    when they answered somewhere else since the form was opened.
    """
    if not own.is_open:
        raise Refused(_("Der kan ikke svares mere."))
    steps = {one: said.steps[one] for one in own.questions if one in said.steps}
    if not steps:
        raise Refused(_("Vælg et svar til mindst ét spørgsmål."), field=own.questions[0].value)
    _expect(own, said, version)
    row = own.row or _begun(own, at=at)
    for question in own.questions:
        row.take(question, steps.get(question))
    row.text = said.text
    row.is_open_to_coordinator = said.is_open and own.side in PERSONS_SIDE
    row.updated_at = at
    row.answered_at = row.answered_at or at
    db.session.flush()
    return row


def put_away(own: Own, *, at: datetime) -> None:
    """Ask the user no more in this round by themselves; they may still answer.

    Where nothing is open to them, nothing is to be put away.
    """
    if own.is_open and own.row is None:
        _begun(own, at=at)
        db.session.flush()


def close(own: Own, *, at: datetime) -> None:
    """Take back the yes to the coordinator's reading, of every round and whenever one likes."""
    for row in own.told:
        if row.is_open_to_coordinator:
            row.is_open_to_coordinator, row.updated_at = False, at
    db.session.flush()


def version_of(own: Own) -> int:
    """Return the version that a form over the answers is opened at, 0 while there are none."""
    return own.row.version if own.row is not None and own.is_answered else 0


def _begun(own: Own, *, at: datetime) -> MeetingEvaluation:
    row = MeetingEvaluation(
        meeting_id=own.meeting.id,
        user_id=own.user_id,
        round=own.round,
        side=own.side,
        created_at=at,
        updated_at=at,
    )
    db.session.add(row)
    return row


def _expect(own: Own, said: Answers, version: int) -> None:
    """Raise ``Conflict`` when the user answered somewhere else since the form was opened."""
    if version == version_of(own):
        return
    mine, theirs = {}, {}
    for question in own.questions:
        label = evaluation.words(question, own.side) if own.side is not None else ""
        mine[label] = evaluation.step_words(said.steps.get(question))
        theirs[label] = evaluation.step_words(own.row.step(question)) if own.row is not None else ""
    mine[_("Med dine egne ord")] = said.text
    theirs[_("Med dine egne ord")] = own.row.text if own.row is not None else ""
    if own.side in PERSONS_SIDE:
        mine[_("Må koordinatoren læse svarene?")] = _yes_or_no(said.is_open)
        is_open = own.row is not None and own.row.is_open_to_coordinator
        theirs[_("Må koordinatoren læse svarene?")] = _yes_or_no(is_open)
    raise Conflict(mine=mine, theirs=theirs, version=version_of(own))


def _yes_or_no(is_so: bool) -> str:  # noqa: FBT001 - the one question
    return str(_("Ja") if is_so else _("Nej"))
