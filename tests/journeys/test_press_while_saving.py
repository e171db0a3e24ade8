"""A press while a text is still on its way, as on a slow phone: nobody collides with themselves."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.journeys.acts import follow, headed, path, press

pytestmark = pytest.mark.soak

FIRST, WHOLE = "Min far", "Min far og hans hus."


@pytest.fixture
def mia(someone: Any) -> Any:
    """Return Mia with a question open."""
    mia = someone(PHONE)
    mia.become("Mia")
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    mia.page.goto(f"{mia.page.url}/not_talk")
    headed(mia, "Er der noget, du ikke vil tale om?")
    return mia


def _hold(mia: Any, times: int = 1, *, saying: str = "autosave=1") -> list[Any]:
    """Hold so many of the next posts that say so; return the list that they are put in."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        if len(held) < times and saying in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    mia.page.route("**/prepare/*", hold)
    return held


def _write(mia: Any) -> None:
    """Write, and write on while the first is under way."""
    said = mia.page.get_by_label("Dit svar")
    with mia.page.expect_request(_is_text):
        said.fill(FIRST)
    said.fill(WHOLE)


def _is_text(sent: Any) -> bool:
    return sent.method == "POST" and "autosave=1" in (sent.post_data or "")


def _says(mia: Any, words: str) -> None:
    expect(mia.page.locator("[data-saved]").filter(has_text=words).first).to_be_visible()


def _is_led_on(mia: Any, to: str = "/prepare/who") -> None:
    """Expect the page after the press, and the whole text where it was written."""
    mia.page.wait_for_url(f"**{to}")
    mia.page.goto(f"{mia.address}{path(mia).partition('/prepare')[0]}/prepare/not_talk")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)


def test_who_presses_while_a_text_is_under_way_is_led_on_with_the_whole_text(mia: Any) -> None:
    sent: list[Any] = []
    mia.page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    held = _hold(mia)
    _write(mia)
    press(mia, "Videre")
    _says(mia, "Vi gemmer. Vent lidt.")
    assert len(sent) == 1
    held[0].continue_()
    _is_led_on(mia)


def test_the_last_press_counts(mia: Any) -> None:
    held = _hold(mia)
    _write(mia)
    press(mia, "Videre")
    press(mia, "Hold pause. Alt er gemt.")
    held[0].continue_()
    _is_led_on(mia, "/prepare?pause=1")


def test_who_presses_while_the_network_goes_stays_with_the_text_and_is_led_on_after(
    mia: Any,
) -> None:
    held = _hold(mia)
    _write(mia)
    press(mia, "Videre")
    mia.context.set_offline(True)
    held[0].abort()
    _says(mia, "Ikke gemt endnu. Vi prøver igen.")
    press(mia, "Videre")
    _says(mia, "Ikke gemt endnu. Vi prøver igen.")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)
    mia.context.set_offline(False)
    _is_led_on(mia)


def test_who_never_hears_that_a_text_was_kept_does_not_collide_with_it(mia: Any) -> None:
    held = _hold(mia)
    _write(mia)
    held[0].fetch()
    with mia.page.expect_response(lambda answer: _is_text(answer.request)) as heard:
        held[0].abort()
        press(mia, "Videre")
    assert heard.value.status == 200
    _is_led_on(mia)


def test_who_writes_on_after_the_press_stays_on_the_page(mia: Any) -> None:
    held = _hold(mia)
    _write(mia)
    press(mia, "Videre")
    mia.page.get_by_label("Dit svar").press_sequentially(" Og have en nøgle.")
    with mia.page.expect_response(lambda one: "n%C3%B8gle" in one.request.post_data) as last:
        held[0].continue_()
    assert _is_text(last.value.request)
    headed(mia, "Er der noget, du ikke vil tale om?")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(f"{WHOLE} Og have en nøgle.")


def test_who_collides_with_somebody_else_is_not_led_on(mia: Any, someone: Any) -> None:
    other = someone(PHONE)
    other.become("Mia")
    other.page.goto(mia.page.url)
    held = _hold(mia)
    _write(mia)
    press(mia, "Videre")
    with other.page.expect_response(lambda answer: _is_text(answer.request)):
        other.page.get_by_label("Dit svar").fill("Ikke om arbejde.")
    held[0].continue_()
    expect(mia.page.get_by_text("Det er blevet rettet et andet sted")).to_be_visible()
    expect(mia.page.locator("[data-conflict]")).to_contain_text("Ikke om arbejde.")
    expect(mia.page.get_by_label("Dit svar")).to_have_value(WHOLE)


def test_who_leaves_quickly_is_not_led_on(mia: Any) -> None:
    held = _hold(mia, times=2)
    _write(mia)
    press(mia, "Videre")
    with mia.page.expect_request(lambda one: one.headers.get("x-leave") == "1"):
        press(mia, "Luk hurtigt")
    posts: list[str] = []
    mia.page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    for route in held:
        route.continue_()
    mia.page.wait_for_url("**/roligt")
    assert posts == []


