"""Who writes goes first: a screen that fetches itself anew waits for its turn, and nobody else."""

import subprocess
import sys
from threading import Condition, Event, Thread

import pytest
from flask import Flask
from werkzeug.test import Client

from netmeet.web.precedence import Precedence, Turns
from tests import browser
from tests.browser import ROOT
from tests.web.guard.test_headers import lacking

REFRESH = {"X-Refresh": "1"}
LONGEST = 30
"""Seconds after which a test gives up waiting for another thread."""


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
def turns(clock):
    return Turns(clock)


@pytest.fixture
def crowd(turns, clock):
    """Let as many save as make screens take turns, when one has just been fetched."""
    save(turns, 8)
    look_for(turns, clock, 0)


def may_look(turns):
    """Tell whether a screen may be fetched now."""
    with turns.look() as is_turn:
        return is_turn


def look_for(turns, clock, seconds):
    """Fetch a screen, which takes so long."""
    with turns.look() as is_turn:
        assert is_turn
        clock.at += seconds


def save(turns, times):
    """Let so many save, one after the other."""
    for _each in range(times):
        with turns.save():
            pass


def test_where_few_save_every_screen_is_fetched_at_once_during_a_save_too(turns):
    save(turns, 7)
    with turns.save(), turns.look(), turns.look() as is_turn:
        assert is_turn


def test_where_many_save_one_screen_at_a_time(turns, crowd):
    with turns.look() as is_turn:
        assert is_turn
        assert not may_look(turns)
    assert may_look(turns)


def test_where_many_save_no_screen_during_a_save_and_one_again_when_all_have(turns, crowd):
    with turns.save():
        with turns.save():
            assert not may_look(turns)
        assert not may_look(turns)
    assert may_look(turns)


def test_who_saves_waits_for_no_screen(turns, crowd):
    with turns.look(), turns.save():
        assert not may_look(turns)


@pytest.mark.parametrize(("saves", "rest"), [(8, 0.02), (15, 0.02), (24, 0.06), (900, 0.16)])
def test_the_more_people_save_the_longer_screens_rest(turns, clock, saves, rest):
    save(turns, saves)
    look_for(turns, clock, 0.02)
    clock.at += rest - 0.001
    assert not may_look(turns)
    clock.at += 0.002
    assert may_look(turns)


def test_saves_of_a_second_ago_let_nobody_rest(turns, clock):
    save(turns, 24)
    clock.at += 1.0
    look_for(turns, clock, 0.02)
    assert may_look(turns)


def test_no_screen_grows_older_than_two_seconds_in_a_process_that_only_saves(turns, clock):
    look_for(turns, clock, 0.02)
    for _each in range(19):
        clock.at += 0.101
        save(turns, 8)
        with turns.save():
            assert not may_look(turns)
    clock.at += 0.101
    save(turns, 8)
    with turns.save():
        assert may_look(turns)
        assert not may_look(turns)


def test_a_file_that_comes_in_slowly_does_not_keep_the_screens_as_they_are(turns, clock):
    look_for(turns, clock, 0)
    with turns.save():
        save(turns, 8)
        assert not may_look(turns)
        clock.at += 0.99
        save(turns, 8)
        assert not may_look(turns)
        clock.at += 0.01
        save(turns, 8)
        assert may_look(turns)


def test_one_screen_waits_a_moment_and_gets_its_turn_when_the_other_is_done(turns, crowd):
    got, asked = [], Event()

    def ask():
        asked.set()
        got.append(may_look(turns))

    waiting = Thread(target=ask)
    with turns.look():
        waiting.start()
        asked.wait(LONGEST)
    waiting.join(LONGEST)
    assert got == [True]


def test_of_those_who_come_before_their_turn_one_waits(turns, crowd, monkeypatch):
    others = []

    def wait_for(_turn, _is_free, _seconds):
        others.append(may_look(turns))
        return False

    monkeypatch.setattr(Condition, "wait_for", wait_for)
    with turns.look():
        assert not may_look(turns)
    assert others == [False]


def test_a_turn_is_given_back_where_something_breaks(turns, crowd):
    with pytest.raises(LookupError), turns.look():
        raise LookupError
    with pytest.raises(LookupError), turns.save():
        raise LookupError
    assert may_look(turns)


@pytest.fixture
def during(turns, crowd):
    """Return how to be answered while somebody else's request is under way and many save."""
    page, begun, may_end, held = Flask("turns"), Event(), Event(), []

    @page.route("/", methods=["GET", "POST"])
    def act():
        if held:
            held.pop()
            begun.set()
            may_end.wait(LONGEST)
        return "done"

    client = Client(Precedence(page, turns))

    def ask(others, **mine):
        held.append(others)
        other = Thread(target=lambda: client.open("/", method=others))
        other.start()
        assert begun.wait(LONGEST)
        answer = client.open("/", **mine)
        may_end.set()
        other.join(LONGEST)
        assert client.get("/", headers=REFRESH).status_code == 200
        return answer

    return ask


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_screen_is_asked_to_come_back_with_every_header_that_others_have(during, method):
    answer = during("POST", method=method, headers=REFRESH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert lacking(answer) == {}


@pytest.mark.parametrize(
    ("others", "mine"),
    [
        ("POST", {"method": "POST"}),
        ("POST", {"method": "POST", "headers": REFRESH}),
        ("POST", {"method": "GET"}),
        ("GET", {"method": "GET", "headers": REFRESH}),
    ],
)
def test_all_else_waits_for_nothing(during, others, mine):
    assert during(others, **mine).status_code == 200


def test_netmeet_is_served_so(tmp_path):
    own = browser.environment(tmp_path, browser.free_port())
    say = "import wsgi; print(type(wsgi.app.wsgi_app).__name__)"
    for told in (["-c", "from netmeet.cli import main; main()", "init"], ["-c", say]):
        done = subprocess.run(
            [sys.executable, *told],
            cwd=ROOT,
            env=own,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
    assert done.stdout.split()[-1] == "Precedence"
