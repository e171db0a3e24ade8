"""What is sent twice is done once (T36), and nothing else is held back for it."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import SentForm
from netmeet.actions.models import Action
from netmeet.cases.models import Consent
from netmeet.core import clock, ids
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, Meeting, MeetingRequest
from netmeet.meetings.queries import by_id as again
from netmeet.plans import rules
from netmeet.plans.models import PlanVersion
from tests.plan_world import agreed

TIMES = 20
POINT = {"title": "Om natten"}
CHOICE = {"scopes": ["invite", "actions"], "limit": "some", "areas": ["housing"], "months": "3"}


def plans(world):
    """Return what makes a meeting."""
    return {
        "purpose": "At finde et sted at bo",
        "kind": "outpatient",
        "date": (clock.today() + timedelta(days=14)).isoformat(),
        "time": "13:00",
        "minutes": "",
        "form": "video",
        "place": "",
        "chair": world.lise.id,
        "minute_taker": world.jonas.id,
    }


@pytest.fixture
def meeting(world):
    return world.meeting(world.case())


@pytest.fixture
def mia(world, client, meeting):
    world.sign_in(client, meeting.case.person.user)
    return client


def count(model):
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


def points(title="Om natten"):
    """Return how many points of the agenda have the title."""
    found = db.session.scalars(select(AgendaItem)).all()
    return sum(one.title == title for one in found)


def test_what_is_sent_twice_is_done_once_and_leads_to_the_same(mia, meeting):
    path, sent = f"/meetings/{meeting.id}/agenda", {**POINT, "once": ids.new_id()}
    first, second = mia.send(path, sent), mia.send(path, sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert points() == 1


def test_other_words_with_an_old_key_are_not_dropped(mia, meeting):
    path, sent = f"/meetings/{meeting.id}/agenda", {**POINT, "once": ids.new_id()}
    mia.send(path, sent)
    mia.send(path, {**sent, "title": "Om dagen"})
    assert (points(), points("Om dagen")) == (1, 1)


def test_the_same_words_from_a_new_form_are_sent_again(mia, meeting):
    path = f"/meetings/{meeting.id}/agenda"
    for _time in range(2):
        mia.send(path, {**POINT, "once": ids.new_id()})
    assert points() == 2


def test_a_form_without_a_key_is_not_kept(mia, meeting):
    mia.send(f"/meetings/{meeting.id}/agenda", POINT)
    assert count(SentForm) == 0


def test_what_was_refused_may_be_sent_again(mia, meeting):
    path, sent = f"/meetings/{meeting.id}/agenda", {"title": "", "once": ids.new_id()}
    for _time in range(2):
        assert mia.send(path, sent).status_code == 422
    assert count(SentForm) == 0


def test_what_waits_for_a_proof_of_who_one_is_may_be_sent_again(world, client):
    case = world.case(relative=world.hanne)
    member = case.member(world.hanne.id).id
    world.sign_in(client, case.person.user, by="demo")
    answer = client.send(f"/members/{member}/permit", {**CHOICE, "once": ids.new_id()})
    assert answer.location.startswith("/step-up")
    assert count(SentForm) == 0


def test_an_answer_is_only_for_the_login_that_sent(world, app, mia, meeting):
    path, sent = f"/meetings/{meeting.id}/agenda", {**POINT, "once": ids.new_id()}
    mia.send(path, sent)
    other = app.test_client()
    world.sign_in(other, again(meeting.id).case.person.user)
    other.send(path, sent)
    assert points() == 2


def test_of_who_has_not_signed_in_nothing_is_kept(app, world):
    world.save()
    nobody = app.test_client()
    sent = {"lang": "en", "next": "/login", "once": ids.new_id()}
    assert [nobody.send("/display", sent).status_code for _time in range(2)] == [303, 303]
    assert count(SentForm) == 0


def test_every_page_gives_its_form_a_key_of_its_own(mia, meeting):
    seen = {_key(mia.get(f"/meetings/{meeting.id}/agenda").text) for _time in range(2)}
    assert len(seen) == 2


def _key(page):
    return page.partition('name="once" value="')[2].partition('"')[0]


def test_keys_are_forgotten_after_a_day(mia, meeting):
    mia.send(f"/meetings/{meeting.id}/agenda", {**POINT, "once": ids.new_id()})
    kept = db.session.scalars(select(SentForm)).one()
    accounts.forget(at=kept.at)
    assert count(SentForm) == 1
    accounts.forget(at=kept.at.replace(year=kept.at.year + 1))
    assert count(SentForm) == 0


def at_once(app, client, path, sent):
    """Send one form twenty times at the same time, as one login; return the different answers."""
    form = {**sent, "once": ids.new_id(), "csrf_token": client.token()}
    cookie = client.get_cookie("netmeet")

    def send(_number):
        one = app.test_client()
        one.set_cookie("netmeet", cookie.value)
        answer = FlaskClient.open(one, path, method="POST", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(8) as pool:
        return set(pool.map(send, range(TIMES)))


def test_twenty_at_once_make_one_and_are_answered_alike(app, world, monkeypatch):
    """T36: a meeting, a request, a point, an agreement, a consent, a version of the plan."""
    monkeypatch.setattr(rules, "_LATE_BEFORE_REST", rules.time.max)
    monkeypatch.setattr(rules.calendar, "is_working_day", lambda _day: True)
    story = agreed(world)
    case, meeting = story.meeting.case_id, story.meeting.id
    coming, version = world.meeting(story.case).id, story.meeting.version
    world.save()
    hanne = again(meeting).case.member(world.hanne.id).id
    mia, lise = app.test_client(), app.test_client()
    world.sign_in(mia, again(meeting).case.person.user)
    world.sign_in(lise, world.lise)
    made, different = Counter(), 0
    for client, path, sent, model in (
        (lise, f"/cases/{case}/meetings/new", plans(world), Meeting),
        (
            mia,
            f"/cases/{case}/ask",
            {"about": "Om medicin", "how_soon": "this_week"},
            MeetingRequest,
        ),
        (mia, f"/meetings/{coming}/agenda", POINT, AgendaItem),
        (lise, f"/meetings/{meeting}/actions", {"line": "Jonas ringer om 14 dage"}, Action),
        (mia, f"/members/{hanne}/permit", CHOICE, Consent),
        (lise, f"/meetings/{meeting}/send-out", {"version": version}, PlanVersion),
    ):
        before = count(model)
        answers = at_once(app, client, path, sent)
        assert {status for status, _to in answers} == {303}, (path, answers)
        different += len(answers) - 1
        made[model.__name__] += count(model) - before
    print(f"T36: {TIMES} times at once each: {dict(made)} made, {different} answers differed")
    assert set(made.values()) == {1}
    assert different == 0
