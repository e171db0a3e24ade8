"""Days and hours in Denmark: working days, wall time in Copenhagen, and how both are written.

Nothing here reads the clock. A meeting's start is naive wall time in Europe/Copenhagen; what
happened is an aware instant in UTC. Without a ``lang`` days are written in the language that is
spoken, as the sentence around them is.
"""

import functools
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from flask_babel import get_locale

COPENHAGEN = ZoneInfo("Europe/Copenhagen")

Lang = Literal["da", "en"]

_SATURDAY = 5
_FAR_DAYS = 14
_WEEKDAYS: dict[Lang, tuple[str, ...]] = {
    "da": ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: dict[Lang, tuple[str, ...]] = {
    "da": (
        *("januar", "februar", "marts", "april", "maj", "juni"),
        *("juli", "august", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_SHORT_MONTHS: dict[Lang, tuple[str, ...]] = {
    "da": (
        *("jan.", "feb.", "mar.", "apr.", "maj", "jun."),
        *("jul.", "aug.", "sep.", "okt.", "nov.", "dec."),
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_NEAR: dict[Lang, dict[int, str]] = {
    "da": {-2: "i forgårs", -1: "i går", 0: "i dag", 1: "i morgen", 2: "i overmorgen"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


@functools.cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DK", language="da", years=year))


def is_working_day(day_: date) -> bool:
    """Say whether the day is Monday to Friday and no Danish public holiday."""
    return day_.weekday() < _SATURDAY and day_ not in _holidays(day_.year)


def add_working_days(start: date, count: int) -> date:
    """Return the working day ``count`` after ``start``; ``start`` itself is day 0.

    The next working day is day 1, whether or not ``start`` is one. Raises ValueError when
    ``count`` is negative.
    """
    if count < 0:
        raise ValueError("a deadline cannot lie before its start")
    reached = start
    for _ in range(count):
        reached += timedelta(days=1)
        while not is_working_day(reached):
            reached += timedelta(days=1)
    return reached


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to and including ``end``; negative when before."""
    if end < start:
        return -working_days_between(end, start)
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))


def add_months(start: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day when it has no such day."""
    index = start.year * 12 + start.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    last = last_of_month(first)
    return first.replace(day=min(start.day, last.day))


def last_of_month(day_: date) -> date:
    """Return the last day of the month that ``day_`` lies in."""
    return (day_.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def exists_locally(local: datetime) -> bool:
    """Say whether the naive wall time occurs in Copenhagen; an hour is skipped each spring.

    At the ends of time, where there is no instant for it, it does not.
    """
    try:
        there_and_back = local.replace(tzinfo=COPENHAGEN).astimezone(UTC).astimezone(COPENHAGEN)
    except OverflowError:
        return False
    return there_and_back.replace(tzinfo=None) == local.replace(fold=0)


def is_ambiguous_locally(local: datetime) -> bool:
    """Say whether the naive wall time occurs twice in Copenhagen, as one hour does each autumn."""
    early = local.replace(fold=0, tzinfo=COPENHAGEN).utcoffset()
    late = local.replace(fold=1, tzinfo=COPENHAGEN).utcoffset()
    return exists_locally(local) and early != late


def to_instant(local: datetime) -> datetime:
    """Return the aware UTC instant of a naive wall time in Copenhagen.

    An ambiguous time means its first occurrence unless its ``fold`` is 1. Raises ValueError for
    aware values and for times that the spring change skips.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall time carries no time zone")
    if not exists_locally(local):
        raise ValueError("the clock in Copenhagen skips this time")
    return local.replace(tzinfo=COPENHAGEN).astimezone(UTC)


def midnight(day_: date) -> datetime:
    """Return the instant at which the day begins in Denmark."""
    return to_instant(datetime.combine(day_, time()))


def to_local(instant: datetime) -> datetime:
    """Return the naive wall time in Copenhagen of an aware instant; ValueError when naive."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its time zone")
    return instant.astimezone(COPENHAGEN).replace(tzinfo=None)


def _spoken(lang: Lang | None) -> Lang:
    """Return the language asked for, else that of the request; Danish where there is none."""
    locale = get_locale() if lang is None else None
    return lang or ("en" if locale is not None and locale.language == "en" else "da")


def day(day_: date, *, today: date | None = None, lang: Lang | None = None) -> str:
    """Write a day: "torsdag den 3. december"; with the year when ``today`` lies in another."""
    year = f" {day_.year}" if today is not None and today.year != day_.year else ""
    spoken = _spoken(lang)
    weekday, of_month = _WEEKDAYS[spoken][day_.weekday()], day_of_month(day_, lang=spoken)
    return f"{weekday} {of_month}{year}" if spoken == "en" else f"{weekday} den {of_month}{year}"


def day_of_month(day_: date, *, lang: Lang | None = None) -> str:
    """Write a day without its weekday: "3. december"."""
    spoken = _spoken(lang)
    stop = "" if spoken == "en" else "."
    return f"{day_.day}{stop} {_MONTHS[spoken][day_.month - 1]}"


def day_with_year(day_: date, *, lang: Lang | None = None) -> str:
    """Write a day for paper, which outlives its year: "torsdag den 3. december 2026"."""
    return f"{day(day_, lang=lang)} {day_.year}"


def birth_date(day_: date, *, lang: Lang | None = None) -> str:
    """Write when somebody was born: "12. april 1991". The weekday would only be in the way."""
    return f"{day_of_month(day_, lang=lang)} {day_.year}"


def short_day(day_: date, *, today: date | None = None, lang: Lang | None = None) -> str:
    """Write a day for narrow places: "fre. 4. dec."; with the year when not this year."""
    year = f" {day_.year}" if today is not None and today.year != day_.year else ""
    spoken = _spoken(lang)
    weekday, month = _WEEKDAYS[spoken][day_.weekday()][:3], _SHORT_MONTHS[spoken][day_.month - 1]
    if spoken == "en":
        return f"{weekday} {day_.day} {month}{year}"
    return f"{weekday}. {day_.day}. {month}{year}"


def clock(moment: time | datetime, *, lang: Lang | None = None) -> str:
    """Write a time of day: "13.22" in Danish, "13:22" in English."""
    return moment.strftime("%H:%M" if _spoken(lang) == "en" else "%H.%M")


def day_and_time(local: datetime, *, today: date | None = None, lang: Lang | None = None) -> str:
    """Write a wall time: "torsdag den 3. december kl. 13.00"."""
    at = "at" if _spoken(lang) == "en" else "kl."
    return f"{day(local.date(), today=today, lang=lang)} {at} {clock(local, lang=lang)}"


def span(start: datetime, minutes: int, *, lang: Lang | None = None) -> str:
    """Write from when to when: "kl. 13.00", a dash and "13.45"."""
    end = start + timedelta(minutes=minutes)
    hours = f"{clock(start, lang=lang)}–{clock(end, lang=lang)}"  # noqa: RUF001 - a range
    return hours if _spoken(lang) == "en" else f"kl. {hours}"


def in_words(day_: date, today: date, *, lang: Lang | None = None) -> str:
    """Write a day as seen from today: "i dag", "i morgen", "om 5 dage", else the day itself."""
    ahead, spoken = (day_ - today).days, _spoken(lang)
    near = _NEAR[spoken].get(ahead)
    if near is not None:
        return near
    if abs(ahead) > _FAR_DAYS:
        return day(day_, today=today, lang=spoken)
    if spoken == "en":
        return f"in {ahead} days" if ahead > 0 else f"{-ahead} days ago"
    return f"om {ahead} dage" if ahead > 0 else f"for {-ahead} dage siden"
