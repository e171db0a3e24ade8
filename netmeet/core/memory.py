"""The collector of cycles, set for a server: many short-lived rows, little that lives on."""

import gc

_ROWS = 30_000
"""New objects between two looks: some pages' worth. Python's own 700 are a tenth of one page."""


def settle() -> None:
    """Let what is loaded now out of the collector's walks, and walk after pages, not within them.

    Once in a process, when all of it is loaded: it lives as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROWS, 20, 100)
