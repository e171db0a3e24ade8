"""What every test may ask for."""

import logging
import re
import shutil
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import flask_migrate
import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select, text

import config
from netmeet.app import create_app
from netmeet.cli import reference
from netmeet.core import clock, memory, sealed
from netmeet.core.db import db
from tests import browser
from tests.reader import StrictClient
from tests.services import postgres, smtp
from tests.world import World

# No test is about how long something takes: that is for the benchmarks.
hypothesis.settings.register_profile("netmeet", deadline=None)
hypothesis.settings.load_profile("netmeet")

PERSONAL = re.compile(
    r"Sørensen|Haddad|Hanne|example\.org|(?<![\w.-])\d{6}-?\d{4}(?![\w.-])|Kanariefugl"
)
"""The world's people, their addresses, and anything of the form of a CPR number."""


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database that only this worker uses."""
    own = tmp_path_factory.getbasetemp()
    meeting_place: Path = own if worker_id == "master" else own.parent
    with postgres.cluster(meeting_place) as cluster:
        yield cluster.create_database()


def pytest_collection_finish() -> None:
    """Let the interpreter be set as a server's: walking all that is loaded takes a tenth."""
    memory.settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage on one database, and not in the long tests: it doubles their time.

    What runs on the other database is the same code but for a line here and there.
    """
    measuring = coverage.Coverage.current()
    is_long = item.get_closest_marker("soak") is not None
    if measuring is None or not (
        is_long or "[postgresql" in item.name or "-postgresql" in item.name
    ):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


class Listening(logging.Handler):
    """Hears what is logged over all tests, as an operator would read it, tracebacks too."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = 0
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record when it says who somebody is."""
        self.heard += 1
        line = self.format(record)
        if PERSONAL.search(line):
            self.told.append(line)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium: one for all tests of a process, which can drive no second."""
    with browser.chromium() as opened:
        yield opened


@pytest.fixture(scope="session", autouse=True)
def log() -> Iterator[Listening]:
    """Nothing that is logged over the whole run names a person or a CPR number (T28)."""
    listening = Listening()
    root, own = logging.getLogger(), logging.getLogger("netmeet")
    root.addHandler(listening)
    own.setLevel(logging.DEBUG)
    yield listening
    root.removeHandler(listening)
    print(f"T28: {listening.heard} lines logged, {len(listening.told)} with personal data")
    assert not listening.told


@pytest.fixture
def smtp_sink() -> Iterator[smtp.Sink]:
    """A mail server that keeps what it is sent."""
    with smtp.running() as sink:
        yield sink


@dataclass
class Backend:
    """One application on one database, and how to empty it."""

    app: Flask
    laws: list[dict[str, Any]]
    template: Path | None = None
    file: Path | None = None

    def empty(self) -> None:
        """Bring the database back to how ``netmeet init`` leaves it."""
        with self.app.app_context():
            if self.template is not None and self.file is not None:
                db.engine.dispose()
                for tail in ("-wal", "-shm"):
                    self.file.with_name(self.file.name + tail).unlink(missing_ok=True)
                shutil.copyfile(self.template, self.file)
                return
            # The log refuses to be emptied; whoever owns the server may say that triggers rest.
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
            # TRUNCATE makes new files for every table, which takes fifteen times as long.
            every = db.metadata.sorted_tables
            emptying = [str(table.delete().compile(db.engine)) for table in every]
            db.session.execute(text("; ".join(emptying)))
            db.session.execute(db.metadata.tables["law"].insert(), self.laws)
            db.session.commit()


def settings(database_url: str, instance: Path) -> config.Settings:
    """Return demo settings for a test on ``database_url``."""
    environment = {
        "NETMEET_DEMO": "1",
        "NETMEET_SECRET_KEY": "a secret key that only the tests use",
        "NETMEET_KEYS": config.new_keys(),
        "NETMEET_DATABASE_URL": database_url,
        "NETMEET_BASE_URL": "http://localhost",
        "NETMEET_CALENDARS": "https://kalender.example",
    }
    return config.read(environment, instance=instance)


def _migrated(database_url: str, instance: Path) -> Backend:
    app = create_app(settings(database_url, instance))
    app.testing = True
    app.test_client_class = StrictClient
    with app.app_context():
        flask_migrate.upgrade()
        reference.load_laws(clock.today())
        laws = db.session.execute(select(db.metadata.tables["law"])).mappings().all()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return Backend(app, [dict(row) for row in laws])


@pytest.fixture(scope="session")
def sqlite_backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """netmeet on SQLite."""
    folder = tmp_path_factory.mktemp("sqlite")
    file = folder / "netmeet.db"
    backend = _migrated(f"sqlite:///{file}", folder)
    backend.file, backend.template = file, folder / "empty.db"
    shutil.copyfile(file, backend.template)
    yield backend
    _let_go(backend.app)


@pytest.fixture(scope="session")
def postgresql_backend(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    """netmeet on PostgreSQL."""
    backend = _migrated(postgres_url, tmp_path_factory.mktemp("postgresql"))
    yield backend
    _let_go(backend.app)


def _let_go(app: Flask) -> None:
    """Close every connection before the server behind it stops."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest) -> Flask:
    """netmeet on each database in turn, empty."""
    backend: Backend = request.getfixturevalue(f"{request.param}_backend")
    backend.empty()
    sealed.install(backend.app.config["NETMEET"].keyring)
    return backend.app


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """People and cases, made within an application context of the test's own."""
    with app.app_context():
        yield World(app)
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser that reads strictly."""
    browser = app.test_client()
    assert isinstance(browser, StrictClient)
    return browser
