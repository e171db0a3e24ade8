"""``netmeet user``: people who sign in by password."""

import sys
from datetime import datetime

import click

from netmeet.accounts import queries, service
from netmeet.cli.surroundings import application
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.organisations import queries as organisations

_ROLES = [role.value for role in (Role.REG, Role.MUN, Role.GP, Role.MGR, Role.COM)]
_ROLES += [role.value for role in (Role.ADM, Role.AUD)]


@click.group("user")
def user() -> None:
    """Look after the people who sign in by e-mail and password."""


@user.command("add")
@click.option("--email", required=True, help="What they sign in with.")
@click.option("--name", required=True, help="First name and family name.")
@click.option("--role", required=True, type=click.Choice(_ROLES), help="What they act as.")
@click.option("--unit", default="", help="Code of the unit (netmeet export units lists them).")
@click.option("--title", default="", help="Their occupation, as the person would say it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(*, email: str, name: str, role: str, unit: str, title: str, password_stdin: bool) -> None:
    """Add somebody, or give somebody who is there another role and password."""
    password = _password(from_input=password_stdin)
    with application():
        try:
            _add(email, name, role=Role(role), unit=unit, title=title, password=password)
        except Refused as no:
            raise click.ClickException(str(no)) from no
        db.session.commit()
    click.echo(f"{name} can sign in as {email}.")


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    entered: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


def _add(email: str, name: str, *, role: Role, unit: str, title: str, password: str) -> None:
    at: datetime = clock.now()
    found = organisations.unit_by_code(unit) if unit else None
    if unit and found is None:
        raise click.ClickException(f"There is no unit with the code {unit}.")
    person = queries.by_email(email) or service.create_user(name=name, at=at, email=email)
    service.set_password(person, password)
    unit_id = found.id if found else None
    service.give_role(person, role, at=at, unit_id=unit_id, title=title)


COMMANDS = {"user": user}
