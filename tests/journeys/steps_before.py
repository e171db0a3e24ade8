"""Before the meeting: asking for it, preparing, the agenda, the invitations and their answers."""

from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from netmeet.core import clock
from tests.journeys.acts import follow, headed, path, press, saved, says
from tests.journeys.steps_case import come_in, newest_post


def ask_for_a_meeting(person):
    """The person asks in four short answers; the receipt says who has it and by when."""
    person.go("/")
    follow(person, "Bed om et møde")
    person.page.get_by_label("Hvad skal mødet handle om?").fill("Jeg vil vide, hvor jeg skal bo.")
    person.page.get_by_label("I denne uge").check()
    person.page.get_by_label("Hvem skal være med?").fill("Min søster og Jonas")
    press(person, "Send")
    headed(person, "Vi har fået det, du skrev")
    says(person, "Lise Dam har det nu.")
    says(person, "Du får en dag for mødet senest")


def plan_the_meeting(lead, name, *, purpose):
    """The coordinator sees the clock, says yes and sets the time; return the meeting's path."""
    lead.go("/")
    lead.page.get_by_text("Denne uge (").click()
    row = lead.page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text("bedt om møde, dag 0 af 5")
    follow(lead, f"Foreslå tider {name}")
    says(lead, "En tid skal være aftalt senest")
    press(lead, "Ja, planlæg mødet")
    headed(lead, "Hvornår, hvor og hvorfor mødes I?")
    return set_the_time(lead, purpose=purpose)


def set_the_time(lead, *, purpose):
    """Fill in the meeting for tomorrow; return its path."""
    page = lead.page
    page.get_by_label("Hvad er formålet").fill(purpose)
    page.get_by_label("Dag (valgfrit)").fill((clock.today() + timedelta(days=1)).isoformat())
    page.get_by_label("Klokken").fill("13:00")
    page.get_by_label("Fremmøde", exact=True).check()
    page.get_by_label("Hvor? (valgfrit)").fill("Afsnit 1, samtalerummet")
    page.get_by_label("Hvem tager imod?").fill("Lise")
    press(lead, "Gem")
    headed(lead, "Netværksmøde")
    return path(lead)


def prepare(person, link, meeting):
    """The person answers, sees it saved, skips, pauses, leaves in a hurry and comes back."""
    _answer_some(person)
    _leave_and_come_back(person, link, meeting)


def _answer_some(person):
    page = person.page
    person.go("/")
    says(person, "Du kan begynde, når du vil.")
    follow(person, "Fortæl, hvad der er vigtigt for dig")
    press(person, "Skrive selv")
    page.get_by_label("Bolig").check()
    page.get_by_label("Dit svar").press_sequentially("At jeg ved, hvor jeg skal sove.")
    saved(person)
    press(person, "Videre")
    headed(person, "Hvad vil du have hjælp til?")
    wishes = "Jeg vil have en bolig med ro\nHvem hjælper mig den første uge?"
    page.get_by_label("Dit svar").fill(wishes)
    press(person, "Videre")
    says(person, "Det er nok til et godt møde.")
    press(person, "Spring over")
    headed(person, "Er der noget, du ikke vil tale om?")
    press(person, "Hold pause. Alt er gemt.")
    says(person, "Du har svaret på 2 af 7.")


def _leave_and_come_back(person, link, meeting):
    follow(person, "Fortsæt")
    headed(person, "Er der noget, du ikke vil tale om?")
    person.page.get_by_label("Dit svar").fill("Min far.")
    press(person, "Luk hurtigt")
    person.page.wait_for_url("**/roligt")
    person.go(f"{meeting}/prepare")
    headed(person, "Log ind")
    come_in(person, link)
    follow(person, "Fortæl, hvad der er vigtigt for dig")
    says(person, "Du har svaret på 3 af 7.")
    follow(person, "Se alle dine svar")
    says(person, "Min far.")


def propose(staff, meeting, *, title, decider=""):
    """Somebody of the staff proposes a point, to be decided by somebody."""
    staff.go(f"{meeting}/agenda")
    page = staff.page
    page.get_by_text("Foreslå et punkt").click()
    page.get_by_label("Hvad handler punktet om?").fill(title)
    if decider:
        page.get_by_label("Beslutte", exact=True).check()
        page.get_by_label("Skal besluttes af").select_option(label=decider)
    press(staff, "Sæt det på")
    says(staff, title)


def agree_on_the_agenda(person, lead, colleague, meeting):
    """Both sides build it at once; the person's points are theirs; the person says yes."""
    lead.go(f"{meeting}/agenda")
    press(lead, "Del med Ida")
    says(lead, "Vi venter på svar fra Ida.")
    person.go(meeting)
    follow(person, "Se mødets punkter")
    title = "Midlertidig bolig"
    propose(colleague, meeting, title=title, decider="Jonas Holm, Myndighed voksne, Frederiksberg")
    expect(person.page.get_by_text(title).first).to_be_visible()
    expect(colleague.page.get_by_role("link", name="Jeg vil have en bolig")).to_have_count(0)
    press(person, "Ja, sådan skal det være")
    says(person, "Du har sagt ja til punkterne")


def invite(lead, meeting, *, count):
    """A draft first, then one act that says how many get what."""
    lead.go(f"{meeting}/invitations")
    press(lead, "Tag alle med, der må inviteres")
    expect(lead.page.get_by_text("Kladde, ikke sendt")).to_have_count(count)
    says(lead, f"{count} får en mail med kalenderfil.")
    press(lead, f"Send til {count}")
    says(lead, "Alle på listen har fået det, de skal have.")


def answer_by_link(human, name):
    """Say yes on the page the mail leads to, where no name stands, without a login."""
    link = newest_post(human, name, saying="Du er inviteret til et møde")
    human.go(urlsplit(link).path)
    expect(human.page.locator("body")).not_to_contain_text("Prøvesen")
    press(human, "Ja", exact=True)
    says(human, "Du har svaret ja.")
    return link


def answer_with_mandate(staff, name):
    """Answer from the front page: yes, may decide, and a few lines beforehand."""
    staff.go("/")
    follow(staff, f"Svar {name}")
    press(staff, "Ja", exact=True)
    page = staff.page
    page.get_by_role("group", name="Midlertidig bolig").get_by_label("Ja", exact=True).check()
    press(staff, "Send svaret")
    page.get_by_label("Kort fra dig").fill("Jeg kan vise to steder i januar.")
    press(staff, "Gem teksten")
    expect(page.get_by_label("Kort fra dig")).to_have_value("Jeg kan vise to steder i januar.")


def lacks(lead, meeting):
    """Return the lines of what the meeting lacks, as the coordinator reads them."""
    lead.go(f"{meeting}/readiness")
    headed(lead, "Hvad mangler mødet?")
    return lead.page.locator(".lacks li p").all_inner_texts()
