"""The manager's front page: what is owed and where to help, and never about whom."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import event

from netmeet.cases.models import AccessQuestion
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.indicators.queries import day
from netmeet.meetings.models import MeetingRequest
from netmeet.meetings.rules import MeetingState, Purpose, RequestState
from tests.reader import mentions
from tests.slices.actions.making import agree, own
from tests.world import now

WORDS = ("Mia", "Sørensen", "bostøtte", "bo?")


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def gerda(world, client, case):
    world.sign_in(client, world.manager)
    return client


def waiting(world):
    return day.waiting(world.office.id, today=clock.today())


def asked(world, case, *, due_in, unit=None, state=RequestState.REQUESTED):
    request = MeetingRequest(
        case_id=case.id,
        author_id=case.person.user_id,
        asked_as=Role.PAT,
        about="Mia vil tale om medicin",
        requested_at=now(),
        due_on=clock.today() + timedelta(days=due_in),
        unit_id=(unit or world.office).id,
        state=state,
    )
    db.session.add(request)
    db.session.flush()


def test_the_day_is_in_figures_with_a_way_on(world, client, case):
    agree(world, case, world.jonas, in_days=-20)
    agree(world, case, world.jonas, in_days=40)
    own(world, case, in_days=-20, unit_id=world.office.id)
    asked(world, case, due_in=-1)
    world.sign_in(client, world.manager)
    text = client.get("/").text
    assert "har 2 åbne aftaler. 1 er over datoen" in text
    assert "/overview" in text
    assert "Giv til en anden" in text
    assert "over de fem arbejdsdage" in text
    assert "&lt;5" in text
    assert [word for word in WORDS if word in text] == []


def test_an_empty_unit_gets_sentences(gerda):
    text = gerda.get("/").text
    assert "har ingen åbne aftaler." in text
    assert "Ingen aftaler venter på din hjælp lige nu." in text
    assert "Ingen møder eller ønsker venter på noget lige nu." in text
    assert "Ingen spørgsmål venter på dit svar." in text


def test_late_requests_are_the_units_open_ones_past_their_day(world, case):
    asked(world, case, due_in=-1)
    asked(world, case, due_in=0)
    asked(world, case, due_in=-3, unit=world.ward)
    asked(world, case, due_in=-3, state=RequestState.ACCEPTED)
    assert waiting(world).late_requests == 1


def test_undecided_meetings_are_soon_and_nobody_may_decide(world, case):
    for in_days, purpose, decider in (
        (3, Purpose.DECIDE, None),
        (3, Purpose.DISCUSS, None),
        (3, Purpose.DECIDE, world.jonas),
        (40, Purpose.DECIDE, None),
    ):
        meeting = world.meeting(case, in_days=in_days, state=MeetingState.INVITED)
        item = world.item(meeting, "Midlertidig bolig", by=world.lise)
        item.purpose = purpose
        item.decider_id = decider.id if decider is not None else None
    db.session.flush()
    assert waiting(world).undecided == 1


def test_held_meetings_are_late_after_two_working_days(world, case):
    held = world.meeting(case, in_days=-10, state=MeetingState.MINUTES_DRAFT)
    world.meeting(case, in_days=0, state=MeetingState.MINUTES_DRAFT)
    assert waiting(world).late_minutes == 1
    held.state = MeetingState.PUBLISHED
    db.session.flush()
    assert waiting(world).late_minutes == 0


def test_a_meeting_that_agreed_nothing_and_one_put_off_twice_are_counted(world, case):
    empty = world.meeting(case, in_days=-5, state=MeetingState.PUBLISHED)
    assert waiting(world).without_agreements == 1
    agree(world, case, world.jonas, meeting_id=empty.id, meeting=empty)
    assert waiting(world).without_agreements == 0
    often = world.meeting(case, state=MeetingState.PLANNED)
    often.postponed = 1
    db.session.flush()
    assert waiting(world).put_off == 0
    often.postponed = 2
    db.session.flush()
    assert waiting(world).put_off == 1


def test_another_units_meetings_are_not_counted(world):
    alone = world.case("Omar Haddad", staff=[])
    meeting = world.meeting(alone, in_days=-10, state=MeetingState.MINUTES_DRAFT)
    meeting.starts_local = datetime.combine(clock.today() - timedelta(days=10), time(13))
    db.session.flush()
    assert waiting(world).late_minutes == 0


def test_a_question_that_waits_is_named_by_number_alone(world, client, case):
    db.session.add(
        AccessQuestion(
            case_id=case.id,
            about_user_id=world.jonas.id,
            unit_id=world.office.id,
            asked_at=now(),
            looks={"week": "2026-11-16", "times": []},
        )
    )
    world.sign_in(client, world.manager)
    text = client.get("/").text
    assert "Ét spørgsmål venter på dit svar" in text
    assert not mentions(text, "Mia")


def test_the_page_asks_no_more_with_more_agreements(world, client, case):
    agree(world, case, world.jonas, in_days=-20)
    world.sign_in(client, world.manager)

    def statements():
        asked_for = []

        def note(_connection, _cursor, statement, *_rest):
            if statement.lstrip().upper().startswith("SELECT"):
                asked_for.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked_for)

    few = statements()
    for days in range(15):
        agree(world, case, world.jonas, in_days=-20 - days)
    world.save()
    assert statements() == few
    assert few <= 12
