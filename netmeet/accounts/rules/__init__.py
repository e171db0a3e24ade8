"""Limits of signing in (``security.md`` § 3; ASVS 6)."""

from datetime import timedelta

from netmeet.accounts.rules.identity import Door
from netmeet.core.access import NOT_CHOSEN, PRIVATE, Role

SHORTEST_PASSWORD = 15
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
CODE_WINDOW = timedelta(minutes=15)
CODES_AN_HOUR = 6
LETTER_CODE_DIGITS = 8
LETTER_CODE_LASTS = timedelta(days=28)
LETTER_CODE_TRIES = 5
"""In all: a longer life needs more digits and no second window than a code sent by mail."""
LETTER_CODES_AN_HOUR = 3
PARKED_LASTS = timedelta(hours=1)
ABSOLUTE = timedelta(hours=8)
IDLE_PRIVATE = timedelta(minutes=10)
IDLE_STAFF = timedelta(minutes=15)
LOGIN_TRIES = 5
LOGIN_WINDOW = timedelta(minutes=1)
SECOND_TRIES = 5
SECOND_WINDOW = timedelta(minutes=15)
SECOND_STEP = timedelta(seconds=30)
SECOND_DRIFT = 1
"""How many steps a clock may be fast or slow (RFC 6238 § 5.2)."""
RECOVERY_CODES = 8
WAITS = timedelta(minutes=5)
"""How long a password that was right waits for the second proof."""
PROVED_LASTS = timedelta(minutes=2)
"""How long what a provider said waits for the button that signs in."""
LINK_ANSWERS_AN_HOUR = 20
FETCHES = 60
"""How often a calendar may fetch in the window: several devices ask every few minutes."""
FETCH_WINDOW = timedelta(hours=1)
PDFS_A_MINUTE = 10
PDF_WINDOW = timedelta(minutes=1)
FILES_AT_ONCE = 30
FILE_WINDOW = timedelta(minutes=10)
DEMO_PASSWORD = "te og rundstykker"  # noqa: S105 - printed on the demo's own pages
"""The password of every member of staff in the demo, which prints it on its pages."""

PROVES = frozenset({"password", "second", "code", *(door.means for door in Door)})
"""The means of signing in that also prove afresh who it is; a code of a letter does not."""


def may_act(role: Role, by: str) -> bool:
    """Tell whether who signed in by ``by`` may act as ``role``.

    A private identity never opens a place of work, and what an administrator connected never opens
    somebody's private life, whatever else the same human is. Some roles are for no login.
    """
    if role in NOT_CHOSEN:
        return False
    if by == Door.PERSON.means:
        return role in PRIVATE
    return by != Door.STAFF.means or role not in PRIVATE


def idle(role: Role) -> timedelta:
    """Return how long a session of the role may lie still before it ends."""
    return IDLE_PRIVATE if role in PRIVATE else IDLE_STAFF
