"""When somebody is busy, read from the calendar they show: times, and nothing else of it.

Read in a process of its own: a rule of repetition can ask for more days than there are.
"""

import importlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from netmeet.formats import processes

Span = tuple[datetime, datetime]
"""From when to when, both in UTC."""

_COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_MEMORY_BYTES = 256 << 20
_LONGEST_SECONDS = 10.0
_MOST = 5000


class Unreadable(Exception):
    """It is no calendar, or more than one can read."""


@dataclass(frozen=True, slots=True)
class _Job:
    data: bytes
    since: datetime
    until: datetime


def spans(data: bytes, *, since: datetime, until: datetime) -> list[Span]:
    """Return when the calendar (RFC 5545) is busy from ``since`` to ``until`` (both UTC).

    In order and without overlaps; repetitions are laid out. What is cancelled or marked as free
    does not count; whole days do, and a time without a zone is Danish. Raises ``Unreadable``.
    """
    try:
        told = _crew().do(_Job(data, since, until))
    except processes.Failed as no:
        raise Unreadable(str(no)) from no
    return [
        (datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC))
        for begins, ends in json.loads(told)
    ]


def close() -> None:
    """End the process; the next calendar starts a new one."""
    _crew().close()


def _begin() -> None:
    """Load what reading needs, before memory is limited."""
    for name in ("icalendar", "recurring_ical_events"):
        importlib.import_module(name)


def _work(job: _Job) -> bytes:
    found = [span for span in _busy(job) if span[0] < job.until and span[1] > job.since]
    if len(found) > _MOST:
        raise processes.Failed("too many times")
    return json.dumps([(a.timestamp(), b.timestamp()) for a, b in _merged(found)]).encode()


def _busy(job: _Job) -> Iterator[Span]:
    icalendar = importlib.import_module("icalendar")
    recurring = importlib.import_module("recurring_ical_events")
    try:
        calendars = icalendar.Calendar.from_ical(job.data, multiple=True)
    except ValueError as no:
        raise processes.Failed("no calendar") from no
    if not calendars or any(one.name != "VCALENDAR" for one in calendars):
        raise processes.Failed("no calendar")
    for calendar in calendars:
        query = recurring.of(calendar, skip_bad_series=True)
        for event in query.between(job.since, job.until):
            if _takes_time(event):
                yield _instant(event["DTSTART"].dt), _instant(event["DTEND"].dt)
        for told in calendar.walk("VFREEBUSY"):
            yield from _told(told)


def _takes_time(event: Any) -> bool:
    is_free = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
    return not is_free and str(event.get("STATUS", "CONFIRMED")).upper() != "CANCELLED"


def _told(free_busy: Any) -> Iterator[Span]:
    """Yield the busy times of a VFREEBUSY (RFC 5545 § 3.8.2.6)."""
    rows = free_busy.get("FREEBUSY", [])
    for row in rows if isinstance(rows, list) else [rows]:
        if str(row.params.get("FBTYPE", "BUSY")).upper() == "FREE":
            continue
        begins, ends = row.dt
        start = _instant(begins)
        yield start, (_instant(ends) if isinstance(ends, date) else start + ends)


def _instant(when: date) -> datetime:
    """Return the instant; a day begins at midnight in Copenhagen."""
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=_COPENHAGEN)).astimezone(UTC)


def _merged(found: Iterable[Span]) -> list[Span]:
    """Return the same time in as few spans as there can be, in order."""
    merged: list[Span] = []
    for begins, ends in sorted(found):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return merged


_TRADE = processes.Trade(begin=_begin, work=_work, memory=_MEMORY_BYTES, seconds=_LONGEST_SECONDS)
_crew = processes.OfThisProcess(lambda: processes.Crew(_TRADE, workers=1))
