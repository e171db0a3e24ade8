"""Forms of the plan."""

from collections.abc import Iterable

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import (  # type: ignore[attr-defined] # the stubs are older than SelectChoice
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from netmeet.meetings.rules import AgreedHow, ContestKind
from netmeet.plans.rules import AREA_NAMES, HIGHEST, LOWEST, AcceptanceAnswer, GoalEnd
from netmeet.web.forms import LINE, TEXT, Form, VersionedForm, WholeNumberField, at_most, required

_CHOOSE = _("Vælg en af dem.")


def options(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Return the choices of a list, each a value and its words."""
    return [SelectChoice(value, label) for value, label in pairs]


_AREAS = options([("", _("Ikke valgt")), *AREA_NAMES.items()])


class SectionForm(VersionedForm):
    """What one section says."""

    text = TextAreaField(_("Tekst"), validators=[at_most(TEXT)])


class GoalForm(VersionedForm):
    """A goal in the person's words, and the wording that was agreed."""

    words = TextAreaField(_("Med borgerens egne ord"), validators=[required(), at_most(LINE)])
    agreed = TextAreaField(_("Det er vi enige om"), validators=[at_most(LINE)])
    area = SelectField(_("Del af livet"), choices=_AREAS)


class AgreedGoalForm(VersionedForm):
    """The wording that was agreed on a goal; the person's words stay."""

    agreed = TextAreaField(_("Det er vi enige om"), validators=[at_most(LINE)])
    area = SelectField(_("Del af livet"), choices=_AREAS)


class EndGoalForm(VersionedForm):
    """How a goal ended, and on which day."""

    ended = RadioField(
        _("Hvordan er det gået med målet?"),
        choices=[
            SelectChoice(GoalEnd.REACHED.value, _("Det er nået")),
            SelectChoice(GoalEnd.NOT_RELEVANT.value, _("Det passer ikke mere")),
        ],
        validators=[InputRequired(_CHOOSE)],
    )
    ended_on = DateField(_("Hvornår?"), validators=[InputRequired(_("Skriv dagen som 3-12-2026."))])


class ScoreForm(Form):
    """Where the person puts themselves today."""

    value = RadioField(
        _("Hvor er du i dag?"),
        choices=[SelectChoice(str(n), str(n)) for n in range(LOWEST, HIGHEST + 1)],
        validators=[InputRequired(_CHOOSE)],
    )


class AnswerForm(VersionedForm):
    """The person's answer to the plan. The buttons carry ``answer``; nothing is chosen before."""

    answer = HiddenField(_("Svar"))
    words = TextAreaField(_("Hvad skal være anderledes?"), validators=[at_most(TEXT)])
    how = RadioField(
        _("Hvordan har du fået svaret?"),
        choices=[
            SelectChoice(AgreedHow.ORAL.value, _("Mundtligt")),
            SelectChoice(AgreedHow.WRITTEN.value, _("På skrift")),
        ],
        default=AgreedHow.ORAL.value,
    )

    @property
    def said(self) -> AcceptanceAnswer | None:
        """Return the answer that was pressed, ``None`` for anything else."""
        known = set(AcceptanceAnswer) - {AcceptanceAnswer.UNANSWERED}
        return next((one for one in known if one.value == self.answer.data), None)

    @property
    def asks_for_words(self) -> bool:
        """Tell whether "Ja, men …" was pressed where there was nowhere to write what follows."""
        return self.said is AcceptanceAnswer.ACCEPTED_BUT and "words" not in request.form


class ContestForm(Form):
    """Why a line is wrong. Words are welcome and never needed."""

    line_kind = HiddenField()
    line_id = HiddenField()
    n = WholeNumberField(widget=HiddenInput(), default=0)
    kind = RadioField(
        _("Hvad er der galt med linjen?"),
        choices=[
            SelectChoice(ContestKind.MISTAKE.value, _("Det er en fejl")),
            SelectChoice(ContestKind.HURTS.value, _("Det gør mig ked af det")),
            SelectChoice(ContestKind.MUST_NOT_STAND.value, _("Det må ikke stå her")),
        ],
        validators=[InputRequired(_CHOOSE)],
    )
    words = TextAreaField(_("Vil du sige mere?"), validators=[at_most(LINE)])


class ContestAnswerForm(VersionedForm):
    """The coordinator's answer to a line that the person says is wrong."""

    text = TextAreaField(_("Dit svar"), validators=[required(), at_most(LINE)])


class SendForm(VersionedForm):
    """One button. ``caller`` is asked only when the plan would reach the person over days off."""

    caller = SelectField(_("Hvem kan der ringes til?"), choices=[], validate_choice=False)


class CompareForm(Form):
    """Which two versions to lay beside each other."""

    class Meta(Form.Meta):
        """It only reads, so it carries no token."""

        csrf = False

    a = SelectField(_("Den gamle"), coerce=int)
    b = SelectField(_("Den nye"), coerce=int)
