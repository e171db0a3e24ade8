"""A real netmeet, with its worker, in a real browser: what the journeys and the pictures share."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_OURS = ("NETMEET_", "COVERAGE_")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 720}
# A page asks for news every two to five seconds; what others did must have time to come.
PATIENCE = 15_000  # milliseconds
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Live:
    """A running netmeet: where it answers, its folder, and its database unless it lies there."""

    address: str
    instance: Path
    database_url: str = ""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(
    instance: Path, port: int, *, database_url: str = "", more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the settings of a demo in ``instance`` that answers at the port.

    Its coverage is not measured: a browser must not wait twice as long for each page.
    """
    own = {
        **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
        "NETMEET_DEMO": "1",
        "NETMEET_INSTANCE": str(instance),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        **(more or {}),
    }
    return {**own, "NETMEET_DATABASE_URL": database_url} if database_url else own


def start(
    instance: Path,
    *,
    port: int = 0,
    database_url: str = "",
    more: Mapping[str, str] | None = None,
) -> tuple[subprocess.Popen[str], Live]:
    """Start web and worker with the demo in ``instance``; wait for the line with the address.

    ``more`` are further settings by their full name.
    """
    port = port or free_port()
    settings = environment(instance, port, database_url=database_url, more=more)
    # Not the installed command: the tree under test comes first on the path.
    command = [sys.executable, "-c", "from netmeet.cli import main; main()"]
    for step in ("init", "demo"):
        subprocess.run([*command, step], cwd=ROOT, env=settings, check=True, timeout=180)
    process = subprocess.Popen(
        [*command, "serve"], cwd=ROOT, env=settings, text=True, stdout=subprocess.PIPE
    )
    address = f"http://127.0.0.1:{port}"
    assert process.stdout is not None
    for line in process.stdout:
        if address in line:
            return process, Live(address, instance, database_url)
    message = "netmeet did not start"
    raise RuntimeError(message)


def stop(process: subprocess.Popen[str]) -> None:
    """Stop web and worker as Ctrl-C would."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Debian's chromium without a window, at a third of the cost; closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=list(FLAGS)
        )
        yield browser
        browser.close()


def width(page: Page) -> int:
    """Return how many pixels wide a page is when it has come whole, with its styles."""
    page.wait_for_load_state("load")
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide


@dataclass
class Someone:
    """A human with a browser of their own."""

    page: Page
    context: BrowserContext
    address: str

    def go(self, path: str) -> None:
        """Open a page of netmeet."""
        self.page.goto(self.address + path)

    def become(self, name: str) -> None:
        """Sign in as a demo person by their button, in their first role."""
        self.go("/login")
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_url(re.compile(f"^{re.escape(self.address)}/(role.*)?$"))
        if urlsplit(self.page.url).path == "/role":
            self.page.locator("form[action^='/role/'] button").first.click()
            self.page.wait_for_url(f"{self.address}/")


def somebody(
    browser: Browser, address: str, viewport: dict[str, int], *, has_touch: bool = False
) -> Someone:
    """Return a human in Denmark with a new browser window of that size."""
    context = browser.new_context(
        viewport=viewport,
        locale="da-DK",
        timezone_id="Europe/Copenhagen",
        has_touch=has_touch,
    )
    context.set_default_timeout(PATIENCE)
    return Someone(context.new_page(), context, address)
