"""The forms of an agreement in one line."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField, SubmitField

from netmeet.actions.service.capture import LONGEST_LINE
from netmeet.web.forms import LINE, WORD, VersionedForm, at_most, required


class Line(VersionedForm):
    """One line, and what was chosen where it was in doubt (``due_on`` is an ISO date)."""

    line = StringField(
        _("Ny aftale"),
        validators=[required(_("Skriv, hvad der er aftalt.")), at_most(LONGEST_LINE)],
    )
    item_id = HiddenField()
    action_id = HiddenField()
    owner_id = HiddenField(_("Hvem gør det?"), validators=[at_most(WORD)])
    due_on = HiddenField(_("Hvornår er det gjort?"), validators=[at_most(WORD)])
    kind = HiddenField(_("Hvad er det for en aftale?"), validators=[at_most(WORD)])
    after_id = HiddenField(_("Hvad skal ske først?"), validators=[at_most(WORD)])
    asks_first = BooleanField(_("Der skal først siges ja"))
    keep = SubmitField(_("Gem, og spørg senere"))
    delete = SubmitField(_("Slet aftalen"))
    sure = SubmitField(_("Ja, slet aftalen"))


class Wording(VersionedForm):
    """The wording of an agreement as it is read aloud."""

    what = StringField(
        _("Det står der"), validators=[required(_("Skriv, hvad der er aftalt.")), at_most(LINE)]
    )
