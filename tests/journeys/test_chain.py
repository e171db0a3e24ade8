"""The chain once: request, words, agenda, invitation, meeting, minutes, plan, follow-up."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests import soak
from tests.journeys import steps_after, steps_before, steps_case, steps_keyboard, steps_room
from tests.journeys.acts import follow, headed, path, press, saved, says
from tests.journeys.conftest import DESK, PHONE, Someone

pytestmark = pytest.mark.soak

FREDERIKSBERG, KOEBENHAVN = "Frederiksberg Kommune", "Psykiatrisk Center København"
EVERYBODY = 6
STAFF = ("Lise Dam", "Jonas Holm", "Anders Bro", "Torben Ravn")
PEOPLE = ("Ida Prøvesen", "Jonas Holm", "Lise Dam", "Nora Prøvesen", "Anders Bro")


@dataclass
class Cast:
    """Everybody of the chain, each with a browser of their own, and what they work on."""

    lise: Someone
    jonas: Someone
    anders: Someone
    ida: Someone
    nora: Someone
    vera: Someone
    case: str = ""
    meeting: str = ""
    plan: str = ""
    link: str = ""


def _open_the_case(cast):
    """Step 1: a colleague of each sector, a staff guest, a relative, consents; the clock starts."""
    lead, ida = cast.lise, cast.ida
    case = cast.case = steps_case.open_case(lead, name="Ida Prøvesen", email="ida@example.org")
    for place, name in ((FREDERIKSBERG, "Jonas Holm"), (KOEBENHAVN, "Anders Bro")):
        steps_case.add_colleague(lead, case, place=place, name=name, purpose="Hjælp til bolig")
    steps_case.add_guest(lead, case, name="Vera Gæstesen", email="vera@example.org")
    steps_case.add_relative(
        lead, case, name="Nora Prøvesen", relation="søster", email="nora@example.org"
    )
    lead.go(f"{case}/consents")
    says(lead, "Nora Prøvesen")
    steps_case.send_link(lead, case, "Ida Prøvesen")
    cast.link = steps_case.newest_post(ida, "Ida Prøvesen", saying="personlige link")
    steps_case.come_in(ida, cast.link)
    headed(ida, "Hej Ida")
    steps_before.ask_for_a_meeting(ida)
    purpose = "Ida vil vide, hvor hun skal bo."
    cast.meeting = steps_before.plan_the_meeting(lead, "Ida Prøvesen", purpose=purpose)


def _prepare_and_invite(cast):
    """Steps 2 to 4: the person's words, the agenda of both sides, invitations and answers."""
    lead, meeting = cast.lise, cast.meeting
    steps_before.prepare(cast.ida, cast.link, meeting)
    steps_before.agree_on_the_agenda(cast.ida, lead, cast.jonas, meeting)
    steps_before.invite(lead, meeting, count=EVERYBODY)
    assert "Ingen fra kommunen har sagt ja endnu." in steps_before.lacks(lead, meeting)
    for human, name in ((cast.vera, "Vera Gæstesen"), (cast.ida, "Ida Prøvesen")):
        steps_before.answer_by_link(human, name)
    cast.link = steps_before.answer_by_link(cast.nora, "Nora Prøvesen")
    steps_before.answer_with_mandate(cast.jonas, "Ida Prøvesen")
    cast.anders.go("/")
    follow(cast.anders, "Svar Ida Prøvesen")
    press(cast.anders, "Ja", exact=True)
    assert steps_before.lacks(lead, meeting) == []


def _meet_and_send_out(cast):
    """Steps 5 to 7: the room, version 1, the answer to it, and what became of the agreements."""
    steps_room.hold_the_first(cast.lise, cast.case, PEOPLE)
    cast.plan = steps_after.send_out(cast.lise, cast.meeting, count=EVERYBODY)
    steps_after.print_on_paper(cast.lise, f"{cast.meeting}/minutes")
    steps_after.print_on_paper(cast.ida, cast.plan)
    steps_after.answer_the_plan(cast.ida)
    steps_case.come_in(cast.nora, cast.link)
    steps_after.read_what_is_open(cast.nora, cast.meeting)
    steps_after.report(cast.jonas, "I gang Viser Ida to steder")
    steps_after.report(cast.lise, "Sket Ringer til Ida")
    steps_after.say_it_happened(cast.ida)


def _follow_up(cast):
    """Step 8: the drafted meeting carries on what is open; holding it makes version 2."""
    lead = cast.lise
    lead.go(cast.case)
    follow(lead, "Inviter")
    follow_up = path(lead).removesuffix("/invitations")
    assert follow_up != cast.meeting
    steps_before.invite(lead, follow_up, count=EVERYBODY)
    steps_room.hold_the_second(lead, cast.case, PEOPLE)
    assert steps_after.send_out(lead, follow_up, count=EVERYBODY) == cast.plan
    lead.go(cast.plan)
    for text in ("Udgave 2", "Skriver til egen læge", "Taget op igen på 1 møde"):
        says(lead, text)
    lead.go(f"{cast.plan}/compare")
    says(lead, "Skriver til egen læge")


