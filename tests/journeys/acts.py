"""The small acts of somebody at a browser, by the names that stand on the page."""

from urllib.parse import urlsplit

import html5lib
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.lix import lix

EASY = 30
"""The highest LIX of a page of the person's."""
MAGNIFIED = {"width": 320, "height": 256}
"""What is left of 1280 x 1024 where everything is four times as large (WCAG 1.4.10)."""
PLAIN_TEXT = """() => {
  const said = 'h1, h2, h3, p, li, label, legend, button, a.button';
  return [...document.querySelectorAll('main :is(' + said + ')')]
    .filter(e => e.offsetParent && !e.closest('.own-words, textarea'))
    .map(e => e.innerText.trim()).filter(Boolean).join('.\\n');
}"""
_WIDTH = "document.documentElement.scrollWidth"


def good(human, *, easy=False):
    """Expect a page that is valid, that everybody can use, and no wider than the screen.

    That holds magnified four times, too. ``easy``: in plain words, as the person's pages are.
    """
    page, usual = human.page, human.page.viewport_size
    page.wait_for_load_state()
    html5lib.HTMLParser(strict=True).parse(page.content())
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate(_WIDTH) <= usual["width"]
    page.set_viewport_size(MAGNIFIED)
    assert page.evaluate(_WIDTH) <= MAGNIFIED["width"], page.url
    page.set_viewport_size(usual)
    if easy:
        score = lix(page.evaluate(PLAIN_TEXT))
        print(f"LIX {score:.0f}: {path(human)}")
        assert score <= EASY


def press(human, name, **more):
    """Press the button of this name."""
    human.page.get_by_role("button", name=name, **more).first.click()


def follow(human, name):
    """Follow the link of this name."""
    human.page.get_by_role("link", name=name).first.click()


def says(human, text):
    """Expect the text in the page's main part."""
    expect(human.page.locator("main").first).to_contain_text(text)


def says_not(human, text):
    """Expect that the text stands nowhere on the page."""
    expect(human.page.locator("body")).not_to_contain_text(text)


def headed(human, text):
    """Expect the page to be headed so, and its scripts to have been read."""
    expect(human.page.locator("h1")).to_contain_text(text)
    human.page.wait_for_load_state()


def saved(human):
    """Expect the line that says when the text was saved."""
    expect(human.page.locator("[data-saved]").filter(has_text="Gemt kl.").first).to_be_visible()


def path(human):
    """Return the path of the page that is open."""
    return urlsplit(human.page.url).path


def prove(human):
    """Give the password that the demo shows when it asks for it; send what waits meanwhile."""
    if path(human) != "/step-up":
        return
    give_password(human)
    headed(human, "Det, du skrev, er her endnu")
    press(human, "Fortsæt")


def give_password(human):
    """Give the password that the demo shows, where a page asks for it before it opens."""
    if path(human) != "/step-up":
        return
    shown = human.page.locator(".notice").inner_text().strip()
    human.page.get_by_label("Adgangskode").fill(shown.partition(": ")[2])
    press(human, "Fortsæt")
