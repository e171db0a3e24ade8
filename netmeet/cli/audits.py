"""``netmeet audit``: whether the access log holds."""

from pathlib import Path

import click

from netmeet.audit import queries
from netmeet.audit.service import verifying
from netmeet.cli.surroundings import application


@click.group("audit")
def audit() -> None:
    """Look after the access log."""


@audit.command("verify")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The anchors written outside the database, as the worker keeps them.",
)
def verify(anchors: Path | None) -> None:
    """Check every row of the log; exit code 1 names the first that does not hold."""
    outside = _heads(anchors) if anchors is not None else None
    with application():
        broken = verifying.broken_at(outside)
        if broken is not None:
            raise click.ClickException(f"The access log does not hold at row {broken}.")
        click.echo(f"The access log holds: {queries.count()} rows.")


def _heads(file: Path) -> verifying.Heads:
    try:
        return verifying.heads(file.read_text(encoding="ascii").splitlines())
    except ValueError as wrong:
        raise click.ClickException(f"{file} holds a line that is no anchor.") from wrong


COMMANDS = {"audit": audit}
