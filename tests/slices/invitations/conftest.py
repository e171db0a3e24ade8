"""What tests of finding a time begin with; others make a meeting of their own."""

import pytest

from netmeet.cases.rules import Scope
from netmeet.core.db import db
from netmeet.invitations import service
from tests.world import now


@pytest.fixture
def meeting(world):
    """A meeting without a time; all four of the network stand on its list."""
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    made = world.meeting(case, invited=[])
    made.starts_local = None
    for member in case.members:
        service.draft(made, member, by=world.actor(world.lise), at=now())
    db.session.flush()
    return made
