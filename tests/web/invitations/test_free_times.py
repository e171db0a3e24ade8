"""Finding a time with the calendars that staff show."""

import re
from datetime import date, datetime, time, timedelta

import pytest

from netmeet.accounts.service import busy as showing
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations import queries, rules
from netmeet.invitations.service import polls
from tests.world import now

PLACE = "https://kalender.example"
MONDAY = date(2027, 3, 15)


def at(day, hour, minute=0):
    return calendar.to_instant(datetime.combine(day, time(hour, minute)))


def test_nobody_is_busy_before_they_begin_or_once_they_have_ended():
    busy = {"jonas": [(at(MONDAY, 10), at(MONDAY, 11))]}
    for hour, taken in ((9, set()), (10, {"jonas"}), (11, set())):
        starts = datetime.combine(MONDAY, time(hour))
        assert rules.busy_at(busy, starts=starts, minutes=60) == taken
    starts = datetime.combine(MONDAY, time(9, 30))
    assert rules.busy_at(busy, starts=starts, minutes=60) == {"jonas"}


def test_one_free_time_a_working_day_the_best_hour_first():
    found = rules.free_times({"jonas": []}, first=date(2027, 3, 24), minutes=60, most=4)
    # From Maundy Thursday to Easter Monday offices are closed.
    assert found == [
        datetime(2027, 3, 24, 10),  # noqa: DTZ001 - wall time
        datetime(2027, 3, 30, 10),  # noqa: DTZ001 - wall time
        datetime(2027, 3, 31, 10),  # noqa: DTZ001 - wall time
        datetime(2027, 4, 1, 10),  # noqa: DTZ001 - wall time
    ]


def test_a_time_at_which_one_of_them_is_busy_is_not_proposed():
    busy = {
        "jonas": [(at(MONDAY, 8), at(MONDAY, 11))],
        "lise": [(at(MONDAY, 13, 30), at(MONDAY, 16))],
    }
    found = rules.free_times(busy, first=MONDAY, minutes=60, most=1)
    # 10 and 9 fall to Jonas, 13 and 14 to Lise.
    assert found == [datetime.combine(MONDAY, time(11))]


def test_a_long_meeting_is_over_before_the_offices_close():
    busy = {"jonas": [(at(MONDAY, 8), at(MONDAY, 11))]}
    found = rules.free_times(busy, first=MONDAY, minutes=240, most=1)
    assert found == [datetime.combine(MONDAY, time(11))]
    found = rules.free_times(busy, first=MONDAY, minutes=330, most=1)
    assert found == [datetime.combine(MONDAY + timedelta(days=1), time(10))]


def test_what_was_asked_about_is_not_proposed_again(world, app, meeting):
    show(world.jonas)
    first = proposed(page(world, app, meeting, world.lise, "?free=1").text)
    starts = [datetime.fromisoformat(f"{day}T{hour}") for day, hour in first]
    by = calendar.add_working_days(clock.today(), 6)
    there = queries.meeting(meeting.id)
    polls.ask(there, starts, answer_by=by, by=world.actor(world.lise), at=now())
    db.session.commit()
    again = proposed(page(world, app, meeting, world.lise, "?free=1").text)
    assert len(again) == 4
    assert not set(first) & set(again)
    assert min(day for day, _hour in again) > by.isoformat()


def test_who_is_always_busy_ends_the_search():
    busy = {"jonas": [(at(MONDAY, 0), at(MONDAY + timedelta(days=100), 0))]}
    assert rules.free_times(busy, first=MONDAY, minutes=60, most=4) == []


@pytest.fixture
def meeting(world):
    made = world.meeting_without_time()
    db.session.commit()
    return made


def show(user, *spans):
    one = showing.show(user.id, f"{PLACE}/{user.id}.ics", allowed=[PLACE], at=now())
    showing.keep(one.id, spans, at=now())
    db.session.commit()


def page(world, app, meeting, user, query=""):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser.get(f"/meetings/{meeting.id}/times{query}")


def proposed(text):
    """Return the days and hours that stand in the form."""
    days = re.findall(r'name="t\d-date"[^>]*value="([^"]*)"', text)
    hours = re.findall(r'name="t\d-time"[^>]*value="([^"]*)"', text)
    return [(day, hour) for day, hour in zip(days, hours, strict=True) if day]


def test_without_a_calendar_nothing_is_offered(world, app, meeting):
    text = page(world, app, meeting, world.lise).text
    assert "Find ledige tider" not in text
    assert proposed(page(world, app, meeting, world.lise, "?free=1").text) == []


def test_free_times_stand_in_the_form_and_are_asked_about_as_they_are(world, app, meeting):
    first = calendar.add_working_days(clock.today(), 3)
    show(world.jonas, (at(first, 8), at(first, 12)))
    text = page(world, app, meeting, world.lise).text
    assert "De viser deres kalender: Jonas Holm." in text
    assert proposed(text) == []
    offered = page(world, app, meeting, world.lise, "?free=1").text
    assert "Tiderne her er ledige hos: Jonas Holm." in offered
    times = proposed(offered)
    assert len(times) == 4
    assert times[0] == (first.isoformat(), "13:00")
    browser = app.test_client()
    world.sign_in(browser, world.lise)
    sent = {"answer_by": calendar.add_working_days(clock.today(), 2).isoformat()}
    for n, (day, hour) in enumerate(times):
        sent |= {f"t{n}-date": day, f"t{n}-time": hour}
    assert browser.send(f"/meetings/{meeting.id}/times", sent).status_code == 303


def test_that_there_is_no_free_time_is_said(world, app, meeting):
    show(world.jonas, (now(), now() + timedelta(days=90)))
    text = page(world, app, meeting, world.lise, "?free=1").text
    assert "Der er ingen ledig tid de næste seks uger hos: Jonas Holm." in text


def test_who_is_busy_is_named_at_each_time_to_who_may_ask_and_to_nobody_else(world, app, meeting):
    day = calendar.add_working_days(clock.today(), 4)
    show(world.jonas, (at(day, 12), at(day, 13, 30)))
    starts = [datetime.combine(day, time(hour)) for hour in (10, 13)]
    meeting = queries.meeting(meeting.id)
    polls.ask(meeting, starts, answer_by=day, by=world.actor(world.lise), at=now())
    db.session.commit()
    text = page(world, app, meeting, world.lise).text
    assert text.count("Optaget i kalenderen:") == 1
    assert "Optaget i kalenderen:" in text.split("kl. 13.00")[1]
    person = queries.meeting(meeting.id).case.person.user
    for user in (world.hanne, person):
        browser = app.test_client()
        world.sign_in(browser, user)
        told = browser.get(f"/meetings/{meeting.id}/times", follow_redirects=True).text
        assert "Optaget" not in told
        assert "Find ledige tider" not in told


def test_a_relatives_calendar_is_never_looked_at(world, app, meeting):
    show(world.hanne, (now(), now() + timedelta(days=90)))
    assert "kalender" not in page(world, app, meeting, world.lise).text.split("<main")[1]
