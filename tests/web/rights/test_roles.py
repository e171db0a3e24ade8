"""A right is somebody's in one role, at one time, for what it was given for."""

from datetime import timedelta

import pytest

from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole
from netmeet.cases import queries
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, MandateScope, MemberRole, RepresentationKind, Scope
from netmeet.cases.service import mandates
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import MinutesEntry
from netmeet.meetings.rules import AgendaState, LifeArea, MeetingState, MinutesField
from netmeet.organisations.rules import Sector
from netmeet.plans import exports
from netmeet.plans import queries as plans
from netmeet.plans.models import Plan, PlanVersion
from tests.reader import mentions
from tests.slices.actions.making import agree
from tests.world import EVERYTHING, now


def codes(client, *paths):
    return [client.get(path).status_code for path in paths]


def guest(world, case, *, name="Bo Vikar"):
    """Return somebody of the municipality who is not on netmeet yet, in for this case."""
    user = world.user(name)
    place = cases.Place(
        role=MemberRole.MUNICIPAL_STAFF,
        organisation_id=world.office.organisation_id,
        is_staff_guest=True,
    )
    cases.join(case, user, place=place, at=now() - timedelta(days=60))
    return user


# one role at a time -------------------------------------------------------------------------------


def test_to_her_brother_a_nurse_is_the_sister_he_let_in(world, client):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC])
    world.meeting(case)
    accounts.give_role(world.hanne, Role.REG, at=now(), unit_id=world.ward.id)
    roles = {
        role.role: role for role in db.session.query(UnitRole).filter_by(user_id=world.hanne.id)
    }
    paths = (f"/cases/{case.id}", f"/cases/{case.id}/team", f"/cases/{case.id}/consents")
    world.sign_in(client, world.hanne, role=roles[Role.REG])
    assert codes(client, *paths) == [404, 404, 404]
    for page in ("/", "/cases/closed", "/ask"):
        assert "Sørensen" not in client.get(page).text.replace("Hanne Sørensen", "")
    world.sign_in(client, world.hanne, role=roles[Role.REL])
    assert codes(client, paths[0]) == [200]


def test_a_role_for_another_workplace_opens_nothing_here(world, client):
    case = world.case()
    elsewhere = world.unit("Bo, Herlev", world.organisation("Herlev Kommune", Sector.MUNICIPALITY))
    held = accounts.give_role(world.jonas, Role.MUN, at=now(), unit_id=elsewhere.id)
    world.sign_in(client, world.jonas, role=held)
    assert codes(client, f"/cases/{case.id}") == [404]
    assert not mentions(client.get("/").text, "Mia")
    world.sign_in(client, world.jonas)
    assert codes(client, f"/cases/{case.id}") == [200]


@pytest.mark.parametrize("role", [Role.SYS, Role.LEAD, Role.ANON])
def test_no_login_acts_as_the_worker_the_lead_or_nobody(world, client, role):
    case = world.case()
    held = accounts.give_role(world.stranger, role, at=now(), unit_id=world.ward.id)
    world.sign_in(client, world.stranger, role=held)
    assert client.get(f"/cases/{case.id}").location.startswith("/login")


def test_an_organisation_that_has_ended_lets_nobody_in(world, client):
    case, town = world.case(), world.office.organisation
    world.sign_in(client, world.jonas)
    assert codes(client, f"/cases/{case.id}") == [200]
    town.valid_to = clock.today() - timedelta(days=1)
    world.save()
    assert client.get(f"/cases/{case.id}").location.startswith("/login")
    assert client.get("/role").location.startswith("/login")


# gone ---------------------------------------------------------------------------------------------


