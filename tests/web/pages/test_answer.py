"""What one promised last time stands with the invitation, and nothing of anybody else's."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from netmeet.actions.rules import Status
from netmeet.cases.rules import Scope
from netmeet.meetings.rules import MeetingState, Purpose
from tests.slices.actions.making import agree
from tests.world import now

HEADING = "Det lovede du sidst"


@contextmanager
def counted():
    sent = []

    def count(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    yield sent
    event.remove(Engine, "before_cursor_execute", count)


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.BASIC, Scope.INVITE])


@pytest.fixture
def earlier(world, case):
    return world.meeting(case, in_days=-30, state=MeetingState.FINAL)


@pytest.fixture
def meeting(world, case):
    return world.meeting(case, state=MeetingState.INVITED)


def read(client, meeting):
    answer = client.get(f"/meetings/{meeting.id}/answer")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_ones_own_promises_are_there_with_a_way_to_report(world, client, case, earlier, meeting):
    action = agree(world, case, world.jonas, what="Ansøger om bostøtte", meeting_id=earlier.id)
    agree(world, case, world.lise, what="Ringer til hjemmeplejen", meeting_id=earlier.id)
    world.sign_in(client, world.jonas)
    body = read(client, meeting)
    assert HEADING in body
    assert "Ansøger om bostøtte" in body
    assert "hjemmeplejen" not in body
    here = f"/meetings/{meeting.id}/answer"
    fields = {"status": "done", "version": action.version, "next": here}
    assert client.send(f"/actions/{action.id}/status", fields).location == here
    body = read(client, meeting)
    assert "Ansøger om bostøtte" in body
    assert f"/actions/{action.id}/status" not in body


def test_what_ended_long_ago_or_came_of_this_meeting_is_left_out(
    world, client, case, earlier, meeting
):
    long_ago = now().replace(year=now().year - 1)
    agree(
        world,
        case,
        world.jonas,
        what="Er gjort for længst",
        meeting_id=earlier.id,
        status=Status.DONE,
        closed_at=long_ago,
    )
    agree(world, case, world.jonas, what="Aftalt i dag", meeting_id=meeting.id)
    agree(world, case, world.jonas, what="Ikke sendt ud", meeting_id=earlier.id, published_at=None)
    world.sign_in(client, world.jonas)
    assert HEADING not in read(client, meeting)


def test_another_case_is_another_case(world, client, case, meeting):
    other = world.case("Karin Lund")
    agree(world, other, world.jonas, what="Ringer til Karin")
    world.sign_in(client, world.jonas)
    assert HEADING not in read(client, meeting)


def test_a_relative_reads_their_own_only_while_the_person_lets_them_know(
    world, client, case, earlier, meeting
):
    agree(
        world,
        case,
        world.hanne,
        what="Følger til lægen",
        meeting_id=earlier.id,
        owner_confirmed_at=now(),
    )
    world.sign_in(client, world.hanne)
    assert "Følger til lægen" in read(client, meeting)
    closed = world.case("Kim Bak", relative=world.hanne, relative_scopes=[Scope.INVITE])
    coming = world.meeting(closed, state=MeetingState.INVITED)
    agree(world, closed, world.hanne, what="Henter posten", owner_confirmed_at=now())
    world.sign_in(client, world.hanne)
    body = read(client, coming)
    assert "Henter posten" not in body
    assert HEADING not in body


def test_the_persons_own_stand_on_their_front_page(world, client, case, earlier, meeting):
    mia = case.person.user
    agree(world, case, mia, what="Bestiller tid", meeting_id=earlier.id, is_persons=True)
    world.sign_in(client, mia)
    assert HEADING not in read(client, meeting)


def test_the_queries_do_not_grow_with_what_was_promised(world, client, case, meeting):
    agree(world, case, world.jonas)
    world.sign_in(client, world.jonas)
    with counted() as few:
        read(client, meeting)
    for number in range(8):
        agree(world, case, world.jonas, what=f"Opgave {number}")
    with counted() as many:
        read(client, meeting)
    assert len(many) == len(few) <= 13


def test_a_refused_answer_shows_the_promises_still(world, client, case, earlier, meeting):
    agree(world, case, world.jonas, what="Ansøger om bostøtte", meeting_id=earlier.id)
    item = world.item(meeting, "Midlertidig bolig", by=world.jonas)
    item.purpose, item.decider_id, item.decider = Purpose.DECIDE, world.jonas.id, world.jonas
    world.sign_in(client, world.jonas)
    here = f"/meetings/{meeting.id}/answer"
    fields = {f"mandate-{item.id}": "in_writing"}
    for tail, sent in (("/decide", fields), ("/input", {"input-text": "a\nb\nc\nd\ne\nf"})):
        refused = client.send(f"{here}{tail}", sent)
        assert refused.status_code == 422
        assert HEADING in refused.text
        assert f'name="next" value="{here}"' in refused.text
