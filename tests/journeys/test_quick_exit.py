"""Luk hurtigt: text and the end of the login are one request; neither overtakes the other."""

from typing import Any

from tests.browser import PHONE
from tests.journeys.acts import follow, headed, press


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
