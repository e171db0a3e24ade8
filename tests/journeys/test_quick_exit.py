"""Luk hurtigt: text and the end of the login are one request; neither overtakes the other."""

from typing import Any

import pytest
from playwright.sync_api import TimeoutError as TooLong
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.journeys.acts import follow, headed, press, saved

pytestmark = pytest.mark.soak


def test_what_is_typed_at_that_moment_goes_with_the_end_of_the_login(someone: Any) -> None:
    mia = someone(PHONE)
    mia.become("Mia")
    page = mia.page
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    page.goto(f"{page.url}/practical")
    headed(mia, "Hvad skal der til")
    posts: list[Any] = []
    page.on("request", lambda sent: posts.append(sent) if sent.method == "POST" else None)
    page.get_by_label("Hvad kan gøre det svært").fill("Mange mennesker i venteværelset.")
    press(mia, "Luk hurtigt")
    page.wait_for_url("**/roligt")
    last = posts[-1]
    assert last.header_value("x-leave") == "1"
    assert "hard=Mange" in last.post_data
    assert not [sent.url for sent in posts if sent.url.endswith("/logout")]
    mia.go("/")
    headed(mia, "Log ind")
    mia.become("Mia")
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    page.goto(f"{page.url}/practical")
    shown = page.get_by_label("Hvad kan gøre det svært")
    assert shown.input_value() == "Mange mennesker i venteværelset."


def _open_without_its_script(mia: Any) -> Any:
    """Open a question whose script is still on its way; return the request that is held."""
    mia.become("Mia")
    page = mia.page
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/autosave.js", hold)
    with page.expect_request("**/autosave.js"):
        page.goto(f"{page.url}/help", wait_until="commit")
    expect(page.get_by_label("Dit svar")).to_be_attached()
    return held[0]


def test_nobody_presses_before_the_page_can_keep_what_is_typed(someone: Any) -> None:
    mia = someone(PHONE)
    held = _open_without_its_script(mia)
    leave = mia.page.get_by_role("button", name="Luk hurtigt")
    expect(leave).to_be_attached()
    with pytest.raises(TooLong):
        leave.click(timeout=1000)
    held.continue_()
    leave.click()
    mia.page.wait_for_url("**/roligt")


def test_what_was_typed_before_the_scripts_came_is_saved(someone: Any) -> None:
    mia = someone(PHONE)
    held = _open_without_its_script(mia)
    mia.page.get_by_label("Dit svar").fill("Ro om aftenen.")
    held.continue_()
    saved(mia)


def test_a_text_that_cannot_be_sent_does_not_keep_the_login_open(someone: Any) -> None:
    mia = someone(PHONE)
    mia.become("Mia")
    page = mia.page
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    page.goto(f"{page.url}/practical")
    headed(mia, "Hvad skal der til")
    page.route("**/practical", lambda route: route.abort())
    page.get_by_label("Hvad kan gøre det svært").fill("Det her kommer ikke frem.")
    press(mia, "Luk hurtigt")
    page.wait_for_url("**/roligt")
    mia.go("/")
    headed(mia, "Log ind")
