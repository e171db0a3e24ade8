"""Showing when one is busy: from where, how often, what is kept, what becomes of a fault."""

import http.server
import threading
from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select, update

from netmeet.accounts import channels, jobs
from netmeet.accounts import service as accounts
from netmeet.accounts.models import BusyCalendar, BusyTime
from netmeet.accounts.queries import busy as queries
from netmeet.accounts.rules import busy as rules
from netmeet.accounts.service import busy as service
from netmeet.accounts.service import staff
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.formats import busy as reading
from netmeet.formats import processes
from tests.services import radicale as server
from tests.world import now

PLACE = "https://kalender.example"
ADDRESS = f"{PLACE}/hemmelig/jonas.ics"


@pytest.fixture(scope="module")
def radicale(tmp_path_factory):
    with server.running(tmp_path_factory.mktemp("radicale")) as address:
        yield address
    reading.close()
    channels.close()


def calendar(*days, at):
    """Return a calendar that is busy for an hour from ``at`` on, on each of the days to come."""
    told = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTAMP:20261101T080000Z\r\n"
        f"DTSTART:{at + timedelta(days=n):%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{at + timedelta(days=n, hours=1):%Y%m%dT%H%M%SZ}\r\n"
        "SUMMARY:Samtale med Mia Sørensen\r\nEND:VEVENT\r\n"
        for n in days
    )
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{told}END:VCALENDAR\r\n"
    return text.encode()


def show(user, address=ADDRESS, *, allowed=(PLACE,)):
    made = service.show(user.id, address, allowed=allowed, at=now())
    db.session.commit()
    return made.id


def kept(calendar_id):
    db.session.expire_all()
    return db.session.get(BusyCalendar, calendar_id)


def times():
    return [(one.starts, one.ends) for one in db.session.scalars(select(BusyTime))]


def test_a_calendar_of_another_make_is_read_and_only_its_times_are_kept(world, radicale):
    at = now().replace(microsecond=0) + timedelta(hours=3)
    server.put(f"{radicale}/mia/vagter-{world.app.name}-{id(world)}/", calendar(1, 2, at=at))
    address = radicale.replace("//", "//mia:x@") + f"/mia/vagter-{world.app.name}-{id(world)}/"
    one = show(world.jonas, address, allowed=(radicale,))
    jobs.read_calendars(now(), allowed=(radicale,))
    assert (kept(one).fault, kept(one).fetched_at is None) == ("", False)
    assert sorted(times()) == [
        (at + timedelta(days=n), at + timedelta(days=n, hours=1)) for n in (1, 2)
    ]
    shown = queries.shown_by({world.jonas.id, world.lise.id}, now())
    assert {user_id: len(spans) for user_id, spans in shown.items()} == {world.jonas.id: 2}


@pytest.mark.parametrize(
    "address",
    [
        "http://kalender.example/a.ics",
        "https://kalender.example.ond.dk/a.ics",
        "https://kalender.example@ond.dk/a.ics",
        "https://kalender.example:8443/a.ics",
        "https://127.0.0.1/a.ics",
        "file:///etc/passwd",
        "kalender.example/a.ics",
        "https://kalender.example:x/a.ics",
        "webcal://kalender.example/a.ics",
        "https://ond.dk\\@kalender.example/a.ics",
        "https://kalender.example\t/a.ics",
    ],
)
def test_nothing_else_than_what_was_opened_is_fetched(world, address):
    with pytest.raises(Refused) as no:
        show(world.jonas, address)
    assert no.value.field == "address"
    assert PLACE in str(no.value)
    assert db.session.scalars(select(BusyCalendar)).all() == []


