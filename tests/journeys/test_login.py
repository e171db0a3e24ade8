"""Signing in through a real OpenID provider in a real browser, and leaving nothing (T16)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE
from tests.journeys.acts import follow, headed, path, press, says

pytestmark = pytest.mark.soak


def at_provider(human, name, *, is_known=False):
    """Answer the provider's own pages: who one is and, the first time, that netmeet may ask."""
    human.page.get_by_placeholder("Enter any login").fill(name)
    human.page.get_by_placeholder("and password").fill("x")
    human.page.get_by_role("button", name="Sign-in").click()
    if not is_known:
        human.page.get_by_role("button", name="Continue").click()


def keeps_nothing(human):
    """Expect that the page left nothing in the browser's storage."""
    stored = human.page.evaluate("localStorage.length + sessionStorage.length")
    assert stored == 0


def test_the_person_connects_once_and_then_comes_in_by_the_provider(someone):
    mia = someone(PHONE)
    mia.become("Mia")
    mia.go("/account")
    follow(mia, "Brug MitID næste gang")
    headed(mia, "Er det dig?")
    press(mia, "Få en kode")
    code = re.search(r"\d{6}", mia.page.locator(".notice").inner_text()).group()
    mia.page.get_by_label("Koden").fill(code)
    press(mia, "Fortsæt")
    follow(mia, "Brug MitID næste gang")
    at_provider(mia, "mia")
    says(mia, "Login med MitID")
    keeps_nothing(mia)
    press(mia, "Log ud")
    headed(mia, "Log ind")
    keeps_nothing(mia)
    mia.page.go_back()
    expect(mia.page.locator("h1")).to_have_text("Log ind")
    mia.go("/login?next=/account/sessions")
    follow(mia, "Log ind med MitID")
    at_provider(mia, "mia", is_known=True)
    headed(mia, "Her er du logget ind")
    says(mia, "Chrome, Linux")
    keeps_nothing(mia)


def test_staff_come_in_by_work_and_too_low_an_assurance_is_refused(someone):
    pia = someone(DESK)
    pia.become("Pia Torp")
    pia.go("/users")
    pia.page.get_by_role("listitem").filter(has_text="Jonas Holm").get_by_role("link").click()
    shown = pia.page.locator(".notice").inner_text().strip()
    pia.page.get_by_label("Din adgangskode").fill(shown.partition(": ")[2])
    press(pia, "Fortsæt")
    pia.page.get_by_label("Brugerens id").fill("staff")
    press(pia, "Gem id'et")
    says(pia, "kan logge ind med MitID Erhverv")
    jonas = someone(DESK)
    jonas.go("/login?next=/account")
    follow(jonas, "Log ind på arbejde med MitID Erhverv")
    at_provider(jonas, "staff-low")
    headed(jonas, "Du er ikke logget ind")
    says(jonas, "på et højere sikringsniveau")
    follow(jonas, "Til log ind")
    follow(jonas, "Log ind på arbejde med MitID Erhverv")
    at_provider(jonas, "staff")
    jonas.page.wait_for_url(f"{jonas.address}/")
    assert path(jonas) == "/"
    jonas.page.wait_for_load_state()
    keeps_nothing(jonas)
