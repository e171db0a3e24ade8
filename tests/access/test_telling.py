"""Everything everybody may open tells nothing but what the matrix opens to them (T3), and no text
kept anywhere becomes markup there (T13)."""

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


def _pages(stage, known, dice):
    """Yield every page that somebody may open, by chance."""
    reading = [route for route in routes.found(stage.app) if route.method == "GET"]
    everything = [(route, persona) for route in reading for persona in stage.personas.values()]
    dice.shuffle(everything)
    for route, persona in everything:
        some = things(stage, known, route, persona.fresh)
        dice.shuffle(some)
        for thing in some[: None if soak.IS_FULL else 12]:
            parts = stage.choose_parts(dice)
            if expected(known, persona.fresh.caller, route, thing, parts) is Wanted.LET_IN:
                yield route, persona, route.path(thing.id or NOBODYS, parts)


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
            # A number is shown on demand, in answer to a post, and on no page that is opened.
            self.open_to[persona.name] = {mark for mark in open_ if not mark.startswith(CPR)}
        marks = heard(said)
        self.shown |= marks
        for mark in marks - self.open_to[persona.name]:
            kept = {(place.thing.table, place.column) for place in self.stage.places[mark]}
            self.leaks[(route.endpoint, persona.name, *kept)] += 1


@pytest.mark.soak
def test_no_page_tells_more_than_the_matrix_opens(stage, dice):
    known = stage.facts()
    ear, told, papers = Ear(stage, known), 0, share.papers()
    for route, persona, path in _pages(stage, known, dice):
        papers -= route.is_paper
        if route.is_paper and papers < 0:
            continue
        said = text_of(stage.ask(persona.fresh, "GET", path))
        told += 1
        ear.hear(route, persona, said)
        if told == share.figure(EVERY, part=30):
            break
        if told % 2000 == 0:
            stage.admit()
    print(
        f"T3: {told} pages opened, {len(ear.shown)} of {len(stage.places)} words told, "
        f"{ear.leaks.total()} to whom they are not open; T13: {ear.markup.total()} as markup"
    )
    assert not ear.leaks, "\n".join(map(str, sorted(ear.leaks)))
    assert not ear.markup, "\n".join(map(str, sorted(ear.markup)))
