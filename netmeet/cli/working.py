"""``netmeet worker``: what happens without anybody asking."""

import click

from netmeet import worker as process


@click.command("worker")
def worker() -> None:
    """Send messages, remind, and look after the access log until stopped."""
    process.main()


COMMANDS = {"worker": worker}
