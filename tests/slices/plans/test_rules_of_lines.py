"""The pure rules behind the living plan."""

from datetime import date, datetime, time

import pytest

from netmeet.meetings.rules import MeetingKind
from netmeet.plans import rules


@pytest.mark.parametrize(
    ("line", "split"),
    [
        ("Bolig: to steder", ("housing", "to steder")),
        ("  bolig :to steder", ("housing", "to steder")),
        ("Lise: kommer mandag", ("", "Lise: kommer mandag")),
        ("Uden område", ("", "Uden område")),
    ],
)
def test_a_line_may_begin_with_its_area(line, split):
    assert rules.split_area(line) == split


@pytest.mark.parametrize("area", rules.AREA_NAMES)
def test_every_area_is_read_as_it_is_written(area):
    assert rules.split_area(rules.with_area(area, "noget")) == (area, "noget")
    assert rules.with_area("", "noget") == "noget"


@pytest.mark.parametrize(
    ("day", "hour", "late"),
    [
        (date(2026, 11, 27), 13, False),
        (date(2026, 11, 27), 14, True),
        (date(2026, 11, 28), 9, True),
        (date(2026, 11, 26), 18, False),
        (date(2026, 12, 24), 15, True),
        (date(2026, 12, 25), 10, True),
    ],
)
def test_a_plan_near_days_off_names_somebody_to_call(day, hour, late):
    assert rules.reaches_weekend(datetime.combine(day, time(hour))) is late


def test_a_contested_line_is_answered_within_five_working_days():
    assert rules.contest_deadline(date(2026, 11, 27)) == date(2026, 12, 4)


def test_kinds_of_meetings_that_make_a_plan_exist():
    assert set(rules.PLAN_OF_MEETING) <= set(MeetingKind)
