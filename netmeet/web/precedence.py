"""Who writes goes first: while people save, a screen that fetches itself anew may have to wait.

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
"""Seconds after which a screen that had to wait asks again: as often as it asks anyway."""

_PATIENCE = 0.1
"""Seconds a screen waits for its turn, in a thread that could serve somebody else."""
_LATELY = 1.0
"""Seconds: so old a save that has not ended keeps no screen waiting, as a file on a slow line."""
_MANY = 8
"""So many saves a second make a screen rest as long as it took, twice as many twice as long."""
_REFRESH = f"HTTP_{REFRESH_HEADER.upper().replace('-', '_')}"
_READS = frozenset({"GET", "HEAD"})


class Turns:
    """The turns of the threads of one process: one screen at a time, and none during a save."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._turn = Condition()
        self._saving: list[float] = []
        self._saved: deque[float] = deque()
        self._is_looking = False
        self._is_waiting = False
        self._rests_until = float("-inf")

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
        """Tell a screen whether it is its turn, after a moment if need be."""
        with self._turn:
            is_turn = self._await_turn()
            self._is_looking = self._is_looking or is_turn
            begun = self._now()
        try:
            yield is_turn
        finally:
            if is_turn:
                with self._turn:
                    self._is_looking = False
                    self._rests_until = self._now() + self._rest(self._now() - begun)
                    self._turn.notify_all()

    def _await_turn(self) -> bool:
        if self._now() < self._rests_until or (self._is_waiting and not self._is_free()):
            return False
        self._is_waiting = True
        is_turn = self._turn.wait_for(self._is_free, _PATIENCE)
        self._is_waiting = False
        return is_turn

    def _is_free(self) -> bool:
        lately = self._now() - _LATELY
        return not self._is_looking and all(begun <= lately for begun in self._saving)

    def _rest(self, took: float) -> float:
        """Return for how long no screen is fetched after one that took so long (seconds)."""
        while self._saved and self._saved[0] <= self._now() - _LATELY:
            self._saved.popleft()
        return took * (len(self._saved) // _MANY)


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
