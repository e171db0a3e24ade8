"""What the overview may be narrowed to."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import Form, SelectField, TextAreaField

from netmeet.indicators.rules import Period
from netmeet.meetings.forms.choices import options
from netmeet.meetings.forms.meeting import KINDS
from netmeet.web.forms import TEXT, VersionedForm, at_most

PERIODS = (
    (Period.ALL.value, _("Alle datoer")),
    (Period.MONTH.value, _("Den sidste måned og frem")),
    (Period.QUARTER.value, _("De sidste tre måneder og frem")),
    (Period.YEAR.value, _("Det sidste år og frem")),
)


Choices = Sequence[tuple[str, str]]

ALL_KINDS = [("", _("Alle møder")), *((kind.value, label) for kind, label in KINDS)]


class Choose(Form):
    """Which committee and quarter a report is of; anything unknown means the first."""

    committee = SelectField(_("Udvalg"), choices=[])
    quarter = SelectField(_("Kvartal"), choices=[])

    def offer(self, committees: Choices, quarters: Choices) -> None:
        """Fill in what there is to choose, and put what is none of it at the first."""
        for field, offered in ((self.committee, committees), (self.quarter, quarters)):
            field.choices = options(offered)
            values = [value for value, _label in offered]
            if field.data not in values:
                field.data = values[0] if values else ""


class Risks(VersionedForm):
    """The risks one's own organisation sees in the quarter."""

    text = TextAreaField(_("Det ser vi som risici"), [at_most(TEXT)])


class Narrow(Form):
    """Kind of meeting, initiative and period, from the address; anything unknown means all."""

    kind = SelectField(_("Møder"), choices=options(ALL_KINDS), default="")
    initiative = SelectField(_("Indsats"), choices=[], default="")
    period = SelectField(_("Frist"), choices=options(PERIODS), default="")

    def offer(self, initiatives: Sequence[str]) -> None:
        """Fill in the initiatives there are, and forget what is none of the choices."""
        named = [("", _("Alle indsatser")), *((name, name) for name in initiatives)]
        self.initiative.choices = options(named)
        offers = ((self.kind, ALL_KINDS), (self.initiative, named), (self.period, PERIODS))
        for field, offered in offers:
            if field.data not in {value for value, _label in offered}:
                field.data = ""
