"""``netmeet audit``: whether the access log holds."""

import click

from netmeet.audit import queries, service
from netmeet.cli.surroundings import application


@click.group("audit")
def audit() -> None:
    """Look after the access log."""


@audit.command("verify")
def verify() -> None:
    """Check every row of the log; exit code 1 names the first that does not hold."""
    with application():
        broken = service.broken_at()
        if broken is not None:
            raise click.ClickException(f"The access log does not hold at row {broken}.")
        click.echo(f"The access log holds: {queries.count()} rows.")


COMMANDS = {"audit": audit}
