"""Verbs of cases: open, gather the team, give and take back consent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.cases import rules
from netmeet.cases.models import (
    Case,
    Consent,
    ConsentWithdrawal,
    LegalBasis,
    Person,
    TeamMember,
)
from netmeet.cases.rules import ConsentHow, Direction, MemberRole, Scope
from netmeet.core import calendar, ids, sealed
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused

Ended = Callable[[Case, str | None, str | None, datetime], None]

_on_end: list[Ended] = []
"""Called with case, user id or organisation id and instant when somebody's right to see ends."""


def when_a_right_ends(handler: Ended) -> None:
    """Register who must act, in the same transaction, when consent or membership ends."""
    if handler not in _on_end:
        _on_end.append(handler)


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
        raise Refused(_("Det er personens eget forløb."))
    if member.is_coordinator and case.lead_ids == {member.user_id}:
        raise Refused(_("Vælg først en anden koordinator."))
    member.left_at = at
    by_id = by.user_id if by is not None else member.user_id
    for consent in case.consents:
        if consent.recipient_id == member.user_id and consent.is_in_force(at):
            _withdraw(consent, by_id=by_id, at=at, how=ConsentHow.DIGITAL)
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


def grant_consent(  # noqa: PLR0913 - every part of a consent is the person's to decide
    case: Case,
    *,
    by: Actor,
    at: datetime,
    scopes: Iterable[Scope],
    how: ConsentHow,
    recipient_id: str | None = None,
    organisation_id: str | None = None,
    life_areas: Iterable[str] = (),
    purpose: str = "",
    direction: Direction = Direction.DISCLOSE,
    valid_to: date | None = None,
    asked_alone: bool = False,
) -> Consent:
    """Record the person's yes. Raises ``Refused`` for nothing chosen or over twelve months.

    A consent to the same recipient is replaced: the old one is withdrawn at the same instant.
    """
    chosen = [scope for scope in Scope if scope in set(scopes)]
    if not chosen:
        raise Refused(_("Vælg mindst én ting."), field="scopes")
    today = calendar.to_local(at).date()
    ends = _last_day(valid_to, today)
    for old in case.consents:
        same = (old.recipient_id, old.organisation_id) == (recipient_id, organisation_id)
        if same and old.is_in_force(at):
            _withdraw(old, by_id=by.user_id, at=at, how=how)
    consent = Consent(
        case_id=case.id,
        recipient_id=recipient_id,
        organisation_id=organisation_id,
        scope_list=",".join(chosen),
        area_list=",".join(sorted(set(life_areas))),
        purpose=purpose,
        direction=direction,
        valid_from=today,
        valid_to=ends,
        given_at=at,
        recorded_by_id=by.user_id,
        how=how,
        asked_alone=asked_alone,
        text_version=rules.CONSENT_TEXT_VERSION,
        withdrawal=None,
    )
    case.consents.append(consent)
    db.session.flush()
    right_ended(case, recipient_id, organisation_id, at=at)
    return consent


def _last_day(wanted: date | None, today: date) -> date:
    """Return the day a consent ends: the wanted one, or as late as the law allows."""
    latest = rules.latest_end(today)
    if wanted is not None and not today <= wanted <= latest:
        raise Refused(_("Vælg en dag inden for det næste år."), field="valid_to")
    return wanted or latest


def withdraw_consent(
    case: Case, consent: Consent, *, by: Actor, at: datetime, how: ConsentHow = ConsentHow.DIGITAL
) -> None:
    """Take a consent back, in force from the next request. Doing it twice changes nothing."""
    if not consent.is_in_force(at):
        return
    _withdraw(consent, by_id=by.user_id, at=at, how=how)
    right_ended(case, consent.recipient_id, consent.organisation_id, at=at)


def _withdraw(consent: Consent, *, by_id: str, at: datetime, how: ConsentHow) -> None:
    consent.withdrawal = ConsentWithdrawal(
        id=ids.new_id(), consent_id=consent.id, at=at, by_id=by_id, how=how
    )
    db.session.flush()


def record_legal_basis(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    organisation_id: str,
    paragraph: str,
    scopes: Iterable[Scope],
    necessity: str,
) -> LegalBasis:
    """Record a law that lets an authority read without consent, with why it is necessary.

    Raises ``Refused`` without a necessity text or for an unknown law.
    """
    if paragraph not in rules.LAWS:
        raise Refused(_("Vælg en lov fra listen."), field="paragraph")
    if not necessity.strip():
        raise Refused(_("Skriv, hvorfor det er nødvendigt."), field="necessity")
    basis = LegalBasis(
        case_id=case.id,
        organisation_id=organisation_id,
        paragraph=paragraph,
        scope_list=",".join(scope for scope in Scope if scope in set(scopes)),
        necessity=necessity,
        recorded_at=at,
        recorded_by_id=by.user_id,
    )
    case.legal_bases.append(basis)
    db.session.flush()
    return basis


def right_ended(
    case: Case, user_id: str | None, organisation_id: str | None, *, at: datetime
) -> None:
    """Let those who registered act on an ended right of a user or an organisation."""
    for handler in _on_end:
        handler(case, user_id, organisation_id, at)
