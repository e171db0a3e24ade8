"""``netmeet backup`` and ``netmeet restore``: a consistent copy while netmeet runs, and back.

What is sealed stays sealed in the copy: it is of no use without the keys in ``instance/keys.env``,
which are to be kept apart from it. The file is readable by its owner alone all the same.
"""

import importlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import URL, make_url

import config
from netmeet.cases import jobs
from netmeet.cli.surroundings import application, sqlite_file
from netmeet.core import clock

_OWNER_ONLY = 0o077


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the database to FILE, which must not exist yet."""
    if file.exists():
        raise click.ClickException(f"{file} exists already.")
    settings = config.read(os.environ)
    os.umask(_OWNER_ONLY)
    source = sqlite_file(settings)
    if source is None:
        _postgres(settings, "pg_dump", ["--format=custom", f"--file={file}"])
    elif not source.exists():
        raise click.ClickException("There is no database yet. Type: netmeet init")
    else:
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
    click.echo(f"Copied the database to {file}. Keep the keys too, in another place.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask whether to replace what is there.")
def restore(*, file: Path, yes: bool) -> None:
    """Replace the database by the copy in FILE. Stop netmeet first.

    What was erased since the copy was made is erased again.
    """
    settings = config.read(os.environ)
    if not yes:
        click.confirm("Replace everything in the database?", abort=True)
    target = sqlite_file(settings)
    if target is None:
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
        _postgres(settings, "pg_restore", [*options, f"--dbname={_name(settings)}", str(file)])
    else:
        _restore_sqlite(file, target)
    with application():
        importlib.import_module("flask_migrate").upgrade()
        returned = jobs.erase_again(clock.now(), ledger=settings.erased)
    if returned:
        click.echo(f"Erased {returned} cases again that were erased after the copy was made.")
    click.echo("The database is what it was. Run: netmeet audit verify")


def _restore_sqlite(file: Path, target: Path) -> None:
    """Copy ``file`` over ``target`` page by page, once it has proved sound."""
    os.umask(_OWNER_ONLY)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
        try:
            sound = source.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            source.execute("SELECT version_num FROM alembic_version")
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise click.ClickException(f"{file} is no sound copy of a netmeet database.")
        with closing(sqlite3.connect(target)) as restored:
            source.backup(restored)


def _postgres(settings: config.Settings, program: str, options: Sequence[str]) -> None:
    """Run a program of PostgreSQL on the database; the password goes by environment."""
    found = shutil.which(program)
    if found is None:
        raise click.ClickException(
            f"{program} is missing. Type: sudo apt-get install postgresql-client"
        )
    url = make_url(settings.database_url)
    try:
        subprocess.run([found, *options], env=_environment(url), check=True)  # noqa: S603 - ours
    except subprocess.CalledProcessError as failure:
        raise click.ClickException(f"{program} failed.") from failure


def _environment(url: URL) -> dict[str, str]:
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def _name(settings: config.Settings) -> str:
    return make_url(settings.database_url).database or ""


COMMANDS = {"backup": backup, "restore": restore}
