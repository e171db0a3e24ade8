"""The secret address of one's own calendar: made, shown once, fetched, stopped."""

import logging
import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from netmeet.accounts import rules as limits
from netmeet.accounts.models import CalendarFeed
from netmeet.audit.models import AuditEvent
from netmeet.cases import queries
from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.db import db
from netmeet.invitations import service
from netmeet.invitations.views import feed as views
from tests.lix import lix
from tests.world import now

PAGE = "/account/calendar"
EASY = 30
ADDRESS = re.compile(r"http://localhost(/calendar/[\w-]{43}\.ics)")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    for member in case.members:
        service.draft(meeting, member, by=by, at=now())
    service.send(meeting, version=meeting.version, by=by, at=now())
    return meeting


@pytest.fixture
def calendar(app):
    """What fetches: a program that knows the address and nothing else."""
    return app.test_client()


def made(client):
    """Make an address on the page and return its path."""
    (path,) = set(ADDRESS.findall(client.send(PAGE).get_data(as_text=True)))
    return path


def events(answer):
    assert answer.status_code == 200
    return Calendar.from_ical(answer.data).walk("VEVENT")


def rows(operation):
    db.session.expire_all()
    found = select(AuditEvent).where(AuditEvent.operation == operation).order_by(AuditEvent.seq)
    return db.session.scalars(found).all()


def words(answer):
    main = (
        answer.get_data(as_text=True)
        .partition('<main id="main" tabindex="-1">')[2]
        .partition("</main>")[0]
    )
    return re.sub(r"\s+", " ", TAGS.sub(".\n", re.sub(r"<textarea.*?</textarea>", "", main)))


# the page ----------------------------------------------------------------------------------------


def test_the_page_says_what_it_is_before_there_is_an_address(world, client, meeting):
    world.sign_in(client, meeting.case.person.user)
    text = words(client.get(PAGE))
    assert "Alle, der har adressen" in text
    assert "Der står ingen navne" in text
    assert "Lav en adresse" in text
    assert "Stop adressen" not in text


def test_the_address_is_shown_once(world, client, meeting):
    world.sign_in(client, world.jonas)
    shown = client.send(PAGE)
    assert len(ADDRESS.findall(shown.text)) == 1
    assert "Vi viser den kun nu" in shown.text
    again = client.get(PAGE)
    assert ADDRESS.findall(again.text) == []
    assert "Vi kan ikke vise den igen" in again.text
    assert "Stop adressen" in again.text


def test_the_pages_are_easy_to_read(world, client, meeting):
    world.sign_in(client, meeting.case.person.user)
    found = [words(client.get(PAGE)), words(client.send(PAGE)), words(client.get(PAGE))]
    client.send(f"{PAGE}/end")
    found.append(words(client.get(PAGE)))
    assert [round(lix(text)) for text in found if lix(text) > EASY] == []


