"""How a user is reached, written down by who looks after it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from netmeet.accounts import queries, service
from netmeet.accounts.models import User
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox.rules import Channel


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Name, and how somebody is reached. Everything but the name may be empty."""

    name: str
    email: str
    phone: str
    address: str
    channel: Channel


def describe(user: User, contact: Contact) -> None:
    """Write the contact down. Raises ``Refused`` for a taken address, or a way that leads nowhere.

    Without an e-mail address they can sign in no more, only read paper.
    """
    if contact.channel is Channel.MAIL and not contact.email:
        raise Refused(_("Skriv en mailadresse, eller vælg brev."), field="channel")
    _change_email(user, contact.email)
    user.describe(
        name=contact.name,
        phone=contact.phone,
        address=contact.address,
        channel=contact.channel,
    )
    db.session.flush()


def _change_email(user: User, email: str) -> None:
    if email.lower() == user.email.lower():
        return
    if not email:
        user.email, user.email_index = "", None
        return
    if queries.by_email(email) is not None:
        raise Refused(_("Den e-mail kan ikke bruges her."), field="email")
    service.set_email(user, email)
