"""Who is on the stage: one case with everybody near it, one beside it, and a row of every kind."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.cases import service as cases
from netmeet.cases.models import Case, Representation
from netmeet.cases.rules import ConsentHow, MemberRole, RepresentationKind, Scope
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.organisations.models import Unit
from netmeet.organisations.rules import OrganisationKind, Sector
from tests.access import things
from tests.access.stage import Stage
from tests.world import EVERYTHING, World, now

CANARY = "Kanariefugl"
"""Begins every marked text; the word after it names the case."""

MAIN, BESIDE = f"{CANARY}Her", f"{CANARY}Ved"


def fill(stage: Stage) -> None:
    """Put everybody and everything on the stage."""
    world = stage.world
    beside = _beside(stage)
    case = world.case(f"Mia {MAIN}", staff=[world.jonas])
    _near(stage, case)
    _offices(stage)
    things.fill(world, case, MAIN)
    things.fill(world, beside, BESIDE)
    _account_rows(stage, case)
    _name_parts(stage, case)
    stage.marks = {case.id: MAIN, beside.id: BESIDE}
    for each in stage.marks:
        things.publish(each)
    stage.remember()


# people ------------------------------------------------------------------------------------------


def _beside(stage: Stage) -> Case:
    """Return another person's case in the same ward, with people of its own."""
    world = stage.world
    other_lead = world.staff("Karl Iversen", world.ward, role=Role.REG)
    case = world.case(f"Omar {BESIDE}", staff=[other_lead])
    first = case.coordinator
    lead = case.member(other_lead.id)
    assert first is not None
    assert lead is not None
    lead.is_coordinator, first.is_coordinator = True, False
    first.left_at = now() - timedelta(days=20)
    sister = world.user(f"Zahra {BESIDE}")
    world.add_relative(case, sister, scopes=EVERYTHING)
    stage.add("pat_other", case.person.user)
    stage.add("lead_not_member", other_lead)
    stage.add("rel_of_other_patient", sister)
    guardian = _private(world, case, f"Ali {BESIDE}", MemberRole.GUARDIAN)
    _mandate(case, guardian)
    stage.add("prox_of_other", guardian)
    return case


def _near(stage: Stage, case: Case) -> None:
    """Add everybody who is, was or seems to be near the case."""
    world = stage.world
    stage.add("anon")
    stage.add("pat_self", case.person.user)
    stage.add("lead_in", world.lise)
    stage.add("mun_in", world.jonas)
    _relatives(stage, case)
    _proxies(stage, case)
    _staff(stage, case)
    _guests(stage, case)
    disabled = world.person("Dennis Lukket").user
    accounts.give_role(disabled, Role.PAT, at=now())
    disabled.active = False
    stage.add("pat_disabled_account", disabled, is_disabled=True)


def _relatives(stage: Stage, case: Case) -> None:
    world = stage.world
    scopes: dict[str, Iterable[Scope]] = {
        "rel_all_scopes": EVERYTHING,
        "rel_only_invite": (Scope.INVITE,),
        "rel_plan_and_actions": (Scope.BASIC, Scope.PLAN, Scope.ACTIONS),
        "rel_nothing": (),
    }
    for name, given in scopes.items():
        user = world.user(f"{name} Sørensen")
        world.add_relative(case, user, scopes=given, at=now() - timedelta(days=20))
        stage.add(name, user)
    for name, began, ended in (("rel_revoked", 20, True), ("rel_expired", 500, False)):
        user = world.user(f"{name} Sørensen")
        member = world.add_relative(case, user, scopes=EVERYTHING, at=now() - timedelta(days=began))
        if ended:
            given = next(c for c in case.consents if c.recipient_id == member.user_id)
            by = world.actor(case.person.user)
            cases.withdraw_consent(case, given, by=by, at=now() - timedelta(days=1))
        stage.add(name, user)


def _private(world: World, case: Case, name: str, role: MemberRole) -> User:
    user = world.user(name)
    cases.join(case, user, place=cases.Place(role=role), at=now() - timedelta(days=20))
    return user


def _mandate(case: Case, user: User, *, until: date | None = None, suspended: bool = False) -> None:
    db.session.add(
        Representation(
            case_id=case.id,
            user_id=user.id,
            kind=RepresentationKind.GUARDIAN,
            document="Statsforvaltningen",
            valid_from=date(2024, 1, 1),
            valid_to=until,
            suspended_at=now() - timedelta(hours=1) if suspended else None,
        )
    )
    db.session.flush()


def _proxies(stage: Stage, case: Case) -> None:
    yesterday = calendar.to_local(now()).date() - timedelta(days=1)
    kinds: dict[str, dict[str, Any] | None] = {
        "prox_active": {},
        "prox_expired": {"until": yesterday},
        "prox_suspended": {"suspended": True},
        "prox_no_mandate": None,
    }
    for name, more in kinds.items():
        user = _private(stage.world, case, f"{name} Sørensen", MemberRole.GUARDIAN)
        if more is not None:
            _mandate(case, user, **more)
        stage.add(name, user)


