"""A real OpenID provider at both doors of netmeet."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask

from netmeet.accounts.rules.identity import Door
from tests.reader import StrictClient
from tests.services import provider
from tests.world import World

BACK = "http://localhost/login/back"
PRIVATE = {"identity_type": "private", "loa": provider.HIGH}
STAFF = {"identity_type": "professional", "loa": provider.HIGH}
ACCOUNTS = {
    "hanne": PRIVATE,
    "somebody": PRIVATE,
    "hanne-low": {**PRIVATE, "loa": provider.LOW},
    "lise-work": STAFF,
    "lise-private": PRIVATE,
    "lise-low": {**STAFF, "loa": provider.LOW},
}


@pytest.fixture(scope="session")
def openid() -> Iterator[provider.Running]:
    """Return a provider that knows a few people."""
    with provider.running(BACK, ACCOUNTS) as running:
        yield running


@pytest.fixture
def doors(
    app: Flask, openid: provider.Running, monkeypatch: pytest.MonkeyPatch
) -> provider.Running:
    """Let people come in at both doors by the provider."""
    providers = {door.value: openid.settings(door.value) for door in Door}
    real = replace(app.config["NETMEET"], providers=providers)
    monkeypatch.setitem(app.config, "NETMEET", real)
    return openid


class Human:
    """Somebody at a browser who can prove who they are at the provider."""

    def __init__(self, client: StrictClient) -> None:
        self.client = client

    def come_back(self, door: str, name: str, **parts: str):
        """Go to the provider, log in as ``name``, and open the way back."""
        away = self.client.get(f"/login/with/{door}", query_string=parts)
        assert away.status_code == 303, away.text
        back = urlsplit(provider.log_in(away.location, name, back=BACK))
        return self.client.get(f"{back.path}?{back.query}")

    def enter(self, door: str, name: str, **parts: str):
        """Come back, and press the button when there is one."""
        answer = self.come_back(door, name, **parts)
        return answer if "data-press" not in answer.text else self.client.send("/login/back")


@pytest.fixture
def human(world: World, client: StrictClient, doors: provider.Running) -> Human:
    """Return somebody at the client; the world is there to look at what came of it."""
    del world, doors
    return Human(client)
