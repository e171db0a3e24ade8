"""The network is gone, or netmeet is started again, while two people write in the meeting."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests import browser
from tests.browser import DESK
from tests.journeys.acts import saved
from tests.journeys.test_two_writers import field, two, write

__all__ = ["two"]

ONE_DATABASE = pytest.mark.parametrize("live", ["sqlite"], indirect=True)
"""What a page does with a text it cannot send is the same whichever database keeps it."""
A_MINUTE = 60_000
"""Milliseconds."""
ONE, OTHER = "Kim vil på værkstedet to dage.", "Rasmus vil begynde med en dag."


def differs(human: Any) -> Any:
    """Return the field for what somebody sees differently."""
    return human.page.get_by_label("Nogen ser det anderledes")


def write_there(human: Any, text: str) -> None:
    """Write in that field and leave it."""
    differs(human).fill(text)
    differs(human).blur()


def unsent(human: Any) -> None:
    """Expect the page to say that the text is not kept yet."""
    said = human.page.locator("[data-saved]").filter(has_text="Ikke gemt endnu. Vi prøver igen.")
    expect(said.first).to_be_visible()


def cut(humans: tuple[Any, ...], *, off: bool) -> None:
    """Take the network away from everybody, or give it back."""
    for human in humans:
        human.context.set_offline(off)


def wait_a_minute(humans: tuple[Any, ...]) -> None:
    """Let a minute pass on everybody's page, with all that would have run in it."""
    for human in humans:
        human.page.clock.fast_forward(A_MINUTE)


@pytest.fixture
def clocked(two: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return the two with the clocks of their pages in hand."""
    for human in two:
        human.page.clock.install()
        human.page.reload()
        expect(field(human)).to_be_visible()
    return two


@ONE_DATABASE
def test_what_two_write_while_the_network_is_gone_a_minute_is_there_after(
    clocked: tuple[Any, Any],
) -> None:
    sofie, rasmus = clocked
    cut(clocked, off=True)
    write(sofie, ONE)
    write_there(rasmus, OTHER)
    for human in clocked:
        unsent(human)
    wait_a_minute(clocked)
    expect(field(sofie)).to_have_value(ONE)
    expect(differs(rasmus)).to_have_value(OTHER)
    cut(clocked, off=False)
    wait_a_minute(clocked)
    for human in clocked:
        saved(human)
        expect(field(human)).to_have_value(ONE)
        expect(differs(human)).to_have_value(OTHER)


@ONE_DATABASE
def test_who_wrote_in_one_field_while_the_network_was_gone_sees_both_texts(
    clocked: tuple[Any, Any],
) -> None:
    sofie, rasmus = clocked
    cut(clocked, off=True)
    write(sofie, ONE)
    write(rasmus, OTHER)
    for human in clocked:
        unsent(human)
    wait_a_minute(clocked)
    cut((sofie,), off=False)
    wait_a_minute((sofie,))
    saved(sofie)
    cut((rasmus,), off=False)
    wait_a_minute((rasmus,))
    expect(rasmus.page.get_by_text("Det er blevet rettet et andet sted")).to_be_visible()
    expect(rasmus.page.locator("body")).to_contain_text(ONE)
    expect(field(rasmus)).to_have_value(OTHER)
    expect(field(sofie)).to_have_value(ONE)


def _room(human: Any) -> str:
    human.become("Sofie Krogh")
    human.page.get_by_role("link", name="Kim Petersen").first.click()
    links = human.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    return next(
        p for p in (urlsplit(x).path for x in links) if re.fullmatch(r"/meetings/\w+/room", p)
    )


def test_what_is_written_while_netmeet_is_started_again_is_kept(
    chromium: Browser, tmp_path: Path
) -> None:
    process, live = browser.start(tmp_path)
    port = int(live.address.rpartition(":")[2])
    sofie = browser.somebody(chromium, live.address, DESK)
    try:
        sofie.page.clock.install()
        sofie.go(_room(sofie))
        expect(field(sofie)).to_be_visible()
        browser.stop(process)
        write(sofie, ONE)
        unsent(sofie)
        process, _live = browser.start(tmp_path, port=port)
        wait_a_minute((sofie,))
        saved(sofie)
        sofie.page.reload()
        expect(field(sofie)).to_have_value(ONE)
    finally:
        sofie.context.close()
        browser.stop(process)
