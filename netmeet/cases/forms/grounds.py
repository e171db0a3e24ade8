"""Which municipalities a case lies with, and what a court has decided."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, TextAreaField
from wtforms.validators import Optional

from netmeet.web.forms import TEXT, VersionedForm, at_most


class TownsForm(VersionedForm):
    """The municipality that acts, and those that pay and where the person lives if others."""

    municipality_id = SelectField(
        _("Handlekommune: træffer afgørelser om hjælp"), choices=[], validators=[Optional()]
    )
    paying_id = SelectField(_("Betalingskommune"), choices=[], validators=[Optional()])
    home_id = SelectField(_("Bopælskommune"), choices=[], validators=[Optional()])


class OrderForm(VersionedForm):
    """What a court has decided; empty when nothing holds any more."""

    order = TextAreaField(_("Hvad har retten bestemt?"), [Optional(), at_most(TEXT)])
