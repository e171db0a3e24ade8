"""Figures that name nobody: small counts are hidden, nothing is divided by nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netmeet.core import calendar

SMALLEST = 5
"""Counts below it, and what would give them away, are hidden in indicators (``domain.md`` § 5)."""

OLD_DAYS = 14
"""The days over the date after which a manager is asked to help."""

HIDDEN = f"<{SMALLEST}"
"""Stands for one to four people, and for what would give them away."""

MINUS = "−"  # noqa: RUF001 - a minus, as in print
NOTHING = "–"  # noqa: RUF001 - a dash, as in print

_SUNDAY = 6
_MONTHS_SHOWN = 6
_QUARTERS_SHOWN = 8
_SEND_OUT_WITHIN = 2


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


def should_be_sent_out(today: date) -> date:
    """Return the first day whose meeting need not be sent out before ``today`` is over."""
    day = today
    while calendar.add_working_days(day - timedelta(days=1), _SEND_OUT_WITHIN) >= today:
        day -= timedelta(days=1)
    return day


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter of a year, from 1 to 4."""

    year: int
    number: int

    @property
    def begins(self) -> date:
        """Return its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends(self) -> date:
        """Return its last day."""
        return calendar.last_of_month(date(self.year, 3 * self.number, 1))

    @property
    def before(self) -> "Quarter":
        """Return the quarter before it."""
        return quarter_of(self.begins - timedelta(days=1))

    @property
    def key(self) -> str:
        """Return how addresses name it: "2026-3"."""
        return f"{self.year}-{self.number}"


def quarter_of(day: date) -> Quarter:
    """Return the quarter the day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def past_quarters(today: date) -> list[Quarter]:
    """Return the last eight quarters that are over, newest first.

    One that is under way is not reported: day by day its changes would tell of single people.
    """
    found = [quarter_of(today).before]
    while len(found) < _QUARTERS_SHOWN:
        found.append(found[-1].before)
    return found


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something of one person's case on a day, and whether it was as it should be.

    ``by`` is who said so, where it is something that was said.
    """

    case_id: str
    on: date
    is_so: bool
    by: str = ""


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


@dataclass(frozen=True, slots=True)
class Share:
    """A figure with its whole percent, ``None`` where that is hidden or there is none."""

    figure: Figure
    value: int | None = None


def is_few(people: Collection[str]) -> bool:
    """Tell whether it is one to four different people, whatever the number of events."""
    return 0 < len(set(people)) < SMALLEST


def share(yes: Collection[str], no: Collection[str]) -> Share:
    """Return how many of all events were so; ``yes`` and ``no`` name the person of each event.

    What is about one to four people is hidden, and so is what would give it away: with one of the
    two hidden, only how many events there were is shown (``domain.md`` § 5).
    """
    under = len(yes) + len(no)
    if under == 0:
        return Share(Figure(over=NOTHING, under=NOTHING, percent=NOTHING))
    if is_few({*yes, *no}):
        return Share(Figure(over=HIDDEN, under=HIDDEN, percent=NOTHING))
    if is_few(yes) or is_few(no):
        return Share(Figure(over=HIDDEN, under=str(under), percent=NOTHING))
    value = round(100 * len(yes) / under)
    return Share(Figure(over=str(len(yes)), under=str(under), percent=f"{value} %"), value)


def the_more_hidden(one: Share, other: Share) -> Share:
    """Return of two shares of the same events, by different people, the one that shows less."""
    return min(one, other, key=lambda each: (each.value is not None, each.figure.under != HIDDEN))


def change(now: Share, before: Share) -> str:
    """Return by how many percentage points it changed, a dash when either is not shown."""
    if now.value is None or before.value is None:
        return NOTHING
    points = now.value - before.value
    return f"+{points}" if points > 0 else str(points).replace("-", MINUS)


def to_hide(people: Mapping[str, int]) -> set[str]:
    """Return which rows of a table with a known total are hidden, by how many people each is about.

    One to four people are; a single such row could be reckoned from the others, so the smallest of
    those goes with it.
    """
    hidden_rows = {name for name, count in people.items() if 0 < count < SMALLEST}
    others = [name for name in people if people[name] >= SMALLEST]
    if len(hidden_rows) == 1 and others:
        hidden_rows.add(min(others, key=lambda name: (people[name], name)))
    return hidden_rows
