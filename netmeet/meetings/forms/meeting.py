"""Planning, moving and calling off a meeting."""

from datetime import datetime

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from netmeet.core import addresses
from netmeet.meetings.forms.choices import options
from netmeet.meetings.rules import MeetingForm as Form_
from netmeet.meetings.rules import MeetingKind
from netmeet.meetings.service import Details
from netmeet.web.forms import LINE, TEXT, WORD, VersionedForm, WholeNumberField, at_most, required

KINDS = (
    (MeetingKind.OUTPATIENT, _("Netværksmøde")),
    (MeetingKind.ADMISSION, _("Møde under indlæggelse")),
    (MeetingKind.DISCHARGE, _("Udskrivningsmøde (§ 13 a)")),
    (MeetingKind.DISCHARGE_WITHOUT, _("Udskrivning uden borgerens deltagelse (§ 13 b)")),
    (MeetingKind.KIP, _("Møde om koordinerende indsatsplan")),
    (MeetingKind.FOLLOW_UP, _("Opfølgning")),
    (MeetingKind.YOUTH, _("Møde for børn og unge")),
    (MeetingKind.TRANSITION, _("Overgang til voksen, 18 år")),
    (MeetingKind.CONFERENCE, _("Integreret psykiatrikonference")),
    (MeetingKind.RESIDENCE, _("Møde på botilbud")),
    (MeetingKind.QUICK, _("Hurtigmøde, 20 minutter")),
)
WAYS = (
    (Form_.IN_PERSON, _("Fremmøde")),
    (Form_.HYBRID, _("Fremmøde eller video")),
    (Form_.VIDEO, _("Video")),
    (Form_.PHONE, _("Telefon")),
)
ASKED_BY = (
    ("person", _("Den, det handler om")),
    ("relative", _("En pårørende")),
    ("region", _("Regionen")),
    ("municipality", _("Kommunen")),
    ("other", _("En anden")),
)


MOVED_WHY = (
    ("person", _("Borgeren kan ikke eller vil ikke")),
    ("staff", _("En fagperson kan ikke")),
    ("decider", _("Den, der kan beslutte, mangler")),
    ("consent", _("Der mangler et ja fra borgeren")),
    ("practical", _("Sted, tolk eller link mangler")),
    ("other", _("Noget andet")),
)
TOLD_HOW = (
    ("phone", _("Ja, i telefon")),
    ("met", _("Ja, ansigt til ansigt")),
    ("written", _("Ja, skriftligt")),
    ("not_yet", _("Nej, ikke endnu")),
)


TOLD = frozenset({"phone", "met", "written"})
"""The ways in which the person has been told."""


def _web_address(_form: object, field: Field) -> None:
    """Refuse what a browser must not be sent to."""
    if field.data and not addresses.web(field.data):
        raise ValidationError(_("Skriv hele linket. Det begynder med https://"))


class WhenForm(VersionedForm):
    """A day and a time that belong together; both may be empty."""

    date = DateField(_("Dag"), validators=[Optional()])
    time = TimeField(_("Klokken"), validators=[Optional()])

    @property
    def starts_local(self) -> datetime | None:
        """Return the naive wall time in Copenhagen, if both are given."""
        if self.date.data is None or self.time.data is None:
            return None
        return datetime.combine(self.date.data, self.time.data)

    def is_complete(self) -> bool:
        """Validate, and ask for the other half when only day or time is given."""
        is_valid = bool(self.validate())
        if (self.date.data is None) == (self.time.data is None):
            return is_valid
        lacking = self.time if self.time.data is None else self.date
        lacking.errors = [*lacking.errors, str(_("Vælg både dag og klokkeslæt."))]
        return False


class MeetingForm(WhenForm):
    """Everything that is decided about a meeting. Chairs and minute takers are handed in."""

    purpose = StringField(
        _("Hvad er formålet, i én sætning?"),
        validators=[required(_("Skriv formålet i én sætning.")), at_most(LINE)],
    )
    kind = SelectField(_("Hvilken slags møde?"), choices=options(KINDS))
    minutes = WholeNumberField(
        _("Minutter"),
        validators=[
            Optional(),
            NumberRange(10, 240, _("Et møde varer mellem 10 minutter og 4 timer.")),
        ],
    )
    form = RadioField(_("Hvordan mødes I?"), choices=options(WAYS), default=Form_.IN_PERSON)
    place = StringField(_("Hvor?"), validators=[at_most(LINE)])
    greeter = StringField(_("Hvem tager imod?"), validators=[at_most(WORD)])
    video_link = StringField(_("Link til video"), validators=[at_most(LINE), _web_address])
    show_place = BooleanField(_("Stedet må stå i kalenderen hos dem, der er inviteret"))
    ground_rules = TextAreaField(_("Sådan taler vi sammen"), validators=[at_most(TEXT)])
    chair = SelectField(_("Hvem leder mødet?"))
    minute_taker = SelectField(_("Hvem skriver referat?"))

    @property
    def details(self) -> Details:
        """Return what is decided."""
        return Details(
            kind=self.kind.data,
            purpose=self.purpose.data or "",
            starts_local=self.starts_local,
            minutes=self.minutes.data or 0,
            form=Form_(self.form.data),
            place=self.place.data or "",
            greeter=self.greeter.data or "",
            video_link=self.video_link.data or "",
            show_place=bool(self.show_place.data),
            ground_rules=self.ground_rules.data or "",
            chair_id=self.chair.data or "",
            minute_taker_id=self.minute_taker.data or None,
        )


class OffForm(VersionedForm):
    """Why a meeting does not take place as planned, and whether the person has been told."""

    moved_why = RadioField(
        _("Hvad er grunden?"),
        choices=options(MOVED_WHY),
        validators=[InputRequired(_("Vælg en grund."))],
    )
    reason = TextAreaField(_("Hvorfor?"), validators=[required(_("Skriv hvorfor.")), at_most(TEXT)])
    told_how = RadioField(
        _("Er det sagt til borgeren?"),
        choices=options(TOLD_HOW),
        validators=[InputRequired(_("Vælg et svar."))],
    )


class PutOffForm(OffForm, WhenForm):
    """Why a meeting is put off, who asked for it, and the new time if it is known."""

    asked_by = RadioField(
        _("Hvem har brug for en anden tid?"),
        choices=options(ASKED_BY),
        validators=[InputRequired(_("Vælg, hvem der har bedt om det."))],
    )


class CancelForm(OffForm):
    """Why a meeting is called off, and who asked for it."""

    asked_by = RadioField(
        _("Hvem har bedt om at aflyse?"),
        choices=options(ASKED_BY),
        validators=[InputRequired(_("Vælg, hvem der har bedt om det."))],
    )


class NotHeldForm(VersionedForm):
    """Why a meeting that people came to could not be held."""

    reason = TextAreaField(_("Hvorfor?"), validators=[required(_("Skriv hvorfor.")), at_most(TEXT)])
