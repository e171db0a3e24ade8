"""Opening a case, filling its network, and coming in by a personal link."""

import re
from urllib.parse import urlsplit

from tests.journeys.acts import follow, headed, path, press, prove, says

MOST_LOOKS = 40
MOST_SCOPES = (
    "Komme med til mødet",
    "Se, hvem der er med",
    "Læse, hvad mødet handler om",
    "Læse, hvad vi talte om",
    "Læse planen",
    "Se aftalerne",
)


def open_case(lead, *, name, email):
    """Open a case as its coordinator; return the path of the case."""
    lead.go("/")
    follow(lead, "Åbn et forløb")
    page = lead.page
    page.get_by_label("Fuldt navn").fill(name)
    page.get_by_label("Fødselsdato").fill("1990-05-17")
    page.get_by_label("Kommune").select_option(label="Frederiksberg Kommune")
    page.get_by_label("Mailadresse").fill(email)
    press(lead, "Åbn forløbet")
    headed(lead, name.split()[0])
    follow(lead, name)
    return path(lead)


def say_yes(lead, *, purpose, scopes=MOST_SCOPES):
    """Fill in what the person said yes to."""
    page = lead.page
    for scope in scopes:
        page.get_by_label(scope, exact=True).check()
    page.get_by_label("Hvad skal det bruges til").fill(purpose)
    page.get_by_label("Mundtligt").check()
    page.get_by_role("group", name="Var I alene").get_by_label("Ja").check()


def add_colleague(lead, case, *, place, name, purpose):
    """Add somebody of the directory with the person's yes."""
    lead.go(f"{case}/team")
    follow(lead, "Tilføj en kollega")
    lead.page.get_by_label("Hvor arbejder kollegaen?").select_option(label=place)
    press(lead, "Vis kolleger")
    follow(lead, f"Vælg {name}")
    lead.page.get_by_label(f"Kun {name}").check()
    say_yes(lead, purpose=purpose)
    press(lead, "Der er sagt ja. Tilføj")
    prove(lead)
    headed(lead, "Hvem er med")
    says(lead, name)


def add_guest(lead, case, *, name, email):
    """Add staff of an organisation that is not on netmeet."""
    lead.go(f"{case}/team")
    follow(lead, "Tilføj en fagperson uden netmeet")
    page = lead.page
    page.get_by_label("Fuldt navn").fill(name)
    page.get_by_label("Stilling").fill("støttekontaktperson")
    page.get_by_label("Arbejdssted").fill("Støttekontakten")
    page.get_by_label("Kommunen", exact=True).check()
    page.get_by_label("Mailadresse").fill(email)
    say_yes(lead, purpose="Mødet og planen bagefter")
    press(lead, "Tilføj gæsten")
    prove(lead)
    headed(lead, "Hvem er med")
    says(lead, name)


def add_relative(lead, case, *, name, relation, email):
    """Add a relative with the person's yes."""
    lead.go(f"{case}/team")
    follow(lead, "Tilføj en pårørende eller hjælper")
    page = lead.page
    page.get_by_label("Fuldt navn").fill(name)
    page.get_by_label("Hvad er de for borgeren").fill(relation)
    page.get_by_label("Mailadresse").fill(email)
    say_yes(lead, purpose="Så familien kan hjælpe")
    press(lead, "Tilføj", exact=True)
    prove(lead)
    headed(lead, "Hvem er med")
    says(lead, name)


def send_link(lead, case, name):
    """Send a member of the network their personal link by mail."""
    lead.go(f"{case}/team")
    follow(lead, f"Ret {name}")
    press(lead, "Send link med mail")
    says(lead, f"{name} får en mail")


def newest_post(human, name, *, saying):
    """Return the link of the newest such mail somebody received, once the worker has sent it."""
    mail = human.page.locator("main section", has_text=f"Til {name}").filter(has_text=saying).first
    human.go("/post")
    for _ in range(MOST_LOOKS):
        if mail.is_visible():
            break
        human.page.wait_for_load_state("networkidle")
        human.page.reload()
    return mail.locator("a").first.get_attribute("href")


def come_in(human, link):
    """Open one's personal link and give the code, which the demo shows."""
    human.go(urlsplit(link).path)
    press(human, "Få en kode")
    headed(human, "Skriv din kode")
    shown = human.page.locator(".notice").inner_text()
    human.page.get_by_label("Kode").fill(re.search(r"\d{6}", shown)[0])
    press(human, "Gå ind")
