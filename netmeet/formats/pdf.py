"""Pages as tagged PDF (PDF/UA-1), made in processes of their own that can be killed.

The only user of WeasyPrint. Nothing is ever fetched: the HTML and every stylesheet get a fetcher
that knows the two fonts by their exact ids and refuses everything else.
"""

import importlib
import multiprocessing
import os
import queue
import resource
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

FONTS = {
    "font:IBMPlexSans-Regular.woff2": 400,
    "font:IBMPlexSans-SemiBold.woff2": 600,
}
"""The ids that a stylesheet may ask for, with their weight."""

_LONGEST_SECONDS = 20.0
_LONGEST_START = 60.0
_MEMORY_BYTES = 1 << 30
_SPAWN = multiprocessing.get_context("spawn")


class PdfFailed(Exception):
    """No PDF came of it: it took too long, or the page could not be printed. Names no content."""


@dataclass(frozen=True, slots=True)
class _Job:
    html: str
    css: tuple[str, ...]
    title: str
    lang: str
    fonts: Path | None


class _Worker:
    """One process that prints, and the line to it."""

    def __init__(self) -> None:
        self._line, far_end = _SPAWN.Pipe()
        self._process: SpawnProcess = _SPAWN.Process(target=_work, args=(far_end,), daemon=True)
        self._process.start()
        far_end.close()
        if not self._line.poll(_LONGEST_START):
            self.end()
            raise PdfFailed("the printing process did not start")
        self._line.recv()

    def print(self, job: _Job, *, seconds: float) -> bytes:
        """Return the PDF; raises PdfFailed when it takes longer or cannot be made."""
        try:
            self._line.send(job)
            if not self._line.poll(seconds):
                raise PdfFailed("the page took too long to print")
            answer = self._line.recv()
        except (EOFError, OSError) as gone:
            raise PdfFailed("the printing process ended") from gone
        if isinstance(answer, str):
            raise PdfFailed(answer)
        return bytes(answer)

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self._line.close()


class Press:
    """A few printing processes, each started when first needed and replaced when it fails."""

    def __init__(self, *, workers: int = 2, seconds: float = _LONGEST_SECONDS) -> None:
        self._seconds = seconds
        self._fonts: Path | None = None
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)
        self._workers = workers

    def use_fonts(self, folder: Path) -> None:
        """Take the fonts from this folder from now on."""
        self._fonts = folder

    def render(self, html: str, *, css: Sequence[str], title: str, lang: str = "da") -> bytes:
        """Return the page as PDF/UA-1; waits for a free process. Raises PdfFailed."""
        job = _Job(html, tuple(css), title, lang, self._fonts)
        worker = self._idle.get()
        try:
            worker = worker or _Worker()
            made = worker.print(job, seconds=self._seconds)
        except BaseException:
            if worker is not None:
                worker.end()
            worker = None
            raise
        finally:
            self._idle.put(worker)
        return made

    def close(self) -> None:
        """End the processes; later prints start new ones."""
        for _ in range(self._workers):
            worker = self._idle.get()
            if worker is not None:
                worker.end()
        for _ in range(self._workers):
            self._idle.put(None)


_lock = threading.Lock()
_shared: dict[int, Press] = {}
_fonts_folder: list[Path] = []


def use_fonts(folder: Path) -> None:
    """Take the two fonts from this folder; called once at the start, before the first print."""
    _fonts_folder[:] = [folder]
    _press().use_fonts(folder)


def render(html: str, *, css: Sequence[str], title: str, lang: str = "da") -> bytes:
    """Return the page as PDF/UA-1 with this title and language and no other metadata.

    Raises PdfFailed after 20 seconds or when the page cannot be printed. Never call it inside a
    database transaction.
    """
    return _press().render(html, css=css, title=title, lang=lang)


def close() -> None:
    """End this process's printing processes."""
    _press().close()


def _press() -> Press:
    """Return this process's own press: one inherited through a fork talks to another's children."""
    with _lock:
        press = _shared.get(os.getpid())
        if press is None:
            _shared.clear()
            press = _shared[os.getpid()] = Press()
            for folder in _fonts_folder:
                press.use_fonts(folder)
        return press


def _work(line: Connection) -> None:
    """Print what comes until the line closes, in an empty folder and with little memory."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)
        importlib.import_module("weasyprint")
        line.send("ready")
        while True:
            try:
                job = line.recv()
            except EOFError:
                return
            line.send(_answer(job))


def _answer(job: _Job) -> bytes | str:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + _LONGEST_SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        return _pdf(job)
    except Exception as error:  # noqa: BLE001 - the process must outlive any bad page
        return f"the page could not be printed ({type(error).__name__})"


def _pdf(job: _Job) -> bytes:
    # Only the printing process pays for the import.
    from weasyprint import CSS, HTML  # noqa: PLC0415 - only the printing process loads it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - only the printing process loads it

    fetcher = _fetcher(job.fonts)
    fonts = FontConfiguration()
    faces = [_faces()] if job.fonts is not None else []
    sheets = [
        CSS(string=text, url_fetcher=fetcher, font_config=fonts) for text in (*faces, *job.css)
    ]
    page = HTML(string=job.html, base_url=None, url_fetcher=fetcher)
    document = page.render(stylesheets=sheets, font_config=fonts, pdf_variant="pdf/ua-1")
    facts = document.metadata
    facts.title, facts.lang = job.title, job.lang
    facts.authors, facts.keywords, facts.attachments = [], [], []
    facts.description = facts.generator = facts.created = facts.modified = None
    made = document.write_pdf(pdf_variant="pdf/ua-1")
    return bytes(made)


def _faces() -> str:
    return "".join(
        "@font-face{font-family:'IBM Plex Sans';font-style:normal;"
        f"font-weight:{weight};src:url('{name}') format('woff2')}}"
        for name, weight in FONTS.items()
    )


def _fetcher(folder: Path | None) -> object:
    """Return a fetcher that hands out the two fonts of the folder and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 - only the printing process loads it

    class Deny(URLFetcher):  # type: ignore[misc]  # untyped base
        """Refuses every address but the ids of the fonts."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            """Return the font of this id; ValueError for everything else."""
            del headers
            if folder is None or url not in FONTS:
                raise ValueError("nothing is fetched")
            font = (folder / url.removeprefix("font:")).read_bytes()
            return URLFetcherResponse(url, font, {"Content-Type": "font/woff2"})

    return Deny()
