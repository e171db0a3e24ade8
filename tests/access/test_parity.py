"""Lists hold exactly what pages open, for everybody."""

import html
import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from werkzeug.exceptions import HTTPException

from tests import soak
from tests.access import oracle
from tests.access.canary import heard
from tests.access.facts import Facts, Thing
from tests.access.lists import LISTS
from tests.access.stage import Stage

_LINK = re.compile(r'href="(/[^"]*)"')
_OPENS = frozenset({200, 303})


def _links(stage, body):
    """Return endpoint, id and address of everything a page links to."""
    urls = stage.app.url_map.bind("localhost")
    found = {}
    for address in map(html.unescape, _LINK.findall(body)):
        path = address.partition("#")[0].partition("?")[0]
        try:
            endpoint, values = urls.match(path, method="GET")
        except HTTPException:
            continue
        if endpoint != "static":
            found.setdefault(path, (endpoint, values.get("id", ""), address))
    return list(found.values())


def _people(stage, dice):
    """Return everybody who comes in; in the short run some of them."""
    everybody = [one for one in stage.personas.values() if one.fresh.caller.role != "anon"]
    return everybody if soak.IS_FULL else dice.sample(everybody, 24)


def _worded(stage, body, column):
    """Return the rows of which a column stands on the page."""
    kept = [place for mark in heard(body) for place in stage.places[mark]]
    return {one.thing.id for one in kept if (one.thing.table, one.column) == column}


@dataclass
class Lists:
    """Compares lists with what the matrix opens, and presses what they lead to."""

    stage: Stage
    known: Facts
    checked: int = 0
    rows: int = 0
    pressed: int = 0
    wrong: list[tuple] = field(default_factory=list)
    dead: Counter = field(default_factory=Counter)

    def compare(self, persona):
        """Compare every list of the persona, and return their pages."""
        who = persona.fresh.caller
        mine = {name: one for name, one in LISTS.items() if who.role in one.roles}
        pages = {
            path: self.stage.ask(persona.fresh, "GET", path).get_data(as_text=True)
            for path in sorted({one.path for one in mine.values()})
        }
        for name, one in mine.items():
            links = _links(self.stage, pages[one.path])
            by_link = {row_id for endpoint, row_id, _address in links if endpoint == one.links}
            by_word = _worded(self.stage, pages[one.path], one.words) if one.words else by_link
            wanted = one.holds(self.known, who)
            self.checked, self.rows = self.checked + 1, self.rows + len(wanted)
            for shown in (by_word, by_link if one.links else by_word):
                if shown != wanted:
                    self.wrong.append((name, persona.name, shown - wanted, wanted - shown))
        return pages

    def press(self, persona, links):
        """Open what lists lead to: everything there is meant to open."""
        for endpoint, _id, address in links:
            if not address.endswith(".pdf"):
                code = self.stage.ask(persona.fresh, "GET", address).status_code
                self.pressed += 1
                self.dead[endpoint, persona.name, code] += code not in _OPENS


@pytest.mark.soak
def test_lists_hold_what_pages_open_and_nothing_else(stage, dice):
    found = Lists(stage, stage.facts())
    for persona in _people(stage, dice):
        pages = found.compare(persona)
        links = [link for body in pages.values() for link in _links(stage, body)]
        found.press(persona, links if soak.IS_FULL else dice.sample(links, min(3, len(links))))
    dead = +found.dead
    print(
        f"Parity: {found.checked} lists with {found.rows} rows, {len(found.wrong)} not as pages "
        f"allow, {found.pressed} links pressed, {dead.total()} dead"
    )
    assert not found.wrong, "\n".join(map(str, found.wrong))
    assert not dead, "\n".join(map(str, dead))


def _owed(known, who):
    """Return the open agreements a manager may know of, by their opaque reference."""
    owed = [
        one["id"]
        for one in known.rows["action"].values()
        if one["published_at"] is not None
        and one["closed_at"] is None
        and oracle.allows(known, who, "action.read_meta", Thing("action", one["id"]))
    ]
    return {f"{one[:4]}-{one[4:8]}".upper() for one in owed}


def test_a_managers_files_hold_the_open_agreements_of_the_unit(stage):
    known, managers = stage.facts(), 0
    for persona in stage.personas.values():
        who = persona.fresh.caller
        if who.role == "mgr":
            refs = _owed(known, who)
            csv = stage.ask(persona.fresh, "GET", "/overview/actions.csv").get_data(as_text=True)
            lines = csv.removeprefix("\ufeff").splitlines()[1:]
            assert len(lines) == len(refs)
            assert all(any(ref in line for line in lines) for ref in refs)
            managers += bool(refs)
    assert managers


def test_somebody_of_every_role_has_a_list():
    roles = {role for one in LISTS.values() for role in one.roles}
    assert roles >= {"pat", "prox", "rel", "ext", "intp", "mgr", "adm", "aud", *oracle.STAFF}
