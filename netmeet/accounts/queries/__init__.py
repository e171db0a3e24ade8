"""Users and logins."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.accounts import rules
from netmeet.accounts.models import (
    Identity,
    LetterCode,
    ParkedText,
    PersonalLink,
    RecoveryCode,
    SecondFactor,
    Session,
    UnitRole,
    User,
)
from netmeet.accounts.rules.identity import Door
from netmeet.core import calendar, sealed
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.organisations.models import Organisation, Unit
from netmeet.outbox.rules import Channel


def digest(secret: str) -> bytes:
    """Return the digest a secret is kept as (256-bit secrets need no salt)."""
    return hashlib.sha256(secret.encode()).digest()


def session_by_secret(secret: str) -> Session | None:
    """Return the session whose secret it is, with user, role and unit, ended or not."""
    statement = (
        select(Session)
        .where(Session.secret_hash == digest(secret))
        .options(
            joinedload(Session.user),
            joinedload(Session.role).joinedload(UnitRole.unit).joinedload(Unit.organisation),
        )
    )
    return db.session.scalars(statement).one_or_none()


def is_good(session: Session, at: datetime) -> bool:
    """Tell whether the session still admits: not ended, not idle, not too old, user active."""
    if session.ended_at is not None or not session.user.active:
        return False
    if session.role.until is not None and session.role.until <= at:
        return False
    return _is_awake(session.role.role, session.seen_at, session.created_at, at)


def _is_awake(role: Role, seen_at: datetime, created_at: datetime, at: datetime) -> bool:
    return at - seen_at <= rules.idle(role) and at - created_at <= rules.ABSOLUTE


_SESSION, _USER, _ROLE = Session.__table__.c, User.__table__.c, UnitRole.__table__.c
_UNIT, _HOUSE = Unit.__table__.c, Organisation.__table__.c
_WHO = (
    select(
        _SESSION.id,
        _SESSION.user_id,
        _SESSION.signed_in_by,
        _SESSION.created_at,
        _SESSION.seen_at,
        _SESSION.stepped_up_at,
        _USER.name_sealed,
        _ROLE.role,
        _ROLE.title,
        _ROLE.until,
        _ROLE.unit_id,
        _UNIT.name.label("unit_name"),
        _UNIT.organisation_id,
        _HOUSE.valid_from,
        _HOUSE.valid_to,
    )
    .select_from(Session.__table__)
    .join(User.__table__, _SESSION.user_id == _USER.id)
    .join(UnitRole.__table__, _SESSION.role_id == _ROLE.id)
    .outerjoin(Unit.__table__, _ROLE.unit_id == _UNIT.id)
    .outerjoin(Organisation.__table__, _UNIT.organisation_id == _HOUSE.id)
    .where(
        _SESSION.secret_hash == bindparam("secret_hash"),
        _SESSION.ended_at.is_(None),
        _USER.active.is_(True),
    )
)


def load_actor(secret: str, at: datetime) -> Actor | None:
    """Return who holds the session's secret at ``at``, or ``None`` when it admits nobody.

    Every request asks this, so it reads columns of tables and builds no rows.
    """
    row = db.session.execute(_WHO, {"secret_hash": digest(secret)}).one_or_none()
    if row is None or (row.until is not None and row.until <= at):
        return None
    if not _is_awake(row.role, row.seen_at, row.created_at, at):
        return None
    if not rules.may_act(row.role, row.signed_in_by) or not _is_on_netmeet(row, at):
        return None
    return Actor(
        user_id=row.user_id,
        name=User.name.opened(row.name_sealed, row_id=row.user_id),
        role=row.role,
        at=at,
        session_id=row.id,
        role_title=row.title,
        unit_id=row.unit_id,
        unit_name=row.unit_name or "",
        organisation_id=row.organisation_id,
        stepped_up_at=row.stepped_up_at,
        seen_at=row.seen_at,
        signed_in_by=row.signed_in_by,
    )


def _is_on_netmeet(row: Any, at: datetime) -> bool:
    """Tell whether the organisation acted for is one on the day; private people act for none."""
    if row.valid_from is None:
        return True
    today = calendar.to_local(at).date()
    return bool(row.valid_from <= today and (row.valid_to is None or today <= row.valid_to))


def owner_of(secret: str) -> str | None:
    """Return whose session it is or was."""
    return db.session.scalar(select(Session.user_id).where(Session.secret_hash == digest(secret)))


def user(user_id: str) -> User | None:
    """Return the user."""
    return db.session.get(User, user_id)


def with_roles() -> Select[User]:
    """Return the query for users with their roles and units."""
    return select(User).options(
        selectinload(User.roles).joinedload(UnitRole.unit).joinedload(Unit.organisation)
    )


def user_with_roles(user_id: str) -> User | None:
    """Return the user with roles and units."""
    return db.session.scalars(with_roles().where(User.id == user_id)).one_or_none()


def by_email(email: str) -> User | None:
    """Return the user with exactly this address (case does not count), with roles."""
    index = sealed.keyring().index(email.strip().lower(), kind="email")
    return db.session.scalars(with_roles().where(User.email_index == index)).one_or_none()


def alone_by_email(email: str) -> User | None:
    """Return the user with exactly this address and nothing else of theirs.

    In one statement, whether there is one or not: how long an answer takes must not tell.
    """
    index = sealed.keyring().index(email.strip().lower(), kind="email")
    return db.session.scalars(select(User).where(User.email_index == index)).one_or_none()


def by_emails(emails: Iterable[str]) -> dict[str, User]:
    """Return the users with exactly these addresses by address as given, with roles; one query."""
    by_index = {
        sealed.keyring().index(email.strip().lower(), kind="email"): email
        for email in emails
        if email.strip()
    }
    if not by_index:
        return {}
    found = db.session.scalars(with_roles().where(User.email_index.in_(by_index)))
    return {by_index[bytes(user.email_index or b"")]: user for user in found}


def staff_of(organisation_ids: Sequence[str], at: datetime) -> Sequence[UnitRole]:
    """Return the current roles in units of the organisations, with users and units."""
    statement = (
        select(UnitRole)
        .join(Unit, UnitRole.unit_id == Unit.id)
        .where(
            Unit.organisation_id.in_(organisation_ids),
            (UnitRole.until.is_(None)) | (UnitRole.until > at),
        )
        .options(joinedload(UnitRole.user), joinedload(UnitRole.unit).joinedload(Unit.organisation))
    )
    return db.session.scalars(statement).all()


def administrators(of: UnitRole, at: datetime) -> Sequence[UnitRole]:
    """Return who administers the organisation of the role's unit at ``at``; the rows are locked."""
    ours = select(Unit.organisation_id).where(Unit.id == of.unit_id).scalar_subquery()
    statement = (
        select(UnitRole)
        .where(
            UnitRole.role == Role.ADM,
            UnitRole.unit_id.in_(select(Unit.id).where(Unit.organisation_id == ours)),
            UnitRole.until.is_(None) | (UnitRole.until > at),
        )
        .with_for_update()
    )
    return db.session.scalars(statement).all()


