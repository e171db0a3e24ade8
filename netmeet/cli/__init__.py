"""The command line: ``netmeet …``, also ``flask --app wsgi …``."""

import importlib

import click
from flask import Flask
from flask.cli import AppGroup

_COMMANDS = {
    "audit": "netmeet.cli.audits",
    "backup": "netmeet.cli.backups",
    "demo": "netmeet.cli.demonstration",
    "export": "netmeet.cli.tables",
    "import": "netmeet.cli.tables",
    "init": "netmeet.cli.installing",
    "keys": "netmeet.cli.rotating",
    "restore": "netmeet.cli.backups",
    "retention": "netmeet.cli.keeping",
    "serve": "netmeet.cli.serving",
    "simulate": "netmeet.cli.simulation",
    "user": "netmeet.cli.users",
    "worker": "netmeet.cli.working",
}


class Commands(AppGroup):
    """The commands, each loaded when it is asked for: most starts need only one of them.

    A module holds its commands in ``COMMANDS`` by name.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the alphabet."""
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, ``None`` when there is none of that name."""
        if cmd_name in _COMMANDS:
            commands: dict[str, click.Command]
            commands = importlib.import_module(_COMMANDS[cmd_name]).COMMANDS
            return commands[cmd_name]
        return super().get_command(ctx, cmd_name)


main = Commands("netmeet", help="Network meetings: install, run and look after netmeet.")


def install(app: Flask) -> None:
    """Let ``flask --app wsgi`` know the commands too."""
    app.cli = Commands(app.name)
