"""An application under gunicorn, as in service."""

import http.client
import importlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import config
from benchmarks import reference
from netmeet.cli.serving import WEB
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


def environment(folder: Path, *, database_url: str = "") -> dict[str, str]:
    """Return the settings of a demo kept in ``folder``, its database there or at the address."""
    return {
        "NETMEET_DEMO": "1",
        "NETMEET_SECRET_KEY": os.urandom(32).hex(),
        "NETMEET_KEYS": config.new_keys(),
        "NETMEET_DATABASE_URL": database_url or f"sqlite:///{folder / 'netmeet.db'}",
        "NETMEET_BASE_URL": "http://localhost",
        "NETMEET_INSTANCE": str(folder),
        reference.DATABASE: str(folder / "reference.db"),
    }


@contextmanager
def served(application: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """Yield a server of ``module:name`` with the threads it has in service; stop it at the end."""
    gunicorn = [
        *("-m", "gunicorn", application, "--worker-class", "netmeet.web.patience.Worker"),
        *("--workers", "1", "--threads", "4", "--keep-alive", "60", "--log-level", "warning"),
        "--no-control-socket",
    ]
    with _running(gunicorn, settings) as port, closing(Server(port)) as server:
        # The socket listens already: the first request waits for the worker, no longer.
        server.get(_USED)
        yield server


@contextmanager
def in_service(settings: Mapping[str, str]) -> Iterator[int]:
    """Yield the port of netmeet on 127.0.0.1, run as ``netmeet serve`` runs it; stop it after."""
    with _running(WEB, settings) as port:
        with closing(Server(port)) as server:
            server.get("/healthz")
        yield port


@contextmanager
def _running(gunicorn: Sequence[str], settings: Mapping[str, str]) -> Iterator[int]:
    """Yield the port that gunicorn listens on, and stop it whatever happens meanwhile."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [
                *(sys.executable, *gunicorn, "--bind", f"fd://{listening.fileno()}"),
                *("--chdir", str(config.ROOT)),
            ],
            env={**os.environ, **settings},
            pass_fds=[listening.fileno()],
        )
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.wait(_PATIENCE)
