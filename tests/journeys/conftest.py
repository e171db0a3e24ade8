"""A real netmeet, with its worker, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests import browser, soak
from tests.browser import DESK, PHONE, Live, Someone
from tests.services import postgres, provider

__all__ = ["DESK", "PHONE", "Live", "Someone"]

IDENTITIES = {
    "mia": {"identity_type": "private", "loa": provider.HIGH},
    "staff": {"identity_type": "professional", "loa": provider.HIGH},
    "staff-low": {"identity_type": "professional", "loa": provider.LOW},
}
"""Who the OpenID provider knows, and what it says of them."""


@pytest.fixture(scope="session", params=soak.on("sqlite"))
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """netmeet with the demo, on SQLite, in the long run on each database in turn.

    What stands on how a database keeps things asks for both by ``parametrize``.
    """
    url = (
        request.getfixturevalue("postgres_url_of_journeys") if request.param == "postgresql" else ""
    )
    port = browser.free_port()
    back = f"http://127.0.0.1:{port}/login/back"
    with provider.running(back, IDENTITIES) as openid:
        process, running = browser.start(
            tmp_path_factory.mktemp(f"live-{request.param}"),
            port=port,
            database_url=url,
            more=openid.environment(),
        )
        yield running
        browser.stop(process)


@pytest.fixture(scope="session")
def postgres_url_of_journeys(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """Address of an empty PostgreSQL database for the journeys of this worker."""
    own = tmp_path_factory.getbasetemp()
    with postgres.cluster(own if worker_id == "master" else own.parent) as cluster:
        yield cluster.create_database()


@pytest.fixture
def someone(live: Live, chromium: Browser) -> Iterator[Any]:
    """Return a maker of humans: ``someone(width)`` has an own browser; errors on a page fail."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def make(viewport: dict[str, int]) -> Someone:
        human = browser.somebody(chromium, live.address, viewport)
        human.page.on("pageerror", lambda error: troubles.append(str(error)))
        human.page.on(
            "console",
            lambda said: (
                troubles.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        contexts.append(human.context)
        return human

    yield make
    for context in contexts:
        context.close()
    assert not troubles
