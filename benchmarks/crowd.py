"""The crowd before the screens, in a process of its own: who writes, and who follows.

``python -m benchmarks.crowd`` reads a :class:`Script` from standard input as JSON, plays it against
a server on 127.0.0.1, and writes a :class:`Report` to standard output. It keeps to what
``autosave.js`` and ``poll.js`` do: one save of a form at a time, each at the version that was
answered last; a screen asks anew two seconds after its last answer, with the tag of what it has.
"""

import asyncio
import json
import math
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

EVERY = 2.0
"""Seconds between an answer and the next time a screen asks (``data-poll-seconds``)."""
_WARM, _ALONE = 20, 100
_SHARED = 0.2
"""How many of the saves go into the field that two write in."""
_AFTER = 4.0
"""Seconds that the screens are followed on when the last save is done."""
_PATIENCE = 60.0
_IDLE = 8.0
"""Seconds after which a connection is not used again: gunicorn hangs up after ten."""
_OPENED_AT_ONCE = 8
_WORD = re.compile(r"\bord(\d+)\b")
_SENTENCE = "Vi talte om, hvor Mia skal bo, og hvem der hjælper hende med at flytte. "


@dataclass(frozen=True)
class Screen:
    """One open screen: its room, its login, and the fields written there (none: it follows)."""

    room: str
    cookie: str
    token: str = ""
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """Where to go, before which screens, and how many saves a second for how many seconds."""

    port: int
    screens: list[Screen]
    rate: float
    seconds: float


@dataclass
class Save:
    """One save: in which room, to which path, with which word, and what came of it.

    ``due`` and ``done`` are seconds of one clock, ``done`` is infinite without an answer.
    ``outcome`` is kept, refused (in words, with both texts), other, or unanswered; ``version`` is
    what it made of the field when it was kept.
    """

    room: str
    path: str
    word: int
    due: float
    done: float = math.inf
    outcome: str = "unanswered"
    version: int = 0

    @property
    def took(self) -> float:
        """Return the seconds from when it was due till it was answered."""
        return self.done - self.due


@dataclass
class Look:
    """An answer to a screen that asked anew: when it came, and which words it newly shows."""

    at: float
    words: list[int]
    is_new: bool = True


@dataclass
class Report:
    """What happened: saves of one writer alone, saves under load, and what followers saw.

    The first saves of all only warm the server.

    ``follows`` names the room of each follower, ``looks`` has what each was shown; ``polls`` counts
    followers' answers within the ``seconds`` of the saves, ``unchanged`` those of them that say so,
    ``waited`` the answers within them that ask a screen to wait, ``wrong`` those that are nothing
    of all that.
    """

    warming: list[Save] = field(default_factory=list)
    alone: list[Save] = field(default_factory=list)
    saves: list[Save] = field(default_factory=list)
    follows: list[str] = field(default_factory=list)
    looks: list[list[Look]] = field(default_factory=list)
    polls: int = 0
    unchanged: int = 0
    waited: int = 0
    wrong: int = 0
    seconds: float = 0.0

    @property
    def every_save(self) -> list[Save]:
        """Return all saves in the order they were due."""
        return [*self.warming, *self.alone, *self.saves]

    @classmethod
    def read(cls, text: str) -> "Report":
        """Return the report that was written as JSON."""
        told = json.loads(text)
        for kind in ("warming", "alone", "saves"):
            told[kind] = [Save(**one) for one in told[kind]]
        told["looks"] = [[Look(**one) for one in seen] for seen in told["looks"]]
        return cls(**told)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    tag: str
    text: str
    is_later: bool = False


