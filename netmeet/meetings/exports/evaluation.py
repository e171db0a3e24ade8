"""What was answered after a meeting, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.meetings.models import MeetingEvaluation
from netmeet.meetings.queries.evaluation import Answered
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, evaluation


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody's answers as one reads them: each question with the answer, and their own words.

    ``is_open`` says that who leads may read them by name.
    """

    heading: str
    lines: Sequence[tuple[str, str]]
    text: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One question and how many gave each answer, as one says it: "Ja 3 · Nogenlunde 2"."""

    question: str
    answers: str


def told(row: MeetingEvaluation, *, name: str = "") -> Told:
    """Return the answers that were not left out; ``name`` is whose they are, none for one's own."""
    later = row.round is EvaluationRound.LATER
    if not name:
        heading = _("Dit svar fire uger efter") if later else _("Dine svar")
    else:
        heading = _("%(name)s fire uger efter", name=name) if later else name
    lines = [(one, row.step(one)) for one in EvaluationQuestion]
    return Told(
        heading=str(heading),
        lines=[
            (evaluation.words(question, row.side), evaluation.step_words(step))
            for question, step in lines
            if step is not None
        ],
        text=row.text,
        is_open=row.is_open_to_coordinator,
    )


def named(found: Answered, case: Case, *, reader_id: str) -> list[Told]:
    """Return the answers the reader may see by name, whose they are above each."""
    names = {member.user_id: member.user.first_name for member in case.members}
    return [
        told(row, name="" if row.user_id == reader_id else _whose(row, names))
        for row in found.named
    ]


def _whose(row: MeetingEvaluation, names: dict[str, str]) -> str:
    name = names.get(row.user_id)
    if name is None:
        return str(_("En, der var med"))
    return str(_("%(name)s siger", name=name))


def counted(found: Answered) -> list[Counted]:
    """Return how the others answered, side by side; answers that nobody gave are left out."""
    return [
        Counted(
            question=evaluation.words(one.question, one.side),
            answers=" · ".join(
                f"{evaluation.step_words(step)} {many}" for step, many in one.given.items() if many
            ),
        )
        for one in found.counts
    ]
