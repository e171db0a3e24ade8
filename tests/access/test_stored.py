"""Text that wants to be markup, kept in every field, on every page that shows it (T13, T18)."""

from collections import Counter

import pytest

from netmeet.core import sealed
from netmeet.core.db import db
from tests.access import conftest, pages
from tests.access.canary import Mint
from tests.access.pages import BAD


@pytest.fixture
def spoilt(tmp_path, monkeypatch):
    """Return a stage on which every text holds an element and an attribute."""
    monkeypatch.setattr(Mint, "tail", f"\"'><{BAD} {BAD}=1 onload=alert(1)>")
    stage = conftest.built(f"sqlite:///{tmp_path / 'netmeet.db'}", tmp_path)
    stage.admit()
    yield stage
    with stage.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.soak
def test_no_kept_text_becomes_markup_on_any_page(spoilt, dice):
    sealed.install(spoilt.app.config["NETMEET"].keyring)
    shown, bad = 0, Counter()
    for persona, path, body in pages.opened(spoilt, spoilt.facts(), dice):
        shown += BAD in body
        for said in pages.read(body).bad:
            bad[persona.name, path, said] += 1
    print(f"T13: {shown} pages that show such a text, {len(bad)} of them as markup")
    assert shown > 10
    assert not bad
