"""The front page: each role its own day, the person's main thing chosen by time."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.engine import Engine

from netmeet.accounts import service as accounts
from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind
from netmeet.cases import service as cases
from netmeet.cases.models import Case
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations import service as invitations
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings import service as meetings
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service.requests import Wish
from netmeet.plans.models import Plan, PlanVersion
from tests.reader import StrictClient, mentions
from tests.world import World, now, this_morning

OPEN = (Scope.BASIC, Scope.INVITE, Scope.PLAN, Scope.MINUTES)


def _home(client: StrictClient) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _publish(world: World, case: Case) -> PlanVersion:
    plan = Plan(case_id=case.id, case=case, begun_at=now(), sections=[], goals=[], versions=[])
    db.session.add(plan)
    version = PlanVersion(
        plan_id=plan.id,
        n=1,
        published_at=now(),
        published_by_id=world.lise.id,
        comments_until=clock.today() + timedelta(days=5),
        content={"sections": []},
    )
    plan.versions.append(version)
    db.session.flush()
    return version


def test_who_is_not_signed_in_goes_to_the_login(client: StrictClient) -> None:
    assert client.get("/").headers["Location"].startswith("/login")


def test_before_the_meeting_the_person_is_asked_what_matters(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    world.meeting(case, in_days=10, state=MeetingState.INVITED)
    world.sign_in(client, case.person.user)
    body = _home(client)
    assert "Hej Mia" in body
    assert "Dit møde er" in body
    assert "Fortæl, hvad der er vigtigt for dig" in body
    assert "Du kan begynde, når du vil" in body
    assert "Ring til" in body


def test_on_the_day_the_way_in_comes_first(world: World, client: StrictClient) -> None:
    with time_machine.travel(this_morning()):
        case = world.case()
        world.meeting(case, in_days=0, state=MeetingState.INVITED)
        world.sign_in(client, case.person.user)
        body = _home(client)
    assert "Dit møde er i dag" in body
    assert "Jeg er på vej" in body
    assert "Fortæl, hvad der er vigtigt for dig" not in body


def test_after_the_meeting_the_plan_waits_for_an_answer(world: World, client: StrictClient) -> None:
    case = world.case()
    world.meeting(case, in_days=30, state=MeetingState.PLANNED)
    _publish(world, case)
    world.sign_in(client, case.person.user)
    body = _home(client)
    assert "Er det her din plan?" in body
    assert "Næste møde er" in body


def test_a_request_shows_who_has_it_and_by_when(world: World, client: StrictClient) -> None:
    case = world.case()
    person = world.actor(case.person.user)
    meetings.requests.ask(case, by=person, at=now(), wish=Wish(about="Jeg vil tale om bolig"))
    world.sign_in(client, case.person.user)
    body = _home(client)
    assert "Du har bedt om et møde" in body
    assert "Lise har det nu" in body


def test_with_nothing_agreed_one_may_ask_for_a_meeting(world: World, client: StrictClient) -> None:
    case = world.case()
    world.sign_in(client, case.person.user)
    body = _home(client)
    assert "Der er ikke aftalt et møde" in body
    assert "Bed om et møde" in body


def test_a_held_meeting_is_being_written_up(world: World, client: StrictClient) -> None:
    case = world.case()
    world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    world.sign_in(client, case.person.user)
    assert "Lise skriver aftalerne færdige" in _home(client)


def test_a_postponed_meeting_waits_for_a_day(world: World, client: StrictClient) -> None:
    case = world.case()
    meeting = world.meeting(case, state=MeetingState.POSTPONED)
    meeting.starts_local = None
    world.sign_in(client, case.person.user)
    assert "Dit møde har ikke fået en dag endnu" in _home(client)


def test_the_case_address_shows_the_person_their_front_page(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    world.sign_in(client, case.person.user)
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 200
    assert "Hej Mia" in answer.get_data(as_text=True)


def test_a_relative_reads_what_was_opened(world: World, client: StrictClient) -> None:
    case = world.case(relative=world.hanne, relative_scopes=OPEN)
    world.meeting(case, state=MeetingState.INVITED)
    _publish(world, case)
    world.sign_in(client, world.hanne)
    body = _home(client)
    assert "Det handler om Mia" in body
    assert "Du er inviteret til et møde" in body
    assert "Læs planen" in body
    assert "Her står det, du må se" in body


def _not_yet_given(world: World, case: Case) -> None:
    """Let the person have said nothing about the relative."""
    del world, case


def _withdrawn(world: World, case: Case) -> None:
    """Let the person take back what they gave."""
    given = cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now() - timedelta(days=2),
        scopes=OPEN,
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
    )
    cases.withdraw_consent(case, given, by=world.actor(case.person.user), at=now())


@pytest.mark.parametrize("turn", [_not_yet_given, _withdrawn])
def test_every_nothing_is_the_same_page_without_a_name(
    world: World, client: StrictClient, turn: Callable[[World, Case], None]
) -> None:
    case = world.case(relative=world.hanne)
    world.meeting(case, state=MeetingState.INVITED)
    _publish(world, case)
    turn(world, case)
    world.sign_in(client, world.hanne)
    body = _home(client)
    main = body[body.index("<main") : body.index("</main>")]
    words = re.sub(r"<[^>]+>|\s+", " ", main).split()
    assert " ".join(words) == (
        "Der er ikke noget til dig lige nu Her står det, du må se. Fortæl personalet noget "
        "Det, du skriver, kan læses af den, det handler om. "
        "Ring, hvis det ikke skal. Hjælp til dig som pårørende"
    )


@pytest.mark.parametrize("answer", [None, AnswerValue.YES, AnswerValue.NO])
def test_who_cannot_come_after_all_is_led_to_the_invitation(
    world: World, client: StrictClient, answer: AnswerValue | None
) -> None:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC, Scope.INVITE])
    meeting = world.meeting(case, state=MeetingState.INVITED)
    own, path = meeting.invitation(world.hanne.id), f"/meetings/{meeting.id}/answer"
    assert own is not None
    if answer is not None:
        invitations.answer(own, answer, via=Via.LOGIN, by=world.hanne.id, at=now())
    world.sign_in(client, world.hanne)
    link = f'href="{path}">Jeg kan ikke alligevel</a>'
    assert (link in _home(client)) is (answer is not AnswerValue.NO)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("scopes", [(), (Scope.BASIC, Scope.PLAN)])
def test_who_is_not_invited_is_not_asked_to_say_that_they_cannot_come(
    world: World, client: StrictClient, scopes: tuple[Scope, ...]
) -> None:
    case = world.case(relative=world.hanne, relative_scopes=scopes)
    _publish(world, case)
    world.sign_in(client, world.hanne)
    assert "Jeg kan ikke alligevel" not in _home(client)


def test_a_guest_sees_time_place_and_number(world: World, client: StrictClient) -> None:
    case = world.case()
    guest = world.user("Merete Holm")
    cases.join(case, guest, place=cases.Place(role=MemberRole.PEER, place="Peer"), at=now())
    world.meeting(case, state=MeetingState.INVITED, invited=[guest])
    world.sign_in(client, guest)
    body = _home(client)
    assert "Dit nummer er 4827" in body
    assert "Stedet er Psykiatrisk Center København" in body
    assert not mentions(body, "Mia")


def test_a_guest_sees_what_they_promised(world: World, client: StrictClient) -> None:
    case = world.case()
    guest = world.user("Merete Holm")
    cases.join(case, guest, place=cases.Place(role=MemberRole.PEER, place="Peer"), at=now())
    action = Action(
        case_id=case.id,
        what="Kører Mia til boligen",
        kind=ActionKind.TASK,
        owner_id=guest.id,
        due_on=clock.today(),
        created_at=now(),
        created_by_id=world.lise.id,
        published_at=now(),
    )
    db.session.add(action)
    world.sign_in(client, guest)
    assert "Kører Mia til boligen" in _home(client)


def test_a_guest_without_a_meeting_sees_that(world: World, client: StrictClient) -> None:
    case = world.case()
    guest = world.user("Merete Holm")
    cases.join(case, guest, place=cases.Place(role=MemberRole.PEER, place="Peer"), at=now())
    world.sign_in(client, guest)
    assert "Der er ikke noget til dig lige nu" in _home(client)


def test_somebody_without_a_case_sees_a_quiet_page(world: World, client: StrictClient) -> None:
    user = world.user("Ny Person")
    accounts.give_role(user, Role.PAT, at=now())
    world.sign_in(client, user)
    assert "Her er ikke noget endnu" in _home(client)


def test_a_coordinator_sees_one_row_a_person(world: World, client: StrictClient) -> None:
    world.meeting(world.case(), state=MeetingState.INVITED)
    world.sign_in(client, world.lise)
    body = _home(client)
    assert "Mia Sørensen" in body
    assert "12.04.91" in body
    assert "Møder, du er inviteret til" not in body


def test_other_staff_see_invitations_and_where_they_are_with(
    world: World, client: StrictClient
) -> None:
    world.meeting(world.case(), state=MeetingState.INVITED)
    world.case("Karin Lund")
    world.sign_in(client, world.jonas)
    body = _home(client)
    assert "Møder, du er inviteret til" in body
    assert body.index("Mia Sørensen") < body.index("Du er også med hos") < body.index("Karin Lund")


def test_staff_without_cases_may_open_one(world: World, client: StrictClient) -> None:
    world.sign_in(client, world.stranger)
    body = _home(client)
    assert "Du er ikke med i nogen forløb endnu" in body
    assert "Åbn et forløb" in body


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.MGR, "Her kan du hjælpe"),
        (Role.AUD, "Spørgsmål, der venter på svar"),
        (Role.ADM, "Brugere og roller"),
        (Role.COM, "Se rapporten"),
    ],
)
def test_the_office_sees_what_it_can_do_and_nobody(
    world: World, client: StrictClient, role: Role, words: str
) -> None:
    world.meeting(world.case(), state=MeetingState.INVITED)
    user = world.staff("Ida Kok", world.office, role=role)
    world.sign_in(client, user)
    body = _home(client)
    assert words in body
    assert not mentions(body, "Mia")
    assert not re.search(r"netmeet [a-z]+ [a-z]+", body), "a command is nothing for who sits there"


def _queries(client: StrictClient, path: str) -> int:
    seen: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT") and "pg_advisory" not in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(seen)


def test_more_cases_cost_the_coordinator_no_more_queries(
    world: World, client: StrictClient
) -> None:
    world.meeting(world.case(), state=MeetingState.INVITED)
    world.sign_in(client, world.lise)
    few = _queries(client, "/")
    for number in range(4):
        world.meeting(world.case(f"Person {number}"), state=MeetingState.INVITED)
    assert _queries(client, "/") == few


def test_the_persons_page_asks_the_database_little(world: World, client: StrictClient) -> None:
    case = world.case()
    world.meeting(case, state=MeetingState.INVITED)
    _publish(world, case)
    world.sign_in(client, case.person.user)
    assert _queries(client, "/") <= 12


def test_what_staff_promised_has_its_day_in_full(world: World, client: StrictClient) -> None:
    case = world.case()
    due = clock.today() + timedelta(days=3)
    action = Action(
        case_id=case.id,
        what="Ringer til banken",
        owner_id=world.jonas.id,
        due_on=due,
        created_at=now(),
        created_by_id=world.lise.id,
        published_at=now(),
    )
    db.session.add(action)
    world.sign_in(client, world.jonas)
    assert f"senest {calendar.day(due, today=clock.today())}" in _home(client)


def test_staff_read_a_plans_edition_by_the_word_of_the_plan(
    world: World, client: StrictClient
) -> None:
    case = world.case()
    _publish(world, case)
    world.sign_in(client, world.lise)
    page = client.get(f"/cases/{case.id}").text
    assert ">Udgave 1<" in page
    assert "Version 1" not in page