def test_who_was_removed_is_not_invited_to_what_lies_behind_either(world, client):
    nurse = world.staff("Tove Lind", world.ward, role=Role.REG)
    case = world.case(staff=[world.jonas, nurse])
    meeting = world.meeting(
        case, in_days=-2, state=MeetingState.MINUTES_DRAFT, agenda=AgendaState.APPROVED
    )
    meeting.chair_id, meeting.chair = nurse.id, nurse
    world.item(meeting, "Hvor skal Mia bo?", by=case.person.user)
    here = f"/meetings/{meeting.id}"
    paths = (f"{here}/room", f"{here}/minutes", f"{here}/answer", f"{here}.ics")
    world.sign_in(client, nurse)
    assert 404 not in codes(client, *paths)
    case = queries.by_id(case.id)
    cases.leave(case, case.member(nurse.id), at=now())
    world.save()
    assert codes(client, *paths) == [404] * 4
    assert client.send(f"{here}/statements", {"text": "Nej"}).status_code == 404


def test_the_list_of_a_meeting_opens_when_somebody_on_it_has_left(world, client):
    case = world.case()
    meeting = world.meeting(case, in_days=-2, state=MeetingState.HELD)
    cases.leave(case, case.member(world.jonas.id), at=now())
    world.sign_in(client, world.lise)
    assert codes(client, f"/meetings/{meeting.id}/invitations") == [200]


# for a time ---------------------------------------------------------------------------------------


def test_a_staff_guest_keeps_what_they_still_owe_and_nothing_else(world, client):
    case = world.case()
    user = guest(world, case)
    meeting = world.meeting(case, in_days=-2, state=MeetingState.INVITED)
    owed = agree(world, case, user, unit_id=None)
    done = agree(world, case, user, unit_id=None, closed_at=now())
    here, mine = f"/cases/{case.id}", (f"/actions/{owed.id}", "/actions")
    world.sign_in(client, user)
    assert codes(client, here, f"/meetings/{meeting.id}", *mine) == [200] * 4
    assert "Sørensen" in client.get("/").text
    meeting.starts_local -= timedelta(days=10)
    world.save()
    assert codes(client, here, f"/meetings/{meeting.id}", f"/actions/{done.id}") == [404] * 3
    assert codes(client, *mine) == [200, 200]
    assert here not in client.get("/").text
    meeting.comments_until = clock.today()
    world.save()
    assert codes(client, here) == [200]


def test_a_staff_guest_acts_in_this_case_and_opens_no_other(world, client):
    user = guest(world, world.case())
    world.sign_in(client, user)
    closed = ("/cases/new", "/organisation", "/organisations", "/organisation/import")
    assert codes(client, *closed) == [404] * 4
    assert client.send("/cases/search", {"cpr": "010190-1234"}).status_code == 404


def test_a_guest_reads_the_plan_in_the_time_of_their_meeting(world, client):
    case = world.case()
    teacher = world.user("Else Lærer")
    cases.join(case, teacher, place=cases.Place(role=MemberRole.SCHOOL), at=now())
    _agree_to(world, case, recipient_id=teacher.id)
    plan = _published(world, case)
    world.sign_in(client, teacher)
    assert codes(client, f"/plans/{plan.id}") == [404]
    meeting = world.meeting(queries.by_id(case.id), in_days=-2, state=MeetingState.HELD)
    world.save()
    assert codes(client, f"/plans/{plan.id}") == [200]
    meeting.starts_local -= timedelta(days=10)
    world.save()
    assert codes(client, f"/plans/{plan.id}") == [404]


def _agree_to(world, case, **more):
    given = {"scopes": EVERYTHING, "how": ConsentHow.ORAL, **more}
    cases.grant_consent(case, by=world.actor(world.lise), at=now(), **given)


def _published(world, case):
    plan = Plan(case_id=case.id, case=case, begun_at=now(), sections=[], goals=[], versions=[])
    db.session.add(plan)
    db.session.flush()
    frozen = exports.freeze(plans.facts(case, plan), kind=plan.kind, at=now())
    version = PlanVersion(
        plan_id=plan.id,
        n=1,
        published_at=now(),
        published_by_id=world.lise.id,
        comments_until=clock.today(),
        content=frozen,
    )
    db.session.add(version)
    db.session.flush()
    return plan


# for what it was given ----------------------------------------------------------------------------


