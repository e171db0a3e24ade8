"""A meeting of today that is about to begin."""

import pytest

from netmeet.cases.rules import Scope
from netmeet.core.access import Role
from netmeet.meetings.rules import MeetingState
from tests.world import World


@pytest.fixture
def meeting(world: World):
    case = world.case(
        relative=world.hanne, relative_scopes=(Scope.INVITE, Scope.AGENDA, Scope.MINUTES)
    )
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    return made
