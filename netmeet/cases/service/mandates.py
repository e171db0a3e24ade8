"""Verbs of those who act for the person: guardians, attorneys and custody holders."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.accounts import service as accounts
from netmeet.cases import rules, service
from netmeet.cases.models import Case, Representation, TeamMember
from netmeet.cases.rules import MandateScope, MemberRole, RepresentationKind
from netmeet.cases.service import Place, network
from netmeet.cases.service.network import Newcomer
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused

_PLACES = {
    RepresentationKind.CUSTODY_HOLDER: MemberRole.CUSTODY_HOLDER,
    RepresentationKind.GUARDIAN: MemberRole.GUARDIAN,
    RepresentationKind.ATTORNEY: MemberRole.GUARDIAN,
}


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What lets somebody act for the person. ``document`` is where it can be looked up.

    ``is_apart``: a parent who lives apart; the parents learn nothing of each other.
    """

    kind: RepresentationKind
    scopes: Collection[MandateScope]
    document: str
    valid_to: date | None = None
    is_apart: bool = False


def record(
    case: Case,
    who: TeamMember | Newcomer,
    mandate: Mandate,
    *,
    by: Actor,
    at: datetime,
    relation: str = "",
) -> Representation:
    """Let somebody act for the person, and tell the person that they may.

    Whoever is in the network keeps their place, in another role; somebody new gets one. Raises
    ``Refused`` without a document or a scope, for a day gone by, and for custody of a grown-up.
    """
    _check(case, mandate, today=calendar.to_local(at).date())
    member = _placed(case, who, mandate, relation=relation, at=at)
    found = Representation(
        case_id=case.id,
        user_id=member.user_id,
        user=member.user,
        kind=mandate.kind,
        scope_list=",".join(scope for scope in MandateScope if scope in mandate.scopes),
        document=mandate.document,
        valid_from=calendar.to_local(at).date(),
        valid_to=mandate.valid_to,
        recorded_by_id=by.user_id,
    )
    case.representations.append(found)
    db.session.flush()
    network.tell(case.person.user, case_id=case.id, about=found.id, at=at)
    return found


def _check(case: Case, mandate: Mandate, *, today: date) -> None:
    if not mandate.document.strip():
        raise Refused(_("Skriv, hvor papiret kan findes."), field="document")
    if not mandate.scopes:
        raise Refused(_("Vælg mindst én ting."), field="scopes")
    if mandate.valid_to is not None and mandate.valid_to < today:
        raise Refused(_("Vælg en dag, der ikke er gået."), field="valid_to")
    born_on, is_custody = case.person.born_on, mandate.kind is RepresentationKind.CUSTODY_HOLDER
    if is_custody and born_on is not None and rules.is_of_age(born_on, today):
        raise Refused(_("Borgeren er fyldt 18. Ingen har forældremyndigheden."), field="kind")


def _placed(
    case: Case, who: TeamMember | Newcomer, mandate: Mandate, *, relation: str, at: datetime
) -> TeamMember:
    role = _PLACES[mandate.kind]
    if isinstance(who, Newcomer):
        place = Place(role=role, relation=relation, is_apart=mandate.is_apart)
        return network.add_newcomer(case, who, place=place, at=at)
    if who.role.access not in {Role.REL, Role.PROX}:
        raise Refused(_("Vælg en pårørende."), field="who")
    who.role, who.is_apart = role, mandate.is_apart
    accounts.give_role(who.user, role.access, at=at)
    db.session.flush()
    return who


def end(mandate: Representation, *, by: Actor, at: datetime) -> None:
    """End a mandate, in force from the next request, and with the last one their place.

    Who goes on as a relative is added anew, with the person's yes. Doing it twice changes nothing.
    """
    if mandate.suspended_at is None:
        mandate.suspended_at = at
    db.session.flush()
    case = mandate.case
    others = [r for r in case.representations if r.user_id == mandate.user_id and r is not mandate]
    member = next(
        (m for m in case.team if m.user_id == mandate.user_id and m.left_at is None), None
    )
    if member is not None and not any(held.is_in_force(at) for held in others):
        service.leave(case, member, at=at, by=by)
