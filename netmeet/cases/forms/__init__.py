"""Forms of the slice: parse what is typed; choices are handed in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (  # type: ignore[attr-defined] # the stubs are older than SelectChoice
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from netmeet.cases.rules import (
    CPR,
    ConsentHow,
    Direction,
    MandateScope,
    MemberRole,
    RepresentationKind,
    Scope,
)
from netmeet.outbox.rules import Channel
from netmeet.web.forms import LINE, TEXT, WORD, Form, VersionedForm, at_most, mail_address, required

Choices = Sequence[tuple[str, Any]]

PRIVATE_SCOPES = (
    (Scope.INVITE.value, _("Komme med til mødet")),
    (Scope.NETWORK.value, _("Se, hvem der er med")),
    (Scope.AGENDA.value, _("Læse, hvad mødet handler om")),
    (Scope.MINUTES.value, _("Læse, hvad vi talte om")),
    (Scope.PLAN.value, _("Læse planen")),
    (Scope.ACTIONS.value, _("Se aftalerne")),
    (Scope.CRISIS.value, _("Se kriseplanen")),
    (Scope.FILES.value, _("Se billeder og papirer ved møderne")),
)
STAFF_SCOPES = (*PRIVATE_SCOPES, (Scope.EXPORT.value, _("Hente planen til sit eget system")))

AREAS = (
    ("housing", _("Bolig")),
    ("everyday", _("Hverdag")),
    ("treatment", _("Behandling og medicin")),
    ("health", _("Krop og helbred")),
    ("substances", _("Rusmidler")),
    ("economy", _("Penge")),
    ("work", _("Arbejde og uddannelse")),
    ("family", _("Familie og børn")),
    ("network", _("Venner og fritid")),
    ("transport", _("Transport")),
    ("legal", _("Retssager")),
    ("other", _("Andet")),
)

PRIVATE_ROLES = (
    (MemberRole.RELATIVE.value, _("Pårørende eller ven")),
    (MemberRole.SUPPORTER.value, _("Bisidder")),
    (MemberRole.ADVOCATE.value, _("Bistandsværge eller patientrådgiver")),
    (MemberRole.PEER.value, _("Mentor med egne erfaringer")),
    (MemberRole.RESIDENCE.value, _("Ansat på et bosted")),
    (MemberRole.SCHOOL.value, _("Ansat på en skole")),
    (MemberRole.PROBATION.value, _("Ansat i Kriminalforsorgen")),
    (MemberRole.VOLUNTEER.value, _("Frivillig")),
    (MemberRole.INTERPRETER.value, _("Tolk")),
    (MemberRole.GUEST.value, _("Anden gæst")),
)


def options(pairs: Choices) -> list[SelectChoice]:
    """Return values and their texts as WTForms takes them."""
    return [SelectChoice(value, label) for value, label in pairs]


_WHO = required(_("Vælg hvem."))
_SOMETHING = required(_("Vælg mindst én ting."))


def _checks(label: Any, choices: Choices, validators: Sequence[Any] = ()) -> Any:
    """Return a field of check boxes to choose several of."""
    return SelectMultipleField(
        label,
        choices=options(choices),
        validators=list(validators),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


def _email(label: Any) -> Any:
    wrong = _("Skriv en hel mailadresse, som navn@eksempel.dk.")
    return EmailField(label, [Optional(), mail_address(wrong), at_most(WORD)])


class NewCaseForm(Form):
    """Opening a case: who it is about, and how they are reached."""

    name = StringField(_("Fuldt navn"), [required(), at_most(WORD)])
    birth_date = DateField(_("Fødselsdato"), [required(_("Vælg fødselsdatoen."))])
    cpr = StringField(
        _("CPR-nummer"),
        [Optional(), Regexp(CPR, message=_("Skriv alle ti tegn."))],
    )
    municipality_id = SelectField(_("Kommune"), choices=[])
    email = _email(_("Mailadresse"))
    phone = TelField(_("Telefon"), [Optional(), at_most(40)])
    address = StringField(_("Adresse"), [Optional(), at_most(LINE)])
    interpreter = StringField(_("Tolk på hvilket sprog"), [Optional(), at_most(WORD)])
    is_protected = BooleanField(_("Navn og adresse er beskyttet"))


class PersonForm(VersionedForm):
    """Who the person is, and how they are reached."""

    name = StringField(_("Fuldt navn"), [required(), at_most(WORD)])
    email = _email(_("Mailadresse"))
    phone = TelField(_("Telefon"), [Optional(), at_most(40)])
    address = StringField(_("Adresse"), [Optional(), at_most(LINE)])
    is_protected = BooleanField(_("Navn og adresse er beskyttet"))
    interpreter = StringField(_("Tolk på hvilket sprog"), [Optional(), at_most(WORD)])
    channel = RadioField(
        _("Sådan kommer der besked"),
        choices=options(
            [
                (Channel.MAIL.value, _("Med mail")),
                (Channel.LETTER.value, _("Med brev")),
            ]
        ),
        validators=[InputRequired(_("Vælg en."))],
    )


class ReopenForm(VersionedForm):
    """Taking a closed case up again, and why."""

    reason = StringField(_("Hvorfor"), [required(_("Skriv hvorfor.")), at_most(LINE)])


class SearchForm(Form):
    """Looking for a person by exact CPR number, and why."""

    cpr = StringField(_("CPR-nummer"), [required(), Regexp(CPR, message=_("Skriv alle ti tegn."))])
    reason = StringField(_("Hvorfor søger du"), [required(_("Skriv hvorfor.")), at_most(LINE)])


class ConsentForm(Form):
    """What somebody may see, for how long. The person's own form."""

    scopes = _checks(_("Hvad må de"), STAFF_SCOPES, [_SOMETHING])
    limit = RadioField(
        _("Hvad må de læse om"),
        choices=options([("all", _("Alt, hvad vi taler om")), ("some", _("Kun noget af det"))]),
        default="all",
        validators=[Optional()],
    )
    areas = _checks(_("Kun det her"), AREAS)
    months = RadioField(
        _("Hvor længe"),
        choices=options([("3", _("3 måneder")), ("6", _("6 måneder")), ("12", _("Et år"))]),
        default="12",
        validators=[InputRequired(_("Vælg hvor længe."))],
    )

    def life_areas(self) -> list[str]:
        """Return the areas of life it is limited to, none for all of them."""
        return list(self.areas.data or []) if self.limit.data == "some" else []

    def validate_areas(self, field: Field) -> None:
        """Refuse a limit without anything in it."""
        if self.limit.data == "some" and not field.data:
            raise ValidationError(_("Vælg mindst én ting."))


