"""A real browser that counts what must never happen on a page."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.misuse.payloads import CALL, RAN_IN_A_TEMPLATE

_LISTEN = """addEventListener('securitypolicyviolation', event =>
  b1badBlocked(event.effectiveDirective + ' ' + event.sample + ' ' + event.blockedURI));"""

_LOOK = """() => {
  const odd = /^((javascript|vbscript|data):|(https?:)?\\/\\/b1bad)/i;
  const foreign = [], words = [document.title];
  const never = 'b1bad, [b1bad], iframe, base, object, embed, style, math, meta[http-equiv], '
    + 'script:not([src]), template';
  for (const e of document.querySelectorAll('*')) {
    const links = ['href', 'src', 'action', 'formaction', 'data', 'xlink:href']
      .map(name => e.getAttribute(name)).filter(Boolean)
      .map(said => said.replace(/[\\u0000-\\u0020]/g, ''));
    const bad = e.matches(never) || links.some(said => odd.test(said))
      || e.getAttributeNames().some(name => /^(on|srcdoc|style$|hx-on|data-hx-on)/.test(name));
    if (bad) foreign.push(e.outerHTML.slice(0, 150));
    for (const name of ['value', 'aria-label', 'title', 'href', 'alt', 'placeholder'])
      words.push(e.getAttribute(name) || '');
  }
  const body = document.documentElement;
  return [foreign, body.textContent + ' ' + words.join(' ')];
}"""

_PLACE = re.compile(rf"{CALL}\('([a-z_]+\.[a-z_]+)'\)")


@dataclass
class Watch:
    """What a browser saw: scripts of others that ran, dialogs, what the policy had to stop."""

    page: Page
    address: str = ""
    ran: Counter[str] = field(default_factory=Counter)
    dialogs: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)
    at: str = ""

    def __post_init__(self) -> None:
        """Listen to the page."""
        self._listen()

    def renew(self) -> None:
        """Go on in a fresh window: of every page it has shown a window remembers all it fetched."""
        browser = self.page.context.browser
        assert browser is not None
        self.page.context.close()
        self.page = _page(browser)
        self._listen()

    def _listen(self) -> None:
        context = self.page.context
        context.expose_binding(CALL, lambda _source, at="": self._note(self.ran, at))
        context.expose_binding(f"{CALL}Blocked", lambda _s, how="": self._note(self.blocked, how))
        context.add_init_script(_LISTEN)
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)

    def _note(self, seen: Counter[str], what: Any) -> None:
        seen[f"{self.at}: {what}"] += 1

    def _dialog(self, dialog: Any) -> None:
        self._note(self.dialogs, dialog.message)
        dialog.dismiss()

    def _console(self, said: Any) -> None:
        if "Content Security Policy" in said.text:
            self._note(self.blocked, said.text[:200])

    def become(self, cookie: str) -> None:
        """Be who the cookie says, from the next page on."""
        self.page.context.clear_cookies()
        if cookie:
            known = {"name": "netmeet", "value": cookie, "url": self.address}
            self.page.context.add_cookies([known])  # type: ignore[list-item]  # a plain dict will do

    def open(self, path: str, who: str = "") -> Response | None:
        """Open the page, and look at all of it."""
        self.at = f"{who} {path}"
        answer = self.page.goto(self.address + path)
        if answer is not None and answer.headers["content-type"].startswith("text/html"):
            self.look()
        return answer

    def look(self) -> None:
        """Note what of the page is not netmeet's own, and whose words it shows."""
        foreign, text = self.page.evaluate(_LOOK)
        for element in foreign:
            self._note(self.foreign, element)
        if RAN_IN_A_TEMPLATE in text:
            self._note(self.foreign, "a template ran")
        self.places |= set(_PLACE.findall(text))

    @property
    def troubles(self) -> Counter[str]:
        """Return everything that must not have been."""
        return self.ran + self.dialogs + self.blocked + self.foreign


class _Quiet(WSGIRequestHandler):
    """Writes no line for a request."""

    def log_request(self, *_said: Any) -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve the application on a port the system chooses; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, name="served")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def watching(chromium: Browser, address: str = "") -> Iterator[Watch]:
    """Give a fresh browser window that is watched."""
    watch = Watch(_page(chromium), address)
    try:
        yield watch
    finally:
        watch.page.context.close()


def _page(chromium: Browser) -> Page:
    """Return a page in a window of its own."""
    context = chromium.new_context(locale="da-DK", timezone_id="Europe/Copenhagen")
    context.set_default_timeout(30_000)
    return context.new_page()
