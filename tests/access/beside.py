"""The other cases on the stage: beside the main one, far from it, ended, erased, and children's."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from netmeet.cases import service as cases
from netmeet.cases.models import Case, Person
from netmeet.cases.rules import (
    CaseState,
    CloseKind,
    ConsentHow,
    MemberRole,
    RepresentationKind,
)
from netmeet.cases.service import erasing, rights
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.organisations.models import Unit
from netmeet.organisations.rules import Sector
from tests.access import cast, things
from tests.access.stage import Stage
from tests.world import EVERYTHING, now

FEW = (things.AHEAD, things.SENT_OUT)


def all_of_them(stage: Stage) -> dict[str, Case]:
    """Put the other cases on the stage and return them by what they are to the main one."""
    found = {
        "beside": _beside(stage),
        "far": _far(stage),
        "ended": _ended(stage),
        "child": _child(stage),
        "teen": _young(stage, "teen", years=16),
        "grown": _young(stage, "grown", years=18),
    }
    for name, case in found.items():
        things.fill(stage.world, case, stage.mint, days=FEW if name != "grown" else FEW[:1])
    _close(found["ended"])
    return found


def _beside(stage: Stage) -> Case:
    """Return another person's case in the same ward, with people of its own."""
    world = stage.world
    lead = world.staff("Karl Iversen", world.ward, role=Role.REG)
    case = world.case(stage.mint("Omar"), staff=[lead])
    _lead_instead_of_lise(case, lead.id)
    sister = world.user("Zahra Ved")
    world.add_relative(case, sister, scopes=EVERYTHING)
    guardian = cast.private(world, case, "Ali Ved", MemberRole.GUARDIAN)
    cast.mandate(stage, case, guardian)
    stage.add("pat_other", case.person.user)
    stage.add("lead_not_member", lead)
    stage.add("rel_of_other_patient", sister)
    stage.add("prox_of_other", guardian)
    return case


def _lead_instead_of_lise(case: Case, user_id: str) -> None:
    first, lead = case.coordinator, case.member(user_id)
    assert first is not None
    assert lead is not None
    lead.is_coordinator, first.is_coordinator = True, False
    first.left_at = now() - timedelta(days=20)


def _far(stage: Stage) -> Case:
    """Return a case of other organisations altogether."""
    world = stage.world
    ward: Unit = world.unit(
        "Afsnit 9, Hillerød", world.organisation("Psykiatrisk Center Hillerød", Sector.REGION)
    )
    town = world.unit("Rådhuset", world.organisation("Hillerød Kommune", Sector.MUNICIPALITY))
    lead = world.staff("Nete Fjern", ward, role=Role.REG)
    clerk = world.staff("Bent Fjern", town, role=Role.MUN)
    case = world.case(stage.mint("Nora"), staff=[lead, clerk], consent=())
    case.unit_id = ward.id
    _lead_instead_of_lise(case, lead.id)
    for unit in (ward, town):
        _yes(stage, case, organisation_id=unit.organisation_id)
    aunt = world.user("Fie Fjern")
    world.add_relative(case, aunt, scopes=EVERYTHING)
    stage.add("lead_far", lead)
    stage.add("mun_far", clerk)
    stage.add("rel_far", aunt)
    return case


def _yes(stage: Stage, case: Case, **whom: Any) -> None:
    cases.grant_consent(
        case,
        by=stage.world.actor(stage.world.lise),
        at=now() - timedelta(days=5),
        scopes=EVERYTHING,
        how=ConsentHow.ORAL,
        **whom,
    )


def _ended(stage: Stage) -> Case:
    """Return a case that people of the main one are in, too, and that will be closed."""
    world = stage.world
    case = world.case(stage.mint("Per"), staff=[world.jonas])
    brother = world.user("Ib Lukket")
    world.add_relative(case, brother, scopes=EVERYTHING)
    stage.add("pat_ended", case.person.user)
    stage.add("rel_ended", brother)
    return case


def _close(case: Case) -> None:
    case.state, case.close_kind = CaseState.CLOSED, CloseKind.DONE
    case.closed_at = now() - timedelta(days=1)


def _born(years: int) -> date:
    """Return the day of birth of somebody who turned so many years yesterday."""
    day = clock.today() - timedelta(days=2)
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _young(stage: Stage, name: str, *, years: int) -> Case:
    """Return the case of somebody young with a parent who has, or had, custody."""
    world = stage.world
    called = stage.mint(name.capitalize())
    person: Person = world.person(called, born=_born(years))
    case = world.case(called, staff=[world.jonas])
    stage.born[person.id] = _born(years)
    parent = cast.private(world, case, f"prox_of_{name} Ung", MemberRole.CUSTODY_HOLDER)
    cast.mandate(stage, case, parent, kind=RepresentationKind.CUSTODY_HOLDER)
    stage.add(f"pat_{name}", case.person.user)
    stage.add(f"prox_of_{name}", parent)
    return case


def _child(stage: Stage) -> Case:
    """Return a child's case: two parents who live apart; what one said yes to the other did not."""
    world = stage.world
    person: Person = world.person(stage.mint("Ida"), born=_born(14))
    stage.born[person.id] = _born(14)
    case = world.case(person.user.name, staff=[world.jonas], consent=())
    parents = []
    for name, apart in (("prox_of_child", False), ("prox_of_child_apart", True)):
        kind = RepresentationKind.CUSTODY_HOLDER
        user = cast.private(world, case, f"{name} Ung", MemberRole.CUSTODY_HOLDER, is_apart=apart)
        cast.mandate(stage, case, user, kind=kind)
        stage.add(name, user)
        parents.append(user)
    stage.add("pat_child", case.person.user)
    for name, is_said in (("rel_awaited", False), ("rel_assented", True)):
        aunt = cast.private(world, case, f"{name} Ung", MemberRole.RELATIVE)
        _yes(stage, case, recipient_id=aunt.id, given_by=[parents[0].id])
        if is_said:
            given = next(one for one in case.consents if one.recipient_id == aunt.id)
            by = world.actor(parents[1])
            rights.assent(given, of=parents[1].id, by=by, at=now(), how=ConsentHow.DIGITAL)
        stage.add(name, aunt)
    return case


def erased(stage: Stage) -> dict[str, list[str]]:
    """Make a case, erase it, and return the ids of the rows that were, by table."""
    case = stage.world.case("Slettet Slettesen", staff=[stage.world.jonas])
    things.fill(stage.world, case, stage.mint, days=FEW[:1])
    _close(case)
    case_id = case.id
    before = _ids()
    erasing.erase(case_id, at=now())
    db.session.flush()
    after = _ids()
    return {name: sorted(ids - after[name]) for name, ids in before.items() if ids - after[name]}


def _ids() -> dict[str, set[str]]:
    tables = {mapper.local_table.name: mapper.local_table for mapper in db.Model.registry.mappers}
    return {name: set(db.session.scalars(select(t.c.id))) for name, t in tables.items()}
