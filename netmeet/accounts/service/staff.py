"""Verbs of the administrator: staff users of the own organisation and the roles they hold."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.accounts import queries, service
from netmeet.accounts.models import Identity, UnitRole, User
from netmeet.accounts.rules.identity import Door
from netmeet.accounts.service import busy, feeds, identities, sessions
from netmeet.core.access import PRIVATE, STAFF, Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused

_START = 15


@dataclass(frozen=True, kw_only=True)
class Post:
    """What somebody is to act as, and for which unit."""

    role: Role
    unit_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """The user, and the password to begin with: empty for somebody who was there already."""

    user: User
    password: str


def add(*, name: str, email: str, post: Post, by: Actor, at: datetime) -> Added:
    """Add a member of staff. An address that is known already gets the role and nothing else.

    So the answer tells nobody who else is in netmeet (``security.md`` T9). Raises ``Refused`` for
    one's own address.
    """
    known = queries.by_email(email)
    if known is not None:
        give(known, post, by=by, at=at)
        return Added(user=known, password="")
    user = service.create_user(name=name, email=email, at=at)
    password = secrets.token_urlsafe(_START)
    service.set_password(user, password)
    give(user, post, by=by, at=at)
    return Added(user=user, password=password)


def give(user: User, post: Post, *, by: Actor, at: datetime) -> UnitRole:
    """Give somebody else a role in a unit. Raises ``Refused`` towards oneself."""
    if user.id == by.user_id:
        raise Refused(_("Ingen kan ændre sine egne roller. Bed en anden administrator."))
    held = service.give_role(user, post.role, at=at, unit_id=post.unit_id, title=post.title)
    held.title = post.title
    user.active = True
    return held


def end(held: UnitRole, *, by: Actor, at: datetime) -> None:
    """End a role, the logins that act in it and its calendar feed, in force from the next request.

    Who is staff nowhere any more shows no calendar either. Doing it twice changes nothing. Raises
    ``Refused`` for one's own, and for the last administrator of an organisation.
    """
    if held.user_id == by.user_id:
        raise Refused(_("Ingen kan ændre sine egne roller. Bed en anden administrator."))
    if held.until is not None and held.until <= at:
        return
    if held.role is Role.ADM and len(queries.administrators(held, at)) <= 1:
        raise Refused(_("Der skal altid være en administrator. Giv først en anden rollen."))
    held.until = at
    db.session.flush()
    sessions.end_acting(held.id, at=at)
    feeds.end(held.id, at=at)
    if not any(one.role in STAFF for one in queries.current_roles(held.user_id, at)):
        busy.hide(held.user_id)


def deactivate(user: User, *, by: Actor, at: datetime) -> None:
    """End every role of the user in the own organisation, and every login.

    Who has no role left anywhere is nobody here any more. Raises ``Refused`` as :func:`end` does.
    """
    if user.id == by.user_id:
        raise Refused(_("Ingen kan lukke for sig selv. Bed en anden administrator."))
    for held in user.roles:
        if held.unit is not None and held.unit.organisation_id == by.organisation_id:
            end(held, by=by, at=at)
    sessions.end_all(user.id, at=at)
    if not queries.current_roles(user.id, at):
        user.active = False
    db.session.flush()


def connect(user: User, *, issuer: str, subject: str, by: Actor, at: datetime) -> Identity:
    """Let who the employer's provider calls ``subject`` sign in as the user.

    Raises ``Refused`` for oneself, for somebody who works elsewhere too (one organisation must not
    open what another gave), and as :func:`identities.connect` does.
    """
    elsewhere = any(
        held.role not in PRIVATE
        and (held.unit is None or held.unit.organisation_id != by.organisation_id)
        for held in queries.current_roles(user.id, at)
    )
    if user.id == by.user_id or elsewhere:
        no = _("Det kan I ikke gøre for den bruger. Bed den, der driver netmeet, om det.")
        raise Refused(no, field="subject")
    proved = identities.Proved(door=Door.STAFF, issuer=issuer, subject=subject)
    try:
        return identities.connect(user, proved, at=at)
    except Refused as no:
        raise Refused(str(no), field="subject") from no
