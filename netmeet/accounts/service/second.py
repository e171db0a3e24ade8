"""The code app as a second proof (RFC 6238), and the codes on paper that stand in for it."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from flask_babel import gettext as _
from sqlalchemy import delete

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import RecoveryCode, SecondFactor, User
from netmeet.core.db import db
from netmeet.core.refusals import Refused

_ISSUER = "netmeet"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_HALF = 5


def propose(user: User, *, at: datetime) -> SecondFactor:
    """Return the secret the user is to put into an app: it counts once a code of it was shown.

    Raises ``Refused`` when an app is in use: that must be taken away first.
    """
    kept = queries.second_factor(user.id)
    if kept is not None and kept.confirmed_at is not None:
        raise Refused(_("Du har allerede en kode-app. Fjern den først."))
    if kept is None:
        kept = SecondFactor(user_id=user.id, secret=pyotp.random_base32(), created_at=at)
        db.session.add(kept)
        db.session.flush()
    return kept


def address(factor: SecondFactor, user: User) -> str:
    """Return what the app reads out of the QR code."""
    name = user.email or user.initials
    return pyotp.TOTP(factor.secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def confirm(user: User, code: str, *, at: datetime) -> Sequence[str]:
    """Let the app count from now on, and return the codes on paper, told this once only.

    Raises ``Refused`` for a wrong code. A try counts even so: the caller keeps it.
    """
    factor = queries.second_factor(user.id, to_change=True)
    if factor is None or factor.confirmed_at is not None or not _may_try(user.id, at):
        raise Refused(_("Begynd forfra om et kvarter."), field="code")
    if not _fits(factor, code, at):
        raise Refused(_("Koden passer ikke. Vent på den næste, og skriv den."), field="code")
    factor.confirmed_at = at
    return _new_recovery_codes(user.id)


def use(user: User, code: str, *, at: datetime) -> bool:
    """Tell whether it is a code of the user's app now, or one on paper; each is good once.

    Five tries in a quarter of an hour (ASVS 6.6.3). A wrong one counts even though the request is
    refused: the caller keeps it.
    """
    factor = queries.second_factor(user.id, to_change=True)
    if factor is None or factor.confirmed_at is None or not _may_try(user.id, at):
        return False
    return _fits(factor, code, at) or _spend_recovery_code(user.id, code, at)


def remove(user: User) -> None:
    """Forget the app and the codes on paper; the next login sets up a new one where it must."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))


def _may_try(user_id: str, at: datetime) -> bool:
    within = rules.SECOND_WINDOW
    return service.count(f"second:{user_id}", most=rules.SECOND_TRIES, within=within, at=at)


def _fits(factor: SecondFactor, code: str, at: datetime) -> bool:
    """Tell whether the code is of this step, or of one beside it, and of none used before."""
    app = pyotp.TOTP(factor.secret)
    now = app.timecode(at)
    for step in range(now - rules.SECOND_DRIFT, now + rules.SECOND_DRIFT + 1):
        if step > factor.last_step and hmac.compare_digest(app.generate_otp(step), _plain(code)):
            factor.last_step = step
            return True
    return False


def _new_recovery_codes(user_id: str) -> Sequence[str]:
    codes = []
    for _number in range(rules.RECOVERY_CODES):
        halves = ["".join(secrets.choice(_ALPHABET) for _sign in range(_HALF)) for _half in "ab"]
        codes.append("-".join(halves))
        kept = queries.code_digest(user_id, _plain(codes[-1]))
        db.session.add(RecoveryCode(user_id=user_id, code_hash=kept))
    db.session.flush()
    return codes


def _spend_recovery_code(user_id: str, code: str, at: datetime) -> bool:
    kept = queries.recovery_code(user_id, _plain(code))
    if kept is None:
        return False
    kept.used_at = at
    return True


def _plain(code: str) -> str:
    """Return the code's letters and digits: how it is spaced does not matter."""
    return "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())
