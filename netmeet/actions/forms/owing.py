"""The forms of an agreement in force: how far it is, another day, another owner, the end."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Optional

from netmeet.actions.rules import PersonsWord, Status, WaitingFor
from netmeet.meetings.forms.choices import options
from netmeet.web.forms import LINE, Form, VersionedForm, at_most

_WAITS_FOR_DECISION = f"{Status.WAITING}:{WaitingFor.DECISION}"

STATUSES = (
    (Status.NOT_STARTED, _("Ikke startet")),
    (Status.IN_PROGRESS, _("I gang")),
    (Status.WAITING, _("Venter på andre")),
    (_WAITS_FOR_DECISION, _("Venter på en afgørelse")),
    (Status.DONE, _("Sket")),
    (Status.NOT_POSSIBLE, _("Ikke muligt, fordi …")),
    (Status.DROPPED, _("Bortfaldet efter aftale, fordi …")),
)


class Report(VersionedForm):
    """How far it is, and a word about it."""

    status = RadioField(
        _("Hvor langt er det?"),
        choices=options((str(value), label) for value, label in STATUSES),
        validators=[DataRequired(_("Vælg, hvor langt det er."))],
    )
    comment = TextAreaField(_("En kort besked"), validators=[at_most(LINE)])

    @property
    def state(self) -> Status:
        """Return the status that was chosen."""
        return Status(str(self.status.data).partition(":")[0])

    @property
    def waits_for(self) -> WaitingFor:
        """Return what it waits for, should it wait."""
        is_decision = self.status.data == _WAITS_FOR_DECISION
        return WaitingFor.DECISION if is_decision else WaitingFor.OTHERS


class Postpone(VersionedForm):
    """Another day, and why."""

    due_on = DateField(_("Ny dato"), validators=[DataRequired(_("Skriv dagen som 3-12-2026."))])
    reason = TextAreaField(
        _("Hvorfor?"), validators=[DataRequired(_("Skriv kort hvorfor.")), at_most(LINE)]
    )


class HandOver(VersionedForm):
    """Who takes it over; the choices are handed in."""

    to = RadioField(
        _("Hvem skal gøre det?"),
        choices=[],
        validators=[DataRequired(_("Vælg, hvem der skal gøre det."))],
    )
    reason = TextAreaField(_("En kort besked"), validators=[at_most(LINE)])


class Cancel(VersionedForm):
    """That it shall not happen after all."""

    reason = TextAreaField(_("Hvorfor?"), validators=[at_most(LINE)])


class Said(Form):
    """The person's word on whether it happened."""

    word = RadioField(
        _("Er det sket?"),
        choices=options(
            [
                (PersonsWord.YES.value, _("Ja")),
                (PersonsWord.PARTLY.value, _("Ikke helt")),
                (PersonsWord.NO.value, _("Nej")),
            ]
        ),
        validators=[DataRequired(_("Vælg et svar."))],
    )
    words = TextAreaField(_("Vil du skrive mere?"), validators=[at_most(LINE)])


class Own(VersionedForm):
    """What the person says of what they do themselves."""

    answer = RadioField(
        _("Hvordan går det?"),
        choices=options(
            [
                ("done", _("Det er gjort")),
                ("help", _("Jeg vil gerne have hjælp")),
                ("drop", _("Det passer ikke mere")),
            ]
        ),
        validators=[DataRequired(_("Vælg et svar."))],
    )


class Confirm(Form):
    """Whether a relative will do what they were named for, or an organisation says yes to it."""

    answer = RadioField(
        _("Vil du gøre det?"),
        choices=options([("yes", _("Ja")), ("no", _("Nej"))]),
        validators=[Optional()],
    )
    words = TextAreaField(_("En kort besked"), validators=[at_most(LINE)])
