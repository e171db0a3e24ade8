from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from netmeet.core.db import db
from netmeet.core.refusals import Conflict


def test_a_naive_instant_is_refused(world):
    user = world.user("Mia")
    user.created_at = datetime(2026, 12, 3, 13, 0)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(StatementError, match="aware"):
        world.save()
    db.session.rollback()


def test_an_instant_comes_back_aware_in_utc(world):
    user = world.user("Mia")
    kept = user.created_at
    world.save()
    db.session.expire_all()
    assert user.created_at == kept
    assert user.created_at.utcoffset().total_seconds() == 0


def test_sqlite_is_durable_and_checks_foreign_keys(world):
    if db.engine.dialect.name != "sqlite":
        return
    found = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_stale_form_gets_both_texts(world):
    meeting = world.meeting(world.case())
    world.save()
    with pytest.raises(Conflict) as caught:
        meeting.expect(meeting.version - 1, mine={"Formål": "ny"}, theirs={"Formål": "gammel"})
    assert caught.value.mine == {"Formål": "ny"}
    assert caught.value.theirs == {"Formål": "gammel"}
    assert caught.value.version == meeting.version
