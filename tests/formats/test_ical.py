"""Calendar files, byte by byte, and read back by two other programs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import caldav
import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmeet.formats import ical
from tests.services import radicale as server

_GOLDEN = Path(__file__).parent / "golden"
_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_EVENT = ical.Event(
    uid="0b0f7c1e-6a0e-4b57-9d2e-3f0a5d6c7b81@netmeet.example",
    sequence=0,
    starts_local=datetime(2027, 4, 12, 13, 0),  # noqa: DTZ001 - wall time
    minutes=60,
    number="4827",
    url="https://netmeet.example/m/8Zk2",
    organizer_address="moede@netmeet.example",
    recipient_address="modtager@example.dk",
    required=True,
    location=None,
    created=_AT,
    modified=_AT,
    stamp=_AT,
)
_LATER = _AT + timedelta(days=2)
_MOVED = replace(
    _EVENT,
    sequence=1,
    starts_local=datetime(2027, 4, 14, 9, 30),  # noqa: DTZ001 - wall time
    location="Mødelokale 2",
    required=False,
    own_title="Blåbær",
    modified=_LATER,
    stamp=_LATER,
)
_ENDED = replace(_EVENT, sequence=1, stamp=_LATER)
_OTHER = replace(_MOVED, uid="5d1e2a90-3c4b-4f6a-8e7d-1b2c3d4e5f60@netmeet.example", number="1009")
_FED = [(_ENDED, ical.Standing.CANCELLED), (_OTHER, ical.Standing.ON)]


def _unfolded(made: bytes) -> list[str]:
    return made.decode().replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("request", ical.request(_EVENT)),
        ("update", ical.request(_MOVED)),
        ("cancel", ical.cancel(_ENDED)),
        ("withdraw", ical.withdraw(_ENDED)),
        ("feed", ical.feed(_FED)),
    ],
)
def test_the_file_is_what_was_proofread(name: str, made: bytes):
    assert made == (_GOLDEN / f"{name}.ics").read_bytes()


def test_a_cancellation_differs_in_exactly_four_lines():
    first, last = _unfolded(ical.request(_EVENT)), _unfolded(ical.cancel(_ENDED))
    changed = [new for old, new in zip(first, last, strict=True) if old != new]
    assert changed == [
        "METHOD:CANCEL",
        "SEQUENCE:1",
        "DTSTAMP:20261125T080000Z",
        "STATUS:CANCELLED",
    ]


def test_a_withdrawal_speaks_of_the_invitation_only():
    lines = _unfolded(ical.withdraw(_ENDED))
    assert any(line.startswith("DESCRIPTION:Invitationen er trukket") for line in lines)
    assert not any("aflyst" in line.lower() for line in lines)


def test_the_order_and_the_one_attendee_are_kept():
    lines = _unfolded(ical.request(_EVENT))
    assert lines[1:5] == [
        "PRODID:-//netmeet//netmeet 1//DA",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert sum(line.startswith("ATTENDEE") for line in lines) == 1
    assert sum(line.startswith("TZID:") for line in lines) == 1
    forbidden = ("ATTACH", "X-ALT", "X-WR", "CATEGORIES", "COMMENT", "BEGIN:VALARM", "DURATION")
    assert not any(line.startswith(forbidden) for line in lines)


@pytest.mark.parametrize(
    ("standing", "message"),
    [
        (ical.Standing.ON, ical.request),
        (ical.Standing.CANCELLED, ical.cancel),
        (ical.Standing.WITHDRAWN, ical.withdraw),
    ],
)
def test_a_feed_tells_a_meeting_as_its_message_does_and_names_nobody(standing, message):
    told = _unfolded(message(_EVENT))
    fed = _unfolded(ical.feed([(_EVENT, standing)]))
    head = ["NAME:Møder", "X-WR-CALNAME:Møder", "REFRESH-INTERVAL;VALUE=DURATION:PT6H"]
    assert [line for line in fed if line not in told] == head
    missing = [line.partition(":")[0].partition(";")[0] for line in told if line not in fed]
    assert missing == ["METHOD", "ORGANIZER", "ATTENDEE"]


def test_an_empty_feed_is_a_calendar_still():
    made = icalendar.Calendar.from_ical(ical.feed([]))
    assert [part.name for part in made.subcomponents] == ["VTIMEZONE"]


def test_a_feed_refuses_an_event_that_breaks_a_rule():
    with pytest.raises(ical.UnfitEvent):
        ical.feed([(replace(_EVENT, minutes=0), ical.Standing.ON)])


def _fed(event: ical.Event) -> bytes:
    return ical.feed([(event, ical.Standing.ON)])


@given(
    st.text(max_size=120),
    st.text(max_size=120),
    st.sampled_from([ical.request, ical.cancel, ical.withdraw, _fed]),
)
def test_no_text_breaks_out_of_its_line(title: str, place: str, make):
    title, place = (one.encode(errors="ignore").decode() for one in (title, place))
    made = make(replace(_EVENT, own_title=title, location=place))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    for line in made.split(b"\r\n"):
        line.decode()
    names = [line.split(":")[0].split(";")[0] for line in _unfolded(made)]
    assert names == [line.split(":")[0].split(";")[0] for line in _unfolded(make(_EVENT))]


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("2027-03-27T13:00", "2027-03-27T12:00"),
        ("2027-03-28T13:00", "2027-03-28T11:00"),
        ("2027-10-30T13:00", "2027-10-30T11:00"),
        ("2027-10-31T13:00", "2027-10-31T12:00"),
        ("2027-10-31T02:30", "2027-10-31T00:30"),
    ],
)
def test_wall_time_is_right_around_the_changes_of_clock(start: str, utc: str):
    made = ical.request(replace(_EVENT, starts_local=datetime.fromisoformat(start)))
    event = icalendar.Calendar.from_ical(made).walk("VEVENT")[0]
    read = event.decoded("DTSTART")
    assert read.replace(tzinfo=None) == datetime.fromisoformat(start)
    own = read.replace(tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(UTC)
    assert own.replace(tzinfo=None) == datetime.fromisoformat(utc)


def test_the_fixed_block_agrees_with_the_time_zone_data():
    made = icalendar.Calendar.from_ical(ical.request(_EVENT))
    block = made.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    here = ZoneInfo("Europe/Copenhagen")
    for hours in range(0, 24 * 365 * 3, 5):
        at = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours)
        assert at.astimezone(block).utcoffset() == at.astimezone(here).utcoffset()


@pytest.mark.parametrize("start", ["2027-03-28T02:00", "2027-03-28T02:59", "2027-03-28T01:30"])
def test_a_time_that_is_skipped_is_refused(start: str):
    with pytest.raises(ical.NonexistentTime):
        ical.request(replace(_EVENT, starts_local=datetime.fromisoformat(start)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 481},
        {"sequence": -1},
        {"sequence": 2**31},
        {"starts_local": _AT},
        {"stamp": datetime(2027, 1, 1)},  # noqa: DTZ001 - the mistake itself
    ],
)
def test_an_event_that_breaks_a_rule_is_refused(wrong):
    with pytest.raises(ical.UnfitEvent):
        ical.request(replace(_EVENT, **wrong))


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A calendar server of another make."""
    with server.running(tmp_path_factory.mktemp("radicale")) as address:
        yield address


