"""No act without a token of the very login, and no change by reading (``security.md`` T17)."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests import soak
from tests.access import facts, routes
from tests.access.judge import NOBODYS
from tests.web.sweep import acts
from tests.web.sweep.test_protected import asked


@pytest.fixture
def kept(stage):
    """Keep whatever a request changes, so that it would be found."""
    stage.parts.setdefault("door", "person")
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
            path = route.path(thing.id or NOBODYS, stage.parts)
            for token in tokens.values() if soak.IS_FULL else [dice.choice([*tokens.values()])]:
                seat = replace(persona.fresh, token=token)
                answer = stage.ask(seat, "POST", path, {**form, "csrf_token": token})
                asked_for += 1
                if answer.status_code != 400:
                    taken[route.rule.rule, persona.name, answer.status_code] += 1
    print(f"T17: {asked_for} good forms with a bad token, {taken.total()} taken")
    assert not taken, "\n".join(map(str, taken))
    assert stage.contents() == before


@pytest.mark.soak
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_reading_changes_nothing_for_anybody(stage, kept):
    """Every page as each role that may open it; the tables are as before."""
    dice, before, read, roles = soak.dice(), stage.contents(), 0, set()
    with stage.app.app_context():
        known = facts.read()
    for route, persona, thing in asked(stage, known, dice):
        answer = stage.ask(persona.fresh, "GET", route.path(thing.id or NOBODYS, stage.parts))
        read += 1
        roles.add(persona.fresh.caller.role)
        assert answer.status_code < 500, route.rule.rule
    after = stage.contents()
    changed = [name for name in before if before[name] != after[name]]
    print(f"T17: {read} pages read as {len(roles)} roles, {len(changed)} tables changed")
    assert not changed
    assert len(roles) > 10
