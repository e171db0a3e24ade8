"""Whatever people do with a case, in whatever order, what must be true stays true (T11)."""

import time
from collections import Counter

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from tests import soak
from tests.misuse.life import STEPS, Life

EXAMPLES, PARTS = 500, 4
"""On each of two databases, and in how many parts, so that several can go on beside each other."""
IN_MAKE_TEST = {"sqlite": 3, "postgresql": 2}
MOST_ANEW = 5


def _live(seed, many):
    settings = hypothesis.settings(
        max_examples=many,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(hypothesis.seed(seed)(Life), settings=settings, _min_steps=STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS if soak.IS_FULL else 1))
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_order_of_acts_breaks_what_must_be_true(kind, part, request, tmp_path):
    many = EXAMPLES // PARTS if soak.IS_FULL else IN_MAKE_TEST[kind]
    seed = soak.dice().randrange(2**32) + part
    Life.backend = request.getfixturevalue(f"{kind}_backend")
    Life.folder, Life.tally = tmp_path, Counter()
    began = time.monotonic()
    anew = 0
    while Life.tally["examples"] < many:
        try:
            _live(seed + PARTS * anew, many - Life.tally["examples"])
        except FlakyStrategyDefinition:
            # A beginning that was tried before went on otherwise, as ids are made by chance. No
            # truth was broken, that fails by itself: the examples that are left begin anew.
            anew += 1
            assert anew <= MOST_ANEW
    tally = Life.tally
    each = (time.monotonic() - began) / max(tally["examples"], 1)
    print(
        f"T11: {kind}, {tally['examples']} examples, {tally['steps']} steps, {tally['probes']} "
        f"pages by the matrix, {tally['publish: done']} plans sent out, {tally['erased']} cases "
        f"erased, 0 broken, begun anew {anew} times, {each:.1f} s an example"
    )
    for what, count in sorted(tally.items()):
        print(f"    {what}: {count}")
    assert tally["examples"] >= many
