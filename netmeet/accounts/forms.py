"""What people type to sign in and about themselves."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Optional, Regexp

from netmeet.accounts.rules import LETTER_CODE_DIGITS
from netmeet.web.forms import LINE, WORD, Form, VersionedForm, at_most, mail_address, required


class Login(Form):
    """E-mail and password. ``next`` is where the user was going."""

    email = EmailField(_("E-mail"), [required(_("Skriv din e-mail.")), at_most(WORD)])
    password = PasswordField(
        _("Adgangskode"), [required(_("Skriv din adgangskode.")), at_most(LINE)]
    )
    next = HiddenField()


class ShownCalendar(Form):
    """The address of the calendar that tells when one is busy."""

    address = StringField(
        _("Kalenderens adresse"), [required(_("Sæt kalenderens adresse ind.")), at_most(LINE)]
    )


class Password(Form):
    """The password once more. ``parked`` is the text that waits for it."""

    password = PasswordField(
        _("Din adgangskode"), [required(_("Skriv din adgangskode.")), at_most(LINE)]
    )
    next = HiddenField()
    parked = HiddenField()


class Code(Form):
    """A one-time code, with or without the space people put in the middle.

    One that was sent has six digits, one of a letter eight.
    """

    code = StringField(
        _("Koden"),
        [
            required(_("Skriv koden.")),
            Regexp(
                r"^(\d{3}\s?\d{3}|\d{4}\s?\d{4})$",
                message=_("Koden er seks tal, eller otte tal, hvis den står i et brev."),
            ),
        ],
    )
    next = HiddenField()
    parked = HiddenField()

    @property
    def digits(self) -> str:
        """Return the digits."""
        return "".join(c for c in self.code.data or "" if c.isdigit())

    @property
    def is_from_letter(self) -> bool:
        """Tell whether it has as many digits as the codes of letters."""
        return len(self.digits) == LETTER_CODE_DIGITS


class AppCode(Form):
    """A code of the code app, or one on paper."""

    code = StringField(_("Koden"), [required(_("Skriv koden.")), at_most(20)])
    next = HiddenField()
    parked = HiddenField()


class Subject(Form):
    """Who somebody is at the employer's provider."""

    subject = StringField(
        _("Brugerens id hos login-tjenesten"), [required(_("Skriv id'et.")), at_most(WORD)]
    )


class Details(VersionedForm):
    """What users may say about themselves."""

    email = EmailField(
        _("E-mail"),
        [Optional(), at_most(WORD), mail_address(_("Skriv en e-mail som navn@sted.dk."))],
    )
    phone = StringField(_("Telefon"), [at_most(WORD)])
    own_word = StringField(_("Dit eget ord"), [at_most(40)])


class NewPassword(Form):
    """Another password, and the one that holds now."""

    password = PasswordField(
        _("Din adgangskode nu"), [required(_("Skriv din adgangskode.")), at_most(LINE)]
    )
    fresh = PasswordField(
        _("Din nye adgangskode"), [required(_("Skriv en ny adgangskode.")), at_most(LINE)]
    )


class GiveRole(Form):
    """What somebody acts as, and for which unit; choices are handed in."""

    role = SelectField(_("Rolle"), choices=[], validators=[required(_("Vælg en rolle."))])
    unit_id = SelectField(_("Enhed"), choices=[], validators=[required(_("Vælg en enhed."))])
    title = StringField(_("Stilling"), [Optional(), at_most(80)])


class NewUser(GiveRole):
    """Somebody who is to sign in by e-mail and password."""

    name = StringField(_("Fulde navn"), [required(), at_most(WORD)])
    email = EmailField(
        _("E-mail"),
        [
            required(_("Skriv en e-mail.")),
            at_most(WORD),
            mail_address(_("Skriv en e-mail som navn@sted.dk.")),
        ],
    )
