"""Forms of the room and the minutes."""

from datetime import datetime, time

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from netmeet.meetings.forms.choices import options
from netmeet.meetings.rules import (
    AnswerToPerson,
    AttendanceMode,
    Conclusion,
    Participation,
)
from netmeet.web.forms import (
    LINE,
    TEXT,
    WORD,
    Form,
    VersionedForm,
    WholeNumberField,
    at_most,
    required,
)

ANSWERS = (
    (AnswerToPerson.YES.value, _("ja")),
    (AnswerToPerson.IN_PART.value, _("delvist")),
    (AnswerToPerson.NO_BECAUSE.value, _("nej, fordi")),
)
CONCLUSIONS = (
    (Conclusion.AGREED.value, _("aftalt")),
    (Conclusion.DECIDED.value, _("besluttet")),
    (Conclusion.AWAITING.value, _("svarer senest …")),
    (Conclusion.DEFERRED.value, _("udsat til …")),
    (Conclusion.NOT_DEALT_WITH.value, _("ikke nået")),
)
PARTICIPATIONS = (
    (Participation.WHOLE.value, _("Med hele tiden")),
    (Participation.PART.value, _("Med noget af tiden")),
    (Participation.SPEAKER.value, _("Talte gennem en anden")),
    (Participation.WRITING.value, _("Havde skrevet")),
    (Participation.CHOSE_NOT.value, _("Har valgt ikke at være med")),
    (Participation.COULD_NOT.value, _("Kunne ikke være med")),
)
CRISIS_PLANS = (
    ("exists", _("Den findes")),
    ("updated", _("Den er rettet i dag")),
    ("missing", _("Den mangler")),
    ("not_relevant", _("Den er ikke nødvendig")),
)
AWAY = "away"
MODES = (*((mode.value, mode.value) for mode in AttendanceMode), (AWAY, AWAY))


class Entry(VersionedForm):
    """One field of the minutes of one point."""

    text = TextAreaField(validators=[at_most(TEXT)])


class Answer(VersionedForm):
    """The answer to the person. What the request does not name keeps what is stored."""

    kind = RadioField(choices=options(ANSWERS), validators=[Optional()])
    text = TextAreaField(validators=[at_most(TEXT)])


class Outcome(VersionedForm):
    """How a point ended. What the request does not name keeps what is stored."""

    conclusion = RadioField(choices=options(CONCLUSIONS), validators=[Optional()])
    until = DateField(_("Senest"), validators=[Optional()])
    decider = StringField(_("Hvem svarer"), validators=[at_most(WORD)])
    reason = StringField(_("Hvorfor"), validators=[at_most(LINE)])


class Here(VersionedForm):
    """Whether somebody is here: chosen from the invited, or by name."""

    user_id = HiddenField()
    name = StringField(_("Hvem kommer?"), validators=[at_most(WORD)])
    mode = RadioField(choices=options(MODES))


class Step(Form):
    """One point on or back, from the point one stands on; or straight to one."""

    from_id = HiddenField()
    to = HiddenField(validators=[at_most(WORD)])


class Pause(Form):
    """Pause on (1) or off (0)."""

    paused = HiddenField(validators=[at_most(1)])


class End(Form):
    """What is settled before the room closes."""

    participation = RadioField(choices=options(PARTICIPATIONS), validators=[Optional()])
    crisis_plan = RadioField(_("Kriseplan"), choices=options(CRISIS_PLANS), validators=[Optional()])
    next_on = DateField(_("Dag"), validators=[Optional()])
    next_at = TimeField(_("Klokken"), validators=[Optional()])
    no_next_reason = StringField(
        _("Eller skriv, hvorfor der ikke er en dag"), validators=[at_most(LINE)]
    )
    close = SubmitField(_("Slut mødet"))

    @property
    def next_starts(self) -> datetime | None:
        """Return the next meeting's start as wall time; noon when no hour was said."""
        if self.next_on.data is None:
            return None
        return datetime.combine(self.next_on.data, self.next_at.data or time(12))


class Say(Form):
    """What a participant says to the published minutes."""

    text = TextAreaField(
        _("Hvad vil du sige til referatet?"), validators=[required(), at_most(TEXT)]
    )


class PointForm(Form):
    """What the minutes that were sent out say of one point; ``kind`` is the answer in one word.

    ``conclusion`` is how it ended, with who is to decide, the day, and why.
    """

    person_says = TextAreaField(validators=[at_most(TEXT)])
    talked = TextAreaField(validators=[at_most(TEXT)])
    kind = RadioField(choices=options(ANSWERS), validators=[Optional()])
    answer = TextAreaField(validators=[at_most(TEXT)])
    conclusion = RadioField(choices=options(CONCLUSIONS), validators=[Optional()])
    decider = StringField(_("Hvem?"), validators=[at_most(WORD)])
    until = DateField(_("Dag"), validators=[Optional()])
    why = StringField(_("Hvorfor?"), validators=[at_most(LINE)])
    seen_differently = TextAreaField(validators=[at_most(TEXT)])


class CorrectForm(VersionedForm):
    """Why the minutes are corrected, and which edition of them was on the page."""

    seen = WholeNumberField(widget=HiddenInput(), default=1)
    reason = StringField(_("Hvorfor retter du?"), validators=[required(), at_most(LINE)])
