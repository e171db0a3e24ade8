"""Every operation as everybody, through HTTP, against the matrix as written (T1)."""

from collections import Counter

import pytest

from netmeet.core.access import Actor, Role
from netmeet.core.permissions import Permission
from tests import soak
from tests.access import facts, oracle, routes, share
from tests.access.judge import Wanted, expected, is_as_expected, own_case
from tests.access.routes import NOBODYS
from tests.world import now

EVERY = 40_000
ROUNDS = 60
ADMITTED = 1000


def things(stage, known, route, seat):
    """Return what the route may be asked about: every row of its table, and one that is not."""
    if route.table == "":
        return [facts.NOTHING]
    if route.table == "own":
        return [own_case(known, seat.caller)]
    ids = stage.secrets.get(route.table) or stage.ids[route.table]
    return [facts.Thing(route.table, one) for one in [*ids, NOBODYS]]


def test_the_program_knows_the_operations_of_the_matrix_and_no_other():
    assert {str(one) for one in Permission} <= set(oracle.CELLS)


def test_for_what_nobody_may_do_there_is_no_route(sqlite_stage):
    closed = {name for name in oracle.CELLS if oracle.nobody(name)}
    assert closed
    assert not [r.endpoint for r in routes.found(sqlite_stage.app) if r.operation in closed]


def test_a_background_job_does_what_it_is_named_for_and_nothing_else(sqlite_stage):
    book, wrong = sqlite_stage.app.extensions["netmeet"].book, []
    for operation in Permission:
        cell = oracle.CELLS[operation]["sys"]
        for job in Permission:
            robot = Actor(user_id="", name="", role=Role.SYS, at=now(), job=job)
            wanted = cell == "Y" or (cell == "J" and job is operation)
            if book.allows(robot, operation) is not wanted:
                wrong.append((operation, job))
    assert not wrong


def _cells(stage, dice):
    """Yield what may be asked and of whom, by chance, each sort of case once before any twice.

    Everybody signs in anew now and then: a proof holds for ten minutes.
    """
    known, asked, seen = stage.facts(), 0, set()
    everything = [
        (route, persona, seat)
        for route in routes.found(stage.app)
        for persona in stage.personas.values()
        for seat in ("fresh", "stale")
        if seat == "fresh" or oracle.steps_up(route.operation)
    ]
    for _ in range(ROUNDS):
        dice.shuffle(everything)
        for route, persona, name in everything:
            seat = getattr(persona, name)
            thing = dice.choice(things(stage, known, route, seat))
            parts = stage.choose_parts(dice)
            wanted = expected(known, seat.caller, route, thing, parts)
            sort = (route.endpoint, route.method, persona.name, name, wanted)
            if sort in seen:
                continue
            seen.add(sort)
            yield route, persona, seat, thing, parts, wanted
            asked += 1
            if asked % ADMITTED == 0:
                stage.admit()
                known = stage.facts()


@pytest.mark.soak
def test_every_operation_as_everybody_is_as_the_matrix_says(stage, dice):
    wrong, tally, pairs = Counter(), Counter(), set()
    for route, persona, seat, thing, parts, wanted in _cells(stage, dice):
        data = route.asked(parts) if route.method == "POST" else None
        answer = stage.ask(seat, route.method, route.path(thing.id, parts), data)
        tally[wanted] += 1
        pairs.add((route.operation, persona.name))
        if not is_as_expected(wanted, answer):
            told = (route.method, route.endpoint, persona.name, wanted, answer.status_code)
            wrong[told] += 1
        if tally.total() == share.figure(EVERY, part=33):
            break
    operations = {route.operation for route in routes.found(stage.app)}
    cells = {(operation, name) for operation in operations for name in stage.personas}
    print(
        f"T1: {tally.total()} checks of {len(pairs)} of {len(cells)} operations x people "
        f"{dict(tally)}, {wrong.total()} deviations"
    )
    assert not wrong, "\n".join(map(str, sorted(wrong)))
    assert tally[Wanted.LET_IN]
    assert pairs == cells or not soak.IS_FULL
