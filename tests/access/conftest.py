"""The stage of the matrix, built once for each database."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import event

import config
from netmeet.app import create_app
from netmeet.cli import reference
from netmeet.core import clock, sealed
from netmeet.core.db import db
from tests import soak
from tests.access import setting, share
from tests.access.stage import Stage
from tests.services import postgres


def _hurry(connection: object, _record: object) -> None:
    """Trade durability for speed, as the tests' PostgreSQL does: nobody needs the file again."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


def built(database_url: str, instance: Path) -> Stage:
    """Return a stage on a database that is still empty."""
    environment = {
        "NETMEET_SECRET_KEY": "a secret key that only the tests use",
        "NETMEET_KEYS": config.new_keys(),
        "NETMEET_DATABASE_URL": database_url,
        "NETMEET_BASE_URL": "http://localhost",
        "NETMEET_MAIL_URL": "smtp://127.0.0.1:9",
        "NETMEET_CALENDARS": "https://kalender.example",
    }
    app = create_app(config.read(environment, instance=instance))
    stage = Stage(app)
    with app.app_context():
        event.listen(db.engine, "connect", _hurry)
        flask_migrate.upgrade()
        reference.load_laws(clock.today())
        setting.fill(stage)
        db.session.remove()
    return stage


def _closed(stage: Stage) -> None:
    with stage.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return the stage on SQLite."""
    folder = tmp_path_factory.mktemp("stage")
    stage = built(f"sqlite:///{folder / 'netmeet.db'}", folder)
    yield stage
    _closed(stage)


@pytest.fixture(scope="session")
def postgresql_stage(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Stage]:
    """Return the stage on PostgreSQL."""
    own = tmp_path_factory.getbasetemp()
    with postgres.cluster(own if worker_id == "master" else own.parent) as cluster:
        stage = built(cluster.create_database(), tmp_path_factory.mktemp("stage"))
        yield stage
        _closed(stage)


@pytest.fixture
def dice() -> random.Random:
    """Return the test's one source of chance, its seed printed."""
    return soak.dice()


@pytest.fixture(params=share.BOTH)
def stage(request: pytest.FixtureRequest, dice: random.Random) -> Stage:
    """Return the stage on each database in turn, everybody signed in just now.

    In the short run it is one of them, by chance.
    """
    name = dice.choice(share.DATABASES) if request.param == "either" else request.param
    print(f"on {name}")
    built: Stage = request.getfixturevalue(f"{name}_stage")
    sealed.install(built.app.config["NETMEET"].keyring)
    built.forgets, built.watches = True, False
    built.admit()
    return built
