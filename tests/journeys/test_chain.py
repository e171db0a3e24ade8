"""The chain once: request, words, agenda, invitation, meeting, minutes, plan, follow-up."""

from dataclasses import dataclass

from tests.journeys import steps_after, steps_before, steps_case, steps_room
from tests.journeys.acts import follow, headed, path, press, says
from tests.journeys.conftest import DESK, PHONE, Someone

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
