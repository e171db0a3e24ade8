"""The committee's report: figures over organisations, and nothing about one to four people."""

from datetime import date, datetime, time, timedelta

import pytest

from netmeet.actions.rules import Status
from netmeet.cases import queries as cases
from netmeet.core import calendar, clock, ids
from netmeet.core.db import db
from netmeet.indicators import rules
from netmeet.indicators.exports import committee as exports
from netmeet.indicators.queries import committee as queries
from netmeet.indicators.rules import NOTHING, Quarter, Share
from netmeet.meetings.models import Attendance
from netmeet.meetings.rules import (
    AttendanceStatus,
    EvaluationRound,
    MeetingState,
    Participation,
    Side,
    evaluation,
)
from netmeet.organisations.models import Committee
from netmeet.organisations.rules import CommitteeKind
from tests.evaluations import answered
from tests.slices.actions.making import agree, own
from tests.world import LONG_AGO

QUARTER = rules.past_quarters(clock.today())[0]
PEOPLE = [f"Kari Nordmann {n}" for n in range(8)]


@pytest.fixture
def committee(world):
    row = Committee(
        code=f"test-{ids.new_id()}",
        name="Samordningsudvalg for planområde byen",
        kind=CommitteeKind.ADULT,
        area="byen",
        valid_from=LONG_AGO,
        organisations=[world.ward.organisation, world.office.organisation],
    )
    db.session.add(row)
    db.session.flush()
    return row


def held(world, case, *, on=None, **facts):
    meeting = world.meeting(case, state=MeetingState.PUBLISHED)
    meeting.starts_local = datetime.combine(on or QUARTER.begins + timedelta(days=20), time(13))
    meeting.ended_at = calendar.to_instant(meeting.starts_local)
    for name, value in facts.items():
        setattr(meeting, name, value)
    db.session.flush()
    return meeting


def found(world):
    ids_ = [world.ward.organisation_id]
    return queries.events(ids_, quarters=(QUARTER.before, QUARTER))


def test_a_meeting_gives_one_event_of_each_kind(world, committee):
    case = world.case()
    start = datetime.combine(QUARTER.begins + timedelta(days=20), time(13))
    meeting = held(
        world,
        case,
        participation=Participation.PART,
        agenda_approved_at=calendar.to_instant(start) - timedelta(hours=1),
        published_at=calendar.to_instant(start) + timedelta(hours=3),
        next_starts_local=start + timedelta(days=30),
    )
    for user in (world.lise, world.jonas):
        db.session.add(
            Attendance(meeting_id=meeting.id, user_id=user.id, status=AttendanceStatus.WHOLE)
        )
    db.session.flush()
    events = found(world)
    for name in ("took_part", "approved", "both_sides", "sent_out", "followed_up"):
        assert [event.is_so for event in getattr(events, name)] == [True], name
    assert [event.is_so for event in events.moved] == [False]


def test_what_was_not_done_counts_as_not_done(world, committee):
    case = world.case()
    held(
        world,
        case,
        participation=Participation.COULD_NOT,
        published_at=calendar.to_instant(datetime.combine(QUARTER.ends, time(13))),
    )
    events = found(world)
    for name in ("took_part", "approved", "both_sides", "sent_out", "followed_up"):
        assert [event.is_so for event in getattr(events, name)] == [False], name


def test_what_the_person_moved_counts_against_nobody(world, committee):
    case = world.case()
    held(world, case, postponed=1, moved_by="person")
    held(world, case, postponed=1, moved_by="region")
    assert sorted(event.is_so for event in found(world).moved) == [False, True]


def test_agreements_are_kept_by_their_first_date_and_the_persons_are_not_counted(world, committee):
    case = world.case()
    day = QUARTER.begins + timedelta(days=10)
    done = calendar.to_instant(datetime.combine(day, time(9)))
    agree(world, case, world.jonas, first_due_on=day, status=Status.DONE, closed_at=done)
    late = done + timedelta(days=2)
    agree(world, case, world.jonas, first_due_on=day, status=Status.DONE, closed_at=late)
    agree(world, case, world.jonas, first_due_on=day, status=Status.DROPPED, closed_at=done)
    own(world, case, first_due_on=day)
    assert sorted(event.is_so for event in found(world).kept) == [False, True]


def test_other_organisations_and_other_quarters_are_left_out(world, committee):
    held(world, world.case(), on=QUARTER.before.before.ends)
    held(world, world.case("Omar Haddad"), on=QUARTER.ends + timedelta(days=1))
    elsewhere = queries.events([ids.new_id()], quarters=(QUARTER.before, QUARTER))
    assert (found(world).held, elsewhere.held) == ([], [])
    held(world, cases.by_id(world.case("Kim Lund").id), on=QUARTER.ends)
    assert len(found(world).held) == 1


