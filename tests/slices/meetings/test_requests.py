"""A request starts the clock, and gets a yes or a no that says why."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from netmeet.cases.rules import Scope
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import queries, service
from netmeet.meetings.rules import MeetingState, RequestState
from netmeet.meetings.service.requests import Wish
from netmeet.outbox.models import Message
from tests.world import World, now

WEDNESDAY_BEFORE_EASTER = datetime(2026, 4, 1, 10, tzinfo=UTC)


def test_the_clock_counts_danish_working_days_from_the_next_one(world: World) -> None:
    case = world.case()
    mia = world.actor(case.person.user)
    request = service.requests.ask(
        case, by=mia, at=WEDNESDAY_BEFORE_EASTER, wish=Wish(about="Min bolig")
    )
    assert request.due_on.isoformat() == "2026-04-13"
    assert request.state is RequestState.REQUESTED
    assert request.unit_id == world.ward.id


def test_the_coordinator_is_told_and_nobody_is_told_of_their_own(world: World) -> None:
    case = world.case()
    service.requests.ask(
        case, by=world.actor(case.person.user), at=now(), wish=Wish(about="Min bolig")
    )
    service.requests.ask(case, by=world.actor(world.lise), at=now(), wish=Wish(about="KIP"))
    told = db.session.scalars(select(Message)).all()
    assert [(m.kind, m.user_id) for m in told] == [("meetings.news_request", world.lise.id)]
    assert set(told[0].facts) == {"request"}


def test_a_request_says_what_it_is_about(world: World) -> None:
    case = world.case()
    with pytest.raises(Refused) as no:
        service.requests.ask(case, by=world.actor(world.lise), at=now(), wish=Wish(about=" "))
    assert no.value.field == "about"


def test_a_yes_makes_a_draft_and_its_first_time_stops_the_clock(world: World) -> None:
    case = world.case()
    lise = world.actor(world.lise)
    request = service.requests.ask(case, by=lise, at=now(), wish=Wish(about="Ny bolig"))
    meeting = service.requests.accept(request, by=lise, at=now())
    assert request.state is RequestState.ACCEPTED
    assert request.date_set_at is None
    assert (meeting.state, meeting.purpose) == (MeetingState.PLANNED, "Ny bolig")
    details = service.Details(
        kind="outpatient",
        purpose="Ny bolig",
        starts_local=datetime.fromisoformat("2031-03-04T13:00"),
    )
    service.edit(
        meeting, by=lise, at=now(), details=details, version=meeting.version, request=request
    )
    assert request.date_set_at is not None
    assert queries.meeting_of(request) is meeting


def test_of_a_long_request_the_purpose_is_the_beginning(world: World) -> None:
    case = world.case()
    wish = Wish(about="Om medicin.\n" + "Den gør mig træt om morgenen. " * 100)
    request = service.requests.ask(case, by=world.actor(case.person.user), at=now(), wish=wish)
    meeting = service.requests.accept(request, by=world.actor(world.lise), at=now())
    assert meeting.purpose.startswith("Om medicin. Den gør mig træt om morgenen.")
    assert meeting.purpose.endswith(" …")
    assert len(meeting.purpose) <= 500
    assert request.about == wish.about


@pytest.mark.parametrize(
    ("reason", "alternative", "field"),
    [("", "En samtale", "reason"), ("Der er lige holdt møde", " ", "alternative")],
)
def test_a_no_carries_its_reason_and_what_is_offered(
    world: World, reason: str, alternative: str, field: str
) -> None:
    case = world.case()
    lise = world.actor(world.lise)
    request = service.requests.ask(case, by=lise, at=now(), wish=Wish(about="Ny bolig"))
    with pytest.raises(Refused) as no:
        service.requests.decline(request, by=lise, at=now(), reason=reason, alternative=alternative)
    assert no.value.field == field
    assert request.state is RequestState.REQUESTED


def test_an_answered_request_is_not_answered_again(world: World) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    lise = world.actor(world.lise)
    request = service.requests.ask(
        case, by=world.actor(world.hanne), at=now(), wish=Wish(about="Mias bolig")
    )
    service.requests.decline(request, by=lise, at=now(), reason="Nej", alternative="En samtale")
    answer = db.session.scalars(select(Message).where(Message.user_id == world.hanne.id)).one()
    assert answer.kind == "meetings.news_request_answer"
    with pytest.raises(Refused):
        service.requests.accept(request, by=lise, at=now())


def test_only_the_own_unit_finds_the_request_waiting(world: World) -> None:
    case = world.case()
    service.requests.ask(case, by=world.actor(world.jonas), at=now(), wish=Wish(about="Bolig"))
    assert len(queries.requests_waiting(world.actor(world.lise))) == 1
    assert queries.requests_waiting(world.actor(world.jonas)) == []
    assert queries.requests_waiting(world.actor(case.person.user)) == []
    assert len(queries.requests_of_case(case.id)) == 1


def test_who_asked_hears_of_a_yes_as_of_a_no(world: World) -> None:
    case = world.case()
    mia = world.actor(case.person.user)
    asked = service.requests.ask(case, by=mia, at=now(), wish=Wish(about="Jeg vil tale om bolig"))
    service.requests.accept(asked, by=world.actor(world.lise), at=now())
    told = select(Message.user_id).where(Message.kind == "meetings.news_request_answer")
    assert db.session.scalars(told).all() == [mia.user_id]
