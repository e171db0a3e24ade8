"""Identities of OpenID providers: whose they are. Never found by e-mail address or name."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.accounts import queries
from netmeet.accounts.models import Identity, User
from netmeet.accounts.rules.identity import Door
from netmeet.core.db import db
from netmeet.core.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class Proved:
    """What a provider said of whoever came back from it."""

    door: Door
    issuer: str
    subject: str


def connect(user: User, proved: Proved, *, at: datetime) -> Identity:
    """Let the identity be the user from now on.

    Raises ``Refused`` when it is somebody else's, or the user has another one at that door: a link
    that was passed on, opened by somebody else's identity, changes nothing (``security.md`` T7).
    """
    kept = queries.identity(proved.issuer, proved.subject)
    if kept is None:
        kept = next((i for i in queries.identities_of(user.id) if i.door is proved.door), None)
    if kept is not None:
        if (kept.user_id, kept.issuer, kept.subject) == (user.id, proved.issuer, proved.subject):
            return kept
        raise Refused(_("Der er allerede et login, der hører til. Ring, hvis det skal laves om."))
    made = Identity(
        user_id=user.id,
        user=user,
        door=proved.door,
        issuer=proved.issuer,
        subject=proved.subject,
        subject_index=queries.subject_index(proved.issuer, proved.subject),
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    return made


def disconnect(identity: Identity) -> None:
    """Forget the identity; the logins it opened must be ended by the caller."""
    db.session.delete(identity)
    db.session.flush()
