"""What the commands stand on: an application, the database before it, and this machine."""

import ctypes
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from flask import Flask, current_app, has_app_context

import config

_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}


@contextmanager
def application() -> Iterator[Flask]:
    """Give the application, in its context: Flask's when it runs us, else one of our own."""
    if has_app_context():
        yield current_app
        return
    from netmeet.app import create_app  # noqa: PLC0415 - the app knows the commands too

    app = create_app(config.read(os.environ))
    with app.app_context():
        yield app


def sqlite_file(settings: config.Settings) -> Path | None:
    """Return the file of an SQLite database, ``None`` for another kind."""
    prefix = "sqlite:///"
    if not settings.database_url.startswith(prefix):
        return None
    return Path(settings.database_url.removeprefix(prefix).partition("?")[0])


def peek(settings: config.Settings, query: str) -> str | None:
    """Return the first value of ``query`` on an SQLite file without starting the application.

    ``None`` when there is no such file, table or row, or when it is another kind of database.
    """
    file = sqlite_file(settings)
    if file is None or not file.exists():
        return None
    with closing(sqlite3.connect(file)) as connection:
        try:
            row = connection.execute(query).fetchone()
        except sqlite3.OperationalError:
            return None
    return str(row[0]) if row else None


def require_pango() -> None:
    """Say exactly what to install when the machine cannot make PDFs. Raises ``ClickException``."""
    missing = [package for library, package in _LIBRARIES.items() if not _loads(library)]
    if missing:
        line = f"sudo apt-get install {' '.join(missing)}"
        raise click.ClickException(f"PDFs need more from this machine. Type: {line}")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
