from datetime import UTC, date, datetime, timedelta

import pytest

from netmeet.reminders import rules

DUE = date(2026, 12, 8)
LONG_AGO = date(2026, 1, 1)


def step(today, *, since=LONG_AGO, is_persons=False):
    return rules.action_offset(DUE, today=today, since=since, is_persons=is_persons)


@pytest.mark.parametrize("days", [-7, -1, 1, 7])
def test_the_owner_is_reminded_around_the_date(days):
    assert step(DUE + timedelta(days=days)) == days


@pytest.mark.parametrize("days", [-8, -4, 4, 10])
def test_not_on_other_days(days):
    assert step(DUE + timedelta(days=days)) is None


def test_a_tick_two_days_late_catches_up_and_three_do_not():
    assert step(DUE - timedelta(days=5)) == -7
    assert step(DUE - timedelta(days=4)) is None
    assert step(DUE) == -1


def test_nothing_from_before_it_was_agreed():
    assert step(DUE - timedelta(days=6), since=DUE - timedelta(days=7)) is None
    assert step(DUE - timedelta(days=1), since=DUE - timedelta(days=2)) == -1


def test_the_person_is_reminded_once_before_and_never_after():
    days = [DUE + timedelta(days=n) for n in range(-30, 30)]
    assert [day for day in days if step(day, is_persons=True) is not None] == [
        DUE - timedelta(days=1)
    ]


def test_the_manager_hears_after_fourteen_days():
    after = DUE + timedelta(days=14)
    assert rules.is_escalated(DUE, today=after, since=LONG_AGO)
    assert not rules.is_escalated(DUE, today=after - timedelta(days=1), since=LONG_AGO)
    assert rules.first_due(after) <= DUE <= rules.last_due(DUE - timedelta(days=7))


@pytest.mark.parametrize(
    ("hour", "allowed"), [(7, False), (8, True), (17, True), (18, False), (23, False)]
)
def test_reminders_leave_between_9_and_19_in_copenhagen(hour, allowed):
    assert rules.is_daytime(datetime(2026, 12, 1, hour, tzinfo=UTC)) is allowed


def test_the_day_follows_the_clock_when_it_changes():
    summer, winter = datetime(2026, 10, 24, 7, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)
    assert rules.is_daytime(summer)
    assert not rules.is_daytime(winter)
    spring = datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert rules.is_daytime(spring)
    assert not rules.is_daytime(spring - timedelta(days=1))


def test_the_clock_of_a_request_comes_on_working_day_four():
    asked = date(2026, 12, 3)  # a Thursday
    assert not rules.clock_has_come(asked, date(2026, 12, 8))
    assert rules.clock_has_come(asked, date(2026, 12, 9))
    assert rules.clock_has_come(asked, date(2026, 12, 10))
    assert not rules.clock_has_come(asked, date(2026, 12, 11))
