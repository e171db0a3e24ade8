"""Slow work, and work on what strangers send, in processes of their own that can be killed.

A process gets little memory and little time, works in an empty folder, and answers with plain
bytes: what comes back from it is never run.
"""

import os
import queue
import resource
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")

_LONGEST_START = 60.0
_LONGEST_LIFE = 500
"""Jobs of one process: libraries keep a little of each, and it must not be the user who meets the
end of the memory."""
_SPAWN = get_context("spawn")
_MADE, _REFUSED, _BROKE = b"+", b"-", b"!"


class Failed(Exception):
    """Nothing came of it; the message is one word or sentence that names no content."""


class _Broke(Failed):
    """As ``Failed``, and the process had better not go on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trade:
    """What a process can do: functions of a module, so that the process finds them itself.

    ``begin`` is called once, ``work`` for each job; ``work`` raises ``Failed`` for an anticipated
    no. ``memory`` is how many bytes it may take beyond what it has begun with.
    """

    begin: Callable[[], object]
    work: Callable[[Any], bytes]
    memory: int
    seconds: float


class _Worker:
    """One process, and the line to it."""

    def __init__(self, trade: Trade) -> None:
        self.jobs = 0
        self._line, far_end = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(
            target=_serve, args=(trade, far_end), daemon=True
        )
        self._process.start()
        far_end.close()
        if not self._line.poll(_LONGEST_START):
            self.end()
            raise Failed("the process did not start")
        self._line.recv_bytes()

    def do(self, job: object, *, seconds: float) -> bytes:
        """Return what became of the job; raises Failed, and _Broke when the process is spent."""
        self.jobs += 1
        try:
            self._line.send(job)
            if not self._line.poll(seconds):
                raise _Broke("it took too long")
            answer = self._line.recv_bytes()
        except (EOFError, OSError) as gone:
            raise _Broke("the process ended") from gone
        if answer[:1] == _MADE:
            return answer[1:]
        told = answer[1:].decode(errors="replace")
        raise Failed(told) if answer[:1] == _REFUSED else _Broke(told)

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self._line.close()


class Crew:
    """A few processes of one trade, each started when first needed and replaced when it is gone."""

    def __init__(self, trade: Trade, *, workers: int = 2, seconds: float | None = None) -> None:
        self._trade = trade
        self._seconds = seconds or trade.seconds
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)
        self._workers = workers

    def do(self, job: object) -> bytes:
        """Return what became of the job; waits for a free process. Raises Failed."""
        worker = self._idle.get()
        try:
            worker = worker or _Worker(self._trade)
            return worker.do(job, seconds=self._seconds)
        except BaseException as gone:
            if worker is not None and type(gone) is not Failed:
                worker.end()
                worker = None
            raise
        finally:
            if worker is not None and worker.jobs >= _LONGEST_LIFE:
                worker.end()
                worker = None
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes; later jobs start new ones."""
        for _ in range(self._workers):
            worker = self._idle.get()
            if worker is not None:
                worker.end()
        for _ in range(self._workers):
            self._idle.put(None)


class OfThisProcess(Generic[Thing]):
    """One thing for each process: what is inherited through a fork talks to another's children."""

    def __init__(self, make: Callable[[], Thing]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: dict[int, Thing] = {}

    def __call__(self) -> Thing:
        """Return this process's own."""
        with self._lock:
            here = os.getpid()
            if here not in self._made:
                self._made.clear()
                self._made[here] = self._make()
            return self._made[here]


def _serve(trade: Trade, line: Connection) -> None:
    """Work on what comes until the line closes."""
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)
        trade.begin()
        most = _taken() + trade.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        line.send_bytes(b"ready")
        while True:
            try:
                job = line.recv()
            except EOFError:
                return
            line.send_bytes(_answer(trade, job))


def _taken() -> int:
    """Return how many bytes of addresses this process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _answer(trade: Trade, job: object) -> bytes:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + trade.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        return _MADE + trade.work(job)
    except Failed as no:
        return _REFUSED + str(no).encode()
    except Exception as error:  # noqa: BLE001 - whatever it was, the other end gets an answer
        return _BROKE + f"it could not be made ({type(error).__name__})".encode()
