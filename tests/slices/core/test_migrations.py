"""Migrations lead to what the models say, and back, on both databases."""

from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from netmeet.core.db import db

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
