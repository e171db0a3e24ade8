"""What everybody may ask: the accessibility statement, and whether netmeet is up."""

from dataclasses import replace

import pytest
from flask import Flask

from netmeet.pages.queries import health
from tests.reader import StrictClient, mentions
from tests.world import World


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/was", "Digitaliseringsstyrelsen"),
        ("/help/relatives", "Bedre Psykiatri"),
        ("/healthz", "ok"),
        ("/readyz", "ready"),
        ("/robots.txt", "Disallow: /"),
    ],
)
def test_everybody_may_read_it(client: StrictClient, path: str, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)


def test_without_a_database_it_is_not_ready(
    client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "text", lambda _statement: _no_such_table())
    assert client.get("/readyz").status_code == 503


def _no_such_table() -> object:
    from sqlalchemy import text  # noqa: PLC0415 - the module's own is replaced

    return text("SELECT 1 FROM no_such_table")


def test_counts_need_the_token_and_name_nobody(
    app: Flask, world: World, client: StrictClient
) -> None:
    world.case()
    world.save()
    kept = app.config["NETMEET"]
    app.config["NETMEET"] = replace(kept, metrics_token="a token of the tests")
    try:
        assert client.get("/metrics").status_code == 303
        wrong = client.get("/metrics", headers={"Authorization": "Bearer another"})
        assert wrong.status_code == 303
        right = client.get("/metrics", headers={"Authorization": "Bearer a token of the tests"})
    finally:
        app.config["NETMEET"] = kept
    assert right.status_code == 200
    body = right.get_data(as_text=True)
    assert 'netmeet_messages{state="waiting"} 0' in body
    assert "netmeet_open_sessions 0" in body
    assert not mentions(body, "Mia")
