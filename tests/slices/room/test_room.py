"""Holding the meeting: who is here, which point is on, and the end."""

from datetime import datetime, timedelta

import pytest

from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.invitations.models import Answer, Deputy, WrittenInput
from netmeet.invitations.rules import AnswerValue
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    AgendaState,
    AnswerToPerson,
    AttendanceMode,
    AttendanceStatus,
    Conclusion,
    ItemState,
    LifeArea,
    MeetingState,
    Participation,
)
from netmeet.meetings.service import minutes, room
from tests.world import World, now

WITH_AGENDA = (Scope.INVITE, Scope.AGENDA)


@pytest.fixture
def meeting(world: World):
    """A meeting that everybody has been invited to, with a point of Mia's and one of Jonas'."""
    case = world.case(relative=world.hanne, relative_scopes=WITH_AGENDA)
    made = world.meeting(case, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    return made


def here(meeting, user, mode=AttendanceMode.IN_PERSON, version=0):
    return room.attend(meeting, user.id, mode=mode, version=version)


def begun(world, meeting, *users):
    for user in users or (meeting.case.person.user, world.lise, world.jonas):
        here(meeting, user)
    room.start(meeting, at=now())
    return meeting


def finish(meeting, world):
    """Give every point what it needs."""
    by = world.actor(world.lise)
    for item in reading.points(meeting):
        outcome = minutes.Outcome(conclusion=Conclusion.AGREED)
        minutes.conclude(item, outcome=outcome, by=by, at=now(), version=0)
        if item.is_persons:
            minutes.answer(item, kind=AnswerToPerson.YES, text="Ja.", by=by, at=now(), version=0)


def ending(**facts):
    usual = {"participation": Participation.WHOLE, "no_next_reason": "Planen er færdig."}
    return room.Ending(**{**usual, **facts})


def test_it_begins_with_the_persons_own_point(world, meeting):
    begun(world, meeting)
    assert reading.points(meeting)[0].is_persons
    assert meeting.current_item_id == reading.points(meeting)[0].id


def test_it_does_not_begin_before_somebody_is_here(meeting):
    with pytest.raises(Refused):
        room.start(meeting, at=now())


def test_it_does_not_begin_before_the_invitations_are_sent(world, meeting):
    here(meeting, world.lise)
    meeting.state = MeetingState.PLANNED
    with pytest.raises(Refused):
        room.start(meeting, at=now())


def test_it_does_not_begin_without_points(world, meeting):
    here(meeting, world.lise)
    for item in meeting.items:
        item.state = ItemState.WITHDRAWN
    with pytest.raises(Refused):
        room.start(meeting, at=now())


def test_beginning_twice_changes_nothing(world, meeting):
    begun(world, meeting)
    first = meeting.started_at
    room.start(meeting, at=now() + timedelta(minutes=5))
    assert meeting.started_at == first


def test_an_agenda_never_shared_is_shared_when_the_meeting_begins(world, meeting):
    meeting.agenda_state = AgendaState.DRAFT
    begun(world, meeting)
    assert meeting.agenda_state is AgendaState.SHARED


def test_only_invited_people_are_here(world, meeting):
    with pytest.raises(Refused):
        here(meeting, world.stranger)


def test_who_comes_late_or_leaves_early_was_there_for_a_part(world, meeting):
    begun(world, meeting)
    late = here(meeting, world.hanne)
    assert late.status is AttendanceStatus.PART
    jonas = reading.attendance(meeting, world.jonas.id)
    here(meeting, world.jonas, mode=None, version=jonas.version)
    assert jonas.status is AttendanceStatus.PART
    assert not jonas.is_in_room


def test_a_stale_row_of_who_is_here_is_a_conflict(world, meeting):
    row = here(meeting, world.jonas)
    here(meeting, world.jonas, mode=AttendanceMode.PHONE, version=row.version)
    with pytest.raises(Conflict):
        here(meeting, world.jonas, mode=None, version=1)


def test_somebody_is_found_by_a_name_that_is_theirs_alone(world, meeting):
    assert room.invited_id(meeting, " hanne ") == world.hanne.id
    for name in ("", "Kim", "Rune"):
        with pytest.raises(Refused):
            room.invited_id(meeting, name)


def test_next_closes_what_lacks_nothing_and_leaves_the_rest_open(world, meeting):
    begun(world, meeting)
    first, second = reading.points(meeting)
    room.go(meeting, from_id=first.id, forward=1, at=now())
    assert first.state is ItemState.OPEN
    assert meeting.current_item_id == second.id
    outcome = minutes.Outcome(conclusion=Conclusion.AGREED)
    minutes.conclude(second, outcome=outcome, by=world.actor(world.lise), at=now(), version=0)
    room.go(meeting, from_id=second.id, forward=-1, at=now())
    assert second.state is ItemState.CLOSED
    assert meeting.current_item_id == first.id


def test_two_who_press_next_at_once_skip_nothing(world, meeting):
    begun(world, meeting)
    first, second = reading.points(meeting)
    for _ in range(2):
        room.go(meeting, from_id=first.id, forward=1, at=now())
    assert meeting.current_item_id == second.id


def test_there_is_nothing_before_the_first_point(world, meeting):
    begun(world, meeting)
    first = reading.points(meeting)[0]
    room.go(meeting, from_id=first.id, forward=-1, at=now())
    assert meeting.current_item_id == first.id


def test_one_may_go_straight_to_a_point_of_this_meeting_only(world, meeting):
    begun(world, meeting)
    second = reading.points(meeting)[1]
    room.go_to(meeting, second.id, at=now())
    assert meeting.current_item_id == second.id
    with pytest.raises(Refused):
        room.go_to(meeting, "0" * 16, at=now())


def test_pause_is_on_and_off(world, meeting):
    begun(world, meeting)
    room.pause(meeting, is_on=True)
    assert meeting.is_paused
    room.pause(meeting, is_on=False)
    assert not meeting.is_paused


def test_it_does_not_end_while_the_persons_point_has_no_answer(world, meeting):
    begun(world, meeting)
    by = world.actor(world.lise)
    for item in meeting.items:
        outcome = minutes.Outcome(conclusion=Conclusion.AGREED)
        minutes.conclude(item, outcome=outcome, by=by, at=now(), version=0)
    with pytest.raises(Refused, match="1"):
        room.end(meeting, by=by, at=now(), ending=ending())


@pytest.mark.parametrize(
    "facts",
    [
        {"participation": None},
        {"no_next_reason": " "},
        {"next_starts": datetime(2020, 1, 1, 10)},  # noqa: DTZ001 - wall time
        {"next_starts": datetime(2027, 3, 28, 2, 30)},  # noqa: DTZ001 - wall time
    ],
)
def test_it_does_not_end_before_all_is_settled(world, meeting, facts):
    begun(world, meeting)
    finish(meeting, world)
    with pytest.raises(Refused):
        room.end(meeting, by=world.actor(world.lise), at=now(), ending=ending(**facts))


def test_it_does_not_end_before_it_has_begun(world, meeting):
    with pytest.raises(Refused):
        room.end(meeting, by=world.actor(world.lise), at=now(), ending=ending())


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ({"value": AnswerValue.NO}, AttendanceStatus.REGRETS),
        ({"value": AnswerValue.NO, "text": "Kort fra mig."}, AttendanceStatus.WRITTEN_INPUT),
        ({"value": AnswerValue.YES}, AttendanceStatus.NO_SHOW),
        ({"value": AnswerValue.NO, "sends": True}, AttendanceStatus.DEPUTY),
        ({"value": AnswerValue.YES, "sends": True}, AttendanceStatus.NO_SHOW),
    ],
)
def test_who_declined_or_wrote_beforehand_is_noted_so(world, meeting, said, noted):
    begun(world, meeting)
    invitation = meeting.invitation(world.hanne.id)
    invitation.sent_at = now() - timedelta(days=2)
    row = {"invitation_id": invitation.id, "at": now()}
    db.session.add(Answer(value=said["value"], via="link", by_id=world.hanne.id, **row))
    if "text" in said:
        db.session.add(WrittenInput(text=said["text"], **row))
    if "sends" in said:
        db.session.add(Deputy(name="Jonas Holm", user_id=world.jonas.id, **row))
    finish(meeting, world)
    room.end(meeting, by=world.actor(world.lise), at=now(), ending=ending(no_next_reason="Nej"))
    assert reading.attendance(meeting, world.hanne.id).status is noted


