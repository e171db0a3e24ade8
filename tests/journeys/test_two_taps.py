"""The person takes a yes back with one thumb: two taps, counted, on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import browser
from tests.browser import PHONE, Live
from tests.journeys.acts import headed

pytestmark = pytest.mark.soak

THUMB = 44
"""The least height and width of what a thumb must hit, in CSS pixels (WCAG 2.5.5)."""


class Thumb:
    """Taps where something stands, scrolling to it as a thumb does, and counts the taps."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, what: Any) -> None:
        """Tap the middle of what is seen; it must be large enough to hit."""
        what.scroll_into_view_if_needed()
        box = what.bounding_box()
        assert box["height"] >= THUMB, box
        assert box["width"] >= THUMB, box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        self.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.taps += 1
        self.page.wait_for_load_state()


@pytest.fixture
def phone(live: Live, chromium: Browser) -> Any:
    """Return Karin with a phone in one hand, signed in."""
    karin = browser.somebody(chromium, live.address, PHONE, has_touch=True)
    karin.become("Karin")
    yield karin
    karin.page.context.close()


def test_two_taps_take_a_yes_back(phone: Any) -> None:
    page = phone.page
    phone.go("/consents")
    thumb = Thumb(page)
    bo = page.get_by_role("link", name="Stop Bo")
    assert bo.count() == 1
    thumb.tap(bo)
    headed(phone, "Skal Bo")
    thumb.tap(page.get_by_role("button", name="Ja, stop det"))
    page.wait_for_url("**/consents?*")
    print(f"taps to withdraw a consent: {thumb.taps}")
    assert thumb.taps == 2
    assert page.get_by_role("link", name="Stop Bo").count() == 0
    assert browser.width(page) <= PHONE["width"]
