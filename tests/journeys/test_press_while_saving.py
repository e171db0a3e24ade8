"""A press while a text is still on its way, as on a slow phone: nobody collides with themselves."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.journeys.acts import follow, headed, press

pytestmark = pytest.mark.soak

FIRST, WHOLE = "Jeg vil sove", "Jeg vil sove i min egen seng."
NEXT = "Hvad skal der til"


@pytest.fixture
def mia(someone: Any) -> Any:
    """Return Mia with a question open that has no answer yet."""
    mia = someone(PHONE)
    mia.become("Mia")
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    mia.page.goto(f"{mia.page.url}/not_talk")
    headed(mia, "Er der noget, du ikke vil tale om?")
    return mia


def _write_and_press(mia: Any) -> Any:
    """Write, write on while the first is under way, and press; return the request that is held."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page, said = mia.page, mia.page.get_by_label("Dit svar")
    page.route("**/not_talk", hold, times=1)
    with page.expect_request(lambda sent: sent.method == "POST"):
        said.fill(FIRST)
    said.fill(WHOLE)
    press(mia, "Videre")
    return held[0]


def test_who_presses_while_a_text_is_under_way_is_led_on_with_the_whole_text(mia: Any) -> None:
    sent: list[Any] = []
    mia.page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    held = _write_and_press(mia)
    line = mia.page.locator("[data-saved]").filter(has_text="Vi gemmer. Vent lidt.")
    expect(line.first).to_be_visible()
    assert len(sent) == 1
    held.continue_()
    mia.page.wait_for_url(lambda address: not address.endswith("/not_talk"))
    mia.page.goto(f"{mia.page.url.rpartition('/')[0]}/not_talk")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)


def test_who_presses_while_the_network_goes_stays_with_the_text_and_is_led_on_after(
    mia: Any,
) -> None:
    held = _write_and_press(mia)
    mia.context.set_offline(True)
    held.abort()
    line = mia.page.locator("[data-saved]").filter(has_text="Ikke gemt endnu. Vi prøver igen.")
    expect(line.first).to_be_visible()
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)
    mia.context.set_offline(False)
    mia.page.wait_for_url(lambda address: not address.endswith("/not_talk"))
    mia.page.goto(f"{mia.page.url.rpartition('/')[0]}/not_talk")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)


def test_who_writes_on_after_the_press_stays_on_the_page(mia: Any) -> None:
    held = _write_and_press(mia)
    mia.page.get_by_label("Dit svar").press_sequentially(" Og have en nøgle.")
    with mia.page.expect_response(lambda answer: answer.request.method == "POST"):
        held.continue_()
    with mia.page.expect_response(lambda answer: answer.request.method == "POST"):
        pass
    headed(mia, "Er der noget, du ikke vil tale om?")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(f"{WHOLE} Og have en nøgle.")
