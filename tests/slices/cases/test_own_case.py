"""Whose case somebody with a mandate sees as their own."""

from datetime import date, timedelta

from netmeet.accounts import service as accounts
from netmeet.cases import queries
from netmeet.cases.models import Representation
from netmeet.cases.rules import RepresentationKind
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.world import now


def _guardian(world, case, name, *, valid_to=None):
    user = world.user(name)
    accounts.give_role(user, Role.PROX, at=now())
    mandate = Representation(
        case_id=case.id,
        user_id=user.id,
        kind=RepresentationKind.GUARDIAN,
        valid_from=date(2024, 1, 1),
        valid_to=valid_to,
    )
    db.session.add(mandate)
    db.session.flush()
    return user


def test_ones_own_mandate_opens_the_case_and_not_that_of_another_guardian(world):
    case = world.case()
    yesterday = clock.today() - timedelta(days=1)
    present = _guardian(world, case, "Birthe Lund")
    former = _guardian(world, case, "Kaj Lund", valid_to=yesterday)
    world.save()
    assert queries.own(world.actor(present)) is case
    assert queries.own(world.actor(former)) is None
