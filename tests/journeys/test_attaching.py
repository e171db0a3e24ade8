"""The person puts a picture of a letter beside the meeting, with a thumb, on a phone."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests import browser, hostile
from tests.browser import PHONE, Live
from tests.journeys.test_two_taps import Thumb

pytestmark = pytest.mark.soak

TITLE = "Afslag på bolig"


@pytest.fixture
def phone(live: Live, chromium: Browser) -> Any:
    """Return Mia with a phone in one hand, signed in."""
    mia = browser.somebody(chromium, live.address, PHONE, has_touch=True)
    mia.become("Mia Sørensen")
    yield mia
    mia.page.context.close()


def test_a_letter_is_added_looked_at_and_taken_away_with_a_thumb(phone: Any) -> None:
    page, thumb = phone.page, Thumb(phone.page)
    prepare = page.locator("a[href$='/prepare']").first.get_attribute("href")
    phone.go(prepare.replace("/prepare", "/agenda"))
    thumb.tap(page.get_by_role("link", name="Læg et billede eller et papir ved"))
    page.wait_for_url("**/files")
    assert page.locator("#file-readers").inner_text().endswith("kan se det.")

    field = page.locator("#file")
    field.set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": bytes(11_000_000)})
    assert "fylder for meget" in page.get_by_role("alert").inner_text()
    thumb.tap(page.get_by_role("button", name="Læg det ved"))
    assert page.url.endswith("/files"), "it was not sent"

    field.set_input_files({"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    page.get_by_label("Hvad er det?").fill(TITLE)
    thumb.tap(page.get_by_role("button", name="Læg det ved"))
    page.get_by_text("Der er noget, der skal rettes").wait_for()
    assert page.get_by_label("Hvad er det?").input_value() == TITLE
    assert browser.width(page) <= PHONE["width"]

    letter = {"name": "Mia-diagnose.jpg", "mimeType": "image/jpeg", "buffer": hostile.jpeg()}
    page.locator("#file").set_input_files(letter)
    thumb.tap(page.get_by_role("button", name="Læg det ved"))
    page.get_by_text(f"{TITLE} er lagt ved.").wait_for()
    with page.expect_download() as fetched:
        thumb.tap(page.get_by_role("link", name=re.compile(TITLE)))
    assert fetched.value.suggested_filename == "bilag.jpg"
    picture = Image.open(io.BytesIO(fetched.value.path().read_bytes()))
    assert (picture.size, dict(picture.getexif())) == ((60, 40), {})
    _take_it_away(page, thumb)
    assert browser.width(page) <= PHONE["width"]


def _take_it_away(page: Any, thumb: Thumb) -> None:
    """Say no to it first: a thumb slips."""
    for kind, answer in (("link", "Nej, behold det"), ("button", "Ja, fjern det")):
        page.get_by_text(TITLE).first.wait_for()
        thumb.tap(page.get_by_role("button", name=re.compile("Fjern igen")))
        thumb.tap(page.get_by_role(kind, name=answer))
    page.wait_for_url("**/files")
    assert not page.get_by_text(TITLE).count()
