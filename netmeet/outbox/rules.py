"""How a message travels."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from netmeet.core import calendar


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
BATCH = 5
"""Claimed at a time: so many time-outs of the mail server still end within the lease."""
SEND_TIMEOUT = timedelta(seconds=20)

DAY_BEGINS = time(9)
DAY_ENDS = time(19)


_NEWS = ("news", "reminder", "published", "corrected", "contest")


def waits_for_day(kind: str) -> bool:
    """Tell whether messages of the kind leave between 9 and 19 only, as reminders and news do.

    Codes, invitations, changes and cancellations leave at once.
    """
    slice_, _, what = kind.partition(".")
    return slice_ == "reminders" or what.startswith(_NEWS)


def next_daytime(at: datetime) -> datetime:
    """Return the first instant from ``at`` on between 9 and 19 in Copenhagen (aware, UTC)."""
    local = calendar.to_local(at)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return at
    day = local.date() if local.time() < DAY_BEGINS else local.date() + timedelta(days=1)
    return calendar.to_instant(datetime.combine(day, DAY_BEGINS))


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
