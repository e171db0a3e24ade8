"""What an auditor searches for, why, and what came of it."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectField, StringField

from netmeet.web.forms import LINE, Form, at_most, required


class AuditSearchForm(Form):
    """Whose look-ups an auditor wants to see, of which days, and why."""

    who = SelectField(_("Hvem har slået op"), choices=[])
    since = DateField(_("Fra og med"), [required(_("Vælg en dag."))])
    until = DateField(_("Til og med"), [required(_("Vælg en dag."))])
    reason = StringField(_("Hvorfor søger du"), [required(_("Skriv hvorfor.")), at_most(LINE)])


class AuditTrailForm(Form):
    """Why an auditor reads the whole trail of one case."""

    reason = StringField(_("Hvorfor læser du det"), [required(_("Skriv hvorfor.")), at_most(LINE)])


class FollowUpForm(Form):
    """What came out of looking into one user's day."""

    about = HiddenField(validators=[required()])
    day = DateField(validators=[required()])
    words = StringField(
        _("Hvad fandt du ud af"), [required(_("Skriv, hvad du fandt ud af.")), at_most(LINE)]
    )
