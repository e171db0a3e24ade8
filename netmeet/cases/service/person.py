"""Verbs of the person's own data: name, how they are reached, protection and interpreter."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from netmeet.accounts.service import contact as accounts
from netmeet.accounts.service.contact import Contact
from netmeet.cases.models import Case
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Details:
    """What stands about the person. ``interpreter`` is a language, or empty."""

    contact: Contact
    interpreter: str
    is_protected: bool


@dataclass(frozen=True, kw_only=True)
class Rights:
    """``sees_all``: under protection too. ``may_unprotect``: may lift the protection."""

    sees_all: bool
    may_unprotect: bool


def version_of(case: Case) -> int:
    """Return a number that counts up whenever the person or their user is changed."""
    return case.person.version + case.person.user.version


def describe(case: Case, details: Details, *, rights: Rights, version: int, at: datetime) -> None:
    """Write down what stands about the person.

    Under name and address protection nobody but the person reads address and phone; an empty one
    from somebody else therefore means that it stays. Raises ``Conflict`` when something was changed
    meanwhile, ``Refused`` for an address that somebody else has, and when the protection is not
    theirs to lift.
    """
    person, user = case.person, case.person.user
    is_hidden = person.is_protected and not rights.sees_all
    if version != version_of(case):
        _conflict(case, details, is_hidden=is_hidden)
    if person.is_protected and not details.is_protected and not rights.may_unprotect:
        raise Refused(
            _("Kun koordinatoren eller borgeren selv kan ophæve beskyttelsen."),
            field="is_protected",
        )
    kept = details.contact
    if is_hidden:
        kept = replace(kept, address=kept.address or user.address, phone=kept.phone or user.phone)
    accounts.describe(user, kept, at=at)
    person.interpreter, person.is_protected = details.interpreter, details.is_protected
    db.session.flush()


def _conflict(case: Case, details: Details, *, is_hidden: bool) -> None:
    """Raise ``Conflict`` with both texts; what is protected is in neither."""
    user, mine = case.person.user, details.contact
    texts = [
        (_("Fulde navn"), mine.name, user.name),
        (_("Mailadresse"), mine.email, user.email),
        (_("Tolk på hvilket sprog"), details.interpreter, case.person.interpreter),
    ]
    if not is_hidden:
        texts += [
            (_("Telefon"), mine.phone, user.phone),
            (_("Adresse"), mine.address, user.address),
        ]
    raise Conflict(
        mine={label: text for label, text, _theirs in texts},
        theirs={label: text for label, _mine, text in texts},
        version=version_of(case),
    )
