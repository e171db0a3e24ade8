"""How a user is reached, written down by the user or by who looks after it."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.accounts import queries, service
from netmeet.accounts.models import User
from netmeet.core import ids
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Name, and how somebody is reached. Everything but the name may be empty."""

    name: str
    email: str
    phone: str
    address: str
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class Details:
    """What users may say about themselves."""

    email: str
    phone: str
    own_word: str


def update_own(user: User, details: Details, *, version: int, at: datetime) -> None:
    """Write down what a user says. Raises ``Refused`` for no address or one that somebody has."""
    labels = {"email": _("E-mail"), "phone": _("Telefon"), "own_word": _("Dit eget ord")}
    user.expect(
        version,
        mine={label: getattr(details, name) for name, label in labels.items()},
        theirs={label: getattr(user, name) for name, label in labels.items()},
    )
    if user.email and not details.email:
        raise Refused(_("Skriv den e-mail, vi skal skrive til."), field="email")
    _change_email(user, details.email, at=at)
    user.phone = details.phone
    user.own_word = details.own_word
    db.session.flush()


def is_other_email(user: User, email: str) -> bool:
    """Tell whether the user would be written to elsewhere: codes then go there too."""
    return email.strip().lower() != user.email.lower()


def describe(user: User, contact: Contact, *, at: datetime) -> None:
    """Write the contact down. Raises ``Refused`` for a taken address, or a way that leads nowhere.

    Without an e-mail address they can sign in no more, only read paper.
    """
    if contact.channel is Channel.MAIL and not contact.email:
        raise Refused(_("Skriv en mailadresse, eller vælg brev."), field="channel")
    _change_email(user, contact.email, at=at)
    user.describe(
        name=contact.name,
        phone=contact.phone,
        address=contact.address,
        channel=contact.channel,
    )
    db.session.flush()


def _change_email(user: User, email: str, *, at: datetime) -> None:
    """Write to the user elsewhere from now on, and tell it where they were written to until now."""
    if not is_other_email(user, email):
        return
    if email and queries.by_email(email) is not None:
        raise Refused(_("Den e-mail kan ikke bruges her."), field="email")
    before = user.email
    if email:
        service.set_email(user, email)
    else:
        user.email, user.email_index = "", None
    if before:
        outbox.put(
            key=f"accounts.moved:{ids.new_id()}",
            kind="accounts.moved",
            user_id=user.id,
            at=at,
            facts={},
            address=before,
        )
