"""Everybody's browser, and a meeting of today that can be held and sent out from end to end."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from netmeet.accounts.models import User
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.meetings.models import Meeting
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MeetingState
from netmeet.plans import rules as plans
from tests.reader import StrictClient
from tests.world import World, this_morning

As = Callable[[User], StrictClient]


def words(answer: Any) -> str:
    """Return what a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def hold(client: StrictClient, meeting: Meeting, here: dict[str, str], **ending: str) -> None:
    """Hold the meeting as who leads: note who is here, take every point, end, and send it out.

    ``here`` is how each who came takes part, by user id; ``ending`` what the end says.
    """
    at = f"/meetings/{meeting.id}"
    for user_id, mode in here.items():
        noted = client.send(f"{at}/attendance", {"user_id": user_id, "mode": mode, "version": 0})
        assert noted.status_code == 303, words(noted)
    assert client.send(f"{at}/room/start", {"without": "1"}).status_code == 303
    settle(client, meeting)
    later = (clock.today() + timedelta(days=28)).isoformat()
    end = client.send(f"{at}/room/end", {"next_on": later, **ending})
    assert end.status_code == 303, words(end)
    send_out(client, meeting)


def settle(client: StrictClient, meeting: Meeting) -> None:
    """Conclude every point of the meeting, and answer what the person asked for."""
    for item in reading.points(reading.room(meeting.id)):
        client.send(f"/points/{item.id}/outcome", {"conclusion": "agreed", "version": 0})
        client.send(f"/points/{item.id}/answer", {"kind": "yes", "version": 0})


def send_out(client: StrictClient, meeting: Meeting) -> None:
    """Approve and send."""
    version = reading.room(meeting.id).version
    sent = client.send(f"/meetings/{meeting.id}/send-out", {"version": version})
    assert sent.status_code == 303, words(sent)


@pytest.fixture
def as_(world: World, app: Flask) -> As:
    """Return a way to be somebody in a browser of their own."""

    def sign_in(user: User) -> StrictClient:
        browser = app.test_client()
        world.sign_in(browser, user)
        assert isinstance(browser, StrictClient)
        return browser

    return sign_in


@pytest.fixture
def meeting(world: World) -> Meeting:
    """Return a meeting of today that everybody is invited to, with one point of the person's."""
    case = world.case(
        relative=world.hanne, relative_scopes=(Scope.BASIC, Scope.INVITE, Scope.AGENDA)
    )
    made = world.meeting(case, in_days=0, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.made["mia"] = case.person.user
    world.save()
    return made


@pytest.fixture(autouse=True)
def _before_the_meeting() -> Iterator[None]:
    """Whatever the hour the tests run at, a meeting of today can still be answered."""
    with time_machine.travel(this_morning()):
        yield


@pytest.fixture(autouse=True)
def _no_weekend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run on every day; what a Friday asks for has tests of its own."""
    monkeypatch.setattr(plans, "_LATE_BEFORE_REST", plans.time.max)
    monkeypatch.setattr(plans.calendar, "is_working_day", lambda _day: True)
