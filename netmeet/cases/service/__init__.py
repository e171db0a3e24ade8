"""Verbs of cases: open, gather the team, give and take back consent."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.cases.models import Case, Person, TeamMember
from netmeet.cases.rules import ConsentHow, MemberRole
from netmeet.cases.service.rights import (
    grant_consent,
    record_legal_basis,
    right_ended,
    take_back,
    when_a_right_ends,
    withdraw_consent,
)
from netmeet.core import sealed
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused

__all__ = [
    "Place",
    "create_person",
    "grant_consent",
    "hand_over",
    "join",
    "leave",
    "open_case",
    "record_legal_basis",
    "right_ended",
    "when_a_right_ends",
    "withdraw_consent",
]


@dataclass(frozen=True, kw_only=True)
class Place:
    """What somebody is to be in a network."""

    role: MemberRole
    organisation_id: str | None = None
    unit_id: str | None = None
    title: str = ""
    relation: str = ""
    place: str = ""
    reachable: str = ""
    is_coordinator: bool = False
    is_contact: bool = False
    is_staff_guest: bool = False
    is_apart: bool = False


def create_person(  # noqa: PLR0913 - master data of domain § 3.5 A
    *,
    name: str,
    at: datetime,
    birth_date: date | None = None,
    cpr: str = "",
    email: str = "",
    phone: str = "",
    address: str = "",
    language: str = "",
    interpreter: str = "",
    is_protected: bool = False,
) -> Person:
    """Create the person and their user. CPR numbers are not checked mod 11 (domain L12).

    Raises ``Refused`` when the number or the address is already known.
    """
    user = accounts.create_user(name=name, at=at, email=email, phone=phone, address=address)
    person = Person(
        user_id=user.id,
        user=user,
        birth_date=birth_date.isoformat() if birth_date else "",
        language=language,
        interpreter=interpreter,
        is_protected=is_protected,
    )
    if cpr:
        person.cpr = cpr
        person.cpr_index = sealed.keyring().index(cpr, kind="cpr")
    db.session.add(person)
    db.session.flush()
    return person


def open_case(
    person: Person,
    *,
    by: Actor,
    at: datetime,
    unit_id: str | None,
    municipality_id: str | None = None,
    initiative: str = "",
) -> Case:
    """Open a case with the person and the opener in it; the opener coordinates for now."""
    case = Case(
        person_id=person.id,
        person=person,
        unit_id=unit_id,
        municipality_id=municipality_id,
        initiative=initiative,
        opened_at=at,
        opened_by_id=by.user_id,
        team=[],
        consents=[],
        legal_bases=[],
        representations=[],
    )
    db.session.add(case)
    db.session.flush()
    join(case, person.user, place=Place(role=MemberRole.PERSON), at=at)
    return case


def join(case: Case, user: User, *, place: Place, at: datetime) -> TeamMember:
    """Give the user a place in the network. Raises ``Refused`` when they already have one.

    Private people get the role to sign in with; staff have theirs from their unit, staff guests
    get their sector's for this.
    """
    if case.member(user.id) is not None:
        raise Refused(_("%(name)s er allerede med i netværket.", name=user.name))
    member = TeamMember(
        case_id=case.id,
        user_id=user.id,
        user=user,
        role=place.role,
        organisation_id=place.organisation_id,
        unit_id=place.unit_id,
        title=place.title,
        relation=place.relation,
        place=place.place,
        reachable=place.reachable,
        is_coordinator=place.is_coordinator,
        is_contact=place.is_contact,
        is_staff_guest=place.is_staff_guest,
        is_apart=place.is_apart,
        joined_at=at,
    )
    case.team.append(member)
    db.session.flush()
    if not place.role.is_staff or place.is_staff_guest:
        accounts.give_role(user, place.role.access, at=at, title=place.title)
    return member


def leave(case: Case, member: TeamMember, *, at: datetime, by: Actor | None = None) -> None:
    """End somebody's place, and with it what they personally were allowed, and their links.

    ``by`` is who ends it, by default the member. The person and the only coordinator cannot leave
    (``Refused``).
    """
    if member.role is MemberRole.PERSON:
        raise Refused(_("Det er borgerens eget forløb."))
    if member.is_coordinator and case.lead_ids == {member.user_id}:
        raise Refused(_("Vælg først en anden koordinator."))
    member.left_at = at
    by_id = by.user_id if by is not None else member.user_id
    for consent in case.consents:
        if consent.recipient_id == member.user_id and consent.is_wanted(at):
            take_back(consent, by_id=by_id, at=at, how=ConsentHow.DIGITAL)
    for mandate in case.representations:
        if mandate.user_id == member.user_id and mandate.suspended_at is None:
            mandate.suspended_at = at
    accounts.revoke_links(subject_id=case.id, user_id=member.user_id, at=at)
    db.session.flush()
    right_ended(case, member.user_id, None, at=at)


def hand_over(
    case: Case,
    *,
    to: TeamMember,
    by: Actor,  # noqa: ARG001 - every verb names who; the access log keeps it
    at: datetime,
    reason: str,
) -> None:
    """Make a member of staff the coordinator. Raises ``Refused`` without a reason."""
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    if not to.role.is_staff or to.is_staff_guest:
        raise Refused(_("Koordinatoren skal være ansat i regionen eller kommunen."))
    for member in case.members:
        was, member.is_coordinator = member.is_coordinator, member is to
        if was and member is not to:
            db.session.flush()
            right_ended(case, member.user_id, None, at=at)
    db.session.flush()