def test_another_calendar_keeps_updates_and_gives_back_the_meeting(radicale: str):
    with caldav.DAVClient(url=radicale, username="mia", password="x") as client:
        calendar = client.principal().make_calendar(name="Mia")
        kept = calendar.add_event(_without_method(ical.request(_EVENT)).decode())
        kept.data = _without_method(ical.request(_MOVED)).decode()
        kept.save(increase_seqno=False)
        stored = calendar.events()
        assert len(stored) == 1
        event = icalendar.Calendar.from_ical(server.get(str(stored[0].url))).walk("VEVENT")[0]
    assert str(event["UID"]) == _EVENT.uid
    assert event["SEQUENCE"] == 1
    assert str(event["SUMMARY"]) == "Blåbær"
    assert event.decoded("DTSTART").replace(tzinfo=None) == _MOVED.starts_local
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=60)
    assert str(event["ATTENDEE"].params["ROLE"]) == "OPT-PARTICIPANT"


def test_another_calendar_takes_in_a_feed_and_gives_back_each_meeting(radicale: str):
    """As its own program does that subscribes: the whole file becomes one calendar."""
    server.put(f"{radicale}/mia/fed/", ical.feed(_FED))
    with caldav.DAVClient(url=radicale, username="mia", password="x") as client:
        kept = [
            icalendar.Calendar.from_ical(server.get(str(one.url))).walk("VEVENT")[0]
            for one in client.calendar(url=f"{radicale}/mia/fed/").events()
        ]
    shown = {str(one["UID"]): (str(one["STATUS"]), one["SEQUENCE"]) for one in kept}
    assert shown == {_EVENT.uid: ("CANCELLED", 1), _OTHER.uid: ("CONFIRMED", 1)}
    wall = {one.decoded("DTSTART").replace(tzinfo=None) for one in kept}
    assert wall == {_EVENT.starts_local, _OTHER.starts_local}


def _without_method(made: bytes) -> bytes:
    """Return the file as a calendar client stores it (RFC 4791 § 4.1 forbids METHOD there)."""
    return b"\r\n".join(line for line in made.split(b"\r\n") if not line.startswith(b"METHOD"))
