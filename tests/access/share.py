"""How much of the matrix' proofs runs in the short run, where a tenth of each is too much."""

from tests import soak

DATABASES = ("sqlite", "postgresql")
BOTH = DATABASES if soak.IS_FULL else ("either",)
"""The long run goes over both databases, the short one over one of them by chance."""


def figure(full: int, *, part: int) -> int:
    """Return ``full`` in the long run, in the short one so many-th of it."""
    return full if soak.IS_FULL else max(1, full // part)


def papers() -> int:
    """Return how many papers a test may print: each takes as long as a hundred pages."""
    return 400 if soak.IS_FULL else 2
