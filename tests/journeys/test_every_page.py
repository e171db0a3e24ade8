"""Every page of every demo person: axe, HTML5, no sideways scroll, plain words for the person."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import soak
from tests.browser import DESK, PHONE
from tests.journeys.acts import PLAIN_TEXT
from tests.lix import lix

MOST_PAGES = 40
HARDEST = 35
LOOKS = 2 if soak.IS_FULL else 1
"""How often a page is looked at with other ids in its address."""
PRINTING = 60_000
"""Milliseconds a PDF may take on a machine that is busy with other tests."""
CLOSELY = 1.0 if soak.IS_FULL else 0.5
"""Which share of the pages is judged, by chance; the others are opened for where they lead."""
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_PRIVATE = ("Dem, det handler om", "Pårørende og andre")
_STAFF = ("Region og almen praksis", "Kommune", "Ledelse og drift")
_NAMES = """all => all.map(b => {
  let heading = b.closest('ul').previousElementSibling;
  return [heading.innerText.trim(), b.innerText.trim()];
})"""
_FILES = {
    ".pdf": b"%PDF-1.7",
    ".ics": b"BEGIN:VCALENDAR",
    ".csv": b"\xef\xbb\xbf",
    ".xlsx": b"PK",
}
_WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_LEADS_NOWHERE = """() => {
  const named = [...document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')]
    .flatMap(e => ['aria-labelledby', 'aria-describedby', 'for']
      .flatMap(name => (e.getAttribute(name) || '').split(/\\s+/)));
  const jumps = [...document.querySelectorAll('a[href^="#"]')]
    .map(e => e.getAttribute('href').slice(1));
  return [...named, ...jumps].filter(id => id && !document.getElementById(id));
}"""
_HEADS_NOTHING = """() => {
  const main = document.querySelector('main');
  const all = [...main.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(e => e.offsetParent);
  return all.filter((heading, n) => {
    const next = all[n + 1];
    if (next && next.tagName > heading.tagName) return false;
    const under = document.createRange();
    under.setStartAfter(heading);
    if (next) under.setEndBefore(next); else under.setEndAfter(main.lastChild);
    const held = under.cloneContents();
    return !held.textContent.trim() && !held.querySelector('input, img, svg, button');
  }).map(e => e.outerHTML);
}"""
_FILLED = """() => [...document.querySelectorAll('main .button-primary')]
  .filter(e => e.offsetParent).length"""


@dataclass
class Look:
    """One person's walk through their pages, and what is wrong with them."""

    human: object
    name: str
    role: str
    troubles: list = field(default_factory=list)
    lix_of: dict = field(default_factory=dict)

    @property
    def is_private(self):
        """Tell whether the pages are on somebody's own phone."""
        return self.role in _PRIVATE

    def at(self, shape, answer):
        """Judge the page that is open."""
        html5lib.HTMLParser(strict=True).parse(answer.text())
        page = self.human.page
        for found in Axe().run(page).response["violations"]:
            self.wrong(shape, found["id"], found["nodes"][0]["html"][:200])
        if page.evaluate(_WIDER):
            self.wrong(shape, "scrolls sideways")
        for missing in page.evaluate(_LEADS_NOWHERE):
            self.wrong(shape, "names an id that is not there", missing)
        for heading in page.evaluate(_HEADS_NOTHING):
            self.wrong(shape, "a heading over nothing", heading)
        filled = page.evaluate(_FILLED)
        if filled > 1:
            self.wrong(shape, "more than one filled button", filled)
        if self.is_private and not page.title().startswith("netmeet"):
            self.wrong(shape, "the tab says something", page.title())
        if self.role == _PRIVATE[0]:
            score = lix(page.evaluate(PLAIN_TEXT))
            self.lix_of[shape] = max(self.lix_of.get(shape, 0), score)

    def file(self, shape, link):
        """Fetch what is not a page: it is there, and is what its name says."""
        answer = self.human.context.request.get(link, timeout=PRINTING)
        begins = _FILES[_ending(link)]
        if answer.status != 200 or not answer.body().startswith(begins):
            self.wrong(shape, "the file is not there", answer.status)

    def wrong(self, shape, what, where=""):
        """Note what is wrong with a page."""
        self.troubles.append((self.name, shape, what, where))


def _shape(path: str) -> str:
    """Return the address with its ids made alike, so that a page is looked at a few times only."""
    return _ID.sub("*", urlsplit(path).path)


def _ending(link: str) -> str:
    name = urlsplit(link).path.rsplit("/", 1)[-1]
    return name[name.rfind(".") :] if "." in name else ""


def _links(page, address):
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    return [link.split("#")[0] for link in found if link.startswith(address + "/")]


def _crawl(look, times, dice):
    """Visit what can be reached from the front page and was not yet looked at often enough."""
    human = look.human
    todo, seen = [f"{human.address}/"], set()
    while todo and len(seen) < MOST_PAGES:
        link = todo.pop(0)
        shape = _shape(link)
        is_file = _ending(link) in _FILES
        if link in seen or (times.get(shape, 0) >= (1 if is_file else LOOKS) and shape != "/"):
            continue
        seen.add(link)
        times[shape] = times.get(shape, 0) + 1
        if is_file:
            look.file(shape, link)
            continue
        answer = human.page.goto(link)
        assert answer is not None
        if answer.status != 200:
            look.wrong(shape, "is no page", answer.status)
            continue
        if dice.random() < CLOSELY:
            look.at(shape, answer)
        todo += _links(human.page, human.address)
    return len(seen)


@pytest.mark.soak
@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", _PRIVATE + _STAFF)
def test_every_page_of_every_demo_person(live, someone, role):
    front = someone(PHONE)
    front.go("/login")
    people = front.page.eval_on_selector_all("form[action^='/demo/'] button", _NAMES)
    assert {one for one, _ in people} == {*_PRIVATE, *_STAFF}
    troubles, hardest, times, dice = [], {}, {}, soak.dice()
    for name in [name for one, name in people if one == role]:
        human = someone(PHONE if role in _PRIVATE else DESK)
        human.become(name)
        look = Look(human, name, role)
        print(f"{name}: {_crawl(look, times, dice)} pages")
        troubles += look.troubles
        for shape, score in look.lix_of.items():
            hardest[shape] = max(hardest.get(shape, 0), score)
        human.context.close()
    for shape, score in sorted(hardest.items(), key=lambda pair: -pair[1]):
        print(f"LIX {score:.0f} {shape}")
    assert not troubles, "\n".join(str(one) for one in troubles)
    assert max(hardest.values(), default=0) <= HARDEST
