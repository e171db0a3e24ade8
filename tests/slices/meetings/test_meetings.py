"""A meeting from draft to cancelled or followed up."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cli import templates
from netmeet.core import clock
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries, service
from netmeet.meetings.exports import RENDERERS
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingKind, MeetingState, Mover
from netmeet.outbox.models import Message
from tests.world import World, now


def start(in_days: int = 20) -> datetime:
    """Return 10 o'clock that day, wall time."""
    return datetime.combine(clock.today() + timedelta(days=in_days), time(10))


def details(**changes: object) -> service.Details:
    given = {"kind": "outpatient", "purpose": "At finde et sted at bo", **changes}
    return service.Details(**given)


def draft(world: World, **changes: object) -> Meeting:
    return service.create(
        world.case(), by=world.actor(world.lise), at=now(), details=details(**changes)
    )


def test_a_draft_has_the_length_of_its_kind_and_the_points_of_the_template(world: World) -> None:
    assert templates.load(clock.today()) == len(MeetingKind)
    assert templates.load(clock.today()) == 0
    meeting = draft(world)
    assert meeting.minutes == 60
    assert meeting.chair.name == "Lise Dam"
    standing = [item.standing for item in meeting.items]
    assert standing[0] == "welcome"
    assert "last_time" not in standing
    assert "persons_points" not in standing
    assert [item.position for item in meeting.items] == list(range(len(standing)))


def test_a_draft_takes_the_common_rules_and_a_follow_up_those_that_were_agreed(
    world: World,
) -> None:
    templates.load(clock.today())
    by = world.actor(world.lise)
    details = service.Details(kind="outpatient", purpose="Hvor skal Mia bo?")
    made = service.create(world.case(), by=by, at=now(), details=details)
    assert "Vi taler til hinanden, ikke om hinanden." in made.ground_rules.splitlines()
    made.ground_rules = "Kun én ad gangen."
    follow_up = service.draft_follow_up(made, by=by, at=now())
    assert follow_up.ground_rules == "Kun én ad gangen."


def test_a_template_not_valid_yet_is_not_loaded(world: World) -> None:
    assert templates.load(date(2019, 12, 31)) == 0
    assert queries.template_for("outpatient", date(2019, 12, 31)) is None
    del world


