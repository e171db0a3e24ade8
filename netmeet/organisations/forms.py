"""Forms of the administrator's pages."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField, TelField
from wtforms.validators import Optional

from netmeet.web.forms import WORD, VersionedForm, at_most, required


class ChangeForm(VersionedForm):
    """What stands about an organisation, and from which day its name holds."""

    name = StringField(_("Navn"), [required(), at_most(WORD)])
    name_from = DateField(_("Navnet gælder fra"), [required(_("Vælg en dag."))])
    phone = TelField(_("Telefon"), [Optional(), at_most(40)])
    valid_to = DateField(_("Sidste dag"), [Optional()])


class UnitForm(ChangeForm):
    """The same about a unit, with the initiative it is part of."""

    initiative = StringField(_("Indsats"), [Optional(), at_most(60)])


class NewUnitForm(UnitForm):
    """A unit that is not there yet: its name holds from its first day."""

    name_from = DateField(_("Første dag"), [required(_("Vælg en dag."))])