def test_a_second_press_on_the_way_to_the_next_page_does_nothing(mia: Any) -> None:
    posts: list[Any] = []
    mia.page.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    held = _hold(mia, saying="go=next")
    mia.page.get_by_label("Dit svar").fill(WHOLE)
    button = mia.page.get_by_role("button", name="Videre")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with mia.page.expect_request(lambda one: "go=next" in (one.post_data or "")):
        mia.page.mouse.click(*middle)
    mia.page.mouse.click(*middle)
    held[0].continue_()
    _is_led_on(mia)
    assert len([one for one in posts if "go=next" in (one.post_data or "")]) == 1


class Collision:
    """Mia chose something here that is not what she had chosen on another phone a moment before.

    There she wrote something, too. What stands when the test begins may be from an earlier one.
    """

    def __init__(self, mia: Any, other: Any) -> None:
        self.mia, self.page = mia, mia.page
        free = mia.page.eval_on_selector_all(
            "[type=radio]:not(:checked)", "all => all.map(one => '#' + one.id)"
        )
        self.theirs, self.mine = free[:2]
        text = mia.page.locator("textarea").input_value()
        self.written = f"{text} Jeg vil selv være der.".strip()
        for act in (
            lambda: other.page.locator("textarea").fill(self.written),
            lambda: other.page.locator(self.theirs).check(),
        ):
            with other.page.expect_response(lambda answer: _is_text(answer.request)):
                act()
        with mia.page.expect_response(lambda answer: _is_text(answer.request)) as refused:
            mia.page.locator(self.mine).check()
        assert refused.value.status == 409

    def write(self) -> str:
        """Write something else, and return it."""
        text = f"{self.written} Eller på video."
        self.page.locator("textarea").fill(text)
        return text

    def stands(self, choice: str, text: str) -> None:
        """Expect the page to show the choice and the text."""
        expect(self.page.locator(choice)).to_be_checked()
        expect(self.page.locator("textarea")).to_have_value(text)


@pytest.fixture
def collision(mia: Any, someone: Any) -> Collision:
    """Return Mia's page after a collision with herself."""
    other = someone(PHONE)
    other.become("Mia")
    for human in (mia, other):
        human.page.goto(f"{mia.page.url.rpartition('/')[0]}/without_me")
    return Collision(mia, other)


def test_a_field_that_nobody_touched_shows_what_another_wrote_there(collision: Collision) -> None:
    collision.stands(collision.mine, collision.written)


def test_who_saves_their_own_after_a_collision_means_all_that_stands_there(
    collision: Collision,
) -> None:
    text = collision.write()
    with collision.page.expect_response(lambda answer: _is_text(answer.request)) as kept:
        press(collision, "Gem mit")
    assert kept.value.status == 200
    collision.page.reload()
    collision.stands(collision.mine, text)


def test_who_leaves_what_stands_after_a_collision_sees_it(collision: Collision) -> None:
    collision.write()
    press(collision, "Behold det, der står")
    collision.stands(collision.theirs, collision.written)
    collision.page.reload()
    collision.stands(collision.theirs, collision.written)


