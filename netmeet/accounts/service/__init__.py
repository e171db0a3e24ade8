"""Verbs of accounts: create users, sign in and out, links and codes, parked text."""

import functools
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_babel import gettext as _
from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from netmeet.accounts import queries, rules
from netmeet.accounts.models import (
    LetterCode,
    OneTimeCode,
    ParkedText,
    PersonalLink,
    RateCount,
    SentForm,
    Session,
    UnitRole,
    User,
)
from netmeet.accounts.rules import passwords
from netmeet.core import ids, sealed
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel

_hasher = PasswordHasher()


@functools.cache
def _nobodys_hash() -> str:
    """Return a hash that no password fits, to do the same work for an unknown address."""
    return _hasher.hash(secrets.token_urlsafe(24))


def create_user(
    *,
    name: str,
    at: datetime,
    email: str = "",
    phone: str = "",
    address: str = "",
    channel: Channel = Channel.MAIL,
) -> User:
    """Create a user without a password. Raises ``Refused`` when the address is taken."""
    if email and queries.by_email(email) is not None:
        raise Refused(_("Der er allerede en bruger med den adresse."), field="email")
    user = User(
        name=name, phone=phone, address=address, channel=channel, created_at=at, active=True
    )
    db.session.add(user)
    if email:
        set_email(user, email)
    db.session.flush()
    return user


def set_email(user: User, email: str) -> None:
    """Give the user an address, sealed, with its index for exact look-up."""
    user.email = email.strip()
    user.email_index = sealed.keyring().index(email.strip().lower(), kind="email")


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Set the password (argon2id). Raises ``Refused`` for one that is short, leaked or guessable.

    ``field`` is the form's field the refusal belongs beside.
    """
    if len(password) < rules.SHORTEST_PASSWORD:
        raise Refused(_("Adgangskoden skal have mindst 15 tegn."), field=field)
    if passwords.is_guessable(password, about=(user.name, user.email)):
        raise Refused(_("Den adgangskode er nem at gætte. Vælg nogle andre ord."), field=field)
    user.password_hash = _hasher.hash(password)


def give_role(
    user: User, role: Role, *, at: datetime, unit_id: str | None = None, title: str = ""
) -> UnitRole:
    """Let the user choose to act in ``role`` (for ``unit_id``); once is enough."""
    statement = select(UnitRole).where(
        UnitRole.user_id == user.id, UnitRole.role == role, UnitRole.unit_id == unit_id
    )
    held = db.session.scalars(statement).one_or_none()
    if held is None:
        held = UnitRole(user_id=user.id, role=role, unit_id=unit_id, title=title, from_at=at)
        db.session.add(held)
        db.session.flush()
    held.until = None
    return held


def check_password(email: str, password: str) -> User | None:
    """Return the user when address and password are right; the work is the same when not."""
    user = queries.alone_by_email(email)
    kept = user.password_hash if user is not None and user.password_hash else _nobodys_hash()
    try:
        _hasher.verify(kept, password)
    except VerificationError:
        return None
    return user if user is not None and user.active and user.password_hash else None


def proves_password(user: User, password: str) -> bool:
    """Tell whether it is the user's password (for a renewed proof of identity)."""
    try:
        return bool(user.password_hash) and _hasher.verify(user.password_hash or "", password)
    except VerificationError:
        return False


def sign_in(user: User, *, role: UnitRole, by: str, at: datetime, device: str = "") -> str:
    """Begin a session and return its secret. ``by`` names the means: password, code, demo."""
    secret = ids.new_token()
    stepped_up_at = at if by in rules.PROVES else None
    db.session.add(
        Session(
            secret_hash=queries.digest(secret),
            user_id=user.id,
            role_id=role.id,
            signed_in_by=by,
            device=device,
            created_at=at,
            seen_at=at,
            stepped_up_at=stepped_up_at,
        )
    )
    db.session.flush()
    return secret


def sign_out(secret: str, *, at: datetime) -> None:
    """End the session; the browser's cookie is worthless from now on."""
    session = queries.session_by_secret(secret)
    if session is not None and session.ended_at is None:
        session.ended_at = at


def step_up(secret: str, *, at: datetime) -> str:
    """Note that the holder proved who they are, and return the session's new secret."""
    session = queries.session_by_secret(secret)
    if session is None or not queries.is_good(session, at):
        raise Refused(_("Log ind igen."))
    session.stepped_up_at = at
    return _renewed(session)


def choose_role(secret: str, role: UnitRole, *, at: datetime) -> str:
    """Act in another of one's own roles, and return the session's new secret.

    Raises ``Refused`` for somebody else's, one that has ended, and one that this way of signing in
    does not open.
    """
    session = queries.session_by_secret(secret)
    if session is None or role.user_id != session.user_id or (role.until and role.until <= at):
        raise Refused(_("Den rolle har du ikke."))
    if not rules.may_act(role.role, session.signed_in_by):
        raise Refused(_("Log ind med dit arbejds-login for at bruge den rolle."))
    session.role_id = role.id
    session.stepped_up_at = None
    return _renewed(session)


def _renewed(session: Session) -> str:
    """Give the session another secret: who knew the old one is outside (ASVS 7.2.4)."""
    fresh = ids.new_token()
    session.secret_hash = queries.digest(fresh)
    return fresh


def keep_awake(session_id: str, at: datetime) -> None:
    """Note that the session is in use, unless it has ended (a late note never revives it)."""
    statement = update(Session).where(Session.id == session_id, Session.ended_at.is_(None))
    db.session.execute(statement.values(seen_at=at))


