"""Asking for a meeting, and answering it."""

from dataclasses import replace

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from netmeet.meetings.forms.choices import options
from netmeet.meetings.forms.meeting import KINDS
from netmeet.meetings.rules import MeetingKind
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


class StaffAskForm(AskForm):
    """What a professional is asked: which sort of meeting, too, where they know."""

    kind = SelectField(
        _("Hvilken slags møde?"),
        choices=options((("", _("Det afgør den, der planlægger")), *KINDS)),
        validators=[Optional()],
    )

    @property
    def wish(self) -> Wish:
        """Return what is asked for."""
        return replace(super().wish, kind=MeetingKind(self.kind.data) if self.kind.data else None)


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
