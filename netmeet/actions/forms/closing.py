"""The form that closes a case."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional

from netmeet.cases.rules import CloseKind
from netmeet.meetings.forms.choices import options
from netmeet.web.forms import LINE, VersionedForm, at_most, required

KINDS = (
    (CloseKind.DONE.value, _("Planen er færdig, og borgeren er enig")),
    (CloseKind.MOVED.value, _("Borgeren er flyttet til en anden kommune")),
    (CloseKind.NO_CONSENT.value, _("Borgeren har trukket sit samtykke helt tilbage")),
    (CloseKind.DEATH.value, _("Borgeren er død")),
    (CloseKind.OTHER.value, _("Noget andet")),
)
OWED = (
    ("go_on", _("De gælder, til de er gjort. De ansvarlige ser dem stadig.")),
    ("lapse", _("De bortfalder i dag. De ansvarlige får besked.")),
)


class Close(VersionedForm):
    """Why, from which day, and what happens to the agreements that are still open."""

    kind = RadioField(
        _("Hvorfor slutter forløbet?"),
        choices=options(KINDS),
        validators=[InputRequired(_("Vælg en grund."))],
    )
    reason = TextAreaField(_("Skriv det med ord"), [required(_("Skriv hvorfor.")), at_most(LINE)])
    on = DateField(_("Fra hvilken dag"), [required(_("Vælg en dag."))])
    owed = RadioField(
        _("Hvad sker der med de åbne aftaler?"),
        choices=options(OWED),
        validators=[InputRequired(_("Vælg, hvad der sker med dem."))],
    )

    def leave_out_owed(self) -> None:
        """Ask nothing about agreements when none is open."""
        self.owed.validators = [Optional()]
