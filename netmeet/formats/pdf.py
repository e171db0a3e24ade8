"""Pages as tagged PDF (PDF/UA-1), made in processes of their own that can be killed.

The only user of WeasyPrint. Nothing is ever fetched: the HTML and every stylesheet get a fetcher
that knows the two fonts by their exact ids and refuses everything else.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netmeet.formats import processes

FONTS = {
    "font:IBMPlexSans-Regular.woff2": 400,
    "font:IBMPlexSans-SemiBold.woff2": 600,
}
"""The ids that a stylesheet may ask for, with their weight."""

_LONGEST_SECONDS = 20.0
_MEMORY_BYTES = 1 << 30


class PdfFailed(Exception):
    """No PDF came of it: it took too long, or the page could not be printed. Names no content."""


@dataclass(frozen=True, slots=True)
class _Job:
    html: str
    css: tuple[str, ...]
    title: str
    lang: str
    fonts: Path | None


class Press:
    """A few printing processes, each started when first needed and replaced when it fails."""

    def __init__(self, *, workers: int = 2, seconds: float = _LONGEST_SECONDS) -> None:
        self._fonts: Path | None = None
        self._crew = processes.Crew(_TRADE, workers=workers, seconds=seconds)

    def use_fonts(self, folder: Path) -> None:
        """Take the fonts from this folder from now on."""
        self._fonts = folder

    def render(self, html: str, *, css: Sequence[str], title: str, lang: str = "da") -> bytes:
        """Return the page as PDF/UA-1; waits for a free process. Raises PdfFailed."""
        try:
            return self._crew.do(_Job(html, tuple(css), title, lang, self._fonts))
        except processes.Failed as failed:
            raise PdfFailed(str(failed)) from failed

    def close(self) -> None:
        """End the processes; later prints start new ones."""
        self._crew.close()


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


def _new_press() -> Press:
    press = Press()
    for folder in _fonts_folder:
        press.use_fonts(folder)
    return press


_press = processes.OfThisProcess(_new_press)


def _begin() -> None:
    importlib.import_module("weasyprint")


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


_TRADE = processes.Trade(begin=_begin, work=_pdf, memory=_MEMORY_BYTES, seconds=_LONGEST_SECONDS)


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
