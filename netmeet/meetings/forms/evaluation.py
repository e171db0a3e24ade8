"""The written questions after a meeting: only those that somebody is asked are in the form."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import RadioField, TextAreaField
from wtforms.fields.core import Label
from wtforms.validators import Optional

from netmeet.meetings.forms.choices import options
from netmeet.meetings.queries.evaluation import Own
from netmeet.meetings.rules import PERSONS_SIDE, EvaluationQuestion, Side, evaluation
from netmeet.meetings.service.evaluation import Answers
from netmeet.web.forms import TEXT, VersionedForm, at_most

_YES, _NO = "yes", "no"


def _steps() -> RadioField:
    given = [(str(step), said) for step, said in evaluation.STEPS.items()]
    return RadioField(choices=options(given), validators=[Optional()])


class EvaluationForm(VersionedForm):
    """One's own answers. Nothing is chosen beforehand, and everything may be left out."""

    mattered = _steps()
    heard = _steps()
    right_people = _steps()
    who_does_what = _steps()
    will_happen = _steps()
    happened = _steps()
    mandate = _steps()
    involved = _steps()
    text = TextAreaField(_("Vil du sige noget med dine egne ord?"), validators=[at_most(TEXT)])
    readers = RadioField(
        choices=options(
            [
                (_YES, _("Ja, mine svar må læses, med mit navn")),
                (_NO, _("Nej, de skal kun tælles sammen med andres")),
            ]
        ),
        validators=[Optional()],
    )

    def __init__(
        self, asked: Sequence[EvaluationQuestion], side: Side, *, leads: str, **kwargs: Any
    ) -> None:
        """Leave out what this side is not asked, and ask the rest in its words."""
        super().__init__(**kwargs)
        self.asked, self.is_for_person = tuple(asked), side in PERSONS_SIDE
        for question in EvaluationQuestion:
            if question in self.asked:
                field = self[question.value]
                field.label = Label(field.id, evaluation.words(question, side))
            else:
                del self[question.value]
        if self.is_for_person:
            label = str(_("Må %(names)s læse dine svar?", names=leads))
            self.readers.label = Label(self.readers.id, label)
        else:
            del self.readers

    @classmethod
    def over(cls, own: Own, *, leads: str, version: int) -> "EvaluationForm":
        """Return the form with what is sent now; before that, with what was answered before.

        Raises ``LookupError`` when nothing is open to them.
        """
        row, side = own.row, own.side
        if side is None or not own.is_open:
            raise LookupError("nothing is asked")
        if request.method == "POST":
            return cls(own.questions, side, leads=leads)
        before: dict[str, Any] = {"version": version}
        if row is not None:
            steps = {one.value: row.step(one) for one in own.questions}
            before |= {name: str(step) for name, step in steps.items() if step is not None}
            before |= {"text": row.text, "readers": _YES if row.is_open_to_coordinator else None}
        return cls(own.questions, side, leads=leads, data=before)

    @property
    def steps(self) -> list[RadioField]:
        """Return the fields of the questions, in the order they are asked."""
        return [self[question.value] for question in self.asked]

    @property
    def said(self) -> Answers:
        """Return what was answered."""
        given = {question: self[question.value].data for question in self.asked}
        return Answers(
            steps={question: int(step) for question, step in given.items() if step},
            text=self.text.data or "",
            is_open=self.is_for_person and self.readers.data == _YES,
        )
