"""netmeet behind the real gunicorn, spoken to byte by byte."""

import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from netmeet.cli import serving
from tests import browser

PATIENCE = 60
"""Seconds after which a test gives up on an answer."""


@dataclass
class Server:
    """A running gunicorn: where it listens, its processes, and what it writes."""

    port: int
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Return the master and its workers."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [pid, *map(int, children.split())]

    @property
    def most_memory(self) -> int:
        """Return the most that one of the processes has ever held in memory, in MB."""
        return max(_peak(pid) for pid in self.pids) // 1024

    def connect(self) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def send(self, raw: bytes) -> bytes:
        """Return all that is answered to these bytes; stop sending when an answer comes."""
        with self.connect() as line:
            rest = memoryview(raw)
            while rest:
                came, may_send, _ = select.select([line], [line], [], PATIENCE)
                if came:
                    break
                try:
                    rest = rest[line.send(rest[:65536]) :] if may_send else rest
                except (BrokenPipeError, ConnectionResetError):
                    break
            return _rest(line)

    def is_well(self) -> bool:
        """Tell whether a page is answered now."""
        return self.send(GET).startswith(b"HTTP/1.1 200 ")


GET = b"GET /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def _rest(line: socket.socket) -> bytes:
    found = b""
    try:
        if not select.select([line], [], [], 0)[0]:
            line.shutdown(socket.SHUT_WR)
        while came := line.recv(65536):
            found += came
    except TimeoutError:
        raise
    except OSError:
        pass  # the server closed what it had not read to the end
    return found


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def post(body: bytes, kind: str, *more: str, path: str = "/login") -> bytes:
    """Return a request with a body of that type, and further header lines."""
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: x",
        "Connection: close",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode() + body


@contextmanager
def running(instance: Path, *, patience: int) -> Iterator[Server]:
    """Serve an empty netmeet as ``netmeet serve`` does, with that time-out, till the block ends."""
    port = browser.free_port()
    settings = browser.environment(instance, port)
    init = [sys.executable, "-c", "from netmeet.cli import main; main()", "init"]
    subprocess.run(init, cwd=browser.ROOT, env=settings, check=True, capture_output=True)
    more = ("--bind", f"127.0.0.1:{port}", "--timeout", str(patience), "--log-level", "info")
    process = subprocess.Popen(
        [sys.executable, *serving.WEB, *more],
        cwd=browser.ROOT,
        env=settings,
        text=True,
        stderr=subprocess.PIPE,
    )
    server = Server(port, process)
    assert process.stderr is not None
    for line in process.stderr:
        server.said.append(line)
        if sum("Booting worker" in one for one in server.said) == serving.WORKERS:
            break
    reader = Thread(target=lambda: server.said.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        yield server
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)
        reader.join()
        process.stderr.close()
