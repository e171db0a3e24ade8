"""Calendar files by RFC 5545 and 5546, with nothing in them that tells of health or others.

One file goes to one recipient, who is its only attendee; a feed names nobody at all. Times are wall
time in Copenhagen with a fixed time zone block, for the library's own block has a wrong hour in
spring.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vCalAddress, vText
from icalendar import Event as CalendarEvent

_COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_LONGEST_MINUTES = 8 * 60
_SEQUENCE_LIMIT = 2**31
_NO_PLACE = "Se detaljer efter login"
_ORGANIZER_NAME = "Mødeplan"
_FEED_NAME = "Møder"
_FETCHED_EVERY = timedelta(hours=6)
_TIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Copenhagen
X-LIC-LOCATION:Europe/Copenhagen
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""

_BEGIN, _END = b"BEGIN:VEVENT", b"END:VCALENDAR"


class Standing(StrEnum):
    """How a meeting stands for its recipient."""

    ON = "on"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


_WORDS = {
    Standing.ON: ("CONFIRMED", "Log ind for at se mødet"),
    Standing.CANCELLED: ("CANCELLED", "Log ind for at se mødet"),
    Standing.WITHDRAWN: ("CANCELLED", "Invitationen er trukket tilbage"),
}
"""The status of an event, and what its description says before the address."""


class UnfitEvent(ValueError):
    """The event breaks a rule of calendar files; the message says which."""


class NonexistentTime(UnfitEvent):
    """The event begins or ends in the hour that the clock in Copenhagen skips in spring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A meeting as one recipient may know it.

    ``starts_local`` is naive wall time in Copenhagen; ``created``, ``modified`` and ``stamp`` are
    aware instants, the last that of this message. ``number`` is the recipient's own number for the
    meeting, ``own_title`` the word they chose instead. ``location`` is None unless its owner has
    opened it. ``sequence`` is that of this message: the caller raises it for every change of time,
    place or state, a cancellation included.
    """

    uid: str
    sequence: int
    starts_local: datetime
    minutes: int
    number: str
    url: str
    organizer_address: str
    recipient_address: str
    required: bool
    location: str | None
    created: datetime
    modified: datetime
    stamp: datetime
    own_title: str | None = None


def request(event: Event) -> bytes:
    """Return an invitation, or an update when its sequence is above that of the last one."""
    return _file(event, method="REQUEST", standing=Standing.ON)


def cancel(event: Event) -> bytes:
    """Return the message that the meeting is cancelled, for a calendar that has the invitation."""
    return _file(event, method="CANCEL", standing=Standing.CANCELLED)


def withdraw(event: Event) -> bytes:
    """Return the message that this invitation is withdrawn, while the meeting itself goes on."""
    return _file(event, method="CANCEL", standing=Standing.WITHDRAWN)


def feed(events: Iterable[tuple[Event, Standing]]) -> bytes:
    """Return a calendar that its owner's own program fetches again and again.

    It is no message to anybody (no METHOD), and names neither sender nor recipient: whoever has the
    address can read it. Its own name keeps that address out of lists of calendars on a screen.
    """
    calendar = _calendar()
    calendar.add("NAME", _FEED_NAME)
    calendar.add("X-WR-CALNAME", _FEED_NAME)
    calendar.add("REFRESH-INTERVAL", _FETCHED_EVERY, parameters={"VALUE": "DURATION"})
    for event, standing in events:
        _check(event)
        calendar.add_component(_event(event, standing, is_message=False))
    return _written(calendar)


def _file(event: Event, *, method: str, standing: Standing) -> bytes:
    _check(event)
    calendar = _calendar()
    calendar.add("METHOD", method)
    calendar.add_component(_event(event, standing, is_message=True))
    return _written(calendar)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", "-//netmeet//netmeet 1//DA")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    return calendar


def _written(calendar: Calendar) -> bytes:
    """Return the calendar with its time zone, once, before the first event.

    The library would sort the parts of RRULE; the block stays as it was proved.
    """
    content: bytes = calendar.to_ical(sorted=False)
    before = _BEGIN if _BEGIN in content else _END
    return content.replace(before, _TIMEZONE.replace("\n", "\r\n").encode() + before, 1)


def _event(event: Event, standing: Standing, *, is_message: bool) -> Component:
    status, text = _WORDS[standing]
    start = event.starts_local.replace(fold=0, tzinfo=_COPENHAGEN)
    entry = CalendarEvent()
    entry.add("UID", event.uid)
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTAMP", event.stamp.astimezone(UTC))
    entry.add("CREATED", event.created.astimezone(UTC))
    entry.add("LAST-MODIFIED", event.modified.astimezone(UTC))
    entry.add("DTSTART", start)
    entry.add("DTEND", start + timedelta(minutes=event.minutes))
    entry.add("SUMMARY", _clean(event.own_title or f"Møde {event.number}"))
    entry.add("LOCATION", _clean(event.location or _NO_PLACE))
    entry.add("DESCRIPTION", f"{text}: {_clean(event.url)}")
    entry.add("URL", _clean(event.url))
    if is_message:
        entry["ORGANIZER"] = _address(event.organizer_address, {"CN": _ORGANIZER_NAME})
        entry["ATTENDEE"] = _address(event.recipient_address, _attendee(event))
    entry.add("STATUS", status)
    entry.add("TRANSP", "OPAQUE")
    entry.add("CLASS", "PRIVATE")
    return entry


def _attendee(event: Event) -> dict[str, str]:
    return {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT" if event.required else "OPT-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
        "CN": _clean(event.recipient_address),
    }


def _address(address: str, parameters: dict[str, str]) -> vCalAddress:
    value = vCalAddress(f"mailto:{_clean(address)}")
    for name, text in parameters.items():
        value.params[name] = vText(text)
    return value


_UNWANTED = re.compile(r'[\x00-\x1f\x7f"\u2028\u2029]+')


def _clean(text: str) -> str:
    """Return the text without what escapes differently from client to client."""
    return _UNWANTED.sub(" ", text).strip()


def _check(event: Event) -> None:
    if event.starts_local.tzinfo is not None:
        raise UnfitEvent("the start is wall time and carries no time zone")
    if not 0 < event.minutes <= _LONGEST_MINUTES:
        raise UnfitEvent("a meeting lasts more than nothing and at most eight hours")
    if not 0 <= event.sequence < _SEQUENCE_LIMIT:
        raise UnfitEvent("the sequence is a small whole number")
    if any(one.tzinfo is None for one in (event.created, event.modified, event.stamp)):
        raise UnfitEvent("instants carry their time zone")
    for local in (event.starts_local, event.starts_local + timedelta(minutes=event.minutes)):
        _check_exists(local)


def _check_exists(local: datetime) -> None:
    """Refuse a time that the spring change skips; zoneinfo would move it silently."""
    there = local.replace(fold=0, tzinfo=_COPENHAGEN)
    back = there.astimezone(UTC).astimezone(_COPENHAGEN)
    if back.replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise NonexistentTime("the clock in Copenhagen skips this time")
