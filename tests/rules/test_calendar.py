"""Working days and wall time in Denmark, and how both are written."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmeet.core import calendar

_DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    "holiday",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2023, 5, 5),
    ],
)
def test_public_holidays_are_no_working_days(holiday: date):
    assert not calendar.is_working_day(holiday)


def test_the_great_prayer_day_was_abolished_from_2024():
    assert calendar.is_working_day(date(2024, 4, 26))
    assert calendar.is_working_day(date(2026, 5, 1))


def test_weekends_are_no_working_days():
    assert [calendar.is_working_day(date(2026, 12, n)) for n in (4, 5, 6, 7)] == [
        *(True, False, False, True)
    ]


@pytest.mark.parametrize(
    ("start", "count", "reached"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 4, 1), 1, date(2026, 4, 7)),
    ],
)
def test_the_next_working_day_is_day_one(start: date, count: int, reached: date):
    assert calendar.add_working_days(start, count) == reached


def test_a_deadline_does_not_lie_before_its_start():
    with pytest.raises(ValueError, match="before"):
        calendar.add_working_days(date(2026, 12, 1), -1)


@given(_DAYS, st.integers(0, 30))
def test_counting_back_gives_what_was_added(start: date, count: int):
    end = calendar.add_working_days(start, count)
    assert calendar.working_days_between(start, end) == count
    assert calendar.working_days_between(end, start) == -count
    assert count == 0 or calendar.is_working_day(end)


def test_a_month_without_the_day_ends_on_its_last():
    assert calendar.add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert calendar.add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert calendar.last_of_month(date(2028, 2, 3)) == date(2028, 2, 29)


def test_the_skipped_hour_does_not_exist():
    assert not calendar.exists_locally(datetime(2027, 3, 28, 2, 30))  # noqa: DTZ001 - wall time
    assert calendar.exists_locally(datetime(2027, 3, 28, 3, 0))  # noqa: DTZ001 - wall time
    assert not calendar.exists_locally(datetime.min)  # noqa: DTZ901 - wall time
    with pytest.raises(ValueError, match="skips"):
        calendar.to_instant(datetime(2027, 3, 28, 2, 0))  # noqa: DTZ001 - wall time


def test_the_doubled_hour_is_ambiguous_and_means_its_first_turn():
    doubled = datetime(2027, 10, 31, 2, 30)  # noqa: DTZ001 - wall time
    assert calendar.is_ambiguous_locally(doubled)
    assert not calendar.is_ambiguous_locally(datetime(2027, 10, 31, 3, 0))  # noqa: DTZ001 - wall time
    assert calendar.to_instant(doubled) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert calendar.to_instant(doubled.replace(fold=1)) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_wall_time_and_instants_are_not_mixed_up():
    with pytest.raises(ValueError, match="wall time"):
        calendar.to_instant(datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="time zone"):
        calendar.to_local(datetime(2027, 1, 1))  # noqa: DTZ001 - the mistake itself


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the bounds
def test_an_instant_comes_back_from_wall_time(instant: datetime):
    assert calendar.to_instant(calendar.to_local(instant)) == instant


def test_days_are_written_as_danes_write_them():
    day = date(2026, 12, 3)
    assert calendar.day(day) == "torsdag den 3. december"
    assert calendar.day(day, today=date(2026, 1, 1)) == "torsdag den 3. december"
    assert calendar.day(day, today=date(2027, 1, 1)) == "torsdag den 3. december 2026"
    assert calendar.day_with_year(day) == "torsdag den 3. december 2026"
    assert calendar.short_day(date(2026, 12, 4)) == "fre. 4. dec."
    assert calendar.birth_date(date(1991, 4, 12)) == "12. april 1991"
    assert calendar.short_day(date(2026, 5, 4), today=date(2027, 1, 1)) == "man. 4. maj 2026"
    start = datetime(2026, 12, 3, 13, 0)  # noqa: DTZ001 - wall time
    assert calendar.day_and_time(start) == "torsdag den 3. december kl. 13.00"
    assert calendar.span(start, 45) == "kl. 13.00\u201313.45"
    assert calendar.clock(time(13, 22)) == "13.22"


def test_days_are_written_in_english_too():
    day = date(2026, 12, 3)
    start = datetime(2026, 12, 3, 13, 0)  # noqa: DTZ001 - wall time
    assert calendar.day(day, today=date(2027, 1, 1), lang="en") == "Thursday 3 December 2026"
    assert calendar.short_day(day, lang="en") == "Thu 3 Dec"
    assert calendar.birth_date(date(1991, 4, 12), lang="en") == "12 April 1991"
    assert calendar.day_and_time(start, lang="en") == "Thursday 3 December at 13:00"
    assert calendar.span(start, 45, lang="en") == "13:00\u201313:45"
    assert calendar.in_words(day, date(2026, 12, 2), lang="en") == "tomorrow"
    assert calendar.in_words(day, date(2026, 11, 28), lang="en") == "in 5 days"
    assert calendar.in_words(day, date(2026, 12, 8), lang="en") == "5 days ago"


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (-40, "lørdag den 24. oktober"),
        (-5, "for 5 dage siden"),
        (-2, "i forgårs"),
        (-1, "i går"),
        (0, "i dag"),
        (1, "i morgen"),
        (2, "i overmorgen"),
        (14, "om 14 dage"),
        (15, "fredag den 18. december"),
        (40, "tirsdag den 12. januar 2027"),
    ],
)
def test_days_are_told_as_seen_from_today(ahead: int, words: str):
    today = date(2026, 12, 3)
    assert calendar.in_words(today + timedelta(days=ahead), today) == words