def test_a_place_that_was_closed_since_is_asked_no_more(world):
    one = show(world.jonas)
    jobs.read_calendars(now(), allowed=())
    assert kept(one).fault == "closed"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers as the path says, and notes what was asked for."""

    asked: ClassVar[list[str]] = []
    left: ClassVar[threading.Event] = threading.Event()

    def do_GET(self):
        self.asked.append(self.path)
        if self.path == "/leads-on":
            self.send_response(302)
            self.send_header("Location", "/inside")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        while self.path == "/drips" and not self.left.wait(0.1):
            self.wfile.write(b"B")
        body = b"x" * (6 << 20) if self.path == "/large" else b"<html>Log ind</html>"
        self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture
def odd():
    """Return the address of a server that answers oddly."""
    Handler.asked.clear()
    Handler.left.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as there:
        thread = threading.Thread(target=there.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{there.server_port}"
        Handler.left.set()
        there.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/gone", "no_answer"),
        ("/leads-on", "no_answer"),
        ("/large", "too_large"),
        ("/page", "unreadable"),
    ],
)
def test_a_fault_is_noted_and_nothing_followed(world, odd, path, fault):
    one = show(world.jonas, f"{odd}{path}", allowed=(odd,))
    jobs.read_calendars(now(), allowed=(odd,))
    assert kept(one).fault == fault
    assert Handler.asked == [path]
    assert times() == []


def test_a_server_that_is_not_there_is_a_fault_too(world):
    one = show(world.jonas, "http://127.0.0.1:9/a.ics", allowed=("http://127.0.0.1:9",))
    jobs.read_calendars(now(), allowed=("http://127.0.0.1:9",))
    assert kept(one).fault == "no_answer"


def test_each_is_read_again_after_half_an_hour_and_not_before(world):
    one, at = show(world.jonas), now()
    assert queries.due(at) == [one]
    service.begin(one, at=at)
    assert queries.due(at + rules.FETCHED_EVERY - timedelta(minutes=1)) == []
    assert queries.due(at + rules.FETCHED_EVERY) == [one]


def test_what_was_read_more_than_a_day_ago_says_nothing(world):
    one, at = show(world.jonas), now()
    service.keep(one, [(at + timedelta(days=2), at + timedelta(days=3))], at=at)
    assert len(queries.shown_by({world.jonas.id}, at + rules.GOOD_FOR)[world.jonas.id]) == 1
    assert queries.shown_by({world.jonas.id}, at + rules.GOOD_FOR + timedelta(minutes=1)) == {}


def test_a_fault_leaves_what_was_read_before(world):
    one, at = show(world.jonas), now()
    service.keep(one, [(at + timedelta(days=2), at + timedelta(days=3))], at=at)
    service.note_fault(one, rules.Fault.NO_ANSWER)
    assert len(queries.shown_by({world.jonas.id}, at)[world.jonas.id]) == 1


def test_what_says_nothing_any_more_is_deleted(world):
    one, at = show(world.jonas), now()
    service.keep(one, [(at + timedelta(days=2), at + timedelta(days=3))], at=at)
    jobs.tidy(at + rules.GOOD_FOR)
    assert len(times()) == 1
    jobs.tidy(at + rules.GOOD_FOR + timedelta(minutes=1))
    assert times() == []


def test_one_that_cannot_be_opened_does_not_keep_the_others_waiting(world, odd, caplog):
    first, second = (
        show(world.jonas, f"{odd}/page", allowed=(odd,)),
        show(world.lise, f"{odd}/page", allowed=(odd,)),
    )
    broken = min(first, second)
    db.session.execute(
        update(BusyCalendar.__table__)
        .where(BusyCalendar.id == broken)
        .values(address_sealed=b"\x01broken")
    )
    db.session.commit()
    jobs.read_calendars(now(), allowed=(odd,))
    assert kept(max(first, second)).fault == "unreadable"
    assert broken in caplog.text
    assert queries.due(now()) == []


def test_a_server_that_drips_is_left_before_long(world, odd, monkeypatch):
    crew = processes.Crew(channels.FETCHING, workers=1, seconds=1.0)
    monkeypatch.setattr(channels, "_crew", lambda: crew)
    one = show(world.jonas, f"{odd}/drips", allowed=(odd,))
    jobs.read_calendars(now(), allowed=(odd,))
    crew.close()
    assert kept(one).fault == "no_answer"


def test_who_hides_it_leaves_nothing_behind(world):
    one = show(world.jonas)
    service.keep(one, [(now(), now() + timedelta(hours=1))], at=now())
    service.hide(world.jonas.id)
    service.hide(world.jonas.id)
    assert times() == []
    assert queries.of_user(world.jonas.id) is None
    service.keep(one, [(now(), now() + timedelta(hours=1))], at=now())
    assert times() == []


def test_another_calendar_takes_the_place_of_the_first(world):
    first = show(world.jonas)
    service.keep(first, [(now(), now() + timedelta(hours=1))], at=now())
    second = show(world.jonas, f"{PLACE}/anden.ics")
    assert second != first
    assert times() == []
    assert queries.of_user(world.jonas.id).address == f"{PLACE}/anden.ics"


def test_nobody_reads_the_calendar_of_who_is_not_active(world):
    show(world.jonas)
    world.jonas.active = False
    db.session.flush()
    assert queries.due(now()) == []


def test_it_is_forgotten_with_the_last_role_as_staff(world):
    other = accounts.give_role(world.jonas, Role.REG, at=now(), unit_id=world.ward.id)
    one = show(world.jonas)
    service.keep(one, [(now(), now() + timedelta(hours=1))], at=now())
    by = world.actor(world.lise)
    staff.end(other, by=by, at=now())
    assert kept(one) is not None
    accounts.give_role(world.jonas, Role.REL, at=now())
    staff.end(world.role_of(world.jonas), by=by, at=now())
    assert kept(one) is None
    assert times() == []
