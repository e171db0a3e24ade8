from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from netmeet.accounts.models import User
from netmeet.core.db import db, may_write, only_read
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


@pytest.fixture
def reading(world):
    """Only read within the test, with one user to read of."""
    user = world.user("Mia")
    world.save()
    only_read()
    yield user
    db.session.rollback()
    may_write()


def test_what_only_reads_cannot_write(reading):
    reading.phone = "20 30 40 50"
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        db.session.flush()
    db.session.rollback()
    may_write()
    reading.phone = "20 30 40 50"
    db.session.commit()
    assert db.session.get_one(User, reading.id).phone == "20 30 40 50"


def test_what_is_prepared_outlives_the_end_of_a_read(reading):
    if db.engine.dialect.name == "sqlite":
        return
    for _page in range(10):
        db.session.scalars(select(User.id).where(User.id == reading.id)).all()
        db.session.remove()
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%user%'")
    assert db.session.scalar(prepared) == 1
