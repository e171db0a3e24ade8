"""``netmeet retention``: what has had its time, what keeps it, and erasing it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

import config
from netmeet.cases import jobs
from netmeet.cases.queries import keeping
from netmeet.cases.rules import Keeping
from netmeet.cases.service import erasing
from netmeet.cli.surroundings import application
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.core.refusals import Refused


@click.group("retention")
def retention() -> None:
    """Keep closed cases as long as one must, and erase them then."""


@retention.command("list")
def show() -> None:
    """List the closed cases whose time is over, and what each waits for."""
    with application() as app:
        for kept in keeping.kept_too_long(clock.now(), _settings(app).retention):
            state = "erased at the next run" if kept.may_go else _why(kept)
            click.echo(f"{kept.case_id}  closed {kept.closed_at:%Y-%m-%d}  {state}")


def _why(kept: keeping.Kept) -> str:
    if kept.held:
        return f"held: {kept.held}"
    return "waits for its papers to be copied to a record"


@retention.command("hold")
@click.argument("case")
@click.option("--why", required=True, help="Why it must be kept longer.")
def hold(case: str, why: str) -> None:
    """Keep CASE until it is released."""
    _note(case, Keeping.HOLD, why)


@retention.command("release")
@click.argument("case")
@click.option("--why", required=True, help="Why it need not be held any more.")
def release(case: str, why: str) -> None:
    """End the hold on CASE."""
    _note(case, Keeping.RELEASE, why)


@retention.command("copied")
@click.argument("case")
@click.option("--where", required=True, help="To which record the papers were handed over.")
def copied(case: str, where: str) -> None:
    """Note that the papers of CASE stand in a record."""
    _note(case, Keeping.COPIED, where)


@retention.command("run")
def run() -> None:
    """Erase what has had its time."""
    with application() as app:
        settings = _settings(app)
        count = jobs.erase_due(clock.now(), years=settings.retention, ledger=settings.erased)
    click.echo(f"Erased {count} cases.")


def _note(case: str, kind: Keeping, words: str) -> None:
    with application(), _told():
        erasing.note(case, kind, words, at=clock.now())
        db.session.commit()


@contextmanager
def _told() -> Iterator[None]:
    """Say what is refused as a command does."""
    try:
        yield
    except Refused as no:
        raise click.ClickException(str(no)) from no


def _settings(app: Flask) -> config.Settings:
    settings: config.Settings = app.config["NETMEET"]
    return settings


COMMANDS = {"retention": retention}