class Browser:
    """One login over one connection, kept while it is in use."""

    def __init__(self, port: int, screen: Screen) -> None:
        self._port = port
        self._cookie = screen.cookie
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def ask(
        self, path: str, headers: dict[str, str], form: dict[str, str] | None = None
    ) -> Answer:
        """Get the path, or post the form to it.

        As a browser does, it asks once more on a new connection where a kept one was hung up
        before a word of the answer. Raises ``TimeoutError`` or ``OSError`` without an answer.
        """
        body = urlencode(form).encode() if form is not None else b""
        lines = [
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Cookie: {self._cookie}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        if form is not None:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        sent = "\r\n".join((*lines, "", "")).encode() + body
        async with asyncio.timeout(_PATIENCE):
            if self._stream is not None and time.monotonic() - self._used < _IDLE:
                try:
                    return await self._exchange(sent)
                except (asyncio.IncompleteReadError, ConnectionError):
                    self.hang_up()
            self.hang_up()
            self._stream = await asyncio.open_connection("127.0.0.1", self._port)
            return await self._exchange(sent)

    async def _exchange(self, sent: bytes) -> Answer:
        if self._stream is None:
            message = "no connection"
            raise ConnectionError(message)
        reader, writer = self._stream
        writer.write(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self._used = time.monotonic()
        if headers.get("connection", "").lower() == "close":
            self.hang_up()
        status = int(head[0].split()[1])
        is_later = status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers
        return Answer(status, headers.get("etag", ""), body.decode(), is_later)

    def hang_up(self) -> None:
        """Close the connection if there is one."""
        if self._stream is not None:
            self._stream[1].close()
            self._stream = None


class Writer:
    """Writes in its fields, one save at a time, each over the text it has seen last."""

    def __init__(self, port: int, screen: Screen, chance: random.Random) -> None:
        self._browser = Browser(port, screen)
        self._headers = {"Accept": "application/json", "X-CSRFToken": screen.token}
        self._room = screen.room
        self._own, self._both = screen.writes
        self._versions = dict.fromkeys(screen.writes, 0)
        self._chance = chance
        self.due: asyncio.Queue[Save] = asyncio.Queue()

    def next(self, word: int, due: float) -> Save:
        """Return the next save, which is due at that instant."""
        path = self._both if self._chance.random() < _SHARED else self._own
        return Save(self._room, path, word, due)

    async def save(self, save: Save) -> None:
        """Send it and note what came of it."""
        form = {
            "text": f"ord{save.word} {_SENTENCE * (1 + save.word % 6)}",
            "version": str(self._versions[save.path]),
            "autosave": "1",
        }
        try:
            answer = await self._browser.ask(save.path, self._headers, form)
        except (TimeoutError, OSError, EOFError):
            self._browser.hang_up()
            return
        save.done = time.monotonic()
        save.outcome = "other"
        if answer.status == HTTPStatus.OK:
            save.version = self._versions[save.path] = int(json.loads(answer.text)["version"])
            save.outcome = "kept"
        elif answer.status == HTTPStatus.CONFLICT:
            words = {int(word) for word in _WORD.findall(answer.text)}
            version = re.search(r'data-version="(\d+)"', answer.text)
            if version is not None and save.word in words and len(words) > 1:
                self._versions[save.path] = int(version[1])
                save.outcome = "refused"

    async def work(self) -> None:
        """Save what is due, in order, until cancelled."""
        while True:
            save = await self.due.get()
            await self.save(save)
            self.due.task_done()


class Follower:
    """A screen that is open: asks anew, and notes when it shows which words."""

    def __init__(self, port: int, screen: Screen, report: Report) -> None:
        self._browser = Browser(port, screen)
        self._screen = screen
        self._tag = ""
        self._report = report
        self.looks: list[Look] = []
        self.waited: list[float] = []

    async def open(self) -> None:
        """Open the page as one does by its link. Raises ``RuntimeError`` where there is none."""
        answer = await self._browser.ask(self._screen.room, {"Accept": "text/html"})
        if answer.status != HTTPStatus.OK:
            message = f"{self._screen.room}: {answer.status}"
            raise RuntimeError(message)

    async def follow(self, wait: float) -> None:
        """Ask anew until cancelled, for the first time after ``wait`` seconds."""
        await asyncio.sleep(wait)
        while True:
            await self._look()
            await asyncio.sleep(EVERY)

    async def _look(self) -> None:
        headers = {"Accept": "text/html", "X-Refresh": "1"}
        if self._tag:
            headers["If-None-Match"] = self._tag
        try:
            answer = await self._browser.ask(self._screen.room, headers)
        except (TimeoutError, OSError, EOFError):
            self._browser.hang_up()
            self._report.wrong += 1
            return
        if answer.status == HTTPStatus.OK:
            self._tag = answer.tag
            words = [int(word) for word in _WORD.findall(answer.text)]
            self.looks.append(Look(time.monotonic(), words))
        elif answer.status == HTTPStatus.NOT_MODIFIED:
            self.looks.append(Look(time.monotonic(), [], is_new=False))
        elif answer.is_later:
            self.waited.append(time.monotonic())
        else:
            self._report.wrong += 1


async def _open(screens: list[Follower]) -> None:
    """Open every screen, a few at a time."""
    few = asyncio.Semaphore(_OPENED_AT_ONCE)

    async def opened(screen: Follower) -> None:
        async with few:
            await screen.open()

    await asyncio.gather(*(opened(screen) for screen in screens))


async def _alone(writer: Writer, words: list[int]) -> list[Save]:
    """Let one write alone, a save as soon as the one before is answered; the first are warming."""
    saves = []
    for word in words:
        saves.append(writer.next(word, time.monotonic()))
        await writer.save(saves[-1])
    return saves


async def _write(writers: list[Writer], script: Script, first: int) -> list[Save]:
    """Let the writers save in turns at even instants, whether or not the last was answered."""
    saves = []
    begun = time.monotonic()
    for number in range(round(script.rate * script.seconds)):
        due = begun + number / script.rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        writer = writers[number % len(writers)]
        saves.append(writer.next(first + number, due))
        writer.due.put_nowait(saves[-1])
    await asyncio.gather(*(writer.due.join() for writer in writers))
    return saves


@asynccontextmanager
async def _under_way(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let the coroutines run meanwhile, and end them after."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def play(script: Script) -> Report:
    """Play the script and return what happened."""
    report, chance = Report(), random.Random(1)  # noqa: S311 - turns, not secrets
    open_screens = [Follower(script.port, screen, report) for screen in script.screens]
    writers = [Writer(script.port, screen, chance) for screen in script.screens if screen.writes]
    await _open(open_screens)
    first = _WARM + _ALONE
    alone = await _alone(writers[0], list(range(first)))
    report.warming, report.alone = alone[:_WARM], alone[_WARM:]
    screens = [screen.follow(chance.uniform(0, EVERY)) for screen in open_screens]
    async with _under_way(*screens, *(writer.work() for writer in writers)):
        await asyncio.sleep(EVERY)
        begun = time.monotonic()
        report.saves = await _write(writers, script, first)
        ended = time.monotonic()
        await asyncio.sleep(_AFTER)
    report.seconds = ended - begun
    for screen, follower in zip(script.screens, open_screens, strict=True):
        report.waited += sum(begun <= at <= ended for at in follower.waited)
        if not screen.writes:
            within = [look for look in follower.looks if begun <= look.at <= ended]
            report.polls += len(within)
            report.unchanged += sum(not look.is_new for look in within)
            report.follows.append(screen.room)
            report.looks.append(follower.looks)
    return report


def main() -> None:
    """Play what standard input says."""
    told = json.load(sys.stdin)
    told["screens"] = [
        Screen(**{**screen, "writes": tuple(screen["writes"])}) for screen in told["screens"]
    ]
    json.dump(asdict(asyncio.run(play(Script(**told)))), sys.stdout)


if __name__ == "__main__":
    main()
