"""The meeting itself: who is here, the points, the agreements, the pause and the end."""

from datetime import timedelta

from playwright.sync_api import expect

from netmeet.core import clock
from tests.journeys.acts import follow, headed, press, saved


def begin(lead, case, people):
    """Say who is here and begin."""
    lead.go(case)
    follow(lead, "Hold mødet nu")
    for name in people:
        here = lead.page.get_by_role("group", name=name)
        here.get_by_role("button", name="er her", exact=True).click()
        expect(here.get_by_role("button", name="er her")).to_have_attribute("aria-pressed", "true")
    press(lead, "Begynd mødet")
    headed(lead, "Punkt 1 af")


def next_point(lead, number):
    """Turn to the next point as a clicker does."""
    lead.page.keyboard.press("PageDown")
    headed(lead, f"Punkt {number} af")


def answer(lead, *, kind, text, conclusion):
    """Answer the person's wish, and say how the point ended."""
    page = lead.page
    page.get_by_role("group", name="Svar til").get_by_label(kind, exact=True).check()
    page.get_by_role("textbox", name="Svar til").fill(text)
    conclude(lead, conclusion)


def conclude(lead, conclusion):
    """Say how the point ended."""
    lead.page.get_by_label(conclusion, exact=True).check()
    saved(lead)


def agree(lead, line, *, heard):
    """Make an agreement of one line by keyboard; the chips show what was understood."""
    page = lead.page
    if "kept=" not in page.url:
        page.get_by_label("Ny aftale").focus()
    page.keyboard.type(line)
    expect(page.locator("[data-capture-chips]")).to_contain_text(heard)
    page.keyboard.press("Enter")
    page.wait_for_url("**/room?kept=*")
    expect(page.locator(".room-agreed li").last).to_be_visible()
    page.wait_for_load_state()


def pause(lead):
    """F8 turns the screen to the pause, which the server then holds, and back."""
    page = lead.page
    with page.expect_navigation():
        page.keyboard.press("F8")
    expect(page.get_by_text("Vi holder pause")).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("F8")
    expect(page.get_by_text("Vi holder pause")).to_be_hidden()


def read_back(lead, *, count):
    """Read the agreements aloud, one at a time; Enter says that it is written right."""
    for number in range(1, count + 1):
        lead.page.keyboard.press("PageDown" if number == 1 else "Enter")
        headed(lead, f"Aftale {number} af {count}")
    lead.page.keyboard.press("Enter")
    headed(lead, "Hvornår mødes vi igen?")


def end(lead, *, in_days=0):
    """Set the next day, or say why there is none, and end the meeting."""
    page = lead.page
    if in_days:
        day = clock.today() + timedelta(days=in_days)
        page.get_by_label("Dag", exact=True).fill(day.isoformat())
        page.get_by_label("Klokken").fill("10:00")
    else:
        page.get_by_label("hvorfor der ikke er en dag").fill("Ida vil selv bede om det næste.")
    page.get_by_label("Den mangler", exact=True).check()
    press(lead, "Slut mødet")
    headed(lead, "Referat")


def hold_the_first(lead, case, people):
    """Hold the first meeting: nine points, two agreements, and a day for the next."""
    begin(lead, case, people)
    next_point(lead, 2)
    note = lead.page.get_by_label("Vi talte om", exact=True)
    note.fill("Jonas kan vise to steder i januar.")
    answer(lead, kind="delvist", text="Du ser to steder først.", conclusion="aftalt")
    agree(lead, "Jonas viser Ida to steder om 14 dage", heard="Jonas Holm")
    agree(lead, "Lise ringer til Ida i morgen", heard="Lise Dam")
    expect(note).to_have_value("Jonas kan vise to steder i januar.")
    pause(lead)
    next_point(lead, 3)
    answer(lead, kind="ja", text="Lise ringer hver dag den første uge.", conclusion="besluttet")
    next_point(lead, 4)
    conclude(lead, "besluttet")
    for number in range(5, 10):
        next_point(lead, number)
    read_back(lead, count=2)
    end(lead, in_days=14)


def hold_the_second(lead, case, people):
    """Hold the follow-up: what was agreed last time stands there with how far it is."""
    begin(lead, case, people)
    next_point(lead, 2)
    earlier = lead.page.locator("main")
    expect(earlier).to_contain_text("Viser Ida to steder")
    expect(earlier).to_contain_text("i gang")
    agree(lead, "Anders skriver til egen læge om 7 dage", heard="Anders Bro")
    for number in range(3, 8):
        next_point(lead, number)
    read_back(lead, count=1)
    end(lead)
