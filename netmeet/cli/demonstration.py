"""``netmeet demo``: the fictive people, told anew each day until somebody changes something."""

import importlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import click

import config
from netmeet.cli.surroundings import application, peek
from netmeet.core import clock


@click.command("demo")
def demo() -> None:
    """Load the demo once; an untouched one is loaded anew with today's dates."""
    settings = config.read(os.environ)
    if not settings.demo:
        raise click.ClickException("The demo needs NETMEET_DEMO=1.")
    marker, today = settings.instance / "demo.json", clock.today()
    if _is_of(marker, today) and int(peek(settings, 'SELECT count(*) FROM "user"') or 0):
        click.echo("The demo is of today.")
        return
    with application():
        _load(marker, today)


def _is_of(marker: Path, today: date) -> bool:
    """Tell whether the demo was loaded today."""
    return marker.exists() and _told(marker)["on"] == today.isoformat()


def _told(marker: Path) -> dict[str, Any]:
    """Return what is noted of the loaded demo: its day, the log's length then, and its people."""
    told: dict[str, Any] = json.loads(marker.read_text(encoding="ascii"))
    return told


def _load(marker: Path, today: date) -> None:
    """Tell the stories, unless there is something that must not be lost."""
    from netmeet.accounts import queries as accounts  # noqa: PLC0415 - not for a second start
    from netmeet.audit import queries as audit  # noqa: PLC0415 - as above
    from netmeet.core.db import db  # noqa: PLC0415 - as above

    is_empty = not accounts.demo_people(clock.now())
    if not is_empty and _is_of(marker, today):
        click.echo("The demo is of today.")
        return
    if not is_empty and (not marker.exists() or audit.has_changes_after(int(_told(marker)["seq"]))):
        click.echo("The demo stays as it is: somebody has changed it.")
        return
    if not is_empty:
        db.session.remove()
        flask_migrate = importlib.import_module("flask_migrate")
        flask_migrate.downgrade(revision="base")
        flask_migrate.upgrade()
    stories = importlib.import_module("netmeet.cli.demo")
    stories.load(today)
    db.session.commit()
    people = {id_: (name, who) for id_, name, who, _role in stories.people()}
    told = {"on": today.isoformat(), "seq": audit.count(), "people": people}
    marker.write_text(json.dumps(told), encoding="ascii")
    click.echo("Loaded the demo with today's dates.")


COMMANDS = {"demo": demo}