def test_it_is_linked_from_the_account_and_from_where_one_meeting_is_offered(
    world, client, meeting
):
    mia = meeting.case.person.user
    world.sign_in(client, mia)
    offered = ("/account", f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/answer")
    for path in offered:
        assert f'href="{PAGE}"' in client.get(path).text, path
    world.sign_in(client, world.jonas)
    for path in ("/account", f"/meetings/{meeting.id}/answer"):
        assert f'href="{PAGE}"' in client.get(path).text, path


def test_guests_and_managers_have_none(world, client, case):
    guest = world.user("Gert Gæst")
    place = cases.Place(role=MemberRole.GUEST, relation="gæst")
    cases.join(case, guest, place=place, at=now())
    for user in (guest, world.manager):
        world.sign_in(client, user)
        assert PAGE not in client.get("/account").text
        assert client.get(PAGE).status_code == 404
        assert client.send(PAGE).status_code == 404
        assert client.send(f"{PAGE}/end").status_code == 404
    assert db.session.scalars(select(CalendarFeed)).all() == []


def test_who_has_not_signed_in_makes_none(client, world):
    assert client.get(PAGE).status_code == 303
    assert client.send(PAGE).status_code == 401
    assert db.session.scalars(select(CalendarFeed)).all() == []


def test_who_has_several_roles_reads_which_one_it_is_of(world, client, meeting):
    world.sign_in(client, world.jonas)
    assert "hvor du er med som" not in words(client.get(PAGE))
    with client.session_transaction() as browser:
        browser["has_roles"] = True
    assert "hvor du er med som: Sagsbehandler" in words(client.get(PAGE))


# fetching ----------------------------------------------------------------------------------------


def test_a_calendar_fetches_the_meetings_without_a_login(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    answer = calendar.get(made(client))
    (event,) = events(answer)
    assert str(event["UID"]) == meeting.uid
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    assert "Set-Cookie" not in answer.headers


def test_it_admits_nobody_anywhere_else(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    calendar.get(made(client))
    assert calendar.get(f"/meetings/{meeting.id}").status_code == 303


def test_it_gives_its_owners_meetings_whoever_holds_it(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    path = made(client)
    world.sign_in(calendar, world.stranger)
    numbers = [str(one["SUMMARY"]) for one in events(calendar.get(path))]
    assert numbers == [f"Møde {meeting.invitation(world.jonas.id).number}"]


def test_the_old_one_stops_at_once_when_a_new_one_is_made(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    first = made(client)
    assert calendar.get(first).status_code == 200
    second = made(client)
    assert calendar.get(first).status_code == 404
    assert calendar.get(second).status_code == 200


def test_it_can_be_stopped(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    path = made(client)
    answer = client.send(f"{PAGE}/end")
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "Adressen virker ikke mere" in client.get(PAGE).text
    assert "Adressen virker ikke mere" not in client.get(PAGE).text
    assert calendar.get(path).status_code == 404


def test_an_address_that_leads_nowhere_answers_alike_whatever_the_reason(
    world, client, calendar, meeting
):
    world.sign_in(client, world.jonas)
    replaced = made(client)
    stopped = made(client)
    client.send(f"{PAGE}/end")
    world.sign_in(client, world.hanne)
    deactivated = made(client)
    world.hanne.active = False
    world.sign_in(client, world.lise)
    changed = made(client).replace(".ics", "x.ics")
    answers = set()
    for path in (replaced, stopped, deactivated, changed, "/calendar/nothing.ics"):
        answer = calendar.get(path)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"
        said = answer.text.replace(path, "")
        answers.add(re.sub(r'(csrf[^>]*?(?:value|content)=)"[^"]*"', r"\1", said))
    assert len(answers) == 1


def test_a_right_counts_when_it_is_fetched(world, client, calendar, case, meeting):
    world.sign_in(client, world.hanne)
    path = made(client)
    assert [one["STATUS"] for one in events(calendar.get(path))] == ["CONFIRMED"]
    case = queries.by_id(case.id)
    consent = next(one for one in case.consents if one.recipient_id == world.hanne.id)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=now())
    assert [one["STATUS"] for one in events(calendar.get(path))] == ["CANCELLED"]
    invitation = next(one for one in meeting.invitations if one.user_id == world.hanne.id)
    invitation.withdrawn_at = now() - timedelta(days=31)
    assert events(calendar.get(path)) == []


def test_fetching_changes_nothing_and_only_reads(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    path, version = made(client), meeting.version
    first = calendar.get(path).data
    assert calendar.get(path).data == first
    assert calendar.head(path).status_code == 200
    assert calendar.post(path).status_code == 405
    db.session.expire_all()
    assert meeting.version == version


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_meetings_are_read_without_keeping_anybody_from_writing(
    world, client, calendar, meeting, monkeypatch
):
    """The fetch is counted first; what follows takes no lock."""

    def meanwhile(entries):
        with closing(sqlite3.connect(db.engine.url.database, timeout=0)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
        return str(len(entries)).encode()

    world.sign_in(client, world.jonas)
    path = made(client)
    monkeypatch.setattr(views.exports, "calendar_feed", meanwhile)
    assert calendar.get(path).data == b"1"


def test_a_calendar_that_asks_all_the_time_is_told_to_wait(
    world, client, calendar, meeting, monkeypatch
):
    monkeypatch.setattr(limits, "FETCHES", 3)
    world.sign_in(client, world.jonas)
    path = made(client)
    world.sign_in(client, world.lise)
    other = made(client)
    assert [calendar.get(path).status_code for _time in range(5)] == [200, 200, 200, 429, 429]
    assert calendar.get(other).status_code == 200, "each address has its own share"


# what is written down ----------------------------------------------------------------------------


def test_every_fetch_is_a_row_and_so_is_one_that_led_nowhere(world, client, calendar, meeting):
    world.sign_in(client, world.jonas)
    path = made(client)
    calendar.get(path)
    calendar.get("/calendar/nothing.ics")
    (good, bad) = rows("ical.feed_by_token")
    feed = db.session.scalars(select(CalendarFeed)).one()
    assert (good.allowed, good.object_kind, good.object_id) == (True, "calendar_feed", feed.id)
    assert (bad.allowed, bad.object_id) == (False, "")
    assert good.user_id == bad.user_id == ""
    assert good.case_id is None


def test_looking_at_the_page_is_no_change_and_making_one_is(world, client, meeting):
    world.sign_in(client, world.jonas)
    client.get(PAGE)
    assert rows("ical.rotate_feed_token") == []
    made(client)
    client.send(f"{PAGE}/end")
    assert [row.allowed for row in rows("ical.rotate_feed_token")] == [True, True]


def test_the_secret_stands_in_no_log(app, world, client, calendar, meeting, caplog, monkeypatch):
    """Not when it is made, fetched, wrong or stopped, and not when netmeet itself is at fault."""
    world.sign_in(client, world.jonas)
    with caplog.at_level(logging.DEBUG):
        path = made(client)
        calendar.get(path)
        monkeypatch.setattr(app, "testing", False)
        monkeypatch.setattr(views.exports, "calendar_feed", lambda _entries: 1 / 0)
        assert calendar.get(path).status_code == 500
        client.send(f"{PAGE}/end")
        calendar.get(path)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    assert "ZeroDivisionError" in caplog.text
    assert secret not in caplog.text
    kept = [
        str(value)
        for table in db.metadata.sorted_tables
        for row in db.session.execute(select(table))
        for value in row
    ]
    assert kept
    assert not [value for value in kept if secret in value]