def test_one_to_four_people_are_hidden_however_many_meetings(world, committee):
    case = world.case()
    for _n in range(9):
        held(world, case, participation=Participation.WHOLE)
    report = exports.report(committee, quarter=QUARTER, today=clock.today())
    assert report.held == "<5"
    assert {line.figure.under for line in report.lines} == {"<5", NOTHING}
    assert [row.meetings for row in report.initiatives] == ["<5"]


def test_five_people_show_and_the_change_since_the_last_quarter(world, committee):
    for name in PEOPLE[:5]:
        case = world.case(name)
        held(world, case, participation=Participation.WHOLE)
        held(world, case, on=QUARTER.before.ends, participation=Participation.COULD_NOT)
    report = exports.report(committee, quarter=QUARTER, today=clock.today())
    first = report.lines[0]
    assert (report.held, first.figure.over, first.figure.under) == ("5", "5", "5")
    assert (first.figure.percent, first.change) == ("100 %", "+100")
    assert [(row.meetings, row.people) for row in report.initiatives] == [("5", "5")]


def test_the_report_holds_no_name(world, committee):
    for name in PEOPLE:
        held(world, world.case(name), participation=Participation.WHOLE)
    report = exports.report(committee, quarter=QUARTER, today=clock.today())
    text = repr((report.held, report.lines, report.initiatives))
    assert "Kari" not in text
    assert "Nordmann" not in text


def test_what_people_answered_is_reported_once_nobody_may_answer_any_more(world, committee):
    for name in PEOPLE[:5]:
        case = world.case(name)
        meeting = held(world, case)
        answered(meeting, case.person.user, Side.PERSON, step=4)
    name = "Borgernes svar om mødet: ja, eller ja for det meste"

    def percent(today):
        report = exports.report(committee, quarter=QUARTER, today=today)
        return next(line.figure.percent for line in report.lines if line.name == name)

    last = evaluation.last_day(QUARTER.ends, EvaluationRound.FIRST)
    assert percent(last) == NOTHING
    assert percent(last + timedelta(days=1)) == "100 %"


# rules -------------------------------------------------------------------------------------------


def people(count, *, first=0):
    return [f"case{n}" for n in range(first, first + count)]


def test_a_share_is_by_people_and_hides_its_rest():
    assert rules.share([], []).figure.under == NOTHING
    assert rules.share(["a"] * 20, []).figure.over == "<5"
    assert rules.share(people(4), people(20, first=50)).figure.percent == NOTHING
    hidden_rest = rules.share(people(20), people(2, first=50))
    assert (hidden_rest.figure.over, hidden_rest.figure.under) == ("<5", "22")
    assert hidden_rest.value is None
    shown = rules.share(people(15), people(5, first=50))
    assert (shown.figure.over, shown.figure.under, shown.value) == ("15", "20", 75)


def test_a_change_needs_both_quarters():
    shown, hidden = rules.share(people(15), people(5, first=50)), rules.share(["a"], [])
    assert rules.change(shown, hidden) == NOTHING
    worse = Share(shown.figure, 70)
    assert (rules.change(shown, worse), rules.change(worse, shown)) == ("+5", f"{rules.MINUS}5")
    assert rules.change(shown, shown) == "0"


def test_one_hidden_row_takes_the_smallest_other_with_it():
    assert rules.to_hide({"F-ACT": 3, "STIME": 8, "": 20}) == {"F-ACT", "STIME"}
    assert rules.to_hide({"F-ACT": 3, "STIME": 2, "": 20}) == {"F-ACT", "STIME"}
    assert rules.to_hide({"F-ACT": 8, "": 20}) == set()
    assert rules.to_hide({"F-ACT": 3}) == {"F-ACT"}


def test_only_quarters_that_are_over_are_reported():
    assert rules.quarter_of(date(2026, 11, 23)) == Quarter(2026, 4)
    shown = rules.past_quarters(date(2026, 11, 23))
    assert (shown[0], shown[-1]) == (Quarter(2026, 3), Quarter(2024, 4))
    assert (shown[0].begins, shown[0].ends) == (date(2026, 7, 1), date(2026, 9, 30))
    assert Quarter(2026, 1).before == Quarter(2025, 4)
    assert rules.past_quarters(date(2026, 1, 1))[0] == Quarter(2025, 4)


@pytest.mark.parametrize(
    ("today", "held_on", "is_late"),
    [
        (date(2026, 11, 25), date(2026, 11, 20), True),
        (date(2026, 11, 24), date(2026, 11, 20), False),
        (date(2026, 11, 23), date(2026, 11, 19), False),
        (date(2026, 11, 24), date(2026, 11, 19), True),
    ],
)
def test_minutes_are_late_after_two_working_days(today, held_on, is_late):
    assert (held_on < rules.should_be_sent_out(today)) is is_late
