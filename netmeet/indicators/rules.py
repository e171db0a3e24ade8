"""Figures that name nobody: small counts are hidden, nothing is divided by nothing."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netmeet.core import calendar

SMALLEST = 5
"""Counts below it, and what would give them away, are hidden in indicators (``domain.md`` § 5)."""

OLD_DAYS = 14
"""The days over the date after which a manager is asked to help."""

NOTHING = "–"  # noqa: RUF001 - a dash, as in print

_SUNDAY = 6
_MONTHS_SHOWN = 6


class Period(StrEnum):
    """Which dates are looked at."""

    ALL = ""
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def begins(period: Period, today: date) -> date | None:
    """Return the first day of the period that ends today, ``None`` when it has no beginning."""
    months = _MONTHS.get(period)
    return calendar.add_months(today, -months) if months is not None else None


def end_of_week(today: date) -> date:
    """Return the Sunday of the week."""
    return today + timedelta(days=_SUNDAY - today.weekday())


def month_ends(today: date) -> list[date]:
    """Return the last days of the six months before this one, oldest first."""
    first = today.replace(day=1)
    back = range(_MONTHS_SHOWN, 0, -1)
    return [calendar.last_of_month(calendar.add_months(first, -months)) for months in back]


def hidden(count: int) -> str:
    """Return the count in words, with one to four hidden."""
    return f"<{SMALLEST}" if 0 < count < SMALLEST else str(count)


@dataclass(frozen=True, slots=True)
class Figure:
    """A numerator over a denominator, as one may show it."""

    over: str
    under: str
    percent: str


def figure(over: int, under: int) -> Figure:
    """Return the figure with small counts hidden; a dash when there is nothing to divide by.

    A remainder of one to four is as telling as a count: then only a bound is shown.
    """
    if under == 0:
        return Figure(over=NOTHING, under=NOTHING, percent=NOTHING)
    if under < SMALLEST:
        return Figure(over=hidden(under), under=hidden(under), percent=NOTHING)
    if 0 < over < SMALLEST:
        return Figure(over=hidden(over), under=str(under), percent=NOTHING)
    if 0 < under - over < SMALLEST:
        return Figure(over=f">{under - SMALLEST}", under=str(under), percent=NOTHING)
    return Figure(over=str(over), under=str(under), percent=f"{round(100 * over / under)} %")
