"""Somebody's words that want to be more than words, kept in every field there is."""

import pytest

from netmeet.core.db import db
from tests import soak
from tests.access import facts, pages
from tests.misuse import payloads, spoil, watch

CONTEXTS = (
    "<body>{}</body>",
    '<body><p title="{}"></body>',
    "<body><p title='{}'></body>",
    "<body><input value={}></body>",
    "<body><textarea>{}</textarea></body>",
    "<title>{}</title><body></body>",
    '<body><a href="{}" autofocus>x</a></body>',
    "<body><!-- {} --></body>",
)
EVERYBODY = 50
"""More than there are roles, and than there are things of a kind in most stories."""


@pytest.fixture
def spoilt(stage):
    """Return the stage with one of the ways in every field, and the fields' names."""
    dice = soak.dice()
    with stage.app.app_context():
        names = spoil.every_text(lambda at: payloads.markup(dice, at))
        known = facts.read()
        db.session.remove()
    return stage, known, names, dice


@pytest.mark.soak
def test_the_watch_sees_every_way_where_nothing_is_escaped(chromium):
    dice = soak.dice()
    ways = dice.sample(payloads.LIVE, len(payloads.LIVE) if soak.IS_FULL else 4)
    asleep = []
    for way in ways:
        with watch.watching(chromium) as seen:
            for context in CONTEXTS:
                body = context.replace("{}", way.replace("{at}", "any.where"))
                seen.page.set_content(f"<!doctype html>{body}")
                seen.look()
                if seen.troubles:
                    break
            asleep += [] if seen.troubles else [way]
    print(f"T13: {len(ways)} ways to a script, {len(ways) - len(asleep)} seen where unescaped")
    assert not asleep


@pytest.mark.soak
def test_no_kept_text_runs_in_a_real_browser(spoilt, chromium):
    stage, known, names, dice = spoilt
    many = EVERYBODY if soak.IS_FULL else 3
    things = EVERYBODY if soak.IS_FULL else 1
    stage.admit()
    opened, people, done = 0, set(), set()
    with watch.served(stage.app) as address, watch.watching(chromium, address) as seen:
        seen.open("/post")
        for persona, path in pages.doors(stage, known, dice, roles=many, things=things):
            shape = pages.shape(path)
            if shape in done and not soak.IS_FULL:
                continue
            seen.become(persona.fresh.cookie)
            answer = seen.open(path, persona.name)
            assert answer.status != 500, path
            if answer.status == 200:
                opened += 1
                done.add(shape)
                people.add(persona.name)
    unseen = sorted(names - seen.places)
    print(
        f"T13: {opened} pages of {len(done)} sorts as {len(people)} people, "
        f"{len(seen.places)} of {len(names)} fields shown, {sum(seen.ran.values())} scripts run, "
        f"{sum(seen.dialogs.values())} dialogs, {sum(seen.blocked.values())} violations, "
        f"{sum(seen.foreign.values())} foreign elements"
    )
    print("T13: never shown:", ", ".join(unseen))
    assert not seen.troubles, "\n".join(map(str, seen.troubles))