class RecordedConsentForm(ConsentForm):
    """The same, written down by the coordinator together with the person."""

    how = RadioField(
        _("Hvordan blev der sagt ja"),
        choices=options(
            [
                (ConsentHow.ORAL.value, _("Mundtligt")),
                (ConsentHow.WRITTEN.value, _("Skriftligt")),
            ]
        ),
        validators=[InputRequired(_("Vælg hvordan."))],
    )
    asked_alone = RadioField(
        _("Var I alene, da du spurgte"),
        choices=options([("yes", _("Ja")), ("no", _("Nej"))]),
        validators=[InputRequired(_("Vælg ja eller nej."))],
    )
    direction = RadioField(
        _("Hvilken vej"),
        choices=options(
            [
                (Direction.DISCLOSE.value, _("Vi må give oplysninger til dem")),
                (Direction.BOTH.value, _("Vi må også hente oplysninger hos dem")),
            ]
        ),
        default=Direction.DISCLOSE.value,
        validators=[InputRequired()],
    )
    purpose = StringField(_("Hvad skal det bruges til"), [required(), at_most(LINE)])
    givers = _checks(_("Hvem sagde ja"), ())
    not_covered = StringField(_("Hvad er ikke med"), [Optional(), at_most(LINE)])
    explained = StringField(_("Hvordan blev det forklaret"), [Optional(), at_most(LINE)])
    childs_view = TextAreaField(_("Hvad siger barnet selv"), [Optional(), at_most(TEXT)])


class ForSomebodyForm(RecordedConsentForm):
    """A consent for somebody who is in the network already."""

    recipient = SelectField(_("Hvem gælder det"), choices=[], validators=[_WHO])


class ColleagueForm(RecordedConsentForm):
    """Adding somebody from the directory with the consent it rests on."""

    who = HiddenField(validators=[required(_("Vælg en kollega."))])
    reach = RadioField(
        _("Hvem gælder det for"),
        choices=[],
        validators=[InputRequired(_("Vælg hvem."))],
    )


class PlainColleagueForm(Form):
    """Adding somebody on a consent or a law that holds already."""

    who = HiddenField(validators=[required(_("Vælg en kollega."))])


class GuestForm(RecordedConsentForm):
    """Adding staff of an organisation that does not use netmeet, with the consent it rests on."""

    name = StringField(_("Fuldt navn"), [required(), at_most(WORD)])
    email = EmailField(
        _("Mailadresse"),
        [
            required(),
            mail_address(_("Skriv en hel mailadresse, som navn@eksempel.dk.")),
            at_most(WORD),
        ],
    )
    title = StringField(_("Stilling"), [required(), at_most(80)])
    place = StringField(_("Arbejdssted"), [required(), at_most(WORD)])
    role = RadioField(
        _("Arbejder i"),
        choices=options(
            [
                (MemberRole.MUNICIPAL_STAFF.value, _("Kommunen")),
                (MemberRole.REGIONAL_STAFF.value, _("Regionen")),
                (MemberRole.GP.value, _("Almen praksis")),
            ]
        ),
        validators=[InputRequired(_("Vælg en."))],
    )
    organisation_id = SelectField(_("Organisation"), choices=[], validators=[Optional()])


