"""How gunicorn waits for a client: so long as something comes in, and not for ever.

A thread that reads a request serves nobody else. ``--timeout`` is how long a client may take to
send one, and to take in what was answered; a large body gets more as it comes in.
"""

import errno
import socket
import time
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from netmeet.core.memory import sweep

SLOWEST = 32 * 1024
"""Bytes a second that a body must come in with, beyond the first seconds."""


class Patient:
    """A client's connection that gives up waiting; in all else the socket it stands for."""

    def __init__(self, held: socket.socket, *, seconds: float) -> None:
        self._held, self._seconds = held, seconds
        self._until = 0.0
        self._is_closed = False
        self.was_too_slow = False

    def __getattr__(self, name: str) -> Any:
        """Return what the socket has."""
        return getattr(self._held, name)

    def setblocking(self, is_blocking: bool) -> None:  # noqa: FBT001 - the socket's own signature
        """Begin to wait for a request, or stop waiting for anything."""
        if self._is_closed:
            return
        self._held.settimeout(self._seconds if is_blocking else 0)
        self._until = time.monotonic() + self._seconds

    def close(self) -> None:
        """Close it; it may be closed again."""
        self._is_closed = True
        self._held.close()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return what came in. Raises ``ConnectionResetError`` when the time is over."""
        known = self._held.gettimeout()
        if known == 0:
            return self._held.recv(size, flags)
        left = self._until - time.monotonic()
        try:
            self._held.settimeout(max(left if known is None else min(known, left), 0))
            came = self._held.recv(size, flags) if left > 0 else None
        except TimeoutError:
            came = None
        finally:
            self._held.settimeout(known)
        if came is None:
            self.was_too_slow = True
            raise ConnectionResetError(errno.ECONNRESET, "too slow")
        self._until += len(came) / SLOWEST
        return came


class Worker(ThreadWorker):  # type: ignore[misc]  # untyped base
    """Threads that are patient with clients, and no longer than ``--timeout``."""

    def handle(self, conn: TConn) -> Any:
        """Serve one request; a connection that ends is closed here.

        Closing waits for the client too, and whoever accepts new ones must wait for nobody.
        What the page left behind is swept up when its answer is on its way.
        """
        is_kept = super().handle(conn)
        if not is_kept:
            conn.close(graceful=not conn.sock.was_too_slow)
        sweep()
        return is_kept

    def enqueue_req(self, conn: TConn) -> None:
        """Hand the connection to a thread."""
        if not isinstance(conn.sock, Patient):
            conn.sock = Patient(conn.sock, seconds=self.cfg.timeout)
        super().enqueue_req(conn)
