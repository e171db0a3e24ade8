"""Who writes goes first: while many save, a screen that fetches itself anew may have to wait.

A save has a human waiting for it; a screen asks again in two seconds. Where a machine is too small
for all who follow, their screens grow older, and what people write is kept as fast as ever.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Condition
from typing import Any

from werkzeug.wrappers import Response

from netmeet.web import headers
from netmeet.web.guard import REFRESH_HEADER

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

RETRY_AFTER = 2
"""Seconds after which a screen that had to wait asks again."""

_PATIENCE = 0.1
"""Seconds a screen waits for its turn, in a thread that could serve somebody else."""
_LATELY = 1.0
"""Seconds in which saves are counted; one that takes longer, as a file on a slow line, is none."""
_MANY = 8
"""So many saves lately make screens take turns, and rest as long as one took; twice that, twice."""
_COUNTED = 8 * _MANY
_OLDEST = 2.0
"""Seconds after which a screen is let in whatever goes on."""
_REFRESH = f"HTTP_{REFRESH_HEADER.upper().replace('-', '_')}"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Turns:
    """The turns of the threads of one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._turn = Condition()
        self._saving: list[float] = []
        self._saved: deque[float] = deque(maxlen=_COUNTED)
        self._looks = 0
        self._looked = float("-inf")
        self._rests_until = float("-inf")
        self._is_awaited = False

    @contextmanager
    def save(self) -> Iterator[None]:
        """Let who comes in save; they wait for nobody."""
        with self._turn:
            begun = self._now()
            self._saving.append(begun)
        try:
            yield
        finally:
            with self._turn:
                self._saving.remove(begun)
                self._saved.append(self._now())
                self._turn.notify_all()

    @contextmanager
    def look(self) -> Iterator[bool]:
        """Tell a screen whether it is its turn, after a moment if need be.

        Where few save it always is. Where many do, one screen is fetched at a time, none during a
        save, and then none for as long as that took, times how many save.
        """
        with self._turn:
            is_turn = self._await_turn()
            self._looks += is_turn
            begun = self._now()
        try:
            yield is_turn
        finally:
            if is_turn:
                self._end_look(begun)

    def _await_turn(self) -> bool:
        if self._is_free():
            return True
        if self._is_awaited:
            return False
        self._is_awaited = True
        try:
            return self._turn.wait_for(self._is_free, _PATIENCE)
        finally:
            self._is_awaited = False

    def _end_look(self, begun: float) -> None:
        with self._turn:
            self._looks -= 1
            self._looked = self._now()
            self._rests_until = self._looked + (self._looked - begun) * self._crowd()
            self._turn.notify_all()

    def _is_free(self) -> bool:
        now = self._now()
        if not self._crowd() or (now - self._looked >= _OLDEST and not self._looks):
            return True
        is_saving = any(now - begun < _LATELY for begun in self._saving)
        return not self._looks and not is_saving and now >= self._rests_until

    def _crowd(self) -> int:
        """Return how many times as many save as make screens take turns."""
        since = self._now() - _LATELY
        return sum(ended > since for ended in self._saved) // _MANY


class Precedence:
    """Around an application: gives every request of its process its turn."""

    def __init__(self, application: WSGI, turns: Turns | None = None) -> None:
        self._application = application
        self._turns = turns or Turns()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer as the application does, or ask a screen to come back (RFC 9110, 15.6.4)."""
        if environ["REQUEST_METHOD"] not in _READS:
            with self._turns.save():
                return self._application(environ, start_response)
        if environ.get(_REFRESH) != "1":
            return self._application(environ, start_response)
        with self._turns.look() as is_turn:
            return (self._application if is_turn else _later())(environ, start_response)


def _later() -> Response:
    own = {"Cache-Control": headers.NOWHERE_KEPT, "Retry-After": str(RETRY_AFTER)}
    return Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={**headers.ALWAYS, **own})