def test_a_consent_for_some_areas_of_life_opens_no_agreement_in_another(world, client):
    case = world.case(relative=world.hanne)
    for whom in (
        {"recipient_id": world.hanne.id},
        {"organisation_id": world.office.organisation_id},
    ):
        _agree_to(world, case, life_areas=["economy"], **whom)
    money = agree(world, case, world.lise, what="Ser på gæld", life_area=LifeArea.ECONOMY)
    home = agree(world, case, world.lise, what="Ser på bolig", life_area=LifeArea.HOUSING)
    loose = agree(world, case, world.lise, what="Ser på noget")
    for user in (world.hanne, world.jonas):
        world.sign_in(client, user)
        found = codes(client, *(f"/actions/{one.id}" for one in (money, home, loose)))
        assert found == [200, 404, 404]
    page = client.get(f"/cases/{case.id}").text
    assert "Ser på gæld" in page
    assert "Ser på bolig" not in page


def test_a_drafted_agreement_of_no_point_lies_in_its_area_of_life(world, client):
    case = world.case()
    _agree_to(world, case, life_areas=["economy"], organisation_id=world.office.organisation_id)
    meeting = world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    point = world.item(meeting, "Penge", by=world.lise)
    point.life_area = LifeArea.ECONOMY
    point.entries.append(
        MinutesEntry(
            item_id=point.id,
            field=MinutesField.TALKED,
            text="Om gæld",
            author_id=world.lise.id,
            saved_at=now(),
        )
    )
    for what, area in (("Ringer til banken", LifeArea.ECONOMY), ("Ser på bolig", LifeArea.HOUSING)):
        drafted = agree(world, case, world.lise, what=what, life_area=area, published_at=None)
        drafted.meeting_id = meeting.id
    world.sign_in(client, world.jonas)
    page = client.get(f"/meetings/{meeting.id}/minutes").text
    assert "Ringer til banken" in page
    assert "Ser på bolig" not in page


def test_where_the_next_meeting_is_stands_in_the_plan_of_who_is_invited(world, client):
    case = world.case(relative=world.hanne, relative_scopes=EVERYTHING)
    mia = case.person.user
    world.meeting(case, state=MeetingState.INVITED, invited=[mia])
    plan = _published(world, case)
    for user, is_told in ((world.hanne, False), (mia, True), (world.jonas, True)):
        world.sign_in(client, user)
        assert ("lokale 2" in client.get(f"/plans/{plan.id}").text) is is_told


def test_who_promised_something_is_told_for_whom_only_as_far_as_they_may_know(world, client):
    case = world.case(relative=world.hanne)
    teacher = world.user("Else Lærer")
    cases.join(case, teacher, place=cases.Place(role=MemberRole.SCHOOL), at=now())
    for owner in (world.hanne, teacher, world.jonas):
        agree(world, case, owner, what="Ringer til skolen")
    told = {}
    for owner in (world.hanne, teacher, world.jonas):
        world.sign_in(client, owner)
        page = client.get("/actions").text
        assert "Ringer til skolen" in page
        told[owner.first_name] = ("Mia" in page, "Mia Sørensen" in page)
    assert told == {"Hanne": (False, False), "Else": (True, False), "Jonas": (True, True)}
    _agree_to(world, queries.by_id(case.id), recipient_id=world.hanne.id)
    world.sign_in(client, world.hanne)
    assert "Mia Sørensen" in client.get("/actions").text


def test_a_mandate_for_money_alone_stands_before_no_other(world):
    guardian, found = world.user("Ole Værge"), []
    for number, scope in enumerate((MandateScope.PERSONAL, MandateScope.ECONOMIC)):
        case = world.case(f"Person {number}", opened_at=now() - timedelta(days=9 - number))
        member = cases.join(case, guardian, place=cases.Place(role=MemberRole.GUARDIAN), at=now())
        mandate = mandates.Mandate(
            kind=RepresentationKind.GUARDIAN, scopes={scope}, document="Beskikkelse"
        )
        mandates.record(case, member, mandate, by=world.actor(world.lise), at=now())
        found.append(case.id)
    assert queries.own(world.actor(guardian)).id == found[0]