def test_an_interpreter_makes_it_half_as_long_again(world: World) -> None:
    case = world.case()
    case.person.interpreter = "arabisk"
    meeting = service.create(case, by=world.actor(world.lise), at=now(), details=details())
    assert meeting.minutes == 90


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"purpose": " "}, "purpose"),
        ({"minutes": 5}, "minutes"),
        ({"starts_local": datetime.fromisoformat("2020-01-01T10:00")}, "date"),
        ({"starts_local": datetime.fromisoformat("2031-03-30T02:30")}, "time"),
        ({"chair_id": "0000000000000000"}, "chair"),
    ],
)
def test_wrong_details_are_refused(world: World, change: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as no:
        draft(world, **change)
    assert no.value.field == field


def test_a_new_time_or_place_counts_the_sequence_up_and_nothing_else(world: World) -> None:
    meeting, lise = draft(world, starts_local=start()), world.actor(world.lise)
    service.edit(
        meeting,
        by=lise,
        at=now(),
        details=details(starts_local=start(), minutes=60, place="Lokale 2"),
        version=meeting.version,
    )
    assert (meeting.sequence, meeting.places, meeting.place) == (1, 1, "Lokale 2")
    same = {"starts_local": start(), "minutes": 60, "place": "Lokale 2"}
    again = details(**same, greeter="Bo")
    service.edit(meeting, by=lise, at=now(), details=again, version=meeting.version)
    assert (meeting.sequence, meeting.places) == (1, 1)
    service.edit(
        meeting, by=lise, at=now(), details=details(starts_local=start(21)), version=meeting.version
    )
    assert (meeting.sequence, meeting.places) == (2, 1)


def test_a_stale_form_gets_both_texts(world: World) -> None:
    meeting, lise = draft(world), world.actor(world.lise)
    old = meeting.version
    service.edit(meeting, by=lise, at=now(), details=details(purpose="Nyt"), version=old)
    with pytest.raises(Conflict) as both:
        service.edit(meeting, by=lise, at=now(), details=details(purpose="Mit"), version=old)
    assert both.value.mine["Formål"] == "Mit"
    assert both.value.theirs["Formål"] == "Nyt"


def test_putting_off_keeps_the_points_and_counts_unless_the_person_asked(world: World) -> None:
    templates.load(clock.today())
    meeting, lise = draft(world, starts_local=start()), world.actor(world.lise)
    points = len(meeting.items)
    service.postpone(
        meeting,
        by=lise,
        at=now(),
        reason="Mia er syg",
        asked_by="person",
        version=meeting.version,
    )
    assert (meeting.state, meeting.postponed) == (MeetingState.POSTPONED, 0)
    assert meeting.starts_local is None
    service.edit(
        meeting, by=lise, at=now(), details=details(starts_local=start(25)), version=meeting.version
    )
    assert meeting.state is MeetingState.PLANNED
    service.postpone(
        meeting,
        by=lise,
        at=now(),
        reason="Overlægen er syg",
        asked_by="region",
        version=meeting.version,
        new_start=start(30),
    )
    assert (meeting.state, meeting.postponed) == (MeetingState.PLANNED, 1)
    assert meeting.starts_local == start(30)
    assert (len(meeting.items), meeting.sequence, meeting.moved_by) == (points, 3, "region")


def test_putting_off_and_calling_off_say_why(world: World) -> None:
    meeting, lise = draft(world), world.actor(world.lise)
    for verb in (service.postpone, service.cancel):
        with pytest.raises(Refused) as no:
            verb(
                meeting,
                by=lise,
                at=now(),
                reason="",
                asked_by="region",
                version=meeting.version,
            )
        assert no.value.field == "reason"
    with pytest.raises(Refused):
        service.postpone(
            meeting,
            by=lise,
            at=now(),
            reason="x",
            asked_by="region",
            version=meeting.version,
            new_start=start(-3),
        )
    assert meeting.state is MeetingState.PLANNED


def test_a_cancelled_meeting_is_not_changed(world: World) -> None:
    meeting, lise = draft(world), world.actor(world.lise)
    service.cancel(
        meeting, by=lise, at=now(), reason="Flyttet", asked_by="other", version=meeting.version
    )
    assert (meeting.state, meeting.sequence) == (MeetingState.CANCELLED, 1)
    with pytest.raises(Refused):
        service.edit(meeting, by=lise, at=now(), details=details(), version=meeting.version)
    with pytest.raises(Refused):
        service.move(meeting, MeetingState.PLANNED, by=lise, at=now())


def test_who_may_take_a_step_is_the_rules_to_say(world: World) -> None:
    meeting = draft(world)
    jonas, mia = world.actor(world.jonas), world.actor(meeting.case.person.user)
    assert service.movers(meeting, jonas) == frozenset()
    assert service.movers(meeting, mia) == {Mover.PERSON}
    with pytest.raises(Refused):
        service.move(meeting, MeetingState.INVITED, by=jonas, at=now())
    system = Actor(user_id="", name="", role=Role.SYS, at=now())
    assert service.movers(meeting, system) == {Mover.SYSTEM}


def test_the_coordinator_sends_out_what_a_chair_who_has_left_cannot(world: World) -> None:
    case = world.case()
    meeting = world.meeting(case, in_days=0, state=MeetingState.MINUTES_DRAFT)
    meeting.chair_id, meeting.chair = world.jonas.id, world.jonas
    lise = world.actor(world.lise)
    with pytest.raises(Refused, match="Det er Jonas Holm, der ledte mødet"):
        service.move(meeting, MeetingState.PUBLISHED, by=lise, at=now())
    cases.leave(case, case.member(world.jonas.id), at=now())
    service.move(meeting, MeetingState.PUBLISHED, by=lise, at=now())
    assert meeting.published_at is not None


def test_each_state_sets_its_instant(world: World) -> None:
    meeting, lise, at = draft(world, starts_local=start()), world.actor(world.lise), now()
    steps = ("INVITED", "HELD", "MINUTES_DRAFT", "PUBLISHED", "FINAL")
    for step in steps:
        service.move(meeting, MeetingState[step], by=lise, at=at)
    assert meeting.ended_at == meeting.published_at == meeting.final_at == at


def test_the_follow_up_is_drafted_once_with_the_same_chair(world: World) -> None:
    templates.load(clock.today())
    meeting, lise = draft(world, starts_local=start(), place="Lokale 2"), world.actor(world.lise)
    meeting.next_starts_local = start(60)
    follow_up = service.draft_follow_up(meeting, by=lise, at=now())
    assert follow_up.kind == MeetingKind.FOLLOW_UP
    assert (follow_up.follows_id, follow_up.chair_id) == (meeting.id, meeting.chair_id)
    assert (follow_up.starts_local, follow_up.minutes) == (start(60), 45)
    assert follow_up.place == "Lokale 2"
    assert "last_time" in [item.standing for item in follow_up.items]
    assert follow_up.uid != meeting.uid
    assert service.draft_follow_up(meeting, by=lise, at=now()) is follow_up


def test_lists_of_meetings(world: World) -> None:
    case = world.case()
    first, second = world.meeting(case, in_days=3), world.meeting(case, in_days=9)
    over = world.meeting(case, in_days=-9)
    lise, stranger = world.actor(world.lise), world.actor(world.stranger)
    assert list(queries.visible_to(lise)) == [over, first, second]
    assert list(queries.visible_to(stranger)) == []
    assert list(queries.of_case(case.id)) == [second, first, over]
    assert queries.next_of(case, today=clock.today()) is first
    assert queries.by_id("0000000000000000") is None


def put_off(world: World, meeting: Meeting, *, asked_by: str = "region") -> None:
    service.postpone(
        meeting,
        by=world.actor(world.lise),
        at=now(),
        reason="Overlægen er syg",
        asked_by=asked_by,
        version=meeting.version,
        new_start=start(20 + meeting.sequence),
    )


def alerts() -> list[Message]:
    found = db.session.scalars(select(Message).order_by(Message.created_at)).all()
    return [message for message in found if message.kind == "meetings.news_postponed"]


def test_from_the_second_time_the_managers_of_the_unit_hear_of_it(world: World) -> None:
    meeting = draft(world, starts_local=start())
    ida = world.staff("Ida Kok", world.ward, role=Role.MGR)
    assert world.manager.id != ida.id
    put_off(world, meeting)
    assert alerts() == []
    put_off(world, meeting)
    (alert,) = alerts()
    assert alert.user_id == ida.id
    made = RENDERERS[alert.kind](alert, now())
    assert made is not None
    assert "Et møde, som din enhed koordinerer, er blevet udsat igen." in made.text
    assert "/overview" in made.html
    for word in ("Mia", "Lise", "syg", meeting.purpose, meeting.id):
        assert word not in made.subject + made.text + made.html
    put_off(world, meeting)
    assert len(alerts()) == 2


def test_what_the_person_asks_for_alerts_nobody(world: World) -> None:
    meeting = draft(world, starts_local=start())
    world.staff("Ida Kok", world.ward, role=Role.MGR)
    for _ in range(3):
        put_off(world, meeting, asked_by="person")
    put_off(world, meeting)
    put_off(world, meeting, asked_by="person")
    assert alerts() == []


def test_a_manager_no_more_or_a_meeting_called_off_is_told_nothing(world: World) -> None:
    meeting = draft(world, starts_local=start())
    ida = world.staff("Ida Kok", world.ward, role=Role.MGR)
    for _ in range(2):
        put_off(world, meeting)
    (alert,) = alerts()
    held = world.role_of(ida)
    held.until = now()
    db.session.flush()
    assert RENDERERS[alert.kind](alert, now()) is None
    held.until = None
    meeting.state = MeetingState.CANCELLED
    db.session.flush()
    assert RENDERERS[alert.kind](alert, now()) is None


@pytest.mark.parametrize("verb", [service.postpone, service.cancel])
def test_the_room_of_a_meeting_that_was_stopped_is_closed(world: World, verb: Any) -> None:
    meeting = world.meeting(world.case(), in_days=0, state=MeetingState.INVITED)
    meeting.started_at, meeting.current_item_id = now(), "0" * 16
    db.session.flush()
    assert meeting.is_going_on
    told = {"reason": "Mia er syg", "asked_by": "person", "version": meeting.version}
    verb(meeting, by=world.actor(world.lise), at=now(), **told)
    assert not meeting.is_going_on
    assert meeting.current_item_id is None