def test_the_end_makes_a_draft_of_minutes_and_empties_the_room(world, meeting):
    begun(world, meeting)
    finish(meeting, world)
    next_time = (calendar.to_local(now()) + timedelta(days=20)).replace(hour=13)
    room.end(
        meeting,
        by=world.actor(world.lise),
        at=now(),
        ending=ending(next_starts=next_time, crisis_plan="exists"),
    )
    assert meeting.state is MeetingState.MINUTES_DRAFT
    assert meeting.next_starts_local == next_time
    assert meeting.no_next_reason == ""
    assert {item.state for item in meeting.items} == {ItemState.CLOSED}
    assert not any(row.is_in_room for row in meeting.attendances)
    absent = reading.attendance(meeting, world.hanne.id)
    assert absent.status is AttendanceStatus.NO_SHOW
    with pytest.raises(Refused):
        room.pause(meeting, is_on=True)


def test_participation_is_what_the_room_saw(world, meeting):
    assert room.seen_participation(meeting) is None
    begun(world, meeting)
    assert room.seen_participation(meeting) is Participation.WHOLE


def test_before_anybody_is_noted_everybody_invited_counts_as_here(meeting):
    assert {m.role for m in reading.in_the_room(meeting)} == {
        MemberRole.PERSON,
        MemberRole.REGIONAL_STAFF,
        MemberRole.MUNICIPAL_STAFF,
        MemberRole.RELATIVE,
    }