@pytest.mark.parametrize("live", soak.on("postgresql"), indirect=True)
def test_the_whole_chain(someone):
    staff = [someone(DESK) for _each in range(4)]
    cast = Cast(*staff[:3], *(someone(PHONE) for _each in range(3)))
    for human, name in zip(staff, STAFF, strict=True):
        human.become(name)
    _open_the_case(cast)
    _prepare_and_invite(cast)
    _meet_and_send_out(cast)
    _follow_up(cast)
    steps_after.oversee(staff[3], hidden=("Prøvesen", "Skriver til egen læge", "bolig"))
    steps_after.who_has_looked(cast.ida)
    steps_after.stop_the_relative(cast.ida, cast.nora, "Nora Prøvesen", cast.plan)


def _new_meeting(lead, *, name, email, purpose):
    """Open a case with Jonas in it and plan a meeting for tomorrow; return both paths."""
    case = steps_case.open_case(lead, name=name, email=email)
    steps_case.add_colleague(
        lead, case, place=FREDERIKSBERG, name="Jonas Holm", purpose="Hjælp til bolig"
    )
    lead.go(case)
    follow(lead, "Nyt møde")
    return case, steps_before.set_the_time(lead, purpose=purpose)


def test_the_chain_with_the_keyboard_alone(someone):
    opener = someone(DESK)
    opener.become("Lise Dam")
    case, _meeting = _new_meeting(
        opener, name="Eva Tastesen", email="eva@example.org", purpose="Eva vil have ro."
    )
    lise = someone(DESK)
    lise.become("Lise Dam")
    lise.go(case)
    steps_keyboard.set_the_agenda_and_invite(lise, title="Ro om natten", count=3)
    steps_keyboard.go(lise, "Eva Tastesen")
    steps_keyboard.is_headed(lise, "Sådan står det til hos Eva")
    steps_keyboard.begin(lise, ("Eva Tastesen", "Jonas Holm", "Lise Dam"))
    steps_keyboard.hold(lise, points=7)
    steps_keyboard.send_out(lise)


def _end_the_login(other):
    """End every login of the same human but this one."""
    other.go("/account/sessions")
    press(other, "Log ud alle andre steder")
    expect(other.page.get_by_role("button", name="Log ud alle andre steder")).to_have_count(0)


def _saves(text):
    """Return what recognises the answer that the text is saved."""
    return lambda answer: answer.ok and text in (answer.request.post_data or "")


def test_text_typed_when_the_login_had_run_out_is_still_there(someone):
    mia, other = someone(PHONE), someone(DESK)
    mia.become("Mia Sørensen")
    follow(mia, "Fortæl, hvad der er vigtigt for dig")
    follow(mia, "Fortsæt")
    field = mia.page.get_by_label("Dit svar")
    other.become("Mia Sørensen")
    _end_the_login(other)

    # a page that saves by itself: the login opens in another tab, the text stays in this one
    field.press_sequentially("Min kat venter på mig.")
    with mia.context.expect_page() as opened:
        follow(mia, "Log ind igen")
    opened.value.get_by_role("button", name="Mia Sørensen").first.click()
    expect(opened.value.locator("h1")).to_contain_text("Du er logget ind igen")
    opened.value.close()
    with mia.page.expect_response(_saves("Hjemme.")):
        field.press_sequentially(" Hjemme.")
    saved(mia)
    mia.page.reload()
    expect(field).to_have_value("Min kat venter på mig. Hjemme.")

    # a plain form: what was posted is kept, shown after the login, and sent
    mia.go("/ask")
    mia.page.get_by_label("Hvad skal mødet handle om?").fill("Jeg vil tale om min kat.")
    _end_the_login(other)
    press(mia, "Send")
    headed(mia, "Log ind igen")
    follow(mia, "Eller vælg et af de opdigtede mennesker")
    press(mia, "Mia Sørensen")
    headed(mia, "Det, du skrev, er her endnu")
    says(mia, "Jeg vil tale om min kat.")
    press(mia, "Fortsæt")
    headed(mia, "Vi har fået det, du skrev")


def test_a_stale_form_in_two_tabs_shows_both_texts(someone):
    lise = someone(DESK)
    lise.become("Lise Dam")
    _case, meeting = _new_meeting(
        lise, name="Ove Tofanesen", email="ove@example.org", purpose="Vi taler om arbejde."
    )
    lise.go(f"{meeting}/edit")
    second = lise.context.new_page()
    second.goto(f"{lise.address}{meeting}/edit")
    second.get_by_label("Hvad er formålet").fill("Ove vil i arbejde igen.")
    second.get_by_role("button", name="Gem", exact=True).click()
    expect(second.locator("main")).to_contain_text("Ove vil i arbejde igen.")
    lise.page.get_by_label("Hvad er formålet").fill("Ove vil på skole.")
    with lise.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        press(lise, "Gem", exact=True)
    assert answered.value.status == 409
    for text in ("Ove vil i arbejde igen.", "Ove vil på skole."):
        says(lise, text)
    press(lise, "Gem min tekst i stedet")
    headed(lise, "Netværksmøde")
    says(lise, "Ove vil på skole.")
