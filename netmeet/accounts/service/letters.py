"""Codes printed in letters, for people a code cannot be sent to."""

import hmac
import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _

from netmeet.accounts import queries, rules, service
from netmeet.accounts.models import LetterCode, User
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def new_letter_code(user: User, *, until: datetime, at: datetime) -> str:
    """Return a fresh code for the user's letter, kept as a keyed digest; an earlier one ends.

    Good once, up to ``until`` and no longer than four weeks (ASVS 6.4.1), where the user's personal
    link was opened. It signs in and proves nothing afresh. Raises ``Refused`` for somebody with a
    password or a mailbox, after three letters within an hour, or when ``until`` has passed.
    """
    if user.password_hash or queries.can_be_sent_codes(user):
        raise Refused(_("%(name)s kan få en kode på mail.", name=user.name))
    if until <= at:
        raise Refused(_("Mødets tid er gået."))
    key, hour = f"letter-code:{user.id}", timedelta(hours=1)
    if not service.count(key, most=rules.LETTER_CODES_AN_HOUR, within=hour, at=at):
        raise Refused(_("Der er lavet flere breve den sidste time. Vent lidt."))
    for earlier in queries.letter_codes(user.id, at):
        earlier.ended_at = at
    code = f"{secrets.randbelow(10**rules.LETTER_CODE_DIGITS):0{rules.LETTER_CODE_DIGITS}d}"
    db.session.add(
        LetterCode(
            user_id=user.id,
            code_hash=queries.code_digest(user.id, code),
            created_at=at,
            expires_at=min(until, at + rules.LETTER_CODE_LASTS),
        )
    )
    db.session.flush()
    return code


def use_letter_code(user_id: str, code: str, *, at: datetime) -> bool:
    """Tell whether the code stands in the user's newest letter, and spend it.

    Five tries in all. A wrong one counts even though the request is refused: the caller keeps it.
    """
    kept = next(iter(queries.letter_codes(user_id, at, to_change=True)), None)
    if kept is None:
        return False
    kept.tries += 1
    is_right = hmac.compare_digest(bytes(kept.code_hash), queries.code_digest(user_id, code))
    if is_right or kept.tries >= rules.LETTER_CODE_TRIES:
        kept.ended_at = at
    return is_right
