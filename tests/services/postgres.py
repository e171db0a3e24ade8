"""A PostgreSQL cluster of the tests' own, shared by all workers of one run.

It lives in a temporary folder, listens only on a socket in that folder and trades durability for
speed, unless it is asked to be `SAFE`. PostgreSQL refuses to run as root, so root starts it as the
user `postgres`.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ROLE = "netmeet"
SAFE = "-c max_connections=60"
FAST = f"{SAFE} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@dataclass(frozen=True)
class Cluster:
    """A running cluster, known by the folder that holds its data and its socket."""

    folder: Path

    def create_database(self) -> str:
        """Make an empty database and return its address in SQLAlchemy's form."""
        name = f"t_{uuid.uuid4().hex}"
        with psycopg.connect(
            host=str(self.folder), user=ROLE, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{ROLE}@/{name}?host={self.folder}"


@contextmanager
def cluster(meeting_place: Path, *, options: str = FAST) -> Iterator[Cluster]:
    """Join the cluster noted in `meeting_place`, or start it; whoever leaves last stops it.

    Each worker holds a shared lock as long as it is in, so a worker that dies leaves too.
    """
    note = meeting_place / "postgres.folder"
    with (meeting_place / "postgres.users").open("w") as users:
        with _alone(meeting_place):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not note.exists():
                note.write_text(str(_start(options)))
            shared = Cluster(Path(note.read_text()))
        try:
            yield shared
        finally:
            with _alone(meeting_place):
                if _is_last(users.fileno()):
                    note.unlink()
                    _stop(shared.folder)


@contextmanager
def _alone(meeting_place: Path) -> Iterator[None]:
    with (meeting_place / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(users, fcntl.LOCK_UN)
        return False
    return True


def _programs() -> Path:
    """Return the newest server's folder: `pg_config` names a client's where both lie."""
    asked = shutil.which("pg_config")
    if asked:
        answer = subprocess.run(
            [asked, "--bindir"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if answer and (Path(answer) / "initdb").exists():
            return Path(answer)
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: int(path.parts[-3])).parent


def _run(program: str, *arguments: str) -> None:
    """Run one of the server's programs as somebody who is not root; its words go to the log."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, str(_programs() / program), *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{program} failed: {done.stderr.strip()}"
        raise RuntimeError(message)


def _start(wanted: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="netmeet-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = str(folder / "data")
    _run("initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' {wanted}"
    log = str(folder / "log")
    _run("pg_ctl", "-D", data, "-w", "-s", "-l", log, "-o", options, "start")
    return folder


def _stop(folder: Path) -> None:
    """Stop the server whose process id stands in its data folder, and clear the folder away."""
    _run("pg_ctl", "-D", str(folder / "data"), "-w", "-s", "-m", "immediate", "stop")
    shutil.rmtree(folder)
