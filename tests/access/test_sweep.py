"""Ids of others, odd methods, odd parameters: nothing is told and nothing changed (T2, T3)."""

import io
import logging
import subprocess
import zipfile
from collections import Counter
from urllib.parse import urlencode

import pytest
from werkzeug.exceptions import HTTPException

from tests import soak
from tests.access import cast, facts, oracle, routes
from tests.access.judge import NOBODYS, Wanted, expected, is_as_expected, own_case

EVERY = 10_000
"""On each of two databases."""
BATCH = 500

METHODS = (*("GET", "POST") * 5, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
ALLOWED_BY_CASE = {
    "case": "case.read",
    "meeting": "meeting.read",
    "meeting_request": "request.read",
    "action": "action.read",
    "access_question": "audit.answer_why",
    "relative_word": "relative.read_told",
    "plan": "plan.read_published",
}


def _substitute(stage, known, route, seat, dice):
    """Return what stands in the address instead of what belongs there."""
    if route.table == "":
        return facts.NOTHING
    if route.table == "own":
        return own_case(known, seat.caller)
    if route.table == "personal_link":
        return facts.Thing("personal_link", dice.choice([*stage.tokens, NOBODYS]))
    other = dice.choice([name for name, ids in stage.ids.items() if ids])
    kind = dice.choice(["right", "right", "right", "person", "other", "nobody"])
    table = {"right": route.table, "person": "user", "other": other}.get(kind, "")
    return facts.Thing(table, dice.choice(stage.ids[table]) if table else NOBODYS)


def _odd(stage, dice):
    """Return parameters that no page asks for, or none."""
    if dice.random() < 0.7:
        return ""
    names = ("id", "case_id", "user_id", "as", "role", "admin", "see", "debug", "person", "unit")
    values = [*stage.ids["case"], *stage.ids["user"], "lead", "1", "*", "adm"]
    return "?" + urlencode({name: dice.choice(values) for name in dice.sample(names, 3)})


def _serving(stage, served, path, method):
    """Return the route that answers the method at the address, ``None`` when none does."""
    try:
        rule, _parts = stage.app.url_map.bind("localhost").match(
            path, method=method, return_rule=True
        )
    except HTTPException:
        return None
    return served.get((rule.rule, "GET" if method == "HEAD" else method))


def _reach(known, who):
    """Return the marks of the cases of which the matrix shows the caller anything at all."""
    shown = set()
    for table, operation in ALLOWED_BY_CASE.items():
        for row_id in known.rows[table]:
            thing = facts.Thing(table, row_id)
            if oracle.allows(known, who, operation, thing):
                shown.add(known.case_of(thing)["id"])
    return shown


def _text(answer):
    """Return everything an answer says, a PDF's words too."""
    head = str(answer.headers)
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return head + "".join(book.read(name).decode() for name in book.namelist())
    if answer.mimetype != "application/pdf" or not answer.data:
        return head + answer.get_data(as_text=True)
    read = ["pdftotext", "-", "-"]
    words = subprocess.run(read, input=answer.data, capture_output=True, check=True)
    return head + words.stdout.decode()


class Sweep:
    """Asks, and counts what is not as it should be."""

    def __init__(self, stage, known):
        self.stage, self.known = stage, known
        self.wrong, self.leaks, self.tally = Counter(), Counter(), Counter()
        self.routes = routes.found(stage.app)
        self.served = {(route.rule.rule, route.method): route for route in self.routes}
        self.marks = stage.marks
        self.reach = {name: _reach(known, p.fresh.caller) for name, p in stage.personas.items()}

    def ask(self, dice):
        route = dice.choice(self.routes)
        persona = dice.choice(list(self.stage.personas.values()))
        seat, method = dice.choice([persona.fresh, persona.stale]), dice.choice(METHODS)
        thing = _substitute(self.stage, self.known, route, seat, dice)
        path = route.path(thing.id or NOBODYS, self.stage.parts)
        serving = _serving(self.stage, self.served, path, method)
        wanted = serving and expected(self.known, seat.caller, serving, thing)
        self.stage.forgets = wanted is Wanted.LET_IN and method == "POST"
        answer = self.stage.ask(seat, method, path + _odd(self.stage, dice))
        self.tally[str(wanted)] += 1
        told = (persona.name, method, route.endpoint, thing.table, wanted, answer.status_code)
        if wanted is None:
            good = answer.status_code == (200 if method == "OPTIONS" else 405)
        else:
            good = is_as_expected(wanted, serving, answer)
        self.wrong[told] += not good
        self.leaks[told] += self._leaks(persona, thing, wanted, answer)

    def _leaks(self, persona, thing, wanted, answer):
        """Tell whether an answer says a word of a case that it may say nothing of."""
        said = _text(answer)
        if cast.CANARY not in said:
            return False
        case = self.known.case_of(thing)
        open_to = {case["id"]} if case is not None else self.reach[persona.name]
        if wanted is not Wanted.LET_IN:
            open_to = set()
        return any(mark in said for case_id, mark in self.marks.items() if case_id not in open_to)


@pytest.mark.soak
def test_no_address_tells_or_changes_what_the_matrix_keeps(stage, caplog):
    caplog.set_level(logging.DEBUG)
    dice = soak.dice()
    with stage.app.app_context():
        known = facts.read()
    sweep, before, asked = Sweep(stage, known), stage.contents(), 0
    changed = set()
    while asked < soak.figure(EVERY):
        for _ in range(min(BATCH, soak.figure(EVERY))):
            sweep.ask(dice)
            asked += 1
        after = stage.contents()
        changed |= {name for name in before if before[name] != after[name]}
        stage.admit()
    leaks, wrong = +sweep.leaks, +sweep.wrong
    print(
        f"T2, T3: {asked} requests {dict(sweep.tally)}, {wrong.total()} unexpected, "
        f"{leaks.total()} foreign canaries, {len(changed)} tables changed"
    )
    assert not wrong, "\n".join(map(str, wrong))
    assert not leaks, "\n".join(map(str, leaks))
    assert not changed
    assert cast.CANARY not in caplog.text
