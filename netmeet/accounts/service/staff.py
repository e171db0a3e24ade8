"""Verbs of the administrator: staff users of the own organisation and the roles they hold."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.accounts import queries, service
from netmeet.accounts.models import UnitRole, User
from netmeet.core.access import Actor, Role
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
    return held


def end(held: UnitRole, *, by: Actor, at: datetime) -> None:
    """End a role, in force from the next request. Doing it twice changes nothing.

    Raises ``Refused`` for one's own, and for the last administrator of an organisation.
    """
    if held.user_id == by.user_id:
        raise Refused(_("Ingen kan ændre sine egne roller. Bed en anden administrator."))
    if held.until is not None and held.until <= at:
        return
    if held.role is Role.ADM and len(queries.administrators(held, at)) <= 1:
        raise Refused(_("Der skal altid være en administrator. Giv først en anden rollen."))
    held.until = at
    db.session.flush()