def test_a_hidden_point_is_not_shown_while_the_sister_is_here(world, meeting):
    begun(world, meeting, meeting.case.person.user, world.lise, world.hanne)
    item = reading.points(meeting)[0]
    assert reading.everybody_may_see(item, now())
    item.is_hidden_from_private = True
    assert not reading.everybody_may_see(item, now())
    sister = reading.attendance(meeting, world.hanne.id)
    here(meeting, world.hanne, mode=None, version=sister.version)
    assert reading.everybody_may_see(item, now())


def test_what_the_sister_has_no_consent_for_is_not_shown_while_she_is_here(world):
    case = world.case(relative=world.hanne, relative_scopes=(Scope.INVITE,))
    meeting = world.meeting(case, state=MeetingState.INVITED)
    item = world.item(meeting, "Medicin", by=case.person.user)
    begun(world, meeting, case.person.user, world.lise, world.hanne)
    assert not reading.everybody_may_see(item, now())


def test_consent_for_some_areas_opens_only_points_in_them(world, meeting):
    begun(world, meeting, meeting.case.person.user, world.lise, world.hanne)
    case = meeting.case
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=WITH_AGENDA,
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
        life_areas=[LifeArea.HOUSING],
    )
    item = reading.points(meeting)[0]
    later = now() + timedelta(seconds=1)
    shown = {}
    for area in (LifeArea.HOUSING, LifeArea.TREATMENT, None):
        item.life_area = area
        shown[area] = reading.everybody_may_see(item, later)
    assert shown == {LifeArea.HOUSING: True, LifeArea.TREATMENT: False, None: False}
    item.standing = "welcome"
    assert reading.everybody_may_see(item, later)


def test_somebody_in_the_room_who_has_left_the_network_may_see_nothing(world, meeting):
    begun(world, meeting, meeting.case.person.user, world.lise, world.jonas)
    member = meeting.case.member(world.jonas.id)
    cases.leave(meeting.case, member, at=now())
    db.session.flush()
    assert not reading.everybody_may_see(reading.points(meeting)[0], now())
