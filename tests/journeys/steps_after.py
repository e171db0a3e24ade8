"""After the meeting: sending out, the person's answer, what became of it, and who saw what."""

from playwright.sync_api import expect

from tests.journeys.acts import follow, give_password, headed, press, says, says_not


def send_out(lead, meeting, *, count):
    """Look at what the person gets, approve with the password again; return the plan's path."""
    lead.go(f"{meeting}/minutes")
    follow(lead, "Gå til udsendelse")
    give_password(lead)
    says(lead, "Planen, som Ida ser den")
    says(lead, f"{count} får en mail")
    caller = lead.page.get_by_label("ringes til")
    if caller.count():
        caller.first.select_option(index=1)
    press(lead, "Godkend og send")
    headed(lead, "Kopiér til journalen")
    text = lead.page.get_by_label("Aftalerne som tekst").input_value()
    assert "Viser Ida to steder" in text
    press(lead, "Det er journaliseret hos os")
    lead.go(f"{meeting}/journal")
    return lead.page.get_by_role("link", name="Se planen").get_attribute("href")


def print_on_paper(human, path):
    """Fetch a PDF with the login of the page."""
    answer = human.context.request.get(f"{human.address}{path}.pdf")
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF-")


def answer_the_plan(person):
    """The person says yes, but: nothing is chosen beforehand, and words are asked for calmly."""
    person.go("/")
    says(person, "Er det her din plan?")
    follow(person, "Læs og svar")
    expect(person.page.locator("[aria-pressed='true']")).to_have_count(0)
    press(person, "Ja, men …")
    says_not(person, "Fejl:")
    person.page.get_by_label("Hvad skal være anderledes?").fill("Jeg vil selv vælge stedet.")
    press(person, "Send mit svar")
    says(person, "Jeg vil selv vælge stedet.")


def read_what_is_open(relative, meeting):
    """The relative reads plan and minutes, and nothing says what is left out."""
    relative.go("/")
    says(relative, "Her står det, du må se.")
    follow(relative, "Læs planen")
    says(relative, "Viser Ida to steder")
    relative.go(f"{meeting}/minutes")
    says(relative, "Du ser to steder først.")
    says_not(relative, "ddrag")


def report(owner, button):
    """Report on an agreement in one click."""
    owner.go("/actions")
    press(owner, button)
    expect(owner.page.get_by_role("button", name=button, exact=True)).to_have_count(0)


def say_it_happened(person):
    """The person says whether it happened."""
    person.go("/")
    says(person, "skriver, at")
    press(person, "Ja", exact=True)
    expect(person.page.get_by_role("group", name="Er det sket?")).to_have_count(0)


def oversee(manager, *, hidden):
    """The manager sees open agreements by number, and no name or word of a person."""
    follow(manager, "Se hele overblikket")
    headed(manager, "Overblik over")
    expect(manager.page.get_by_role("row").filter(has_text="Anders Bro")).to_have_count(1)
    for word in hidden:
        says_not(manager, word)


def stop_the_relative(person, relative, name, plan):
    """Two taps end it; what the relative has then says nothing of what there was."""
    person.go("/")
    follow(person, "Hvem må se hvad")
    follow(person, f"Stop {name}")
    press(person, "Ja, stop det")
    says(person, "Ser ikke noget.")
    relative.go("/")
    headed(relative, "Der er ikke noget til dig lige nu")
    says_not(relative, "Ida")
    answer = relative.page.goto(relative.address + plan)
    assert answer is not None
    assert answer.status == 404
    says_not(relative, "Ida")


def who_has_looked(person):
    """The person reads who has looked; nobody who may is said to have been turned away."""
    person.go("/")
    follow(person, "Hvem har set min plan")
    for name in ("Lise, sygeplejerske,", "Jonas, sagsbehandler,", "Nora, søster,"):
        says(person, f"{name} har læst")
    says_not(person, "Lise, sygeplejerske, prøvede")
