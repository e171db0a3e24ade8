"""The interpreter set for a server: many short-lived rows, little that lives on, many threads."""

import gc
import sys

_ROWS = 30_000
"""New objects between two looks: more than any page makes."""
_OLDER, _OLDEST = 20, 100
"""After how many looks at the young also the older, and the oldest, are looked at."""
_SWITCH = 0.0005
"""Seconds after which a thread that computes lets in one whose database has answered.

A page asks ten times; with Python's own five milliseconds two pages at once wait fifty for nothing.
"""


def settle() -> None:
    """Let what is loaded now out of the collector's walks, and walk after pages, not within them.

    Threads that have waited for something get their turn soon.

    Once in a process, when all of it is loaded: it lives as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROWS, _OLDER, _OLDEST)
    sys.setswitchinterval(_SWITCH)


def sweep() -> None:
    """Free what a page left in circles, so that the next one is made in the same, warm memory.

    Rows that know each other are such a circle. The collector by itself would wait for tens of
    pages, each made in memory the processor has not seen for long; that costs more than the walk.
    """
    _young, older, oldest = gc.get_count()
    gc.collect(2 if oldest > _OLDEST else 1 if older > _OLDER else 0)