def link_by_token(token: str) -> PersonalLink | None:
    """Return the personal link of the secret, with its user; ended ones too."""
    statement = (
        select(PersonalLink)
        .where(PersonalLink.token_hash == digest(token))
        .options(joinedload(PersonalLink.user))
    )
    return db.session.scalars(statement).one_or_none()


def can_be_sent_codes(user: User) -> bool:
    """Tell whether a code reaches the user by mail: they have an address, and wish no letters."""
    return bool(user.email) and user.channel is not Channel.LETTER


def code_digest(user_id: str, code: str) -> bytes:
    """Return the keyed digest that a user's code is kept as."""
    return sealed.keyring().index(f"{user_id}|{code}", kind="code")


def letter_codes(user_id: str, at: datetime, *, to_change: bool = False) -> Sequence[LetterCode]:
    """Return the codes of the user's letters that may still be used, newest first.

    ``to_change`` lets nobody else count a try meanwhile.
    """
    statement = (
        select(LetterCode)
        .where(
            LetterCode.user_id == user_id,
            LetterCode.ended_at.is_(None),
            LetterCode.expires_at > at,
        )
        .order_by(LetterCode.created_at.desc())
    )
    return db.session.scalars(statement.with_for_update() if to_change else statement).all()


def is_letter_code(user_id: str, code: str, *, at: datetime) -> bool:
    """Tell whether it is the code of the user's newest letter, for who prints that; no try."""
    kept = next(iter(letter_codes(user_id, at)), None)
    digest_ = code_digest(user_id, code)
    return kept is not None and hmac.compare_digest(bytes(kept.code_hash), digest_)


def parked(parked_id: str, *, user_id: str, at: datetime) -> ParkedText | None:
    """Return the parked text when it is the user's and not older than an hour."""
    text = db.session.get(ParkedText, parked_id)
    if text is None or text.user_id != user_id or at - text.created_at > rules.PARKED_LASTS:
        return None
    return text


