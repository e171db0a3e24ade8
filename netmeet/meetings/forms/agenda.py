"""Points of the agenda: one's own, the answer to a proposal, and the person's yes."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from netmeet.meetings.forms.choices import options
from netmeet.meetings.rules import AgreedHow, LifeArea, Purpose
from netmeet.meetings.service.agenda import Point
from netmeet.web.forms import LINE, TEXT, Form, VersionedForm, WholeNumberField, at_most, required

PURPOSES = (
    (Purpose.INFORM, _("Orientere")),
    (Purpose.DISCUSS, _("Drøfte")),
    (Purpose.DECIDE, _("Beslutte")),
    (Purpose.AGREE, _("Aftale, hvem der gør hvad")),
)
AREAS = (
    ("", _("Vælg ikke noget")),
    (LifeArea.HOUSING, _("Bolig")),
    (LifeArea.EVERYDAY, _("Hverdag")),
    (LifeArea.TREATMENT, _("Behandling og medicin")),
    (LifeArea.HEALTH, _("Krop og helbred")),
    (LifeArea.SUBSTANCES, _("Rusmidler")),
    (LifeArea.ECONOMY, _("Penge")),
    (LifeArea.WORK, _("Arbejde og uddannelse")),
    (LifeArea.FAMILY, _("Familie og børn")),
    (LifeArea.NETWORK, _("Venner og fritid")),
    (LifeArea.TRANSPORT, _("Transport")),
    (LifeArea.LEGAL, _("Retssager")),
    (LifeArea.OTHER, _("Andet")),
)
DECIDES = (
    ("at_meeting", _("På mødet")),
    ("in_writing", _("Skriftligt inden mødet")),
    ("by_phone", _("Ringer ind på et klokkeslæt")),
)
_TITLE = [required(_("Skriv, hvad punktet handler om.")), at_most(LINE)]


class OwnPointForm(VersionedForm):
    """What the person or a relative wants to talk about: one field."""

    title = StringField(_("Hvad vil du tale om?"), validators=_TITLE)

    @property
    def point(self) -> Point:
        """Return the point."""
        return Point(title=self.title.data or "")


class PointForm(VersionedForm):
    """A proposal of the staff's. Who may decide is handed in."""

    title = StringField(_("Hvad handler punktet om?"), validators=_TITLE)
    purpose = RadioField(_("Hvad er det til?"), choices=options(PURPOSES), default=Purpose.DISCUSS)
    minutes = WholeNumberField(
        _("Minutter"),
        default=10,
        validators=[
            InputRequired(_("Skriv et antal minutter.")),
            NumberRange(1, 120, _("Et punkt varer mellem 1 minut og 2 timer.")),
        ],
    )
    life_area = SelectField(_("Del af livet"), choices=options(AREAS), default="")
    decider = SelectField(_("Skal besluttes af"), choices=[], default="")
    decides = RadioField(
        _("Hvordan kommer svaret?"), choices=options(DECIDES), default="at_meeting"
    )
    phone_at = TimeField(_("Ringer ind klokken"), validators=[Optional()])
    hidden = BooleanField(_("Pårørende og gæster må ikke se punktet"))

    @property
    def point(self) -> Point:
        """Return the point."""
        by_phone = self.decides.data == "by_phone"
        return Point(
            title=self.title.data or "",
            purpose=Purpose(self.purpose.data),
            minutes=self.minutes.data or 0,
            life_area=LifeArea(self.life_area.data) if self.life_area.data else None,
            decider_id=self.decider.data or None,
            answers_in_writing=self.decides.data == "in_writing",
            phone_at=self.phone_at.data if by_phone else None,
            is_hidden_from_private=bool(self.hidden.data),
        )


class NotTakenUpForm(Form):
    """Why a proposal does not come on the agenda; whoever raised it reads it."""

    reason = TextAreaField(
        _("Hvorfor kommer punktet ikke på?"),
        validators=[required(_("Skriv, hvorfor punktet ikke kommer på.")), at_most(TEXT)],
    )


class ApproveForm(Form):
    """The person's yes to what was seen; a helper says how it was given."""

    seen = HiddenField()

    how = HiddenField(default=AgreedHow.DIGITAL)

    @property
    def agreed(self) -> AgreedHow:
        """Return how the yes was given."""
        given = self.how.data or ""
        return AgreedHow(given) if given in set(AgreedHow) else AgreedHow.DIGITAL