class RelativeForm(RecordedConsentForm):
    """Adding somebody private or a helper, with the consent it rests on."""

    name = StringField(_("Fuldt navn"), [required(), at_most(WORD)])
    role = SelectField(_("Er med som"), choices=options(PRIVATE_ROLES))
    relation = StringField(_("Hvad er de for borgeren"), [Optional(), at_most(80)])
    email = _email(_("Mailadresse"))
    phone = TelField(_("Telefon"), [Optional(), at_most(40)])

    def validate_relation(self, field: Field) -> None:
        """Refuse an interpreter who is somebody to the person (``domain.md`` § 2.6)."""
        if self.role.data == MemberRole.INTERPRETER and field.data:
            raise ValidationError(
                _("En tolk er aldrig et barn, en ven eller en i familien. Lad feltet være tomt.")
            )


class OwnRelativeForm(ConsentForm):
    """The person adds somebody on their own."""

    scopes = _checks(_("Hvad må de"), PRIVATE_SCOPES)
    name = StringField(_("Hvad er navnet"), [required(), at_most(WORD)])
    relation = StringField(_("Hvem er det for dig"), [required(), at_most(80)])
    email = _email(_("Mailadresse"))
    phone = TelField(_("Telefonnummer"), [Optional(), at_most(40)])


class HandOverForm(Form):
    """Another coordinator, and why."""

    to = RadioField(_("Ny koordinator"), choices=[], validators=[InputRequired(_("Vælg en."))])
    reason = StringField(_("Hvorfor"), [required(_("Skriv hvorfor.")), at_most(LINE)])


class ContactForm(VersionedForm):
    """How a member of the network is reached."""

    is_contact = BooleanField(_("Fast kontaktperson for sin side"))
    reachable = StringField(_("Træffes"), [Optional(), at_most(LINE)])
    stand_in = StringField(_("Afløser"), [Optional(), at_most(WORD)])


class LawForm(Form):
    """A legal basis: who reads without a consent, by which law, and why it is necessary."""

    organisation_id = SelectField(_("Hvem"), choices=[], validators=[_WHO])
    paragraph = RadioField(
        _("Efter hvilken lov"),
        choices=[],
        validators=[InputRequired(_("Vælg en lov fra listen."))],
    )
    scopes = _checks(_("Hvad gælder det"), STAFF_SCOPES[1:], [_SOMETHING])
    necessity = TextAreaField(
        _("Hvorfor er det nødvendigt"),
        [required(_("Skriv, hvorfor det er nødvendigt.")), at_most(TEXT)],
    )
    valid_to = DateField(_("Sidste dag"), [Optional()])


class MandateForm(Form):
    """Somebody who may act for the person: by what, in which matters, on what paper."""

    who = SelectField(_("Hvem"), choices=[], validators=[Optional()])
    name = StringField(_("Fuldt navn"), [at_most(WORD)])
    relation = StringField(_("Hvad er de for borgeren"), [Optional(), at_most(80)])
    email = _email(_("Mailadresse"))
    phone = TelField(_("Telefon"), [Optional(), at_most(40)])
    kind = RadioField(
        _("Hvorfor må de handle for borgeren"),
        choices=options(
            [
                (RepresentationKind.CUSTODY_HOLDER.value, _("Har forældremyndigheden")),
                (RepresentationKind.GUARDIAN.value, _("Er værge")),
                (RepresentationKind.ATTORNEY.value, _("Har en fuldmagt")),
            ]
        ),
        validators=[InputRequired(_("Vælg en."))],
    )
    scopes = _checks(
        _("Hvad gælder det"),
        (
            (MandateScope.PERSONAL.value, _("Personlige forhold, som helbred og behandling")),
            (MandateScope.ECONOMIC.value, _("Penge")),
        ),
    )
    document = StringField(
        _("Hvor står det"), [required(_("Skriv, hvor papiret kan findes.")), at_most(LINE)]
    )
    valid_to = DateField(_("Sidste dag"), [Optional()])
    is_apart = RadioField(
        _("Må forældrene se hinandens oplysninger"),
        choices=options([("no", _("Nej")), ("yes", _("Ja"))]),
        validators=[Optional()],
    )

    def validate_name(self, field: Field) -> None:
        """Ask for a name when it is nobody of the network."""
        if not self.who.data and not (field.data or "").strip():
            raise ValidationError(_("Skriv et navn."))


class TellForm(Form):
    """What a relative tells the staff."""

    text = TextAreaField(_("Det vil jeg fortælle"), [required(), at_most(TEXT)])


class AskForm(Form):
    """Whose looks, in which week, the person asks about."""

    about = HiddenField(validators=[required()])
    week = DateField(validators=[required()])


class AnswerForm(VersionedForm):
    """Why somebody looked, in words for the person."""

    answer = TextAreaField(_("Svar"), [required(_("Skriv et svar.")), at_most(TEXT)])


class LinkForm(Form):
    """By which way a personal link travels."""

    by = RadioField(
        _("Hvordan"),
        choices=options([("mail", _("Med mail")), ("letter", _("Som brev"))]),
        validators=[InputRequired(_("Vælg en."))],
    )
