"""A real netmeet, with its worker, in a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.services import postgres

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 720}


@dataclass(frozen=True)
class Live:
    """A running netmeet: where it answers, and its folder."""

    address: str
    instance: Path


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(instance: Path, *, database_url: str = "") -> tuple[subprocess.Popen[str], Live]:
    """Start web and worker with the demo in ``instance``; wait for the line with the address."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("NETMEET_")},
        "NETMEET_DEMO": "1",
        "NETMEET_INSTANCE": str(instance),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    if database_url:
        environment["NETMEET_DATABASE_URL"] = database_url
    command = [str(Path(sys.executable).parent / "netmeet")]
    for step in ("init", "demo"):
        subprocess.run([*command, step], cwd=ROOT, env=environment, check=True, timeout=180)
    process = subprocess.Popen(
        [*command, "serve"], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE
    )
    address = f"http://127.0.0.1:{port}"
    assert process.stdout is not None
    for line in process.stdout:
        if address in line:
            return process, Live(address, instance)
    message = "netmeet did not start"
    raise RuntimeError(message)


def stop(process: subprocess.Popen[str]) -> None:
    """Stop web and worker as Ctrl-C would."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """netmeet with the demo, on each database in turn."""
    url = (
        request.getfixturevalue("postgres_url_of_journeys") if request.param == "postgresql" else ""
    )
    process, running = start(tmp_path_factory.mktemp(f"live-{request.param}"), database_url=url)
    yield running
    stop(process)


@pytest.fixture(scope="session")
def postgres_url_of_journeys(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """Address of an empty PostgreSQL database for the journeys of this worker."""
    own = tmp_path_factory.getbasetemp()
    with postgres.cluster(own if worker_id == "master" else own.parent) as cluster:
        yield cluster.create_database()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        yield browser
        browser.close()


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
        """Sign in as a demo person by their button."""
        self.go("/login")
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_url(f"{self.address}/")


@pytest.fixture
def someone(live: Live, chromium: Browser) -> Iterator[Any]:
    """Return a maker of humans: ``someone(width)`` has an own browser; errors on a page fail."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def make(viewport: dict[str, int]) -> Someone:
        context = chromium.new_context(
            viewport=viewport, locale="da-DK", timezone_id="Europe/Copenhagen"
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: (
                troubles.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        contexts.append(context)
        return Someone(page, context, live.address)

    yield make
    for context in contexts:
        context.close()
    assert not troubles
