from datetime import date

import pytest

from netmeet.indicators import rules
from netmeet.indicators.rules import Figure, Period


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5")])
def test_counts_under_five_are_hidden(count, shown):
    assert rules.hidden(count) == shown


@pytest.mark.parametrize(
    ("over", "under", "shown"),
    [
        (0, 0, Figure(rules.NOTHING, rules.NOTHING, rules.NOTHING)),
        (2, 4, Figure("<5", "<5", rules.NOTHING)),
        (0, 20, Figure("0", "20", "0 %")),
        (3, 20, Figure("<5", "20", rules.NOTHING)),
        (18, 20, Figure(">15", "20", rules.NOTHING)),
        (20, 20, Figure("20", "20", "100 %")),
        (10, 20, Figure("10", "20", "50 %")),
    ],
)
def test_a_figure_hides_small_counts_and_what_would_give_them_away(over, under, shown):
    assert rules.figure(over, under) == shown


def test_nothing_divided_by_nothing_is_a_dash_and_not_zero():
    assert rules.figure(0, 0).percent == rules.NOTHING


def test_periods_end_today():
    today = date(2026, 12, 31)
    assert rules.begins(Period.ALL, today) is None
    assert rules.begins(Period.MONTH, today) == date(2026, 11, 30)
    assert rules.begins(Period.YEAR, today) == date(2025, 12, 31)


def test_the_week_ends_on_sunday():
    assert rules.end_of_week(date(2026, 12, 3)) == date(2026, 12, 6)
    assert rules.end_of_week(date(2026, 12, 6)) == date(2026, 12, 6)


def test_the_months_are_the_six_before_this_one():
    days = rules.month_ends(date(2026, 3, 15))
    assert days[0] == date(2025, 9, 30)
    assert days[-1] == date(2026, 2, 28)
    assert len(days) == 6
