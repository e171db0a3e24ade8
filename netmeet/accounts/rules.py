"""Limits of signing in (``security.md`` § 3; ASVS 6)."""

from datetime import timedelta

from netmeet.core.access import PRIVATE, Role

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
DEMO_PASSWORD = "te og rundstykker"  # noqa: S105 - printed on the demo's own pages
"""The password of every member of staff in the demo, which prints it on its pages."""


def idle(role: Role) -> timedelta:
    """Return how long a session of the role may lie still before it ends."""
    return IDLE_PRIVATE if role in PRIVATE else IDLE_STAFF
