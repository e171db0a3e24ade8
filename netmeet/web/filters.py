"""Dates and times as people in Denmark read them, the zone known here alone; links to follow."""

from datetime import date, datetime, time

from flask import Flask

from netmeet.core import addresses, calendar, clock


def day(value: date) -> str:
    """Return "torsdag den 3. december", with the year when it is not this one."""
    return calendar.day(value, today=clock.today())


def birth_date(value: date) -> str:
    """Return "12. april 1991"."""
    return calendar.birth_date(value)


def short_day(value: date) -> str:
    """Return "tors. 3. dec."."""
    return calendar.short_day(value)


def day_and_time(value: datetime) -> str:
    """Return "torsdag den 3. december kl. 13.00"; an aware instant is shown in Danish time."""
    return calendar.day_and_time(_local(value), today=clock.today())


def clock_time(value: datetime | time) -> str:
    """Return "13.22", "13:22" in English; an aware instant is shown in Danish time."""
    moment = _local(value) if isinstance(value, datetime) else value
    return calendar.clock(moment)


def local_day(value: datetime) -> str:
    """Return the Danish day of an aware instant in words."""
    return day(_local(value).date())


def in_words(value: date) -> str:
    """Return "i dag", "i morgen" or the day in words."""
    return calendar.in_words(value, clock.today())


def span(start: datetime, minutes: int) -> str:
    """Return from when to when, as "kl. 13.00" to "13.45"."""
    return calendar.span(_local(start), minutes)


def web_address(text: str) -> str:
    """Return the text where a link may lead there, ``""`` where it may not."""
    return addresses.web(text)


def _local(value: datetime) -> datetime:
    return calendar.to_local(value) if value.tzinfo else value


def install(app: Flask) -> None:
    """Give the templates of ``app`` these filters by their names."""
    for function in (
        day,
        birth_date,
        short_day,
        day_and_time,
        clock_time,
        local_day,
        in_words,
        span,
        web_address,
    ):
        app.add_template_filter(function)
