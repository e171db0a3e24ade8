"""Two people write in the same field of the meeting: neither text is replaced without a word."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import DESK
from tests.journeys.acts import saved

pytestmark = pytest.mark.soak

MINE, THEIRS = "Gem mit", "Behold det, der står"


@pytest.fixture
def two(someone: Any) -> tuple[Any, Any]:
    """Return two of staff with the same point of the meeting open."""
    sofie, rasmus = someone(DESK), someone(DESK)
    sofie.become("Sofie Krogh")
    sofie.page.get_by_role("link", name="Kim Petersen").first.click()
    links = sofie.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    room = next(
        p for p in (urlsplit(x).path for x in links) if re.fullmatch(r"/meetings/\w+/room", p)
    )
    rasmus.become("Rasmus Dahl")
    for human in (sofie, rasmus):
        human.go(room)
        expect(field(human)).to_be_visible()
    return sofie, rasmus


def field(human: Any) -> Any:
    """Return the field for what was talked about."""
    return human.page.get_by_label("Vi talte om")


def write(human: Any, text: str) -> None:
    """Write in the field and leave it."""
    field(human).fill(text)
    field(human).blur()


def polled(human: Any) -> None:
    """Wait until the room has brought what others did, twice."""
    for _turn in range(2):
        with human.page.expect_response(lambda answer: answer.url.endswith("/room")):
            pass


def version(human: Any) -> str:
    """Return the version of the text that the form was opened with."""
    return str(human.page.locator("[data-entry=talked] [name=version]").input_value())


def collide(sofie: Any, rasmus: Any) -> None:
    """Let Rasmus write on what Sofie has written meanwhile."""
    field(rasmus).focus()
    write(sofie, "Kim vil på værkstedet to dage.")
    saved(sofie)
    with rasmus.page.expect_response(lambda answer: answer.status == 409):
        write(rasmus, "Kim vil begynde med en dag.")
    expect(rasmus.page.get_by_text("Det er blevet rettet et andet sted")).to_be_visible()


def choose(human: Any, name: str) -> None:
    """Choose which of two texts stands."""
    human.page.get_by_role("button", name=name).click()


def told_nothing(human: Any) -> list[str]:
    """Return a list of what the page posts from now on."""
    posts: list[str] = []
    human.page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    return posts


def test_nothing_goes_over_the_text_of_another_before_one_says_so(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    for human in two:
        human.page.clock.install()
    collide(sofie, rasmus)
    posts = told_nothing(rasmus)
    write(rasmus, "Kim begynder med en dag, så to.")
    rasmus.page.clock.fast_forward(60_000)
    polled(rasmus)
    assert posts == []
    expect(field(sofie)).to_have_value("Kim vil på værkstedet to dage.")
    expect(field(rasmus)).to_have_value("Kim begynder med en dag, så to.")
    line = rasmus.page.locator("[data-saved]").filter(has_text="Ikke gemt.").first
    line.get_by_role("link", name="Vælg, hvad der skal stå").click()
    expect(rasmus.page.locator(".conflict")).to_be_focused()


def test_who_leaves_the_text_of_another_has_it_in_the_field(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    rasmus.page.get_by_label("Ny aftale").fill("Sofie ringer til værkstedet")
    collide(sofie, rasmus)
    posts = told_nothing(rasmus)
    sofie.page.locator("[data-room-next]").click()
    polled(rasmus)
    choose(rasmus, THEIRS)
    expect(field(rasmus)).to_have_value("Kim vil på værkstedet to dage.")
    expect(rasmus.page.get_by_text("Det er blevet rettet et andet sted")).to_be_hidden()
    assert rasmus.page.get_by_label("Ny aftale").input_value() == "Sofie ringer til værkstedet"
    assert posts == []
    sofie.page.locator("[data-room-previous]").click()
    write(sofie, "Kim vil på værkstedet tre dage.")
    expect(field(rasmus)).to_have_value("Kim vil på værkstedet tre dage.")


def test_who_keeps_both_texts_has_them_under_each_other(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    choose(rasmus, "Gem begge")
    saved(rasmus)
    both = "Kim vil på værkstedet to dage.\nKim vil begynde med en dag."
    for human in two:
        expect(field(human)).to_have_value(both)


def test_a_line_that_both_have_stands_once_among_both_texts(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    field(rasmus).focus()
    write(sofie, "Ro\nVærksted")
    saved(sofie)
    with rasmus.page.expect_response(lambda answer: answer.status == 409):
        write(rasmus, "Roligt\nVærksted")
    choose(rasmus, "Gem begge")
    saved(rasmus)
    for human in two:
        expect(field(human)).to_have_value("Ro\nVærksted\nRoligt")


def test_what_was_chosen_and_is_on_its_way_is_not_chosen_anew(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    rasmus.page.route("**/minutes/talked", hold)
    with rasmus.page.expect_request("**/minutes/talked"):
        choose(rasmus, MINE)
    expect(rasmus.page.locator(".conflict")).to_have_attribute("inert", "")
    held[0].continue_()
    saved(rasmus)
    expect(rasmus.page.locator(".conflict")).to_have_count(0)
    expect(field(sofie)).to_have_value("Kim vil begynde med en dag.")


def test_who_chooses_by_the_keyboard_goes_on_from_there(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    rasmus.page.get_by_role("button", name=MINE).press("Enter")
    saved(rasmus)
    expect(rasmus.page.locator("[data-entry=talked] [data-conflict]")).to_be_focused()
    expect(field(sofie)).to_have_value("Kim vil begynde med en dag.")
    write(sofie, "Kim begynder med en dag.")
    expect(field(rasmus)).to_have_value("Kim begynder med en dag.")


def test_a_refused_text_stays_until_it_is_kept(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    polled(rasmus)
    before = version(rasmus)
    write(sofie, "Kim vil på værkstedet tre dage.")
    polled(rasmus)
    polled(rasmus)
    assert field(rasmus).input_value() == "Kim vil begynde med en dag."
    assert version(rasmus) == before
    asked: list[str] = []
    rasmus.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    rasmus.page.close(run_before_unload=True)
    expect(field(rasmus)).to_be_visible()
    assert asked == ["beforeunload"]


def test_a_text_that_was_kept_ends_the_question(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    write(rasmus, "Kim begynder med en dag, så to.")
    choose(rasmus, MINE)
    saved(rasmus)
    expect(rasmus.page.get_by_text("Det er blevet rettet et andet sted")).to_be_hidden()
    expect(field(sofie)).to_have_value("Kim begynder med en dag, så to.")
    write(sofie, "Kim begynder med en dag og ser tiden an.")
    expect(field(rasmus)).to_have_value("Kim begynder med en dag og ser tiden an.")


def test_the_texts_of_the_next_point_are_not_put_into_the_fields_of_this_one(
    two: tuple[Any, Any],
) -> None:
    sofie, rasmus = two
    write(sofie, "Kim vil på værkstedet to dage.")
    saved(sofie)
    expect(field(rasmus)).to_have_value("Kim vil på værkstedet to dage.")
    before = version(rasmus)
    rasmus.page.get_by_label("Ny aftale").fill("Sofie ringer til værkstedet")
    here = sofie.page.locator("h1").inner_text()
    sofie.page.locator("[data-room-next]").click()
    expect(sofie.page.locator("h1")).not_to_have_text(here)
    polled(rasmus)
    polled(rasmus)
    assert field(rasmus).input_value() == "Kim vil på værkstedet to dage."
    assert version(rasmus) == before
    sofie.page.locator("[data-room-previous]").click()
    expect(sofie.page.locator("h1")).to_have_text(here)


def test_the_next_point_waits_for_a_text_that_is_not_kept(two: tuple[Any, Any]) -> None:
    sofie, rasmus = two
    collide(sofie, rasmus)
    here = sofie.page.locator("h1").inner_text()
    sofie.page.locator("[data-room-next]").click()
    expect(sofie.page.locator("h1")).not_to_have_text(here)
    polled(rasmus)
    assert field(rasmus).input_value() == "Kim vil begynde med en dag."
    choose(rasmus, MINE)
    expect(rasmus.page.locator("h1")).to_have_text(sofie.page.locator("h1").inner_text())
    sofie.page.locator("[data-room-previous]").click()
    expect(sofie.page.locator("h1")).to_have_text(here)
