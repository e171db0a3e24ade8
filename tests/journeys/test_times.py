"""Finding a time: asked at a desk, answered on a phone and behind a link, by keyboard as well."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from netmeet.core import calendar, clock
from tests.browser import DESK, PHONE
from tests.journeys.acts import follow, good, headed, press, says, says_not
from tests.journeys.steps_case import newest_post


def _times():
    first = calendar.add_working_days(clock.today(), 5)
    return [first, calendar.add_working_days(first, 1), first + timedelta(days=7)]


def _meeting(mia):
    mia.become("Mia Sørensen")
    path = mia.page.locator("a[href$='/prepare']").first.get_attribute("href")
    return path.removesuffix("/prepare")


def _ask(lise, meeting):
    lise.become("Lise Dam")
    lise.go(f"{meeting}/times")
    headed(lise, "Hvornår passer det?")
    good(lise)
    for n, day in enumerate(_times()):
        lise.page.get_by_label(f"{n + 1}. forslag: dag").fill(day.isoformat())
        lise.page.get_by_label(f"{n + 1}. forslag: klokken").fill("10:00")
    press(lise, "Spørg dem")
    says(lise, "De mangler at svare")


def _answer_by_keyboard(mia, meeting):
    """Say yes, maybe and maybe; each time is a group that names itself."""
    mia.go(meeting)
    follow(mia, "Vælg tider")
    headed(mia, "Hvornår kan du?")
    good(mia, easy=True)
    groups = mia.page.get_by_role("group")
    expect(groups).to_have_count(3)
    for n, day in enumerate(_times()):
        expect(groups.nth(n)).to_have_accessible_name(f"{calendar.day(day).capitalize()} kl. 10.00")
    groups.nth(0).get_by_label("Ja").focus()
    for key in ("Space", "Tab", "ArrowRight", "Tab", "ArrowRight", "Tab", "Enter"):
        mia.page.keyboard.press(key)
    says(mia, "Svaret er gemt.")
    expect(mia.page.get_by_label("Ja").nth(0)).to_be_checked()
    expect(mia.page.get_by_label("Måske").nth(1)).to_be_checked()
    good(mia, easy=True)


def _answer_behind_link(anybody, link):
    anybody.go(link)
    headed(anybody, "Hvornår kan du?")
    says_not(anybody, "Mia")
    good(anybody, easy=True)
    for n in range(3):
        anybody.page.get_by_role("group").nth(n).get_by_label("Nej").check()
    press(anybody, "Send")
    says(anybody, "Svaret er gemt.")


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_a_time_is_asked_about_and_answered(live, someone):
    mia, lise = someone(PHONE), someone(DESK)
    meeting = _meeting(mia)
    _ask(lise, meeting)
    _answer_by_keyboard(mia, meeting)
    link = newest_post(lise, "Hanne Sørensen", saying="Vi leder efter en tid")
    _answer_behind_link(someone(PHONE), link)
    lise.go(f"{meeting}/times")
    says(lise, "1 kan Mia Sørensen")
    says(lise, "1 kan ikke Hanne Sørensen")
    good(lise)
