"""Who writes goes first: where requests are slowed down, screens wait, and nobody else."""

import subprocess
import sys
from multiprocessing import get_context

import pytest
from flask import Flask
from werkzeug.test import Client

from netmeet.web.precedence import Pace, Precedence
from tests import browser
from tests.browser import ROOT
from tests.web.guard.test_headers import lacking

REFRESH = {"X-Refresh": "1"}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def spent():
    return Clock()


@pytest.fixture
def pace(clock, spent):
    return Pace(clock, spent)


@pytest.fixture
def take(pace, clock, spent):
    """Return how a request takes so long, with so much of its own processor time."""

    def take(seconds, *, own=0.02, times=1):
        for _each in range(times):
            with pace.watching():
                clock.at += seconds
                spent.at += own

    return take


def test_where_nothing_is_slowed_down_every_screen_is_fetched(pace, take):
    take(0.02, times=20)
    assert all(pace.may_look() for _each in range(20))


def test_where_something_is_screens_are_fetched_one_after_the_other(pace, take, clock):
    take(0.041, times=4)
    assert pace.may_look()
    assert not pace.may_look()
    clock.at += 0.015
    assert not pace.may_look()
    clock.at += 0.002
    assert pace.may_look()
    assert not pace.may_look()


def test_processes_share_what_one_of_them_has_learnt(pace, take):
    other = get_context("fork").Process(target=take, args=(0.041,), kwargs={"times": 4})
    other.start()
    other.join()
    assert pace.may_look()
    assert not pace.may_look()


def test_none_stands_still_for_ever(pace, take, clock):
    take(0.041, times=40)
    assert pace.may_look()
    clock.at += 0.26
    take(0.041)
    assert pace.may_look()


def test_a_database_that_is_not_near_is_nobody_in_the_way(pace, take):
    take(0.029, own=0.01, times=4)
    assert pace.may_look()
    assert pace.may_look()


def test_what_goes_well_lets_more_in_again(pace, take, clock):
    take(0.041, times=4)
    take(0.001, times=45)
    assert pace.may_look()
    assert pace.may_look()


def test_where_nothing_is_slow_any_more_they_wait_half_as_long_each_second(pace, take, clock):
    take(0.041, times=4)
    assert pace.may_look()
    for wait in (0.008, 0.004, 0.002):
        clock.at += 1.001
        assert pace.may_look()
        clock.at += wait - 0.0001
        assert not pace.may_look()
    clock.at += 1.001
    assert pace.may_look()
    assert pace.may_look()


def test_who_was_turned_away_tells_nothing(pace, take):
    take(0.041, own=0.0019, times=4)
    assert pace.may_look()
    assert pace.may_look()


def test_what_breaks_is_learnt_from_too(pace, clock, spent):
    def breaks():
        with pace.watching():
            clock.at += 0.041
            spent.at += 0.02
            raise LookupError

    for _each in range(4):
        with pytest.raises(LookupError):
            breaks()
    assert pace.may_look()
    assert not pace.may_look()


@pytest.fixture
def served(pace, clock, spent):
    """Return an application that takes three times its own processor time to answer."""
    page = Flask("pace")

    @page.route("/", methods=["GET", "POST"])
    def act():
        clock.at += 0.05
        spent.at += 0.02
        return "done"

    return Client(Precedence(page, pace))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_screen_is_asked_to_come_back_with_every_header_that_others_have(served, method):
    for _each in range(6):
        served.post("/")
    assert served.open("/", method=method, headers=REFRESH).status_code == 200
    answer = served.open("/", method=method, headers=REFRESH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert lacking(answer) == {}


def test_screens_alone_can_be_too_many(served):
    answers = [served.get("/", headers=REFRESH).status_code for _each in range(12)]
    assert answers[:2] == [200, 200]
    assert answers[-1] == 503


@pytest.mark.parametrize(
    "mine", [{"method": "POST"}, {"method": "POST", "headers": REFRESH}, {"method": "GET"}]
)
def test_all_else_waits_for_nothing(served, mine):
    answers = {served.open("/", **mine).status_code for _each in range(12)}
    assert answers == {200}
    assert {served.open("/", **mine).status_code for _each in range(3)} == {200}


def test_pages_that_are_opened_say_nothing_of_how_busy_it_is(served):
    for _each in range(12):
        served.get("/")
    assert served.get("/", headers=REFRESH).status_code == 200
    assert served.get("/", headers=REFRESH).status_code == 200


def test_netmeet_is_served_so(tmp_path):
    own = browser.environment(tmp_path, browser.free_port())
    say = "import sys, wsgi; print(type(wsgi.app.wsgi_app).__name__, sys.getswitchinterval())"
    for told in (["-c", "from netmeet.cli import main; main()", "init"], ["-c", say]):
        done = subprocess.run(
            [sys.executable, *told],
            cwd=ROOT,
            env=own,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
    assert done.stdout.split()[-2:] == ["Precedence", "0.0005"]
