"""``netmeet init``: keys and database."""

import importlib
import os
import secrets
from pathlib import Path

import click

import config
from netmeet.cli import reference
from netmeet.cli.surroundings import application, peek, require_pango
from netmeet.core import clock
from netmeet.core.db import db

_HEAD = config.ROOT / "migrations" / ".head"


@click.command("init")
def init() -> None:
    """Make the keys and bring the database to the newest shape. Safe to run again."""
    require_pango()
    instance = Path(os.environ.get("NETMEET_INSTANCE", config.ROOT / "instance"))
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_keys(instance)
    settings = config.read(os.environ)
    newest = _HEAD.read_text(encoding="utf-8").strip()
    if peek(settings, "SELECT version_num FROM alembic_version") == newest:
        click.echo("The database is up to date.")
        return
    os.umask(0o077)
    with application():
        flask_migrate = importlib.import_module("flask_migrate")
        flask_migrate.upgrade()
        reference.load_laws(clock.today())
        db.session.commit()
    click.echo("The database has its newest shape.")


def _make_keys(instance: Path) -> None:
    """Write fresh keys that only this user may read, unless there are some already."""
    if {"NETMEET_KEYS", "NETMEET_SECRET_KEY"} <= os.environ.keys():
        return
    file = instance / config.KEYS_FILE
    lines = (
        "# The keys of this installation. Keep a copy apart from the backups: without them the\n"
        "# names and texts in the database cannot be read.\n"
        f"NETMEET_KEYS={config.new_keys()}\n"
        f"NETMEET_SECRET_KEY={secrets.token_urlsafe(48)}\n"
    )
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as keys:
        keys.write(lines)
    click.echo(f"Made keys in {file}.")


COMMANDS = {"init": init}