def make_link(
    user: User, *, purpose: str, subject_id: str, at: datetime, expires_at: datetime | None = None
) -> str:
    """Return the secret of a fresh personal link. It identifies; it never admits."""
    token = ids.new_token()
    db.session.add(
        PersonalLink(
            token_hash=queries.digest(token),
            user_id=user.id,
            purpose=purpose,
            subject_id=subject_id,
            created_at=at,
            expires_at=expires_at,
        )
    )
    db.session.flush()
    return token


def revoke_links(*, subject_id: str, user_id: str, at: datetime) -> None:
    """End the user's links to the subject."""
    statement = select(PersonalLink).where(
        PersonalLink.subject_id == subject_id,
        PersonalLink.user_id == user_id,
        PersonalLink.revoked_at.is_(None),
    )
    for link in db.session.scalars(statement):
        link.revoked_at = at


def new_code(user: User, *, browser: str, at: datetime) -> str:
    """Return a fresh six-digit code bound to ``browser`` (a secret the browser holds)."""
    code = f"{secrets.randbelow(10**6):06d}"
    db.session.add(
        OneTimeCode(
            user_id=user.id,
            code_hash=queries.code_digest(user.id, code),
            browser_hash=queries.digest(browser),
            created_at=at,
            expires_at=at + rules.CODE_LASTS,
        )
    )
    db.session.flush()
    return code


def use_code(user_id: str, code: str, *, browser: str, at: datetime) -> bool:
    """Tell whether the code is right, and spend it.

    Good for ten minutes, once, from the browser that asked, five tries a quarter of an hour
    (ASVS 6.6.3). A wrong try counts even though the request is refused: the caller keeps it.
    """
    statement = (
        select(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.created_at > at - rules.CODE_WINDOW)
        .order_by(OneTimeCode.created_at.desc())
        .with_for_update()
    )
    codes = db.session.scalars(statement).all()
    if not codes or sum(c.tries for c in codes) >= rules.CODE_TRIES:
        return False
    newest = codes[0]
    newest.tries += 1
    good = (
        newest.used_at is None
        and newest.expires_at >= at
        and hmac.compare_digest(bytes(newest.browser_hash), queries.digest(browser))
        and hmac.compare_digest(bytes(newest.code_hash), queries.code_digest(user_id, code.strip()))
    )
    if good:
        newest.used_at = at
    return good


def send_code(user: User, *, browser: str, at: datetime) -> str:
    """Make a code and send it at once; return it (only the demo shows it).

    Raises ``Refused`` after six codes within an hour, and for somebody nobody can reach.
    """
    if not user.email:
        raise Refused(_("Vi har ikke din mailadresse. Ring til os, så får du et brev med en kode."))
    if not count(f"code:{user.id}", most=rules.CODES_AN_HOUR, within=timedelta(hours=1), at=at):
        raise Refused(_("Der er sendt mange koder. Vent en time, eller ring."))
    code = new_code(user, browser=browser, at=at)
    outbox.put(
        key=f"accounts.code:{ids.new_id()}",
        kind="accounts.code",
        user_id=user.id,
        at=at,
        facts={"code": code},
        expires_at=at + rules.CODE_LASTS,
    )
    return code


def send_link(
    user: User,
    *,
    purpose: str,
    subject_id: str,
    at: datetime,
    case_id: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Send the user a fresh personal link."""
    token = make_link(user, purpose=purpose, subject_id=subject_id, at=at, expires_at=expires_at)
    outbox.put(
        key=f"accounts.link:{ids.new_id()}",
        kind="accounts.link",
        user_id=user.id,
        case_id=case_id,
        at=at,
        facts={"token": token},
        expires_at=expires_at,
    )


def count(key: str, *, most: int, within: timedelta, at: datetime) -> bool:
    """Count one more ``key`` and tell whether it is still within ``most`` in the window.

    One statement, so that several workers together let exactly ``most`` through.
    """
    dialect = db.session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    is_over = RateCount.started_at <= at - within
    statement = (
        insert(RateCount)
        .values(id=ids.new_id(), key=key, started_at=at, count=1)
        .on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": case((is_over, 1), else_=RateCount.count + 1),
                "started_at": case((is_over, at), else_=RateCount.started_at),
            },
        )
        .returning(RateCount.count)
    )
    return db.session.scalars(statement).one() <= most


def may_try_password(email: str, *, address: str, at: datetime) -> bool:
    """Count a try to sign in, per account and per network address; the caller keeps the count."""
    account = sealed.keyring().index(email.strip().lower(), kind="login").hex()
    kept = [
        count(key, most=rules.LOGIN_TRIES, within=rules.LOGIN_WINDOW, at=at)
        for key in (f"login:{account}", f"login:{address}"[:120])
    ]
    return all(kept)


def park(user_id: str, path: str, fields: Mapping[str, Sequence[str]], at: datetime) -> str:
    """Keep a posted body for an hour for the user, encrypted; passwords are left out."""
    kept = {
        name: list(values)
        for name, values in fields.items()
        if name not in {"csrf_token", "password"}
    }
    text = ParkedText(user_id=user_id, path=path, fields=kept, created_at=at)
    db.session.add(text)
    db.session.flush()
    return text.id


def forget(*, at: datetime) -> None:
    """Delete what has had its time: parked text after an hour, codes, counts, keys after a day."""
    yesterday = at - timedelta(days=1)
    for statement in (
        delete(ParkedText).where(ParkedText.created_at < at - rules.PARKED_LASTS),
        delete(OneTimeCode).where(OneTimeCode.created_at < yesterday),
        delete(LetterCode).where(LetterCode.expires_at < yesterday),
        delete(RateCount).where(RateCount.started_at < yesterday),
        delete(SentForm).where(SentForm.at < yesterday),
    ):
        db.session.execute(statement)


def choose_display(user: User, *, lang: str, is_large: bool) -> None:
    """Remember how the user reads."""
    user.lang, user.large_text = lang, is_large
