"""Sixteen write in one place at once: each text is kept, or refused beside the other (T34)."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import BoundedSemaphore

import pytest
from flask.testing import FlaskClient

from netmeet.actions.models import Action
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, MinutesEntry
from netmeet.meetings.rules import MinutesField
from netmeet.plans.models import PlanSection
from tests import soak
from tests.plan_world import agreed

WRITERS = 16
EDITS = 100 if soak.IS_FULL else 3
"""Of each writer in each place; where all write at once, most of them are refused first."""
AT_ONCE = BoundedSemaphore(8)
"""As many as netmeet serves at a time; the others wait before it."""
_VERSION = re.compile(r'data-version="(\d+)"')


@dataclass
class Place:
    """One text that many write in: where it is sent, as what, and what came of it."""

    path: str
    name: str
    around: str = "{}"
    kept: dict[int, str] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)

    def write(self, app, cookie, token, writer):
        """Write one's words, each over the text that one has seen last."""
        client = FlaskClient(app, use_cookies=False)
        headers = {
            "Cookie": f"netmeet={cookie}",
            "X-CSRFToken": token,
            "Accept": "application/json",
        }
        version = 0
        for number in range(EDITS):
            word = f"ord{writer:02d}x{number:03d}"
            while True:
                sent = {self.name: self.around.format(word), "version": str(version)}
                with AT_ONCE:
                    answer = client.post(self.path, data=sent, headers=headers)
                if answer.status_code != 409:
                    break
                version = self._refused(answer.text.lower(), word)
            assert answer.status_code in {200, 303}, answer.text
            assert version not in self.kept, "two were kept over one text"
            self.kept[version] = word
            version += 1

    def _refused(self, page, word):
        """Note what a refusal shows, and return the version of the text that was there."""
        version = int(_VERSION.search(page)[1])
        self.tally["refused"] += 1
        self.tally["without one's own text"] += word not in page
        self.tally["without the other text"] += self.kept.get(version - 1, "") not in page
        return version


def _login(world, app, user):
    client = app.test_client()
    world.sign_in(client, user)
    token = client.token()
    return client.get_cookie("netmeet").value, token


@pytest.fixture
def places(world, app):
    """Return a point of the agenda, a field of the minutes, a section of the plan, an agreement."""
    story = agreed(world)
    point = world.item(world.meeting(story.case), "Om natten", by=story.mia)
    draft = db.session.query(Action).filter_by(meeting_id=story.meeting.id).first()
    mia = _login(world, app, story.mia)
    lise = _login(world, app, world.lise)
    page = app.test_client()
    world.sign_in(page, world.lise)
    plan = page.send(f"/cases/{story.case.id}/plan").location
    found = [
        (mia, Place(f"/agenda/items/{point.id}", "title")),
        (lise, Place(f"/points/{story.item_id}/minutes/talked", "text")),
        (lise, Place(f"{plan}/sections/d", "text")),
        (
            lise,
            Place(
                f"/meetings/{story.meeting.id}/actions/{draft.id}/line", "line", "Jonas {} i morgen"
            ),
        ),
    ]
    world.save()  # and no transaction of the test's own is open
    return found


def _stored():
    """Return every text that the places hold now."""
    entries = db.session.query(MinutesEntry).filter_by(field=MinutesField.TALKED)
    every = " ".join(
        [
            *(one.title for one in db.session.query(AgendaItem)),
            *(one.text for one in entries),
            *(one.text for one in db.session.query(PlanSection)),
            *(one.what for one in db.session.query(Action)),
        ]
    )
    return every.lower()


@pytest.mark.soak
@pytest.mark.parametrize("app", soak.on("postgresql"), indirect=True)
def test_no_text_is_lost_where_many_write_at_once(app, places):
    for (cookie, token), place in places:
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(partial(place.write, app, cookie, token), range(WRITERS)))
    tally = sum((place.tally for _whose, place in places), Counter())
    wanted = WRITERS * EDITS
    lost = 0
    stored = _stored()
    for _whose, place in places:
        bases = sorted(place.kept)
        lost += wanted - len(bases)
        assert bases == list(range(bases[0], bases[0] + wanted)), "one was kept over a text unseen"
        lost += place.kept[bases[-1]] not in stored
    print(f"T34: {len(places) * wanted} edits by {WRITERS}, {dict(tally)}, {lost} lost")
    assert lost == 0
    assert tally["refused"] >= WRITERS
    assert not tally["without one's own text"]
    assert not tally["without the other text"]
