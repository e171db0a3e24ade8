"""What the web layer is handed at start, because it lies below those who own it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app
from sqlalchemy import Connection

from netmeet.core.access import AccessBook, Actor
from netmeet.core.trail import Entry


@dataclass(frozen=True, kw_only=True)
class Navigation:
    """One link of the main menu; the label is put into the page's language when it is shown."""

    label: str
    endpoint: str


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """The composed parts.

    ``load_actor(secret, at)`` returns who a session's secret belongs to, if it is still good;
    ``owner_of(secret)`` whose it was, good or ended; ``record`` appends to the access log within
    the open transaction of the session or of a connection, ``is_covered`` tells in the session's
    whether there is nothing to append; ``park(user_id, path, fields, at)`` keeps a posted body for
    an hour and returns its id; ``keep_awake(session_id, at)`` puts off the
    idle end, ``end_login(session_id, at)`` makes the end; ``may_print(user_id, at)`` counts one
    more PDF and ``may_send_file`` one more file, committed at once; ``claim(key, at)`` returns
    where a form led that was sent before, ``settle(key, answer)`` keeps where it leads; ``menu``
    is the menu for an actor.
    """

    book: AccessBook
    load_actor: Callable[[str, datetime], Actor | None]
    owner_of: Callable[[str], str | None]
    record: Callable[[Sequence[Entry], Connection | None], None]
    is_covered: Callable[[Sequence[Entry]], bool]
    park: Callable[[str, str, Mapping[str, Sequence[str]], datetime], str]
    keep_awake: Callable[[str, datetime], None]
    end_login: Callable[[str, datetime], None]
    may_print: Callable[[str, datetime], bool]
    may_send_file: Callable[[str, datetime], bool]
    claim: Callable[[bytes, datetime], str | None]
    settle: Callable[[bytes, str], None]
    menu: Callable[[Actor], Sequence[Navigation]]


def hooks() -> Hooks:
    """Return the parts the running application was composed of."""
    return cast("Hooks", current_app.extensions["netmeet"])
