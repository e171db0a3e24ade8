"""What the overview may be narrowed to."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import Form, SelectField

from netmeet.indicators.rules import Period
from netmeet.meetings.forms.meeting import KINDS

PERIODS = (
    (Period.ALL.value, _("Alle datoer")),
    (Period.MONTH.value, _("Den sidste måned og frem")),
    (Period.QUARTER.value, _("De sidste tre måneder og frem")),
    (Period.YEAR.value, _("Det sidste år og frem")),
)


class Narrow(Form):
    """Kind of meeting, initiative and period, from the address; anything unknown means all."""

    kind = SelectField(
        _("Møder"),
        choices=[("", _("Alle møder")), *((kind.value, label) for kind, label in KINDS)],
        default="",
    )
    initiative = SelectField(_("Indsats"), default="")
    period = SelectField(_("Frist"), choices=PERIODS, default="")

    def offer(self, initiatives: Sequence[str]) -> None:
        """Fill in the initiatives there are, and forget what is none of the choices."""
        named = [(name, name) for name in initiatives]
        self.initiative.choices = [("", str(_("Alle indsatser"))), *named]
        for field in (self.kind, self.initiative, self.period):
            if field.data not in {choice[0] for choice in field.choices or ()}:
                field.data = ""
