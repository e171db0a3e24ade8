"""No act without a token of the very login (``security.md`` T17)."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests import soak
from tests.access import facts, routes
from tests.web.sweep import acts


@pytest.fixture
def kept(stage):
    """Keep whatever a request changes, so that it would be found."""
    stage.admit()
    stage.forgets = False
    yield
    stage.forgets = True


@pytest.mark.soak
def test_a_good_form_without_a_good_token_does_nothing(stage, kept):
    """Every writing address, by somebody who may, to what they may do it to."""
    dice, taken, asked_for = soak.dice(), Counter(), 0
    with stage.app.app_context():
        known = facts.read()
    other, before = stage.personas["aud"].stale.token, stage.contents()
    tokens = {"none": "", "made up": "forged", "of another login": other}
    posts = [one for one in routes.found(stage.app) if one.method == "POST"]
    for route in posts if soak.IS_FULL else dice.sample(posts, len(posts) // 4):
        for persona, thing, form in islice(acts.good_forms(stage, known, route, {}), 1):
            for token in tokens.values() if soak.IS_FULL else [dice.choice([*tokens.values()])]:
                seat = replace(persona.fresh, token=token)
                forged = (persona, thing, {**form, "csrf_token": token})
                answer = acts.ask(stage, known, route, seat, forged)
                asked_for += 1
                if answer.status_code != 400:
                    taken[route.rule.rule, persona.name, answer.status_code] += 1
    print(f"T17: {asked_for} good forms with a bad token, {taken.total()} taken")
    assert not taken, "\n".join(map(str, taken))
    assert stage.contents() == before
