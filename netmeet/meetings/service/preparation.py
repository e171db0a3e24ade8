"""The person's preparation: saved as it is written, and turned into points for the agenda."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries
from netmeet.meetings.models import Meeting, PreparationAnswer
from netmeet.meetings.rules import (
    Instead,
    MeetingState,
    PreparationMode,
    Question,
    WithoutPerson,
)
from netmeet.meetings.service import wishes
from netmeet.outbox import service as outbox

_BEFORE = frozenset(
    {
        MeetingState.PLANNED,
        MeetingState.INVITED,
        MeetingState.CONFIRMED,
        MeetingState.POSTPONED,
        MeetingState.NOT_COMPLETED,
    }
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said to one question: free words, and taps and choices by name."""

    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def answer(
    meeting: Meeting, question: Question, *, by: Actor, at: datetime, said: Said, version: int
) -> PreparationAnswer:
    """Keep the answer. What the person writes is theirs at once; a helper's waits for their yes.

    ``version`` is 0 for a first answer. Lines about help become points of the agenda. Raises
    ``Conflict`` with both texts for a stale version, ``Refused`` when the meeting has been held.
    """
    _check_open(meeting)
    stored = queries.answer_to(meeting, question)
    if stored is not None and _says(stored, said):
        # The same words come twice when the answer to the first was lost on the way.
        version = stored.version
    row = _row(meeting, question, by=by, at=at, version=version, mine=said)
    is_own = speaks_for_themselves(meeting, by)
    # Only what would help has areas of life to tap; elsewhere the words are others.
    before = wishes.of(row) if question is Question.HELP else []
    changed = not _says(row, said)
    row.text, row.data = said.text, {**said.data, **row.beside}
    row.skipped, row.saved_at = False, at
    if changed:
        row.mode = PreparationMode.SELF if is_own else PreparationMode.HELPER
        row.author_id = by.user_id
        row.confirmed_at = at if is_own else None
    elif is_own and row.confirmed_at is None:
        row.confirmed_at = at
    if question is Question.HELP:
        wishes.make_points(meeting, row, by=by, before=before)
    if question is Question.WITHOUT_ME and said.data.get("choice") != WithoutPerson.YES:
        _take_back_without_me(meeting)
    db.session.flush()
    return row


def _take_back_without_me(meeting: Meeting) -> None:
    """Forget that the meeting may be held without the person, who says otherwise now."""
    if meeting.instead is Instead.WITHOUT_ME:
        meeting.forget_instead()


def skip(
    meeting: Meeting, question: Question, *, by: Actor, at: datetime, version: int
) -> PreparationAnswer:
    """Pass the question by; what has been said already stays."""
    _check_open(meeting)
    row = _row(meeting, question, by=by, at=at, version=version, mine=Said())
    row.skipped = not queries.has_words(row)
    row.saved_at = at
    db.session.flush()
    return row


def choose_way(meeting: Meeting, mode: PreparationMode, *, by: Actor, at: datetime) -> None:
    """Keep how the person wants to answer. Asking to be called tells the coordinator.

    It stands with the first question, whose answer is not touched.
    """
    _check_open(meeting)
    row = queries.answer_to(meeting, Question.MATTERS)
    if row is None:
        row = _row(meeting, Question.MATTERS, by=by, at=at, version=0, mine=Said())
    row.mode = mode
    db.session.flush()
    if mode is not PreparationMode.CALL:
        return
    day = calendar.to_local(at).date().isoformat()
    for lead in queries.leads(meeting):
        outbox.put(
            key=f"call-me:{meeting.id}:{lead.id}:{day}",
            kind="meetings.news_call_me",
            user_id=lead.id,
            at=at,
            facts={"meeting": meeting.id},
            case_id=meeting.case_id,
        )


def choose_instead(meeting: Meeting, wish: Instead, *, by: Actor, at: datetime) -> None:
    """Keep what the person wants when they do not come; the last one counts.

    That the meeting may be held without them is the answer to that question, too, and goes with
    it. Raises ``Refused`` when the meeting has been held.
    """
    _check_open(meeting)
    was, meeting.instead, meeting.instead_at = meeting.instead, wish, at
    if Instead.WITHOUT_ME in {was, wish}:
        said = queries.answer_to(meeting, Question.WITHOUT_ME)
        choice = {"choice": WithoutPerson.YES} if wish is Instead.WITHOUT_ME else {}
        now = Said(text=said.text if said else "", data=choice)
        version = said.version if said else 0
        answer(meeting, Question.WITHOUT_ME, by=by, at=at, said=now, version=version)
    db.session.flush()


def confirm(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Keep the person's yes to what a helper wrote. Raises ``Refused`` for anybody else."""
    if not speaks_for_themselves(meeting, by):
        raise Refused(_("Kun den, det handler om, kan sige ja til teksten."))
    for row in meeting.answers:
        if row.confirmed_at is None and queries.has_words(row):
            row.confirmed_at = at
    for item in meeting.items:
        if item.is_persons and item.confirmed_at is None:
            item.confirmed_at = at
    db.session.flush()


def speaks_for_themselves(meeting: Meeting, by: Actor) -> bool:
    """Tell whether the actor is the person, or holds their mandate."""
    return by.user_id == meeting.case.person.user_id or by.role is Role.PROX


def _check_open(meeting: Meeting) -> None:
    if meeting.state not in _BEFORE:
        raise Refused(_("Mødet er holdt eller aflyst. Dine svar er gemt."))


def _row(
    meeting: Meeting, question: Question, *, by: Actor, at: datetime, version: int, mine: Said
) -> PreparationAnswer:
    row = queries.answer_to(meeting, question)
    if row is not None:
        if version == 0 and not queries.has_words(row):
            return row
        row.expect(version, mine=_texts(mine.text, mine.data), theirs=_texts(row.text, row.data))
        return row
    if version:
        raise Conflict(mine=_texts(mine.text, mine.data), theirs=_texts(""), version=0)
    is_own = speaks_for_themselves(meeting, by)
    row = PreparationAnswer(
        meeting_id=meeting.id,
        question=question,
        mode=PreparationMode.SELF if is_own else PreparationMode.HELPER,
        author_id=by.user_id,
        saved_at=at,
        skipped=False,
        confirmed_at=None,
    )
    meeting.answers.append(row)
    return row


def _texts(text: str, data: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Return everything that is said in free words, by what it answers."""
    more = {"hard": _("Hvad kan gøre det svært for dig?"), "helps": _("Hvad hjælper dig?")}
    said = data or {}
    return {_("Dit svar"): text, **{told: said[k] for k, told in more.items() if k in said}}


def _says(row: PreparationAnswer, said: Said) -> bool:
    """Tell whether the answer says just that already."""
    return row.text == said.text and row.said == dict(said.data)
