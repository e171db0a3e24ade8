"""An application under gunicorn, as in service, that tells the CPU time it has used."""

import http.client
import importlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import config
from benchmarks import reference
from netmeet.core.memory import settle

_USED = "/cpu-time-used"
_PATIENCE = 60.0
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def timed(application: WSGI) -> WSGI:
    """Return the application with one address more: the CPU seconds its process has used."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != _USED:
            return application(environ, start)
        body = repr(time.process_time()).encode()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def reference_page() -> WSGI:
    """Return the reference, as settled as netmeet is (see ``wsgi.py``)."""
    application = reference.create_app(Path(os.environ[reference.DATABASE]))
    settle()
    return timed(application)


def netmeet() -> WSGI:
    """Return netmeet as gunicorn runs it."""
    return timed(importlib.import_module("wsgi").app)


class Server:
    """One worker process of gunicorn, asked over one connection that is kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def get(self, path: str, *, cookie: str = "") -> bytes:
        """Return the body. Raises ``RuntimeError`` for any status but 200."""
        self._connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != HTTPStatus.OK:
            message = f"{path}: {answer.status}"
            raise RuntimeError(message)
        return body

    def cpu(self, path: str, *, cookie: str = "", seconds: float) -> float:
        """Return the CPU seconds the server spends on a request, asked in a row for so long.

        On a connection of its own: on an old one TCP waits with its receipts, and a server that
        is left waiting is measured cold.
        """
        self._connection.close()
        begun, until, count = float(self.get(_USED)), time.monotonic() + seconds, 0
        while time.monotonic() < until:
            self.get(path, cookie=cookie)
            count += 1
        return (float(self.get(_USED)) - begun) / count


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Yield a server of ``module:name`` with the threads it has in service; stop it at the end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [
                *(sys.executable, "-m", "gunicorn", application, "--bind"),
                *(
                    f"fd://{listening.fileno()}",
                    "--worker-class",
                    "netmeet.web.patience.Worker",
                    "--workers",
                    "1",
                ),
                *("--threads", "4", "--keep-alive", "60", "--log-level", "warning"),
                *("--no-control-socket", "--chdir", str(config.ROOT)),
            ],
            env={**os.environ, **environment},
            pass_fds=[listening.fileno()],
        )
        try:
            with closing(Server(port)) as server:
                # The socket listens already: the first request waits for the worker, no longer.
                server.get(_USED)
                yield server
        finally:
            process.terminate()
            process.wait(_PATIENCE)
