"""Going about with the keyboard alone: Tab until the focus is where one wants it, then a key."""

from playwright.sync_api import expect

from tests.journeys.steps_room import pause

MOST_TABS = 250
_FOCUSED = """() => {
  const e = document.activeElement;
  const name = e.getAttribute('aria-label')
    || [...(e.labels || [])].map(label => label.textContent).join(' ')
    || e.textContent;
  const group = e.closest('[role=group], fieldset');
  const by = group && (group.getAttribute('aria-labelledby')
    ? document.getElementById(group.getAttribute('aria-labelledby')).textContent
    : group.querySelector('legend')?.textContent);
  return [name.replace(/\\s+/g, ' ').trim(), (by || '').replace(/\\s+/g, ' ').trim()];
}"""


def tab_to(human, name, *, group=""):
    """Press Tab until what has the focus begins with this name; it must show that it has it."""
    page = human.page
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused, its_group = page.evaluate(_FOCUSED)
        if focused.startswith(name) and group in its_group:
            shown = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(shown) != "none", f"no focus ring on {name}"
            return
    message = f"the keyboard does not reach {name}"
    raise AssertionError(message)


def go(human, name, *, group=""):
    """Reach a link, button or summary and press Enter."""
    tab_to(human, name, group=group)
    human.page.keyboard.press("Enter")


def write(human, name, text):
    """Reach a field and write in it."""
    tab_to(human, name)
    human.page.keyboard.type(text)


def is_headed(human, text):
    """Expect the page that the keys led to."""
    expect(human.page.locator("h1")).to_contain_text(text)
    human.page.wait_for_load_state()


def set_the_agenda_and_invite(lead, *, title, count):
    """From the case: a point on the agenda, shared with the person, and the invitations sent."""
    go(lead, "Dagsorden")
    is_headed(lead, "Dagsorden for mødet med Eva")
    go(lead, "Foreslå et punkt")
    is_headed(lead, "Foreslå et punkt")
    write(lead, "Hvad handler punktet om?", title)
    go(lead, "Sæt det på")
    expect(lead.page.locator(".points")).to_contain_text([title])
    go(lead, "Del med Eva")
    expect(lead.page.get_by_text("Vi venter på svar fra Eva.")).to_be_visible()
    go(lead, "Gå til mødet")
    is_headed(lead, "Netværksmøde")
    go(lead, "Invitationer")
    is_headed(lead, "Hvem skal med til mødet?")
    go(lead, "Tag alle med")
    expect(lead.page.get_by_text(f"{count} får en mail")).to_be_visible()
    go(lead, f"Send til {count}")
    expect(lead.page.get_by_text("Alle på listen har fået")).to_be_visible()


def begin(lead, people):
    """From the case: into the room, who is here, and the first point."""
    go(lead, "Hold mødet nu")
    is_headed(lead, "Hvem er her?")
    for name in people:
        go(lead, "er her", group=name)
        here = lead.page.get_by_role("group", name=name).locator("[aria-pressed='true']")
        expect(here).to_have_text("er her")
        lead.page.wait_for_load_state()
    go(lead, "Begynd mødet")
    is_headed(lead, "Punkt 1 af")


def hold(lead, *, points):
    """A note, a conclusion, an agreement in one line, the pause, the read-back and the end."""
    page = lead.page
    page.keyboard.press("PageDown")
    is_headed(lead, "Punkt 2 af")
    write(lead, "Vi talte om", "Eva sover dårligt.")
    tab_to(lead, "aftalt", group="Sådan blev det")
    page.keyboard.press("Space")
    write(lead, "Ny aftale", "Jonas finder et stille sted om 14 dage")
    page.keyboard.press("Enter")
    page.wait_for_url("**/room?kept=*")
    expect(page.locator(".room-agreed li")).to_contain_text("Finder et stille sted")
    page.wait_for_load_state()
    pause(lead)
    for number in range(3, points + 1):
        page.keyboard.press("PageDown")
        is_headed(lead, f"Punkt {number} af {points}")
    page.keyboard.press("PageDown")
    is_headed(lead, "Er det skrevet rigtigt?")
    page.keyboard.press("Enter")
    is_headed(lead, "Hvornår mødes vi igen?")
    write(lead, "Eller skriv, hvorfor der ikke er en dag", "Eva vil selv bede om det.")
    tab_to(lead, "Den findes")
    page.keyboard.press("Space")
    for _time in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Den mangler", exact=True)).to_be_checked()
    go(lead, "Slut mødet")
    is_headed(lead, "Referat")


def send_out(lead):
    """From the minutes: the password again, then approve and send."""
    go(lead, "Gå til udsendelse")
    is_headed(lead, "Er det dig?")
    shown = lead.page.locator(".notice").inner_text().strip()
    write(lead, "Din adgangskode", shown.partition(": ")[2])
    lead.page.keyboard.press("Enter")
    is_headed(lead, "Send referat og plan ud")
    if lead.page.get_by_label("ringes til").count():
        tab_to(lead, "Hvem kan der ringes til?")
        lead.page.keyboard.press("ArrowDown")
    go(lead, "Godkend og send")
    is_headed(lead, "Kopiér til journalen")
