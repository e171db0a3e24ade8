"""The story clock: days told relative to today."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from netmeet.cli.demo import cast
from netmeet.cli.demo.times import StoryClock
from netmeet.core import calendar

MONDAY = date(2026, 11, 23)
CLOCK = StoryClock(today=MONDAY, now=datetime(2026, 11, 23, 10, 37, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("0 08:30", "2026-11-23 08:30"),
        ("-2 10:00", "2026-11-20 10:00"),
        ("+5 13:00", "2026-11-30 13:00"),
        ("-4a 09:10", "2026-11-17 09:10"),
        ("+2a", "2026-11-25 12:00"),
        ("+torsdag 13:00", "2026-11-26 13:00"),
        ("+tirsdag 13:00", "2026-12-01 13:00"),
        ("-fredag 10:00", "2026-11-20 10:00"),
        ("nu-12", "2026-11-23 11:25"),
        ("nu", "2026-11-23 11:15"),
    ],
)
def test_a_time_is_told_from_today(told: str, expected: str) -> None:
    assert CLOCK.local(told).isoformat(" ", "minutes") == expected


def test_what_has_happened_never_lies_ahead() -> None:
    assert CLOCK.instant("0 23:00") == CLOCK.now
    assert CLOCK.instant("-1 09:00") < CLOCK.now


def test_every_day_told_is_a_working_day_whatever_today_is() -> None:
    for offset in range(0, 400, 3):
        today = MONDAY + timedelta(days=offset)
        clock = StoryClock(today=today, now=datetime(2026, 11, 23, 10, tzinfo=UTC))
        for told in ("-17", "+10", "-4a", "+3a", "+torsdag", "-fredag"):
            assert calendar.is_working_day(clock.day(told)), (today, told)


def test_a_wrong_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time of a story"):
        CLOCK.local("i morgen tidlig klokken ni")


def _keys_without_value(told: Any, place: str) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            if value is None:
                yield f"{place}: {key}"
            yield from _keys_without_value(value, f"{place}/{key}")
    elif isinstance(told, list):
        for one in told:
            yield from _keys_without_value(one, place)


def test_no_comma_cuts_what_somebody_says_in_two() -> None:
    told = [*cast.stories(), cast.staff()]
    assert [key for one in told for key in _keys_without_value(one, "")] == []
