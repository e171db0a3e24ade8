"""Forms of invitations."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    RadioField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional

from netmeet.invitations.rules import AnswerValue
from netmeet.meetings.forms.choices import options
from netmeet.web.forms import (
    LINE,
    WORD,
    Form,
    VersionedForm,
    at_most,
    mail_address,
    required,
    stripped,
)


@dataclass(frozen=True)
class Said:
    """What was said of one point to decide."""

    value: str
    answer: str
    who_can: str


class Decided:
    """What was sent of all points to decide, by the point's id, and what is wrong by field."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._sent = sent
        self.wrong: dict[str, str] = {}

    def __getitem__(self, item_id: str) -> Said:
        """Return what was sent of one point, stripped as every text."""
        names = (f"{part}-{item_id}" for part in ("mandate", "answer", "who"))
        value, answer, who_can = (stripped(self._sent.get(name)) for name in names)
        return Said(value, answer, who_can)


class PartForm(VersionedForm):
    """Why somebody is invited, and to which part."""

    why = StringField(_("Hvorfor (én sætning)"), validators=[required(), at_most(LINE)])
    is_required = BooleanField(_("Skal være med, for at mødet giver mening"))
    begins = TimeField(_("Med fra klokken"), validators=[Optional()])
    ends = TimeField(_("Til klokken"), validators=[Optional()])


class InputForm(VersionedForm):
    """What one writes to the meeting beforehand, five lines at most."""

    text = TextAreaField(_("Kort fra dig, højst fem linjer"), validators=[at_most(LINE * 2)])

    @classmethod
    def filled(cls, written: Mapping[str, object]) -> "InputForm":
        """Return the form with what was written before, ready to be shown."""
        return cls(formdata=None, prefix="input", data=written)


class DeputyForm(Form):
    """Who comes instead."""

    name = StringField(_("Hvem kommer i stedet?"), validators=[required(), at_most(WORD)])
    email = EmailField(
        _("Arbejdsmail"),
        validators=[
            Optional(),
            at_most(WORD),
            mail_address(_("Skriv en hel mailadresse, som navn@eksempel.dk.")),
        ],
    )
    has_mandate = BooleanField(_("Kan beslutte det, jeg skulle"))

    @classmethod
    def filled(cls, named: Mapping[str, object]) -> "DeputyForm":
        """Return the form with who was named before, ready to be shown."""
        return cls(formdata=None, prefix="deputy", data=named)


class DeclineDeputyForm(Form):
    """Why somebody cannot come instead; who named them reads it."""

    reason = StringField(
        _("Hvorfor ikke?"), validators=[required(_("Skriv hvorfor.")), at_most(LINE)]
    )


class AskForm(Form):
    """By when people answer which times suit them."""

    answer_by = DateField(_("Svar senest"), validators=[required(_("Vælg en dag."))])


class VoteForm(VersionedForm):
    """What somebody answers to one time."""

    value = RadioField(
        choices=options(
            [
                (AnswerValue.YES.value, _("Ja")),
                (AnswerValue.MAYBE.value, _("Måske")),
                (AnswerValue.NO.value, _("Nej")),
            ]
        ),
        validators=[Optional()],
    )
