"""Migrations lead to what the models say, and back, on both databases."""

from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text

from netmeet.actions import service
from netmeet.actions.rules import Status
from netmeet.core.db import db
from tests.slices.actions.making import agree
from tests.world import now

MIGRATIONS = Path(__file__).parents[3] / "migrations"


def _differences():
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": db.metadata}
        )
        return compare_metadata(context, db.metadata)


def test_the_models_equal_the_head(app):
    with app.app_context():
        assert _differences() == []


def test_there_is_one_head_and_the_file_names_it():
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_heads() == [(MIGRATIONS / ".head").read_text(encoding="utf-8").strip()]


@pytest.fixture
def put_back(app):
    """Leave the shared database migrated, whatever the test did."""
    yield
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


@pytest.mark.usefixtures("put_back")
def test_every_migration_goes_down_and_up_again(app):
    with app.app_context():
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
        assert _differences() == []


@pytest.mark.usefixtures("put_back")
def test_rows_that_point_to_each_other_survive_every_migration_of_late(app, world):
    """Down and up again with a case in it, as an installation has when it is renewed."""
    case = world.case(relative=world.hanne)
    meeting = world.meeting(case)
    item = world.item(meeting, "Min bolig", by=case.person.user)
    action = agree(world, case, world.jonas, meeting_id=meeting.id, item_id=item.id)
    service.report(
        action, status=Status.IN_PROGRESS, by=world.actor(world.jonas), at=now(), version=1
    )
    kept = {table: _count(table) for table in ("action", "status_change", "meeting", "user")}
    world.save()
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    flask_migrate.upgrade()
    assert {table: _count(table) for table in kept} == kept
    assert kept["status_change"] == 1
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1


def _count(table):
    return db.session.scalar(select(func.count()).select_from(db.metadata.tables[table]))
