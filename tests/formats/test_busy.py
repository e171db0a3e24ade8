"""Reading when somebody is busy: repetitions, whole days, zones, what does not count, bombs."""

from datetime import UTC, datetime, timedelta

import pytest

from netmeet.formats import busy

SINCE = datetime(2027, 3, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=90)


@pytest.fixture(autouse=True, scope="module")
def closed():
    yield
    busy.close()


def file(*events, more=""):
    told = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\n{each}\r\nEND:VEVENT\r\n" for n, each in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{told}{more}END:VCALENDAR\r\n".encode()


def lines(*told):
    return "\r\n".join(told)


def read(*events, more=""):
    found = busy.spans(file(*events, more=more), since=SINCE, until=UNTIL)
    return [(begins.isoformat()[:16], ends.isoformat()[:16]) for begins, ends in found]


ONE = lines("DTSTART:20270302T080000Z", "DTEND:20270302T090000Z", "SUMMARY:Mia Sørensen, psykiatri")


def test_only_times_come_out():
    assert read(ONE) == [("2027-03-02T08:00", "2027-03-02T09:00")]


def test_a_repetition_is_laid_out_over_the_change_to_summer_time():
    weekly = lines(
        "DTSTART;TZID=Europe/Copenhagen:20270322T100000",
        "DTEND;TZID=Europe/Copenhagen:20270322T110000",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "EXDATE;TZID=Europe/Copenhagen:20270405T100000",
    )
    assert read(weekly) == [
        ("2027-03-22T09:00", "2027-03-22T10:00"),
        ("2027-03-29T08:00", "2027-03-29T09:00"),
    ]


@pytest.mark.parametrize(
    "marked", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "STATUS:cancelled", "TRANSP:transparent"]
)
def test_what_is_free_or_cancelled_does_not_count(marked):
    assert read(lines(ONE, marked)) == []


def test_a_whole_day_lasts_from_midnight_to_midnight_in_denmark():
    holiday = lines("DTSTART;VALUE=DATE:20270303", "DTEND;VALUE=DATE:20270305")
    assert read(holiday) == [("2027-03-02T23:00", "2027-03-04T23:00")]


def test_a_time_without_a_zone_is_danish():
    floating = lines("DTSTART:20270303T100000", "DTEND:20270303T110000")
    assert read(floating) == [("2027-03-03T09:00", "2027-03-03T10:00")]


def test_what_overlaps_or_touches_is_one():
    other = lines("DTSTART:20270302T083000Z", "DTEND:20270302T093000Z")
    third = lines("DTSTART:20270302T093000Z", "DTEND:20270302T100000Z")
    assert read(other, ONE, third) == [("2027-03-02T08:00", "2027-03-02T10:00")]


def test_what_is_over_or_far_ahead_is_left_out():
    before = lines("DTSTART:20270201T080000Z", "DTEND:20270201T090000Z")
    after = lines("DTSTART:20270801T080000Z", "DTEND:20270801T090000Z")
    assert read(before, after) == []


def test_a_calendar_that_tells_only_busy_and_free_is_read_too():
    told = lines(
        "BEGIN:VFREEBUSY",
        "UID:f",
        "DTSTAMP:20270301T080000Z",
        "FREEBUSY;FBTYPE=BUSY:20270304T080000Z/20270304T090000Z,20270305T080000Z/PT30M",
        "FREEBUSY;FBTYPE=FREE:20270306T080000Z/20270306T090000Z",
        "END:VFREEBUSY",
        "",
    )
    assert read(more=told) == [
        ("2027-03-04T08:00", "2027-03-04T09:00"),
        ("2027-03-05T08:00", "2027-03-05T08:30"),
    ]


def test_an_empty_calendar_is_never_busy():
    assert read() == []


@pytest.mark.parametrize(
    "data", [b"", b"<html>Log ind</html>", b"\x00\xff" * 50, b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_what_is_no_calendar_is_said_to_be_none(data):
    with pytest.raises(busy.Unreadable):
        busy.spans(data, since=SINCE, until=UNTIL)


def test_a_rule_that_never_ends_takes_nobody_s_time_and_the_next_calendar_is_read():
    bomb = lines(
        "DTSTART:20270301T000000Z", "DTEND:20270301T000001Z", "RRULE:FREQ=SECONDLY;INTERVAL=2"
    )
    with pytest.raises(busy.Unreadable):
        read(bomb)
    assert read(ONE) == [("2027-03-02T08:00", "2027-03-02T09:00")]
