"""Who writes goes first: a screen that fetches itself anew waits for its turn, and nobody else."""

from threading import Event, Thread

import pytest
from flask import Flask
from werkzeug.test import Client

from netmeet.web.precedence import Precedence, Turns
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
def turns(clock):
    return Turns(clock)


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


def test_one_screen_at_a_time(turns):
    with turns.look() as is_turn:
        assert is_turn
        assert not may_look(turns)
    assert may_look(turns)


def test_no_screen_while_somebody_saves_and_one_again_when_all_have(turns):
    with turns.save():
        with turns.save():
            assert not may_look(turns)
        assert not may_look(turns)
    assert may_look(turns)


def test_who_saves_waits_for_no_screen_and_none_is_let_in_for_it(turns):
    with turns.look():
        with turns.save():
            assert not may_look(turns)
        assert not may_look(turns)


@pytest.mark.parametrize(("saves", "rest"), [(7, 0), (8, 0.02), (15, 0.02), (24, 0.06)])
def test_the_more_people_save_the_longer_screens_rest(turns, clock, saves, rest):
    save(turns, saves)
    look_for(turns, clock, 0.02)
    clock.at += max(0, rest - 0.001)
    assert may_look(turns) is not bool(rest)
    clock.at += 0.002
    assert may_look(turns)


def test_saves_of_a_second_ago_let_nobody_rest(turns, clock):
    save(turns, 24)
    clock.at += 1.0
    look_for(turns, clock, 0.02)
    assert may_look(turns)


def test_a_file_that_comes_in_slowly_does_not_keep_the_screens_as_they_are(turns, clock):
    with turns.save():
        assert not may_look(turns)
        clock.at += 1.0
        assert may_look(turns)


def test_a_screen_that_waits_a_moment_gets_its_turn_when_the_other_is_done(turns):
    got = []
    waiting = Thread(target=lambda: got.append(may_look(turns)))
    with turns.look():
        waiting.start()
    waiting.join()
    assert got == [True]


def test_a_turn_is_given_back_where_something_breaks(turns):
    with pytest.raises(LookupError), turns.look():
        raise LookupError
    with pytest.raises(LookupError), turns.save():
        raise LookupError
    assert may_look(turns)


@pytest.fixture
def during():
    """Return how to be answered while somebody else's request is under way."""
    page, begun, may_end, held = Flask("turns"), Event(), Event(), []

    @page.route("/", methods=["GET", "POST"])
    def act():
        if held:
            held.pop()
            begun.set()
            may_end.wait()
        return "done"

    client = Client(Precedence(page))

    def ask(others, **mine):
        held.append(others)
        other = Thread(target=lambda: client.open("/", method=others))
        other.start()
        begun.wait()
        answer = client.open("/", **mine)
        may_end.set()
        other.join()
        assert client.get("/", headers=REFRESH).status_code == 200
        return answer

    return ask


def test_a_screen_is_asked_to_come_back_with_every_header_that_others_have(during):
    answer = during("POST", method="GET", headers=REFRESH)
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
