"""``netmeet simulate``: fictive cases in number, for the benchmarks."""

import random
from datetime import date, timedelta

import click

from netmeet.accounts import queries as accounts
from netmeet.accounts import service as accounts_service
from netmeet.accounts.models import User
from netmeet.cases import rules
from netmeet.cases import service as cases
from netmeet.cli import reference
from netmeet.cli.surroundings import application
from netmeet.core import clock, ids
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.organisations import queries as organisations

_FIRST = ("Mia", "Omar", "Karen", "Jens", "Aisha", "Bo", "Sofie", "Ali", "Rikke", "Emil")
_LAST = ("Sørensen", "Østergaard", "Åkjær", "Khan", "Holm", "Bæk", "Friis", "Dam", "Yildiz", "Juhl")
_AT_ONCE = 100


@click.command("simulate")
@click.argument("count", type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True, help="The same seed, the same names.")
def simulate(count: int, seed: int) -> None:
    """Open COUNT fictive cases with one regional and one municipal member of staff each."""
    chance = random.Random(seed)  # noqa: S311 - names, not secrets
    with application():
        reference.load(clock.today())
        region, town = _staff(Role.REG), _staff(Role.MUN)
        for number in range(1, count + 1):
            _open(region, town, chance)
            if number % _AT_ONCE == 0 or number == count:
                db.session.commit()
                click.echo(f"{number} of {count}")


def _staff(role: Role) -> tuple[User, Actor]:
    """Return a member of staff of the first unit of the sector, and the same acting now."""
    sector = "region" if role is Role.REG else "municipality"
    at = clock.now()
    unit = next(u for u in organisations.units(clock.today()) if u.organisation.sector == sector)
    email = f"simulated-{sector}@example.org"
    user = accounts.by_email(email) or accounts_service.create_user(
        name=f"Simuleret {sector}", email=email, at=at
    )
    accounts_service.give_role(user, role, at=at, unit_id=unit.id, title="sagsbehandler")
    return user, Actor(
        user_id=user.id,
        name=user.name,
        role=role,
        at=at,
        unit_id=unit.id,
        unit_name=unit.name,
        organisation_id=unit.organisation_id,
    )


def _open(region: tuple[User, Actor], town: tuple[User, Actor], chance: random.Random) -> None:
    """Open one case with both in it, and let each side see the other's."""
    user, by = region
    person = cases.create_person(
        name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        birth_date=date(1960, 1, 1) + timedelta(days=chance.randrange(16_000)),
        email=f"{ids.new_id()}@example.org",
        at=by.at,
    )
    case = cases.open_case(person, by=by, at=by.at, unit_id=by.unit_id)
    places = (
        (user, by, rules.MemberRole.REGIONAL_STAFF),
        (*town, rules.MemberRole.MUNICIPAL_STAFF),
    )
    for member, actor, role in places:
        place = cases.Place(
            role=role,
            organisation_id=actor.organisation_id,
            unit_id=actor.unit_id,
            title="sagsbehandler",
            is_coordinator=member is user,
            is_contact=True,
        )
        cases.join(case, member, place=place, at=by.at)
        cases.grant_consent(
            case,
            by=by,
            at=by.at,
            scopes=list(rules.Scope),
            how=rules.ConsentHow.ORAL,
            organisation_id=actor.organisation_id,
        )


COMMANDS = {"simulate": simulate}
