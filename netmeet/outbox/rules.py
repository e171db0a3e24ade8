"""How a message travels."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    """By which way somebody is reached."""

    MAIL = "mail"
    SMS = "sms"
    LETTER = "letter"


class State(StrEnum):
    """Where a message is. ``DROPPED``: what it spoke of no longer holds; ``EXPIRED``: too late."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    EXPIRED = "expired"


LEASE = timedelta(minutes=2)
RETRY_EVERY = timedelta(minutes=5)
MOST_ATTEMPTS = 48


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What leaves the house: neutral words for one recipient.

    ``calendar`` holds an iCalendar file and ``method`` its METHOD, when there is one.
    ``message_id`` is the same for every copy of the same message (RFC 5322 § 3.6.4).
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    in_reply_to: str = ""
    calendar: bytes | None = None
    method: str = ""
