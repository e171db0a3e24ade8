"""The base of every form."""

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, Email, Length
from wtforms.widgets import HiddenInput

from netmeet.core.refusals import Refused

WORD = 200
LINE = 500
TEXT = 4000
_DIGITS = 9


def required(message: str | None = None) -> DataRequired:
    """Return the validator for a field that must be filled in."""
    return DataRequired(message or _("Skriv noget her."))


def mail_address(message: Any) -> Email:
    """Return the validator for an address that any mail server takes (``æ`` in the domain only)."""
    return Email(message, allow_smtputf8=False)


def at_most(characters: int) -> Length:
    """Return the validator for the longest text a field takes."""
    return Length(max=characters, message=_("Teksten er for lang. Højst %(max)d tegn."))


def stripped(value: str | None) -> str:
    """Return the text without surrounding white space and control characters."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or c.isprintable()).strip()


def chosen(value: Any) -> Any:
    """Return the choice, ``""`` for white space, which WTForms takes for no choice either."""
    return stripped(value) if isinstance(value, str) else value


_SAYS = {
    "This field is required.": _("Skriv noget her."),
    "Not a valid integer value.": _("Skriv et helt tal."),
    "Not a valid decimal value.": _("Skriv et tal."),
    "Not a valid date value.": _("Vælg en dag."),
    "Not a valid datetime value.": _("Vælg en dag og et klokkeslæt."),
    "Not a valid time value.": _("Skriv et klokkeslæt som 13:00."),
    "Not a valid choice.": _("Vælg et af svarene."),
    "Invalid Choice: could not coerce.": _("Vælg et af svarene."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _("Vælg et af svarene."),
    "'%(value)s' is not a valid choice for this field.": _("Vælg et af svarene."),
}


class _Words:
    """What WTForms says by itself, which knows no Danish."""

    def gettext(self, said: str) -> str:
        """Return the words for what WTForms says."""
        return str(_SAYS.get(said) or _("Det passer ikke her. Ret det, og prøv igen."))

    def ngettext(self, one: str, _many: str, _number: int) -> str:
        """Return the words for one or many: they are the same."""
        return self.gettext(one)


class Form(FlaskForm):
    """A form of netmeet: CSRF-protected, its texts stripped, its choices none or one of them."""

    class Meta(FlaskForm.Meta):
        """Strip what every field takes, and say what is wrong in the page's language."""

        def get_translations(self, _form: Any) -> _Words:
            """Return the words for what WTForms finds wrong."""
            return _Words()

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Add the stripping filter to fields for texts and choices."""
            kinds = {kind.__name__ for kind in getattr(unbound_field.field_class, "__mro__", ())}
            filters = list(unbound_field.kwargs.get("filters", []))
            if "StringField" in kinds and "PasswordField" not in kinds:
                filters.append(stripped)
            if "SelectField" in kinds:
                filters.append(chosen)
            return unbound_field.bind(form=form, filters=filters, **options)

    def refuse(self, refusal: Refused) -> None:
        """Show a service's no beside its field, or on top of the form."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(str(refusal))
        else:
            field.errors = [*field.errors, str(refusal)]

    @property
    def was_sent(self) -> bool:
        """Tell whether the request posts this form."""
        return request.method == "POST"


class WholeNumberField(IntegerField):
    """A whole number of at most nine digits: nothing here counts higher, and no float must hold it.

    ``NumberRange`` of WTForms makes a float of what it looks at and fails with a longer one.
    """

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number. Raises ``ValueError`` for what is none, or longer."""
        if valuelist and len(valuelist[0].strip()) > _DIGITS:
            self.data = None
            raise ValueError(_("Tallet er for langt."))
        super().process_formdata(valuelist)


class VersionedForm(Form):
    """A form over something that others edit too: carries the version it was opened at."""

    version = WholeNumberField(widget=HiddenInput(), default=0)


_WRITTEN = frozenset({"StringField", "TextAreaField", "EmailField", "TelField"})
_A_VALUE = re.compile(r"[a-z0-9_:.-]+", re.ASCII)


def texts(sent: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Return name and text of what somebody wrote, of the names and values a form was sent with.

    What buttons, choices and hidden fields say is left out, whichever form it was.
    """
    writes, says = _names()
    for name, value in sent:
        own = set(name.split("-"))
        is_a_value = bool(own & says) and _A_VALUE.fullmatch(value.strip())
        if own & writes and value.strip() and not is_a_value:
            yield name, value


@functools.cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of fields to write in, and of those that say something else in any form."""
    writes: set[str] = set()
    says: set[str] = set()
    for form in _kinds(Form):
        for name in dir(form):
            field = getattr(form, name, None)
            if isinstance(field, UnboundField):
                is_text = field.field_class.__name__ in _WRITTEN
                (writes if is_text else says).add(name)
    return frozenset(writes), frozenset(says)


def _kinds(base: type[Form]) -> Iterator[type[Form]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
