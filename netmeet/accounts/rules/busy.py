"""The calendars that staff show: from where they may be fetched, and how long they are good for."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

FETCHED_EVERY = timedelta(minutes=30)
GOOD_FOR = timedelta(days=1)
"""What was fetched longer ago says nothing of today."""
AHEAD = timedelta(days=90)
"""How far ahead the times are read."""

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Letters that everybody reads alike: a backslash ends the host for some and not for others."""


class Fault(StrEnum):
    """Why a calendar could not be read."""

    CLOSED = "closed"
    NO_ANSWER = "no_answer"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


def origin(address: str) -> str:
    """Return scheme, host and port of the address in small letters, ``""`` for what is none."""
    if not _PLAIN.fullmatch(address):
        return ""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return ""
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{port}".lower() if parts.scheme and host else ""


def may_be_fetched(address: str, *, allowed: Collection[str]) -> bool:
    """Tell whether the address lies where calendars may be fetched from."""
    return origin(address) in allowed


def is_good(fetched_at: datetime | None, at: datetime) -> bool:
    """Tell whether what was fetched then still says when somebody is busy."""
    return fetched_at is not None and at - fetched_at <= GOOD_FOR
