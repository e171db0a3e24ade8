"""What these tests share."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from netmeet.cases.rules import Scope
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import LifeArea, MeetingState
from tests.web.meetings.sending import OWN
from tests.world import World


@pytest.fixture
def counting() -> Callable[[], AbstractContextManager[list[str]]]:
    """Return a context that lists the statements sent to the database within it."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*args: Any) -> None:
            if args[2].lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                seen.append(args[2])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return count


@pytest.fixture
def meeting(world: World) -> Meeting:
    """Return a meeting whose agenda is shared, with a sister who may see everything of it."""
    scopes = [Scope.BASIC, Scope.INVITE, Scope.AGENDA, Scope.MINUTES, Scope.FILES]
    case = world.case(relative=world.hanne, relative_scopes=scopes)
    world.made["mia"] = case.person.user
    made = world.meeting(case, state=MeetingState.INVITED)
    item = world.item(made, OWN, by=case.person.user)
    item.life_area = LifeArea.HOUSING
    world.made["point"] = item.id
    world.save()
    return made
