"""A calendar server of another make, stopped by its process."""

import base64
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WHO = base64.b64encode(b"mia:x").decode()


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Yield the address of a server that keeps its calendars in ``folder``."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings = folder / "config"
    settings.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[rights]\ntype = authenticated\n"
        f"[storage]\nfilesystem_folder = {folder}/store\n[web]\ntype = none\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "radicale", "--config", str(settings)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ}) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if b"Radicale server ready" in line:
                break
        yield f"http://127.0.0.1:{port}"
        server.terminate()
        server.stderr.read()


def put(address: str, calendar: bytes) -> None:
    """Let the server keep the file as Mia's calendar at the address."""
    asked = _asked(address, data=calendar, method="PUT")
    asked.add_header("Content-Type", "text/calendar")
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - our own server
        assert answer.status == 201


def get(address: str) -> bytes:
    """Return what lies at the address."""
    with urllib.request.urlopen(_asked(address)) as answer:  # noqa: S310 - our own server
        content: bytes = answer.read()
    return content


def _asked(
    address: str, *, data: bytes | None = None, method: str = "GET"
) -> urllib.request.Request:
    asked = urllib.request.Request(address, data=data, method=method)  # noqa: S310 - our own server
    asked.add_header("Authorization", f"Basic {_WHO}")
    return asked