def _staff(stage: Stage, case: Case) -> None:
    """Add staff with every sort of right: consent, law, neither, gone, never there."""
    world = stage.world
    far = world.unit("Bolig, Herlev", world.organisation("Herlev Kommune", Sector.MUNICIPALITY))
    bare = world.unit("Job, Vallensbæk", world.organisation("Vallensbæk", Sector.MUNICIPALITY))
    law = world.unit("Støtte, Dragør", world.organisation("Dragør", Sector.MUNICIPALITY))
    practice = world.unit("Klinikken", world.organisation("Lægehuset", Sector.PRACTICE))
    by = world.actor(world.lise)
    for unit in (far, practice):
        cases.grant_consent(
            case,
            by=by,
            at=now() - timedelta(days=20),
            scopes=EVERYTHING,
            how=ConsentHow.ORAL,
            organisation_id=unit.organisation_id,
        )
    cases.record_legal_basis(
        case,
        by=by,
        at=now() - timedelta(days=20),
        organisation_id=law.organisation_id,
        paragraph="28",
        scopes=(Scope.PLAN, Scope.AGENDA, Scope.MINUTES),
        necessity=f"{MAIN} nødvendigt",
    )
    places = [
        ("reg_in", world.ward, Role.REG, True),
        ("reg_not_member", world.ward, Role.REG, False),
        ("reg_removed_yesterday", world.ward, Role.REG, True),
        ("mun_in_other_org", far, Role.MUN, False),
        ("mun_no_right", bare, Role.MUN, True),
        ("mun_legal_basis_only", law, Role.MUN, True),
        ("gp_invited", practice, Role.GP, True),
        ("gp_not_invited", practice, Role.GP, True),
        ("reg_chair", world.ward, Role.REG, True),
    ]
    for name, unit, role, joins in places:
        user = world.staff(f"{name} Hansen", unit, role=role)
        if joins:
            world._join_staff(case, user, at=now() - timedelta(days=20))  # noqa: SLF001 - the world's own
        stage.add(name, user)
    gone = case.member(stage.personas["reg_removed_yesterday"].user_id)
    assert gone is not None
    cases.leave(case, gone, at=now() - timedelta(days=1))


def _guests(stage: Stage, case: Case) -> None:
    """Add guests of a school and an interpreter, and staff of a place that is not on netmeet."""
    world = stage.world
    for name in ("ext_in_window", "ext_after_window"):
        user = _private(world, case, f"{name} Jensen", MemberRole.SCHOOL)
        cases.grant_consent(
            case,
            by=world.actor(world.lise),
            at=now() - timedelta(days=19),
            scopes=EVERYTHING,
            how=ConsentHow.ORAL,
            recipient_id=user.id,
        )
        stage.add(name, user)
    stage.add("ext_no_consent", _private(world, case, "ext_no_consent", MemberRole.VOLUNTEER))
    stage.add("intp_in_window", _private(world, case, "intp_in", MemberRole.INTERPRETER))
    for name in ("staff_guest_in_window", "staff_guest_after_window"):
        user = world.user(f"{name} Madsen")
        place = cases.Place(
            role=MemberRole.MUNICIPAL_STAFF,
            organisation_id=world.office.organisation_id,
            is_staff_guest=True,
        )
        cases.join(case, user, place=place, at=now() - timedelta(days=20))
        stage.add(name, user)


def _offices(stage: Stage) -> None:
    """Add managers, administrators, auditors and a committee's member, of here and elsewhere."""
    world = stage.world
    region = world.organisation("Psykiatrisk Center Ballerup", Sector.REGION)
    elsewhere = world.unit("Afsnit 5, Ballerup", region)
    committee = world.unit(
        "Udvalget", world.organisation("Udvalg", Sector.OTHER, kind=OrganisationKind.OTHER)
    )
    held: list[tuple[str, Unit, Role]] = [
        ("mgr_own_unit", world.ward, Role.MGR),
        ("mgr_other_unit", elsewhere, Role.MGR),
        ("adm_own_org", world.ward, Role.ADM),
        ("adm_other_org", elsewhere, Role.ADM),
        ("aud", world.ward, Role.AUD),
        ("aud_other_org", elsewhere, Role.AUD),
        ("com_member", committee, Role.COM),
    ]
    for name, unit, role in held:
        stage.add(name, world.staff(f"{name} Poulsen", unit, role=role))


# rows of the account -----------------------------------------------------------------------------


def _account_rows(stage: Stage, case: Case) -> None:
    """Park a text for somebody, and make a personal link."""
    for name in ("lead_in", "pat_self"):
        text = {"note": [f"{MAIN} parkeret"]}
        accounts.park(stage.personas[name].user_id, "/account", text, now())
    user = case.person.user
    link = accounts.make_link(user, purpose="case", subject_id=case.id, at=now())
    stage.tokens.append(link)


def _name_parts(stage: Stage, case: Case) -> None:
    """Choose what stands in addresses beside the id."""
    draft = select(Action).where(Action.case_id == case.id, Action.published_at.is_(None))
    action = db.session.scalars(draft).first()
    assert action is not None
    stage.parts = {
        "user_id": case.person.user_id,
        "user": case.members[1].user_id,
        "role_id": stage.personas["reg_in"].role_id,
        "action_id": action.id,
        "question": "matters",
        "field": "talked",
        "key": "d",
        "n": 1,
    }
