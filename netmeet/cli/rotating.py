"""``netmeet keys``: a new key, everything sealed anew under it, the old one put away.

All three while netmeet runs: every process reads ``instance/keys.env`` again when it has changed.
"""

import os
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask

import config
from netmeet.cli.surroundings import application
from netmeet.core import clock, resealing, sealed
from netmeet.core.db import db, may_write

_AT_ONCE = 50
_LONGEST_REQUEST = timedelta(minutes=10)
_MOST_KEYS = 255


@click.group("keys")
def keys() -> None:
    """Change the keys that names and texts are sealed with."""


@keys.command("new")
def new() -> None:
    """Make a new key, which seals from now on; the old ones still open."""
    with application() as app:
        file = _file(app)
        ring = sealed.renewed()
        if max(ring.keys) == _MOST_KEYS:
            raise click.ClickException("There is no number left for a key.")
        more = config.one_more_key(ring)
        _write(file, more)
    click.echo(f"Key {max(more.keys)} seals from now on. Type: netmeet keys rotate")


@keys.command("rotate")
def rotate() -> None:
    """Seal everything anew under the newest key. May be stopped and begun again at any time."""
    with application():
        may_write()
        unreadable = [line for place in resealing.places() for line in _reseal(place)]
        left = _left()
    if unreadable:
        told = "\n".join(unreadable)
        raise click.ClickException(f"These cannot be opened with any key there is:\n{told}")
    click.echo(f"Left under an older key: {left}.")


def _reseal(place: resealing.Place) -> list[str]:
    """Seal a column anew batch by batch, and return the rows that nobody can open."""
    after, done, wrong = "", 0, []
    while True:
        batch = resealing.reseal(place, after=after, most=_AT_ONCE)
        db.session.commit()
        done += batch.count - len(batch.unreadable)
        wrong += [f"{place.name} of {row_id}" for row_id in batch.unreadable]
        after = batch.last
        if not after:
            break
    if done:
        click.echo(f"{place.name}: {done}")
    return wrong


def _left() -> int:
    return sum(resealing.left(place) for place in resealing.places())


@keys.command("retire")
def retire() -> None:
    """Put the older keys away once nothing is sealed under them.

    They are needed again to read a backup from their time.
    """
    with application() as app:
        file = _file(app)
        ring = sealed.renewed()
        newest = max(ring.keys)
        if len(ring.keys) == 1:
            raise click.ClickException("There is only one key.")
        age = clock.now().timestamp() - file.stat().st_mtime
        if age < _LONGEST_REQUEST.total_seconds():
            raise click.ClickException("The newest key is too young: wait ten minutes.")
        left = _left()
        if left:
            raise click.ClickException(f"{left} texts are sealed under an older key: rotate first.")
        _put_away(file, ring)
        only = sealed.Keyring(keys={newest: ring.keys[newest]}, index_key=ring.index_key)
        _write(file, only)
    click.echo(f"Only key {newest} is left. The older ones lie in {_retired(file)}.")
    click.echo("Keep them with the backups of their time, and nowhere else.")


def _file(app: Flask) -> Path:
    """Return the file of the keys. Raises ``ClickException`` when they are kept elsewhere."""
    settings: config.Settings = app.config["NETMEET"]
    if not settings.keys_in_file:
        raise click.ClickException(
            "The keys are in the environment (NETMEET_KEYS): change them there."
        )
    return settings.instance / config.KEYS_FILE


def _retired(file: Path) -> Path:
    return file.with_name("keys-retired.env")


def _put_away(file: Path, ring: sealed.Keyring) -> None:
    handle = os.open(_retired(file), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as retired:
        retired.write(f"# Until {clock.now().isoformat()}\n{_line(ring)}")


def _line(ring: sealed.Keyring) -> str:
    return f"{config.PREFIX}KEYS={config.keys_text(ring)}\n"


def _write(file: Path, ring: sealed.Keyring) -> None:
    """Replace the line of the keys, all at once, readable by this user alone."""
    kept = file.read_text(encoding="utf-8").splitlines(keepends=True)
    beginning = f"{config.PREFIX}KEYS="
    lines = [_line(ring) if line.startswith(beginning) else line for line in kept]
    fresh = file.with_name(f"{file.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.writelines(lines)
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(file)


COMMANDS = {"keys": keys}
