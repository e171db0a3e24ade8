"""Who is on the stage: one case with everybody near it, and those of the offices."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.cases import service as cases
from netmeet.cases.models import Case, Representation
from netmeet.cases.rules import ConsentHow, MandateScope, MemberRole, RepresentationKind, Scope
from netmeet.core import calendar
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.organisations.models import Committee, Unit
from netmeet.organisations.rules import CommitteeKind, OrganisationKind, Sector
from tests.access.stage import Stage
from tests.world import EVERYTHING, LONG_AGO, World, now

AREA = "economy"
"""The one area of life that some consents are for."""


def near(stage: Stage, case: Case) -> None:
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
    _both(stage, case)


# private people -----------------------------------------------------------------------------------


def _relatives(stage: Stage, case: Case) -> None:
    world, long_ago = stage.world, now() - timedelta(days=20)
    scopes: dict[str, Iterable[Scope]] = {
        "rel_all_scopes": EVERYTHING,
        "rel_withdrawn": EVERYTHING,
        "rel_only_invite": (Scope.INVITE,),
        "rel_plan_and_actions": (Scope.BASIC, Scope.PLAN, Scope.ACTIONS),
        "rel_nothing": (),
    }
    for name, given in scopes.items():
        user = world.user(f"{name} Sørensen")
        world.add_relative(case, user, scopes=given, at=long_ago)
        stage.add(name, user)
    some = private(world, case, "rel_some_areas Sørensen", MemberRole.RELATIVE)
    _consent(stage, case, recipient_id=some.id, life_areas=[AREA])
    stage.add("rel_some_areas", some)
    for name, began, ended in (("rel_revoked", 20, True), ("rel_expired", 500, False)):
        user = world.user(f"{name} Sørensen")
        member = world.add_relative(case, user, scopes=EVERYTHING, at=now() - timedelta(days=began))
        if ended:
            given_ = next(c for c in case.consents if c.recipient_id == member.user_id)
            by = world.actor(case.person.user)
            cases.withdraw_consent(case, given_, by=by, at=now() - timedelta(days=1))
        stage.add(name, user)


def _consent(stage: Stage, case: Case, **whom: Any) -> None:
    """Let the person say yes to everything, to somebody or an organisation, 19 days ago."""
    cases.grant_consent(
        case,
        by=stage.world.actor(stage.world.lise),
        at=now() - timedelta(days=19),
        scopes=EVERYTHING,
        how=ConsentHow.ORAL,
        purpose=stage.mint("samtykke"),
        **whom,
    )


def private(world: World, case: Case, name: str, role: MemberRole, **more: Any) -> User:
    """Return somebody private who joined the network twenty days ago."""
    user, place = world.user(name), cases.Place(role=role, **more)
    cases.join(case, user, place=place, at=now() - timedelta(days=20))
    return user


def mandate(
    stage: Stage,
    case: Case,
    user: User,
    *,
    since: date = date(2024, 1, 1),
    until: date | None = None,
    suspended: bool = False,
    scope: MandateScope = MandateScope.PERSONAL,
    kind: RepresentationKind = RepresentationKind.GUARDIAN,
) -> None:
    """Let the user act for the person."""
    case.representations.append(
        Representation(
            case_id=case.id,
            user_id=user.id,
            kind=kind,
            scope_list=scope.value,
            document=stage.mint("Familieretshuset"),
            valid_from=since,
            valid_to=until,
            suspended_at=now() - timedelta(hours=1) if suspended else None,
        )
    )
    db.session.flush()


def _proxies(stage: Stage, case: Case) -> None:
    today = calendar.to_local(now()).date()
    kinds: dict[str, dict[str, Any] | None] = {
        "prox_active": {},
        "prox_expired": {"until": today - timedelta(days=1)},
        "prox_not_yet": {"since": today + timedelta(days=1)},
        "prox_suspended": {"suspended": True},
        "prox_other_scope": {"scope": MandateScope.ECONOMIC},
        "prox_no_mandate": None,
    }
    for name, more in kinds.items():
        user = private(stage.world, case, f"{name} Sørensen", MemberRole.GUARDIAN)
        if more is not None:
            mandate(stage, case, user, **more)
        stage.add(name, user)


def _both(stage: Stage, case: Case) -> None:
    """Add a sister who works on the ward: what one of her roles opens the other does not."""
    world = stage.world
    user = world.user("nurse_and_sister Sørensen")
    world.add_relative(case, user, scopes=(Scope.INVITE,), at=now() - timedelta(days=20))
    accounts.give_role(user, Role.REG, at=now(), unit_id=world.ward.id)
    stage.add("both_as_sister", user)
    stage.add("both_as_nurse", user, role=Role.REG)


# staff --------------------------------------------------------------------------------------------


def _staff(stage: Stage, case: Case) -> None:
    """Add staff with every sort of right: consent, law, neither, gone, never there."""
    world = stage.world
    far = world.unit("Bolig, Herlev", world.organisation("Herlev Kommune", Sector.MUNICIPALITY))
    bare = world.unit("Job, Vallensbæk", world.organisation("Vallensbæk", Sector.MUNICIPALITY))
    some = world.unit("Ydelse, Ishøj", world.organisation("Ishøj Kommune", Sector.MUNICIPALITY))
    practice = world.unit("Klinikken", world.organisation("Lægehuset", Sector.PRACTICE))
    for unit in (far, practice):
        _consent(stage, case, organisation_id=unit.organisation_id)
    _consent(stage, case, organisation_id=some.organisation_id, life_areas=[AREA])
    law, lapsed = _lawful(stage, case)
    places = [
        ("reg_in", world.ward, Role.REG, True),
        ("reg_not_member", world.ward, Role.REG, False),
        ("reg_removed_yesterday", world.ward, Role.REG, True),
        ("chair_removed_yesterday", world.ward, Role.REG, True),
        ("mun_in_other_org", far, Role.MUN, False),
        ("mun_no_right", bare, Role.MUN, True),
        ("mun_some_areas", some, Role.MUN, True),
        ("mun_legal_basis_only", law, Role.MUN, True),
        ("mun_law_ended", lapsed, Role.MUN, True),
        ("gp_invited", practice, Role.GP, True),
        ("gp_not_invited", practice, Role.GP, True),
        ("reg_chair", world.ward, Role.REG, True),
    ]
    for name, unit, role, joins in places:
        user = world.staff(f"{name} Hansen", unit, role=role)
        if joins:
            world._join_staff(case, user, at=now() - timedelta(days=20))  # noqa: SLF001 - the world's own
        stage.add(name, user)
    for name in ("reg_removed_yesterday", "chair_removed_yesterday"):
        gone = case.member(stage.personas[name].user_id)
        assert gone is not None
        cases.leave(case, gone, at=now() - timedelta(days=1))


def _lawful(stage: Stage, case: Case) -> tuple[Unit, Unit]:
    """Return two offices that a law opens the plan to: one now, one until yesterday."""
    world, units = stage.world, []
    for name, ended in (("Dragør", False), ("Tårnby", True)):
        unit = world.unit(f"Støtte, {name}", world.organisation(name, Sector.MUNICIPALITY))
        basis = cases.record_legal_basis(
            case,
            by=world.actor(world.lise),
            at=now() - timedelta(days=20),
            organisation_id=unit.organisation_id,
            paragraph="28",
            scopes=(Scope.PLAN, Scope.AGENDA, Scope.MINUTES),
            necessity=stage.mint("nødvendigt"),
        )
        basis.ended_at = now() - timedelta(days=1) if ended else None
        units.append(unit)
    return units[0], units[1]


def _guests(stage: Stage, case: Case) -> None:
    """Add guests of a school and an interpreter, and staff of a place that is not on netmeet."""
    world = stage.world
    for name in ("ext_in_window", "ext_after_window"):
        user = private(world, case, f"{name} Jensen", MemberRole.SCHOOL)
        _consent(stage, case, recipient_id=user.id)
        stage.add(name, user)
    stage.add("ext_no_consent", private(world, case, "ext_no_consent", MemberRole.VOLUNTEER))
    stage.add("intp_in_window", private(world, case, "intp_in", MemberRole.INTERPRETER))
    for name in ("staff_guest_in_window", "staff_guest_after_window"):
        role = MemberRole.MUNICIPAL_STAFF
        where = {"organisation_id": world.office.organisation_id, "is_staff_guest": True}
        user = private(world, case, f"{name} Madsen", role, **where)
        _consent(stage, case, recipient_id=user.id)
        stage.add(name, user)


# offices ------------------------------------------------------------------------------------------


def offices(stage: Stage) -> None:
    """Add managers, administrators, auditors and a committee's member, of here and elsewhere."""
    world = stage.world
    elsewhere = world.unit(
        "Afsnit 5, Ballerup", world.organisation("Psykiatrisk Center Ballerup", Sector.REGION)
    )
    nowhere = world.organisation("Udvalg", Sector.OTHER, kind=OrganisationKind.OTHER)
    held: list[tuple[str, Unit, Role]] = [
        ("mgr_own_unit", world.ward, Role.MGR),
        ("mgr_other_unit", elsewhere, Role.MGR),
        ("adm_own_org", world.ward, Role.ADM),
        ("adm_other_org", elsewhere, Role.ADM),
        ("aud", world.ward, Role.AUD),
        ("aud_other_org", elsewhere, Role.AUD),
        ("com_member", world.ward, Role.COM),
        ("com_without_committee", world.unit("Udvalget", nowhere), Role.COM),
    ]
    for name, unit, role in held:
        stage.add(name, world.staff(f"{name} Poulsen", unit, role=role))
    db.session.add(
        Committee(
            code="test-udvalg",
            name="Samordningsudvalg Byen",
            kind=CommitteeKind.ADULT,
            valid_from=LONG_AGO,
            organisations=[world.ward.organisation],
        )
    )
    _nobodies(stage)


def _nobodies(stage: Stage) -> None:
    """Add logins that admit nobody: a closed account, an organisation that has ended, and roles
    that are no human's or that only a case gives."""
    world = stage.world
    disabled = world.person("Dennis Lukket").user
    accounts.give_role(disabled, Role.PAT, at=now())
    disabled.active = False
    stage.add("pat_disabled_account", disabled, is_nobody=True)
    closed = world.organisation("Nedlagt Kommune", Sector.MUNICIPALITY)
    closed.valid_to = calendar.to_local(now()).date() - timedelta(days=1)
    left = world.staff("mun_of_ended_org Hansen", world.unit("Nedlagt", closed), role=Role.MUN)
    stage.add("mun_of_ended_org", left, is_nobody=True)
    for name, role in (("sys_wrong_job", Role.SYS), ("lead_by_name", Role.LEAD)):
        user = world.staff(f"{name} Hansen", world.ward, role=role)
        stage.add(name, user, is_nobody=True)
