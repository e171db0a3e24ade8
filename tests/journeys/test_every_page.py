"""Every page of every demo person: axe, HTML5, no sideways scroll, plain words for the person."""

import re
from urllib.parse import urlsplit

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import DESK, PHONE
from tests.lix import lix

MOST_PAGES = 40
HARDEST = 35
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_PRIVATE = ("Dem, det handler om", "Pårørende og andre")
_NAMES = """all => all.map(b => {
  let heading = b.closest('ul').previousElementSibling;
  return [heading.innerText.trim(), b.innerText.trim()];
})"""
_FILES = (".pdf", ".ics", ".csv", ".xlsx", ".txt")
_PLAIN_TEXT = """() => {
  const said = 'h1, h2, h3, p, li, label, legend, button, a.button';
  return [...document.querySelectorAll('main :is(' + said + ')')]
    .filter(e => e.offsetParent && !e.closest('.own-words, textarea'))
    .map(e => e.innerText.trim()).filter(Boolean).join('.\\n');
}"""


def _shape(path: str) -> str:
    """Return the address with its ids made alike, so that a page is looked at a few times only."""
    return _ID.sub("*", urlsplit(path).path)


def _links(page, address):
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    return [
        link.split("#")[0]
        for link in found
        if link.startswith(address + "/") and not urlsplit(link).path.endswith(_FILES)
    ]


def _crawl(human, look):
    """Visit what can be reached from the front page, twice at most for each shape of address."""
    address = human.address
    todo, seen, times = [f"{address}/"], set(), {}
    while todo and len(seen) < MOST_PAGES:
        link = todo.pop(0)
        shape = _shape(link)
        if link in seen or times.get(shape, 0) >= 2:
            continue
        seen.add(link)
        times[shape] = times.get(shape, 0) + 1
        answer = human.page.goto(link)
        assert answer is not None
        assert answer.status == 200, f"{link}: {answer.status}"
        look(shape, answer)
        todo += _links(human.page, address)
    return sorted(times)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_every_page_of_every_demo_person(live, someone):
    front = someone(PHONE)
    front.go("/login")
    people = front.page.eval_on_selector_all("form[action^='/demo/'] button", _NAMES)
    assert len(people) >= 8
    troubles, hardest = [], {}
    for who in people:
        role, name = who
        is_private = role in _PRIVATE
        human = someone(PHONE if is_private else DESK)
        human.become(name)

        def look(shape, answer, human=human, name=name, role=role):
            html5lib.HTMLParser(strict=True).parse(answer.text())
            found = Axe().run(human.page).response["violations"]
            troubles.extend((name, shape, v["id"], v["nodes"][0]["html"][:200]) for v in found)
            wide = human.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            if wide:
                troubles.append((name, shape, "scrolls sideways", ""))
            if role == _PRIVATE[0]:
                score = lix(human.page.evaluate(_PLAIN_TEXT))
                hardest[shape] = max(hardest.get(shape, 0), score)

        shapes = _crawl(human, look)
        print(f"{name} ({role}): {len(shapes)} kinds of page")
        human.context.close()
    for shape, score in sorted(hardest.items(), key=lambda pair: -pair[1]):
        print(f"LIX {score:.0f} {shape}")
    assert not troubles
    assert max(hardest.values()) <= HARDEST
