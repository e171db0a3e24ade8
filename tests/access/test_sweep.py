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
from tests.access import facts, routes, share, telling
from tests.access.canary import CANARY, heard
from tests.access.judge import Wanted, expected, is_as_expected, own_case
from tests.access.routes import NOBODYS

EVERY = 10_000
"""On each of two databases."""
BATCH = 500

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
INSTEAD = ("main", "beside", "far", "ended", "child", "erased", "person", "another sort", "nobody")
"""What stands in an address instead of what belongs there: the same sort of row of another person
here or elsewhere, of a case that has ended or was erased, whom it is about, a row of another sort,
and nothing at all."""


def _by_case(stage, known):
    """Return the ids of each table by case."""
    names = {case_id: name for name, case_id in stage.cases.items()}
    found = {}
    for table, rows in known.rows.items():
        for row_id in rows:
            case = known.case_of(facts.Thing(table, row_id))
            name = names.get(case["id"]) if case is not None else None
            found.setdefault((table, name), []).append(row_id)
    return found


class Sweep:
    """Asks, and counts what is not as it should be."""

    def __init__(self, stage, known, dice):
        self.stage, self.known, self.dice = stage, known, dice
        self.wrong, self.leaks, self.tally = Counter(), Counter(), Counter()
        self.routes = routes.found(stage.app)
        self.served = {(route.rule.rule, route.method): route for route in self.routes}
        self.by_case = _by_case(stage, known)
        self.open_to = {}
        self.papers = share.papers()

    def ask(self):
        route = self.dice.choice(self.routes)
        persona = self.dice.choice(list(self.stage.personas.values()))
        seat = self.dice.choice([persona.fresh, persona.stale])
        is_odd = self.dice.random() < 0.3
        method = self.dice.choice(METHODS) if is_odd else route.method
        thing, parts = self._instead(route, seat), self.stage.choose_parts(self.dice)
        path = route.path(thing.id or NOBODYS, parts).partition("?")[0]
        serving, read = self._serving(path, method)
        parts |= read
        asked = (serving or route).asked(parts)
        wanted = serving and expected(self.known, seat.caller, serving, thing, parts)
        if wanted is Wanted.LET_IN and route.is_paper:
            if self.papers == 0:
                return
            self.papers -= 1
        data = asked if method == "POST" else None
        self.stage.forgets = wanted is Wanted.LET_IN and method == "POST"
        query = urlencode({**asked, **self._odd()})
        answer = self.stage.ask(seat, method, f"{path}?{query}" if query else path, data)
        self.tally[str(wanted)] += 1
        told = (persona.name, method, route.endpoint, thing.table, wanted, answer.status_code)
        if wanted is None:
            good = answer.status_code == (200 if method == "OPTIONS" else 405)
        else:
            good = is_as_expected(wanted, answer)
        self.wrong[told] += not good
        for mark in self._foreign(persona, wanted, answer):
            kept = {(one.thing.table, one.column) for one in self.stage.places.get(mark, ())}
            self.leaks[(*told, *kept)] += 1

    def _instead(self, route, seat):
        """Return what stands in the address."""
        if route.table == "":
            return facts.NOTHING
        if route.table == "own":
            return own_case(self.known, seat.caller)
        if route.table in facts.SECRETS:
            known = [*self.stage.secrets[route.table], NOBODYS]
            return facts.Thing(route.table, self.dice.choice(known))
        how = self.dice.choice(INSTEAD)
        if how == "another sort":
            other = self.dice.choice([name for name, ids in self.stage.ids.items() if ids])
            return facts.Thing(other, self.dice.choice(self.stage.ids[other]))
        if how == "person":
            return facts.Thing("user", self.dice.choice(self.stage.ids["user"]))
        gone = self.stage.gone.get(route.table, [NOBODYS]) if how == "erased" else [NOBODYS]
        some = self.by_case.get((route.table, how if how != "main" else "main"))
        some = some or self.by_case.get((route.table, None)) or gone
        chosen = gone if how in {"erased", "nobody"} else some
        return facts.Thing(route.table, self.dice.choice(chosen))

    def _odd(self):
        """Return parameters that no page asks for, or none."""
        if self.dice.random() < 0.7:
            return {}
        names = ("id", "case_id", "user_id", "as", "role", "admin", "debug", "person", "unit")
        values = [*self.stage.ids["case"], *self.stage.ids["user"], "lead", "1", "*", "adm"]
        chosen = self.dice.sample(names, 3)
        return {name: self.dice.choice(values) for name in chosen}

    def _serving(self, path, method):
        """Return the route that answers the method at the address, and what it reads there.

        Another route may answer: what is a page's name to one is a part of the address to it.
        """
        try:
            rule, parts = self.stage.app.url_map.bind("localhost").match(
                path, method=method, return_rule=True
            )
        except HTTPException:
            return None, {}
        return self.served.get((rule.rule, "GET" if method == "HEAD" else method)), parts

    def _foreign(self, persona, wanted, answer):
        """Return the words in an answer that are not the caller's to know: of a refusal, all."""
        said = text_of(answer)
        if wanted is not Wanted.LET_IN:
            return heard(said) | ({CANARY} if CANARY in said else set())
        if persona.name not in self.open_to:
            open_ = telling.opened(self.stage.places, self.known, persona.fresh.caller)
            self.open_to[persona.name] = open_
        return heard(said) - self.open_to[persona.name]


def text_of(answer):
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


@pytest.mark.soak
def test_no_address_tells_or_changes_what_the_matrix_keeps(stage, dice, caplog):
    caplog.set_level(logging.DEBUG)
    known = stage.facts()
    sweep, before, asked = Sweep(stage, known, dice), stage.contents(), 0
    changed = set()
    while asked < soak.figure(EVERY):
        for _ in range(min(BATCH, soak.figure(EVERY))):
            sweep.ask()
            asked += 1
        after = stage.contents()
        changed |= {name for name in before if before[name] != after[name]}
        stage.admit()
    leaks, wrong = +sweep.leaks, +sweep.wrong
    print(
        f"T2, T3: {asked} requests {dict(sweep.tally)}, {wrong.total()} unexpected, "
        f"{leaks.total()} foreign canaries, {len(changed)} tables changed"
    )
    found = [*wrong, *leaks]
    assert not found, "\n".join(map(str, found))
    assert not changed
    assert CANARY not in caplog.text
