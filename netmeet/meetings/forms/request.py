"""Asking for a meeting, and answering it."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from netmeet.meetings.forms.choices import options
from netmeet.meetings.service.requests import Wish
from netmeet.web.forms import LINE, TEXT, Form, at_most, required

HOW_SOON = (
    ("this_week", _("I denne uge")),
    ("two_weeks", _("Inden for to uger")),
    ("can_wait", _("Det kan vente lidt")),
)
ANSWER_BY = (
    ("phone", _("Ring til mig")),
    ("mail", _("Skriv til mig")),
    ("letter", _("Send et brev")),
    ("in_person", _("Sig det til mig, når vi ses")),
)


class AskForm(Form):
    """Four short questions. Only the first must be answered, and nothing is chosen beforehand."""

    about = TextAreaField(
        _("Hvad skal mødet handle om?"),
        validators=[required(_("Skriv med få ord, hvad mødet skal handle om.")), at_most(TEXT)],
    )
    how_soon = RadioField(_("Hvor hurtigt?"), choices=options(HOW_SOON), validators=[Optional()])
    who = StringField(_("Hvem skal være med?"), validators=[at_most(LINE)])
    answer_by = RadioField(
        _("Hvordan vil du have svar?"), choices=options(ANSWER_BY), validators=[Optional()]
    )

    @property
    def wish(self) -> Wish:
        """Return what is asked for."""
        return Wish(
            about=self.about.data or "",
            how_soon=self.how_soon.data or "",
            who=self.who.data or "",
            answer_by=self.answer_by.data or "",
        )


class DeclineForm(Form):
    """A no carries its reason and what is offered instead; whoever asked reads both."""

    reason = TextAreaField(
        _("Hvorfor siger I nej?"),
        validators=[required(_("Skriv, hvorfor I siger nej.")), at_most(TEXT)],
    )
    alternative = TextAreaField(
        _("Hvad tilbyder I i stedet?"),
        validators=[required(_("Skriv, hvad I tilbyder i stedet.")), at_most(TEXT)],
    )