@pytest.mark.parametrize("choice", ["Gem mit", "Behold det, der står"])
def test_who_presses_after_a_collision_chooses_first_and_is_led_on(
    collision: Collision, choice: str
) -> None:
    posts: list[Any] = []
    collision.page.on("request", lambda one: posts.append(one) if one.method == "POST" else None)
    here = collision.page.url
    press(collision, "Videre")
    expect(collision.page.locator(".conflict")).to_be_focused()
    assert (posts, collision.page.url) == ([], here)
    press(collision, choice)
    collision.page.wait_for_url(lambda url: url != here)
    collision.page.goto(here)
    chosen = collision.mine if choice.startswith("Gem") else collision.theirs
    collision.stands(chosen, collision.written)


def test_who_leaves_quickly_before_choosing_leaves_both_texts(collision: Collision) -> None:
    text = f"Helst hjemme. {collision.written}"[:20]
    collision.page.locator("textarea").fill(text)
    here = collision.page.url
    with collision.page.expect_request(lambda one: one.headers.get("x-leave") == "1"):
        press(collision, "Luk hurtigt")
    collision.page.wait_for_url("**/roligt")
    collision.mia.become("Mia")
    collision.page.goto(here)
    collision.stands(collision.theirs, f"{collision.written}\n{text}")


def test_who_keeps_both_has_all_taps(mia: Any, someone: Any) -> None:
    other = someone(PHONE)
    other.become("Mia")
    for human in (mia, other):
        human.page.goto(f"{mia.page.url.rpartition('/')[0]}/practical")
    theirs, mine = mia.page.locator("[type=checkbox]:not(:checked)").all()[:2]
    theirs, mine = (f"#{one.get_attribute('id')}" for one in (theirs, mine))
    for act in (
        lambda: other.page.locator(theirs).check(),
        lambda: other.page.locator("#text").fill("Om morgenen"),
    ):
        with other.page.expect_response(lambda answer: _is_text(answer.request)):
            act()
    with mia.page.expect_response(lambda answer: answer.status == 409):
        mia.page.locator(mine).check()
    mia.page.locator("#text").fill("Ikke for længe")
    press(mia, "Gem begge")
    _says(mia, "Gemt kl.")
    mia.page.reload()
    for tap in (theirs, mine):
        expect(mia.page.locator(tap)).to_be_checked()
    expect(mia.page.locator("#text")).to_have_value("Om morgenen\nIkke for længe")


def test_what_was_typed_while_the_first_collided_is_shown_beside_the_others_too(
    mia: Any, someone: Any
) -> None:
    other = someone(PHONE)
    other.become("Mia")
    for human in (mia, other):
        human.page.goto(f"{mia.page.url.rpartition('/')[0]}/practical")
    for name in ("#hard", "#helps"):
        with other.page.expect_response(lambda answer: _is_text(answer.request)):
            other.page.locator(name).fill(f"Af den anden {name}")
    held = _hold(mia)
    with mia.page.expect_request(_is_text):
        mia.page.locator("#hard").fill("Mange mennesker")
    mia.page.locator("#helps").fill("En pause")
    held[0].continue_()
    box = mia.page.locator(".conflict")
    for said in ("Af den anden #hard", "Mange mennesker", "Af den anden #helps", "En pause"):
        expect(box).to_contain_text(said)
    press(mia, "Gem begge")
    _says(mia, "Gemt kl.")
    for name, said in (("#hard", "Mange mennesker"), ("#helps", "En pause")):
        expect(mia.page.locator(name)).to_have_value(f"Af den anden {name}\n{said}")


def test_what_is_refused_in_words_is_no_collision_and_no_press_is_held_back(mia: Any) -> None:
    words = "Mødet er holdt eller aflyst. Dine svar er gemt."
    mia.page.route(
        "**/prepare/*", lambda route: route.fulfill(status=409, json={"error": words}), times=1
    )
    _write_once(mia)
    _says(mia, words)
    press(mia, "Videre")
    _is_led_on(mia)


def _write_once(mia: Any) -> None:
    with mia.page.expect_request(_is_text):
        mia.page.get_by_label("Dit svar").fill(WHOLE)