def current_roles(user_id: str, at: datetime, *, by: str = "") -> Sequence[UnitRole]:
    """Return the roles the user may act in at ``at``, with their units, oldest first.

    ``by`` is how they signed in: an identity of their own opens no role of staff. A role in an
    organisation that has ended is none.
    """
    statement = (
        select(UnitRole)
        .where(UnitRole.user_id == user_id, (UnitRole.until.is_(None)) | (UnitRole.until > at))
        .options(joinedload(UnitRole.unit).joinedload(Unit.organisation))
        .order_by(UnitRole.from_at, UnitRole.id)
    )
    today = calendar.to_local(at).date()
    return [
        held
        for held in db.session.scalars(statement)
        if rules.may_act(held.role, by)
        and (held.unit is None or held.unit.organisation.is_valid(today))
    ]


def unit_role(role_id: str) -> UnitRole | None:
    """Return the role."""
    return db.session.get(UnitRole, role_id)


def session(session_id: str) -> Session | None:
    """Return the login."""
    return db.session.get(Session, session_id)


def second_factor(user_id: str, *, to_change: bool = False) -> SecondFactor | None:
    """Return the user's code app. ``to_change`` lets nobody else use a code meanwhile."""
    statement = select(SecondFactor).where(SecondFactor.user_id == user_id)
    return db.session.scalars(statement.with_for_update() if to_change else statement).one_or_none()


def has_second_factor(user_id: str) -> bool:
    """Tell whether a code app counts for the user."""
    kept = second_factor(user_id)
    return kept is not None and kept.confirmed_at is not None


def recovery_code(user_id: str, code: str) -> RecoveryCode | None:
    """Return the user's code on paper, unless it has been used."""
    statement = select(RecoveryCode).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == code_digest(user_id, code),
        RecoveryCode.used_at.is_(None),
    )
    return db.session.scalars(statement.with_for_update()).one_or_none()


def recovery_codes_left(user_id: str) -> int:
    """Return how many codes on paper the user has left."""
    statement = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    return len(db.session.scalars(statement).all())


def subject_index(issuer: str, subject: str) -> bytes:
    """Return what an identity is found by: a keyed digest of issuer and subject together."""
    return sealed.keyring().index(f"{len(issuer)}|{issuer}|{subject}", kind="identity")


def identity(issuer: str, subject: str) -> Identity | None:
    """Return the identity with exactly this issuer and subject, with its user."""
    statement = (
        select(Identity)
        .where(Identity.subject_index == subject_index(issuer, subject))
        .options(joinedload(Identity.user))
    )
    return db.session.scalars(statement).one_or_none()


def own_identity(identity_id: str) -> Identity | None:
    """Return the identity."""
    return db.session.get(Identity, identity_id)


def identities_of(user_id: str) -> Sequence[Identity]:
    """Return the user's identities, at most one a door."""
    return db.session.scalars(select(Identity).where(Identity.user_id == user_id)).all()


def signs_in_by_code(user: User) -> bool:
    """Tell whether a link and a code are this user's way in: who has a stronger one uses that."""
    if not user.active or user.password_hash:
        return False
    return not any(identity.door is Door.STAFF for identity in identities_of(user.id))


def demo_people(at: datetime) -> Sequence[UnitRole]:
    """Return one current role of every active user, with user and unit, in order of creation."""
    statement = (
        select(UnitRole)
        .join(UnitRole.user)
        .where(User.active.is_(True), (UnitRole.until.is_(None)) | (UnitRole.until > at))
        .options(joinedload(UnitRole.user), joinedload(UnitRole.unit).joinedload(Unit.organisation))
        .order_by(User.created_at, User.id, UnitRole.from_at, UnitRole.id)
    )
    first: dict[str, UnitRole] = {}
    for role in db.session.scalars(statement):
        first.setdefault(role.user_id, role)
    return list(first.values())


def open_sessions(user_id: str, at: datetime) -> Sequence[Session]:
    """Return the user's logins that still admit, newest first."""
    statement = (
        select(Session)
        .where(Session.user_id == user_id, Session.ended_at.is_(None))
        .options(joinedload(Session.user), joinedload(Session.role))
        .order_by(Session.created_at.desc())
    )
    return [session for session in db.session.scalars(statement) if is_good(session, at)]


def names(user_ids: Sequence[str]) -> dict[str, str]:
    """Return the users' names by id."""
    statement = select(User).where(User.id.in_(user_ids))
    return {user.id: user.name for user in db.session.scalars(statement)}


def staff(at: datetime) -> Sequence[UnitRole]:
    """Return every current role in a unit, with user and unit, by unit."""
    statement = (
        select(UnitRole)
        .join(UnitRole.unit)
        .where((UnitRole.until.is_(None)) | (UnitRole.until > at))
        .options(joinedload(UnitRole.user), joinedload(UnitRole.unit).joinedload(Unit.organisation))
        .order_by(Unit.code, UnitRole.id)
    )
    return db.session.scalars(statement).all()
