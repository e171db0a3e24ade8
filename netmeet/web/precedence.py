"""Who writes goes first: where saves are slowed down, screens that fetch themselves anew wait.

A save has a human waiting for it; a screen asks again in two seconds. Where a machine is too small
for all who follow, their screens grow older, and what people write is kept nearly as fast as ever.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from multiprocessing.sharedctypes import RawArray
from typing import Any

from werkzeug.wrappers import Response

from netmeet.web import headers
from netmeet.web.guard import REFRESH_HEADER

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

RETRY_AFTER = 2
"""Seconds after which a screen that had to wait asks again."""

_SLOWED = 2.0
"""How many times its own processor time a request may take; beyond that others are in its way,"""
_FAR = 0.02
"""unless it waits for less than so many seconds, as for a database that is not near."""
_SHORT = 0.002
"""Seconds of processor time: what takes less was turned away, and tells nothing."""
_HALF = 1.0
"""Seconds without a slow request in which what screens wait is halved: all at once is too much."""
_LEAST, _MOST = 0.002, 0.25
"""Seconds between two screens: at first, and at most, so that none stands still for ever."""
_MORE, _LESS = 2.0, 0.95
"""By how much they grow with each slow request, and shrink with each other: 7 of 100 are slow."""
_REFRESH = f"HTTP_{REFRESH_HEADER.upper().replace('-', '_')}"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Pace:
    """How soon after each other screens may be fetched, by the processes of one machine together.

    Whoever forks after this was made shares it. Nobody locks it: a process may be killed at any
    time, and two who overtake each other here let in one screen more or less.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        self._now, self._spent = now, spent
        self._between = RawArray("d", [0.0])
        self._next = RawArray("d", [0.0])
        self._slow = RawArray("d", [float("-inf")])

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Learn from how long this takes."""
        begun, unspent = self._now(), self._spent()
        try:
            yield
        finally:
            own, ended = self._spent() - unspent, self._now()
            waited = ended - begun - own
            if own >= _SHORT:
                self._learn(is_slow=waited > max(_FAR, (_SLOWED - 1) * own), at=ended)

    def may_look(self) -> bool:
        """Tell whether a screen may be fetched now; the next one waits as long as it must."""
        now = self._now()
        if now - self._slow[0] > _HALF:
            self._slow[0] = now
            self._ease(0.5)
        if now < self._next[0] and self._between[0]:
            return False
        self._next[0] = now + self._between[0]
        return True

    def _learn(self, *, is_slow: bool, at: float) -> None:
        if is_slow:
            self._slow[0] = at
            self._between[0] = min(_MOST, max(_LEAST, self._between[0] * _MORE))
        else:
            self._ease(_LESS)

    def _ease(self, share: float) -> None:
        between = self._between[0] * share
        self._between[0] = between if between >= _LEAST else 0.0


class Precedence:
    """Around an application: lets who writes go first."""

    def __init__(self, application: WSGI, pace: Pace | None = None) -> None:
        self._application = application
        self._pace = pace or Pace()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as the application does, or ask a screen to come back (RFC 9110, 15.6.4)."""
        if environ["REQUEST_METHOD"] in _READS:
            if environ.get(_REFRESH) != "1":
                return self._application(environ, start_response)
            if not self._pace.may_look():
                return _later()(environ, start_response)
        with self._pace.watching():
            return self._application(environ, start_response)


def _later() -> Response:
    own = {"Cache-Control": headers.NOWHERE_KEPT, "Retry-After": str(RETRY_AFTER)}
    return Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={**headers.ALWAYS, **own})
