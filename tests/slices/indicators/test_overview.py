from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import event

from netmeet.actions import queries as actions
from netmeet.actions import service
from netmeet.actions.rules import Status, WaitingFor
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.indicators import exports, queries
from netmeet.meetings.rules import MeetingKind, MeetingState
from tests.reader import mentions
from tests.slices.actions.making import agree, own
from tests.world import now


@pytest.fixture
def case(world):
    return world.case()


def wanted(world, **facts):
    return queries.Filter(unit_id=world.office.id, **facts)


def overview(world, **facts):
    return exports.overview(wanted(world, **facts), page=1, today=clock.today(), at=now())


def refs(world):
    return {row.id for row in overview(world).rows}


def test_counts_are_the_own_units_and_never_the_persons(world, case):
    agree(world, case, world.jonas, in_days=-20)
    agree(world, case, world.jonas, in_days=-10)
    agree(world, case, world.jonas, in_days=-3)
    agree(world, case, world.jonas, in_days=0)
    agree(world, case, world.jonas, in_days=40)
    agree(world, case, world.lise, in_days=-3)
    own(world, case, in_days=-30, unit_id=world.office.id)
    agree(world, case, world.jonas, published_at=None)
    agree(world, case, world.jonas, closed_at=now(), status=Status.DONE)
    counts = overview(world).counts
    assert (counts.open, counts.overdue, counts.this_week) == (5, 3, 1)
    assert (counts.to_7, counts.to_14, counts.older) == (1, 1, 1)
    assert counts.median == 10


def test_a_row_holds_the_six_fields_and_nothing_else(world, case):
    agree(world, case, world.jonas, what="Ansøger om botilbud", in_days=-3)
    shown = {field.name for field in fields(exports.Row)} - {"id"}
    assert shown == {"ref", "unit", "owner", "due", "status", "days_overdue"}
    assert len(exports.headings()) == 6
    text = repr(overview(world)) + repr(list(exports.cells(wanted(world), today=clock.today())))
    assert "botilbud" not in text
    assert not mentions(text, "Mia")


def test_the_manager_is_asked_to_help_for_three_reasons(world, case):
    agree(world, case, world.jonas, in_days=5)
    old = agree(world, case, world.jonas, in_days=-15)
    waiting = agree(world, case, world.jonas, in_days=6)
    service.report(
        waiting,
        status=Status.WAITING,
        waits_for=WaitingFor.DECISION,
        by=world.actor(world.jonas),
        at=now(),
        version=waiting.version,
    )
    gone = world.staff("Rikke Lund", world.office, role=Role.MUN)
    away = agree(world, case, gone, in_days=8, unit_id=world.office.id)
    world.role_of(gone).until = now() - timedelta(days=1)
    db.session.flush()
    found = {each.row.id: each.reasons for each in overview(world).to_help}
    assert found == {
        old.id: ["over 14 dage"],
        waiting.id: ["venter på afgørelse"],
        away.id: ["ejeren er væk"],
    }


def test_waiting_for_others_is_no_decision(world, case):
    action = agree(world, case, world.jonas)
    by = world.actor(world.jonas)
    service.report(action, status=Status.WAITING, by=by, at=now(), version=action.version)
    assert overview(world).to_help == []


def test_it_is_narrowed_by_kind_initiative_and_period(world, case):
    meeting = world.meeting(case, in_days=-10, state=MeetingState.PUBLISHED)
    meeting.kind = MeetingKind.KIP
    case.initiative = "F-ACT"
    by_kind = agree(world, case, world.jonas, meeting_id=meeting.id, meeting=meeting, in_days=-60)
    other = world.case("Omar Haddad")
    agree(world, other, world.jonas, in_days=3)
    assert [row.id for row in overview(world, kind="kip").rows] == [by_kind.id]
    assert [row.id for row in overview(world, initiative="F-ACT").rows] == [by_kind.id]
    since = clock.today() - timedelta(days=30)
    assert by_kind.id not in {row.id for row in overview(world, since=since).rows}
    assert queries.initiatives(world.office.id) == ["F-ACT"]


def test_follow_up_counts_held_meetings_with_a_next_date_or_a_reason(world, case):
    for days in range(8):
        held = world.meeting(case, in_days=-10 - days, state=MeetingState.PUBLISHED)
        held.ended_at = now()
        if days < 2:
            held.next_starts_local = held.starts_local + timedelta(days=40)
        elif days == 2:
            held.no_next_reason = "Mia har det godt. Vi har aftalt, at det er slut."
    db.session.flush()
    assert queries.followed_up(wanted(world), today=clock.today()) == (3, 8)
    world.meeting(case, in_days=20)
    assert queries.followed_up(wanted(world), today=clock.today()) == (3, 8)


def test_the_trend_counts_what_was_over_its_date_then(world, case):
    months = exports.rules.month_ends(clock.today())
    at = now() - timedelta(days=400)
    agree(world, case, world.jonas, in_days=-380, published_at=at)
    agree(world, case, world.jonas, in_days=-380, published_at=at, closed_at=now())
    agree(world, case, world.jonas, in_days=3)
    assert queries.overdue_at(wanted(world), months) == [2] * 6
    assert {count for _day, count in overview(world).trend} == {"<5"}


def test_files_hold_no_formula(world, case):
    jonas = world.jonas
    jonas.name = "=cmd|' /C calc'!A0"
    agree(world, case, jonas)
    today = clock.today()
    assert "'=cmd" in exports.csv(wanted(world), today=today).decode("utf-8-sig")
    assert exports.xlsx(wanted(world), today=today).startswith(b"PK")


def test_the_number_of_questions_to_the_database_does_not_grow(world):
    def asked():
        seen = []
        db.session.expire_all()
        found = wanted(world)
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        exports.overview(found, page=1, today=clock.today(), at=now())
        return len(seen)

    for days in range(-20, -15):
        agree(world, world.case(f"Per {days}"), world.jonas, in_days=days)
    few = asked()
    case = world.case("Karin Lund")
    for days in range(-20, 40):
        agree(world, case, world.jonas, in_days=days)
    assert asked() == few <= 10


def test_reassigning_takes_it_off_the_list(world, case):
    rikke = world.staff("Rikke Lund", world.office, role=Role.MUN)
    action = agree(world, case, world.jonas, in_days=-15)
    by = world.actor(world.manager)
    (to,) = [one for one in actions.candidates(action, actor=by) if one.user.id == rikke.id]
    service.reassign(action, to=to, by=by, at=now(), version=action.version)
    assert overview(world).rows[0].owner == "Rikke Lund"
