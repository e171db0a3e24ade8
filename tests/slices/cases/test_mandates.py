"""People who act for others, parents who share custody or live apart, and the passing day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from netmeet.actions.rules import Status
from netmeet.cases import jobs, queries, rules, service
from netmeet.cases.models import Consent, ConsentAssent, Law
from netmeet.cases.policy import decides, represents
from netmeet.cases.rules import ConsentHow, MandateScope, MemberRole, RepresentationKind, Scope
from netmeet.cases.service import laws, mandates, network, rights
from netmeet.cases.service.network import Newcomer
from netmeet.core import calendar, clock, ids
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox.models import Message
from netmeet.plans import queries as plans
from tests.slices.actions.making import agree
from tests.world import now

CUSTODY = RepresentationKind.CUSTODY_HOLDER


def years_ago(years, *, days=0):
    today = clock.today()
    return rules.birthday(today, -years) + timedelta(days=days)


def child(world, age, *, days=0, **more):
    world.made["person:Noah Bo"] = service.create_person(
        name="Noah Bo", birth_date=years_ago(age, days=days), at=now()
    )
    return world.case("Noah Bo", consent=(), **more)


def parent(world, case, name, *, kind=CUSTODY, is_apart=True, **more):
    known = {"scopes": {MandateScope.PERSONAL}, "document": "Afgørelse 12", **more}
    who = Newcomer(name=name, email=f"{ids.new_id()}@example.org")
    mandate = mandates.Mandate(kind=kind, is_apart=is_apart, **known)
    return mandates.record(case, who, mandate, by=world.actor(world.lise), at=now())


def grant(world, case, by, **more):
    return service.grant_consent(
        case,
        by=world.actor(by),
        at=now(),
        scopes=[Scope.PLAN, Scope.AGENDA],
        how=ConsentHow.DIGITAL,
        organisation_id=world.office.organisation_id,
        **more,
    )


def told(about):
    statement = select(Message).where(Message.kind == "cases.news")
    return {m.user_id for m in db.session.scalars(statement) if m.facts["about"] == about}


def test_both_who_share_custody_of_a_child_must_say_yes(world):
    case = child(world, 12)
    mother, father = (parent(world, case, name) for name in ("Eva Bo", "Per Dal"))
    given = grant(world, case, mother.user)
    assert given.given_by == {mother.user_id}
    assert given.awaited(now()) == {father.user_id}
    assert not given.is_in_force(now())
    who = world.actor(father.user)
    rights.assent(given, of=world.jonas.id, by=who, at=now(), how=ConsentHow.DIGITAL)
    assert not given.is_in_force(now())
    rights.assent(given, of=father.user_id, by=who, at=now(), how=ConsentHow.DIGITAL)
    rights.assent(given, of=father.user_id, by=who, at=now(), how=ConsentHow.DIGITAL)
    assert given.is_in_force(now())
    assert len(given.assents) == 1
    service.withdraw_consent(case, given, by=world.actor(mother.user), at=now())
    assert not given.is_in_force(now())


def test_nobody_consents_for_a_child_before_it_is_known_who_has_custody(world):
    case = child(world, 14)
    with pytest.raises(Refused, match="forældremyndigheden"):
        grant(world, case, world.lise)


def test_from_fifteen_the_young_person_decides_and_parents_only_read(world):
    case = child(world, 15)
    mother = parent(world, case, "Eva Bo")
    who = world.actor(mother.user)
    assert represents(who, case)
    assert not decides(who, case)
    given = grant(world, case, case.person.user)
    assert given.given_by == {case.person.user_id}
    assert given.is_in_force(now())


def test_a_guardian_for_money_alone_opens_nothing_and_papers_are_asked_for(world):
    case = world.case(consent=())
    guardian = RepresentationKind.GUARDIAN
    money = parent(world, case, "Ole Bo", kind=guardian, scopes={MandateScope.ECONOMIC})
    assert money.is_in_force(now())
    assert not represents(world.actor(money.user), case)
    for wrong, match in (
        ({"document": " "}, "papiret"),
        ({"scopes": set()}, "Vælg mindst"),
        ({"valid_to": clock.today() - timedelta(days=1)}, "ikke er gået"),
        ({"kind": CUSTODY}, "fyldt 18"),
    ):
        with pytest.raises(Refused, match=match):
            parent(world, case, "Ida Bo", **{"kind": guardian, **wrong})
    assert case.person.user_id in told(money.id)


def test_a_relative_who_gets_a_mandate_keeps_the_place_and_loses_it_with_the_mandate(world):
    case = world.case(relative=world.hanne)
    member = case.member(world.hanne.id)
    mandate = mandates.Mandate(
        kind=RepresentationKind.ATTORNEY, scopes={MandateScope.PERSONAL}, document="Fuldmagt"
    )
    by = world.actor(world.lise)
    held = mandates.record(case, member, mandate, by=by, at=now())
    assert member.role is MemberRole.GUARDIAN
    with pytest.raises(Refused, match="pårørende"):
        mandates.record(case, case.member(world.jonas.id), mandate, by=by, at=now())
    mandates.end(held, by=by, at=now())
    mandates.end(held, by=by, at=now())
    assert not held.is_in_force(now())
    assert case.member(world.hanne.id) is None


def test_on_the_eighteenth_birthday_custody_ends_and_both_sides_are_told(world):
    case = child(world, 18, days=1)
    mother = parent(world, case, "Eva Bo")
    assert mother.is_in_force(now())
    assert rules.is_in_transition(case.person.born_on, clock.today())
    birthday = now() + timedelta(days=1, hours=1)
    assert not mother.is_in_force(birthday)
    case_id, mother_id, mandate_id = case.id, mother.user_id, mother.id
    db.session.commit()
    jobs.pass_day(now())
    assert queries.by_id(case_id).member(mother_id) is not None
    assert told(f"transition:{case_id}") == {world.lise.id}
    jobs.pass_day(birthday)
    jobs.pass_day(birthday)
    assert queries.by_id(case_id).member(mother_id) is None
    case = queries.by_id(case_id)
    assert told(f"ended:{mandate_id}") == {world.lise.id, case.person.user_id}


def test_a_consent_is_asked_anew_a_month_before_and_its_end_is_acted_on(world):
    case = world.case(consent=())
    ends = clock.today() + timedelta(days=30)
    given = grant(world, case, case.person.user, valid_to=ends)
    action = agree(world, case, world.jonas)
    assert given.ends_soon(now())
    assert not given.ends_soon(now() - timedelta(days=1))
    given_id, action_id, mia = given.id, action.id, case.person.user_id
    db.session.commit()
    jobs.pass_day(now())
    assert told(f"renew:{given_id}") == {mia, world.lise.id}
    assert db.session.get_one(type(action), action_id).status is Status.NOT_STARTED
    jobs.pass_day(now() + timedelta(days=31))
    assert db.session.get_one(type(action), action_id).status is Status.WAITING


def test_a_law_opens_what_waited_for_a_consent_where_it_covers_agreements(world):
    case = world.case(consent=())
    given = grant(world, case, case.person.user)
    action = agree(world, case, world.jonas)
    service.withdraw_consent(case, given, by=world.actor(case.person.user), at=now())
    assert action.status is Status.WAITING
    known = {"organisation_id": world.office.organisation_id, "necessity": "Bolig."}
    known |= {"by": world.actor(world.lise), "at": now(), "paragraph": "43(2)2"}
    network.record_law(case, scopes={Scope.PLAN}, **known)
    assert action.status is Status.WAITING
    basis = network.record_law(case, scopes={Scope.ACTIONS}, **known)
    assert action.status is Status.NOT_STARTED
    assert basis.must_inform
    network.has_been_told(basis, by=world.actor(world.lise), at=now())
    assert basis.informed_by_id == world.lise.id


def test_laws_are_data_with_an_end_and_carry_only_their_plans(world):
    case = world.case(consent=())
    text = laws.Text(name="Lov om prøver § 1", explained="Det må deles i en måned.")
    law = laws.save("prøve", text, valid_from=clock.today(), months=1, plan_types=["kip"])
    assert law.fits("kip")
    assert not law.fits("shared")
    known = {"organisation_id": world.office.organisation_id, "necessity": "Bolig."}
    known |= {"by": world.actor(world.lise), "at": now(), "scopes": {Scope.PLAN}}
    basis = network.record_law(case, paragraph="prøve", **known)
    assert basis.valid_to == calendar.add_months(clock.today(), 1)
    assert not basis.is_in_force(now() + timedelta(days=40))
    late = clock.today() + timedelta(days=60)
    with pytest.raises(Refused, match="loven tillader"):
        network.record_law(case, paragraph="prøve", valid_to=late, **known)
    with pytest.raises(Refused, match="fra listen"):
        network.record_law(case, paragraph="none", **known)
    rights.ask_plan_type(lambda _case_id: "shared")
    try:
        with pytest.raises(Refused, match="den slags plan"):
            network.record_law(case, paragraph="prøve", **known)
    finally:
        rights.ask_plan_type(plans.kind_of_case)
    with pytest.raises(Refused, match="startdatoen"):
        laws.save("prøve", text, valid_from=clock.today(), valid_to=date(2020, 1, 1))
    db.session.delete(db.session.scalars(select(Law).where(Law.code == "prøve")).one())
    db.session.rollback()


@pytest.mark.parametrize("table", [Consent, ConsentAssent])
def test_the_database_refuses_to_change_a_consent(world, table):
    case = child(world, 12)
    mother, father = (parent(world, case, name) for name in ("Eva Bo", "Per Dal"))
    given = grant(world, case, mother.user)
    rights.assent(
        given, of=father.user_id, by=world.actor(father.user), at=now(), how=ConsentHow.ORAL
    )
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(update(table).values(how=ConsentHow.WRITTEN))
    db.session.rollback()


def test_a_consent_keeps_what_was_said_and_shown(world):
    case = world.case(consent=())
    given = grant(
        world, case, world.lise, not_covered="samtaler", explained="på arabisk", asked_alone=True
    )
    assert given.given_by == {case.person.user_id}
    assert given.recorded_by_id == world.lise.id
    assert (given.not_covered, given.explained) == ("samtaler", "på arabisk")
    assert given.text_hash == rules.text_hash(given.text_version)
