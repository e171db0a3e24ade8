"""Every operation as everybody, through HTTP, against the matrix as written (T1)."""

from collections import Counter

import pytest

from netmeet.core.permissions import Permission
from tests import soak
from tests.access import facts, oracle, routes
from tests.access.judge import NOBODYS, expected, is_as_expected, own_case

EVERY = 14_000
ROUNDS = 40


def things(stage, known, route, seat):
    """Return what the route may be asked about: every row of its table, and one that is not."""
    if route.table == "":
        return [facts.NOTHING]
    if route.table == "own":
        return [own_case(known, seat.caller)]
    ids = stage.tokens if route.table == "personal_link" else stage.ids[route.table]
    return [facts.Thing(route.table, one) for one in [*ids, NOBODYS]]


def test_the_program_knows_the_operations_of_the_matrix_and_no_other():
    assert {str(one) for one in Permission} <= set(oracle.CELLS)


def test_for_what_nobody_may_do_there_is_no_route(sqlite_stage):
    closed = {name for name in oracle.CELLS if oracle.nobody(name)}
    assert closed
    assert not [r.endpoint for r in routes.found(sqlite_stage.app) if r.operation in closed]


def _cells(stage, known, dice):
    """Yield what may be asked, by chance, each sort of case once before any comes twice."""
    everything = [
        (route, persona, seat)
        for route in routes.found(stage.app)
        for persona in stage.personas.values()
        for seat in (persona.fresh, persona.stale)
        if seat.caller.stepped_up or oracle.steps_up(route.operation) or persona.name == "anon"
    ]
    seen = set()
    for _ in range(ROUNDS):
        dice.shuffle(everything)
        for route, persona, seat in everything:
            thing = dice.choice(things(stage, known, route, seat))
            wanted = expected(known, seat.caller, route, thing)
            sort = (route.endpoint, route.method, persona.name, seat.caller.stepped_up, wanted)
            if sort not in seen:
                seen.add(sort)
                yield route, persona, seat, thing, wanted


@pytest.mark.soak
def test_every_operation_as_everybody_is_as_the_matrix_says(stage):
    dice = soak.dice()
    with stage.app.app_context():
        known = facts.read()
    wrong, tally, operations = Counter(), Counter(), set()
    for route, persona, seat, thing, wanted in _cells(stage, known, dice):
        answer = stage.ask(seat, route.method, route.path(thing.id, stage.parts))
        tally[wanted] += 1
        operations.add(route.operation)
        if not is_as_expected(wanted, route, answer):
            wrong[route.method, route.endpoint, persona.name, wanted, answer.status_code] += 1
        if tally.total() == soak.figure(EVERY):
            break
    print(
        f"T1: {tally.total()} checks of {len(operations)} operations {dict(tally)}, "
        f"{wrong.total()} deviations"
    )
    assert not wrong, "\n".join(map(str, sorted(wrong)))
