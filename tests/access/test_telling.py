"""Everything everybody may open or send tells nothing but what the matrix opens to them (T3), and
no text kept anywhere becomes markup there (T13)."""

from collections import Counter

import pytest

from tests import soak
from tests.access import pages, routes, share, telling
from tests.access.canary import CPR, heard
from tests.access.judge import Wanted, expected
from tests.access.routes import NOBODYS
from tests.access.test_matrix import things
from tests.access.test_sweep import text_of

EVERY = 12_000
"""On each of two databases: about as many as there are."""


def _doors(stage, known, dice, method):
    """Yield everything that somebody may open, or may send, by chance."""
    reading = [route for route in routes.found(stage.app) if route.method == method]
    everything = [(route, persona) for route in reading for persona in stage.personas.values()]
    dice.shuffle(everything)
    for route, persona in everything:
        some = things(stage, known, route, persona.fresh)
        dice.shuffle(some)
        for thing in some[: None if soak.IS_FULL else 12]:
            parts = stage.choose_parts(dice)
            if expected(known, persona.fresh.caller, route, thing, parts) is Wanted.LET_IN:
                yield route, persona, thing, parts


class Ear:
    """Listens to what pages say, and whether those who read them may know it."""

    def __init__(self, stage, known):
        self.stage, self.known, self.open_to = stage, known, {}
        self.shown, self.leaks, self.markup = set(), Counter(), Counter()

    def hear(self, route, persona, said):
        for bad in [] if route.is_paper else pages.read(said).bad:
            self.markup[route.endpoint, persona.name, bad] += 1
        if persona.name not in self.open_to:
            open_ = telling.opened(self.stage.places, self.known, persona.fresh.caller)
            self.open_to[persona.name] = open_
        marks, known = heard(said), self.open_to[persona.name]
        self.shown |= marks
        if route.method == "GET":
            # A number is shown on demand, in answer to a post, and on no page that is opened.
            known = {mark for mark in known if not mark.startswith(CPR)}
        for mark in marks - known:
            kept = {(place.thing.table, place.column) for place in self.stage.places[mark]}
            self.leaks[(route.endpoint, persona.name, *kept)] += 1


@pytest.mark.soak
def test_no_page_tells_more_than_the_matrix_opens(stage, dice):
    known = stage.facts()
    ear, told, papers = Ear(stage, known), 0, share.papers()
    for route, persona, thing, parts in _doors(stage, known, dice, "GET"):
        papers -= route.is_paper
        if route.is_paper and papers < 0:
            continue
        said = text_of(stage.ask(persona.fresh, "GET", route.path(thing.id or NOBODYS, parts)))
        told += 1
        ear.hear(route, persona, said)
        if told == share.figure(EVERY, part=60):
            break
        if told % 2000 == 0:
            stage.admit()
    print(
        f"T3: {told} pages opened, {len(ear.shown)} of {len(stage.places)} words told, "
        f"{ear.leaks.total()} to whom they are not open; T13: {ear.markup.total()} as markup"
    )
    assert not ear.leaks, "\n".join(map(str, sorted(ear.leaks)))
    assert not ear.markup, "\n".join(map(str, sorted(ear.markup)))


@pytest.mark.soak
def test_no_answer_to_a_form_tells_more_than_the_matrix_opens(stage, dice):
    known = stage.facts()
    ear, told = Ear(stage, known), Counter()
    for route, persona, thing, parts in _doors(stage, known, dice, "POST"):
        answer = stage.ask(
            persona.fresh, "POST", route.path(thing.id or NOBODYS, parts), route.asked(parts)
        )
        told[answer.status_code] += 1
        ear.hear(route, persona, text_of(answer))
        if told.total() == share.figure(EVERY, part=60):
            break
        if told.total() % 2000 == 0:
            stage.admit()
    print(
        f"T3: {told.total()} forms sent {dict(told)}, {len(ear.shown)} words told in answer, "
        f"{ear.leaks.total()} to whom they are not open"
    )
    assert not ear.leaks, "\n".join(map(str, sorted(ear.leaks)))
    assert not ear.markup, "\n".join(map(str, sorted(ear.markup)))
