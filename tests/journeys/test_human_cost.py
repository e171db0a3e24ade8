"""What the usual acts cost a human: clicks, fields, dialogs; ``make bench`` prints the counts."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from netmeet.core import clock
from tests.browser import DESK, PHONE, Someone
from tests.journeys.acts import headed, path, saved, says
from tests.journeys.steps_case import newest_post

PEOPLE = 5
JETTE = "Jette Madsen"


class Cost:
    """Acts for somebody and counts what it takes them; a key pressed is no click."""

    def __init__(self, human: Someone) -> None:
        self.page = human.page
        self.clicks = self.fields = self.dialogs = 0
        human.page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs += 1
        dialog.accept()

    def press(self, role: Any, name: str, **more: Any) -> None:
        """Click the button or link of this name."""
        self.click(self.page.get_by_role(role, name=name, **more).first)

    def click(self, what: Locator) -> None:
        """Click."""
        what.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def fill(self, label: str, text: str, **more: Any) -> Locator:
        """Fill in the field and return it."""
        field = self.page.get_by_label(label, **more)
        field.fill(text)
        self.fields += 1
        return field

    def told(self, what: str) -> None:
        """Print what it took."""
        print(
            f"Human cost: {what}: {self.clicks} clicks, {self.fields} fields, "
            f"{self.dialogs} dialogs"
        )


@pytest.fixture
def lise(live, someone):
    """Return Lise on the page of Mia's case."""
    human = someone(DESK)
    human.become("Lise Dam")
    human.page.get_by_role("link", name="Mia Sørensen").first.click()
    human.page.wait_for_load_state()
    return human


def _six_points(cost: Cost) -> None:
    for number in range(1, 7):
        cost.press("link", "Foreslå et punkt")
        title = cost.fill("Hvad handler punktet om?", f"Mias sag nr. {number}")
        title.press("Enter")
        says(cost, f"Mias sag nr. {number}")


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_a_meeting_of_six_points_from_the_case_to_the_sent_invitations(lise):
    cost = Cost(lise)
    cost.press("link", "Planlægge et nyt møde")
    cost.fill("Hvad er formålet", "Hvor skal Mia bo?")
    cost.fill("Dag (valgfrit)", (clock.today() + timedelta(days=8)).isoformat())
    cost.fill("Klokken", "13:00")
    cost.fill("Hvor? (valgfrit)", "Afsnit 1, samtalerummet").press("Enter")
    cost.press("link", "Dagsorden")
    _six_points(cost)
    cost.press("link", "Gå til mødet")
    cost.press("link", "Invitationer")
    cost.press("button", "Tag alle")
    cost.press("button", "Send til")
    says(cost, "Alle på listen har fået det, de skal have.")
    invited = lise.page.locator(".invited > li")
    assert invited.count() > PEOPLE
    cost.told(f"a meeting of 6 points and {invited.count() - 1} people, sent")
    assert cost.clicks <= 12
    assert cost.fields <= 10
    assert cost.dialogs == 0


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_an_invitation_is_answered_with_one_click_after_the_link(live, someone):
    anybody = someone(PHONE)
    link = newest_post(anybody, "Ellen Brandt", saying="Du er inviteret til et møde")
    for answer in ("Ja", "Måske", "Nej"):
        anybody.go(urlsplit(link).path)
        cost = Cost(anybody)
        cost.press("button", answer, exact=True)
        says(anybody, f"Du har svaret {answer.lower()}.")
        cost.told(f"an invitation answered {answer.lower()}")
        assert (cost.clicks, cost.fields, cost.dialogs) == (1, 0, 0)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_an_agreement_is_one_line_and_no_mouse(live, someone):
    sofie = someone(DESK)
    sofie.become("Sofie Krogh")
    sofie.page.get_by_role("link", name="Kim Petersen").first.click()
    sofie.page.get_by_role("link", name="Gå til mødet").first.click()
    cost = Cost(sofie)
    line = cost.fill("Ny aftale", "Rasmus ringer til værkstedet i morgen")
    line.press("Enter")
    expect(sofie.page.get_by_text("inger til værkstedet").first).to_be_visible()
    cost.told("an agreement captured")
    assert (cost.clicks, cost.fields, cost.dialogs) == (0, 1, 0)


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_from_the_link_to_the_persons_first_saved_word(live, someone):
    henrik, jette = someone(DESK), someone(PHONE)
    henrik.become("Henrik")
    case = henrik.page.locator("a", has_text=JETTE).first.get_attribute("href")
    henrik.go(f"{case}/team")
    henrik.page.get_by_role("link", name=f"Ret {JETTE}").click()
    henrik.page.get_by_role("button", name="Send link med mail").click()
    jette.go(urlsplit(newest_post(henrik, JETTE, saying="personlige link")).path)
    cost = Cost(jette)
    cost.press("button", "Få en kode")
    shown = re.search(r"\d{6}", jette.page.locator(".notice").inner_text())
    assert shown is not None
    jette.page.get_by_label("Kode").fill(shown[0])
    cost.press("button", "Gå ind")
    cost.press("button", "Skrive selv")
    jette.page.get_by_label("Dit svar").press_sequentially("At jeg kan sove.")
    saved(jette)
    cost.told("the person's first saved word, from the link")
    assert cost.clicks <= 3


def with_a_day(human, minutes):
    """Give each agreement of the minutes its day, as is done in the room."""
    human.become("Lise Dam")
    human.go(minutes)
    drafts = human.page.locator("a[href*='/actions/']").evaluate_all("all => all.map(a => a.href)")
    for draft in drafts:
        human.go(urlsplit(draft).path)
        day = human.page.get_by_label("Vælg en dag")
        if day.count():
            day.fill((clock.today() + timedelta(days=8)).isoformat())
            human.page.get_by_role("button", name="Gem", exact=True).click()
            human.page.wait_for_load_state()


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_from_the_ended_meeting_to_minutes_that_are_sent_out(live, someone):
    lise = someone(DESK)
    lise.become("Lise Dam")
    minutes = lise.page.locator("a[href$='/send-out']").first.get_attribute("href")
    minutes = minutes.replace("/send-out", "/minutes")
    with_a_day(someone(DESK), minutes)
    lise.go(minutes)
    cost = Cost(lise)
    cost.press("link", "Gå til udsendelse")
    assert path(lise) == "/step-up"
    shown = lise.page.locator(".notice").inner_text().strip()
    cost.fill("Adgangskode", shown.partition(": ")[2])
    cost.press("button", "Fortsæt")
    cost.press("button", "Godkend og send")
    headed(lise, "Kopiér til journalen")
    cost.told("from the ended meeting to sent out, the proof of who one is included")
    assert cost.clicks <= 3
    assert cost.dialogs == 0
