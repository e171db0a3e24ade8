"""What pages leave in circles is freed soon, young or old."""

import gc
import weakref

import pytest

from benchmarks.serving import served
from netmeet.core import memory

LATER = 21
"""So many looks at the young come before one at the older."""


class Row:
    """One of two rows that know each other."""


@pytest.fixture
def _alone():
    """Nobody but the sweep looks for circles, and what the tests have loaded is left out."""
    was = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10**9, 20, 100)
    yield
    gc.set_threshold(*was)
    gc.unfreeze()


def circle():
    """Return two rows that know each other."""
    one, other = Row(), Row()
    one.other, other.other = other, one
    return one


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize("looks", [0, 1, LATER + 1], ids=["young", "older", "oldest"])
def test_a_circle_is_freed_however_long_it_was_in_use(looks):
    held = circle()
    seen = weakref.ref(held)
    for _ in range(looks):
        memory.sweep()
    del held
    soon = {0: 1, 1: LATER + 1}.get(looks, (LATER + 1) * 102)
    for _ in range(soon):
        memory.sweep()
    assert seen() is None


def test_the_server_sweeps_when_it_has_answered():
    with served("tests.slices.core.test_memory:counting", {}) as server:
        assert [server.get("/") for _ in range(3)] == [b"0", b"0", b"0"]


_left: "weakref.WeakSet[Row]" = weakref.WeakSet()


def counting(environ, start):
    """Answer how many rows of earlier answers are still there, and leave two in a circle."""
    del environ
    gc.disable()
    body = str(len(_left)).encode()
    _left.add(circle())
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
