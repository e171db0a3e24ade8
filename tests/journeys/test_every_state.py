"""Every state of the room and of the preparation: axe, HTML5, plain words, magnified four times."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE
from tests.journeys.acts import follow, good, headed, path, press, says

QUESTIONS = ("matters", "help", "goes_well", "not_talk", "who", "practical", "without_me")


def _meeting(mia):
    mia.become("Mia Sørensen")
    leads = mia.page.locator("a[href$='/prepare']").first.get_attribute("href")
    return leads.removesuffix("/prepare")


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_every_state_of_the_preparation(live, someone):
    mia = someone(PHONE)
    meeting = _meeting(mia)
    for way in ("Ring til mig", "På papir", "Ikke i dag", "En anden skriver for mig"):
        mia.go(f"{meeting}/prepare")
        press(mia, way)
        mia.page.wait_for_load_state()
        good(mia, easy=True)
    mia.go(f"{meeting}/prepare?pause=1")
    good(mia, easy=True)
    for question in QUESTIONS:
        mia.go(f"{meeting}/prepare/{question}")
        good(mia, easy=True)
    mia.go(f"{meeting}/prepare/who?alone=1")
    good(mia, easy=True)
    mia.go(f"{meeting}/prepare/all")
    good(mia, easy=True)
    lise = someone(DESK)
    lise.become("Lise Dam")
    for page in ("prepare", "prepare/matters", "prepare/all", "instead"):
        lise.go(f"{meeting}/{page}")
        good(lise)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_every_state_of_what_shall_happen_instead(live, someone):
    mia = someone(PHONE)
    meeting = _meeting(mia)
    mia.go("/")
    press(mia, "Nej", exact=True)
    headed(mia, "Det er i orden, at du ikke kommer")
    good(mia, easy=True)
    for wish in ("Find en anden dag", "Hold mødet uden mig", "Jeg vil ikke have mødet"):
        press(mia, wish)
        says(mia, "Gemt")
        good(mia, easy=True)
    press(mia, "Være med på en anden måde")
    expect(mia.page).to_have_url(f"{mia.address}{meeting}/prepare/practical")
    mia.go("/")
    good(mia, easy=True)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_every_state_of_the_room_before_it_begins(live, someone):
    mia, lise = someone(PHONE), someone(DESK)
    meeting = _meeting(mia)
    mia.go(f"{meeting}/room")
    good(mia, easy=True)
    lise.become("Lise Dam")
    lise.go(f"{meeting}/room")
    headed(lise, "Hvem er her?")
    good(lise)
    press(lise, "Begynd mødet")
    says(lise, "Markér først, hvem der er her.")
    good(lise)
    row = lise.page.locator(".here li", has_text="Lise Dam")
    row.get_by_role("button", name="er her", exact=True).click()
    expect(row.locator("[aria-pressed='true']")).to_have_count(1)
    press(lise, "Begynd mødet")
    good(lise)
    lise.go(f"{meeting}/chair")
    good(lise)


def _ask_wrongly(sofie, meeting):
    """See what the room says to a name nobody has, an end too early, and a line in doubt."""
    sofie.go(f"{meeting}/room/people")
    sofie.page.get_by_label("Hvem kommer?").fill("Ukendt Person")
    press(sofie, "er her", exact=True)
    good(sofie)
    sofie.go(f"{meeting}/room/end")
    press(sofie, "Slut mødet")
    good(sofie)
    sofie.go(f"{meeting}/room")
    line = sofie.page.get_by_label("Ny aftale")
    line.fill("ringer til værkstedet")
    line.press("Enter")
    headed(sofie, "Hvem gør det, og hvornår?")
    good(sofie)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_every_state_of_the_room_that_is_open(live, someone):
    sofie, kim = someone(DESK), someone(PHONE)
    sofie.become("Sofie Krogh")
    follow(sofie, "Kim Petersen")
    follow(sofie, "Gå til mødet")
    sofie.page.wait_for_load_state()
    meeting = path(sofie).removesuffix("/room")
    kim.become("Kim Petersen")
    for tail in ("room", "room/people", "room/end", "read-back", "chair"):
        sofie.go(f"{meeting}/{tail}")
        good(sofie)
    _ask_wrongly(sofie, meeting)
    kim.go(f"{meeting}/room")
    good(kim, easy=True)
    sofie.go(f"{meeting}/room")
    press(sofie, "Pause", exact=True)
    says(sofie, "Vi holder pause")
    good(sofie)
    expect(kim.page.locator("body")).to_contain_text("Vi holder pause")
    good(kim, easy=True)
    sofie.page.keyboard.press("F8")
    expect(sofie.page.get_by_label("Ny aftale")).to_be_visible()
