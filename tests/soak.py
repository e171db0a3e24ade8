"""How large a test with a figure runs: a tenth in ``make test``, all of it in ``make soak``."""

import os
import random

IS_FULL = os.environ.get("NETMEET_SOAK") == "1"


def figure(full: int) -> int:
    """Return how many times to run what ``make soak`` runs ``full`` times."""
    return full if IS_FULL else max(1, full // 10)


def dice() -> random.Random:
    """Return a source of chance whose seed is printed; ``NETMEET_SEED`` repeats a run."""
    seed = int(os.environ.get("NETMEET_SEED") or random.SystemRandom().randrange(2**32))
    print(f"NETMEET_SEED={seed}")
    return random.Random(seed)


def on(*short: str) -> tuple[str, ...]:
    """Return both databases in the long run, in the short one those named."""
    return ("sqlite", "postgresql") if IS_FULL else short
