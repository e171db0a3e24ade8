"""Verbs of the network: begin a case, add people on the consent they rest on, links, contacts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.accounts import queries as users
from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.accounts.rules import LETTER_CODE_LASTS
from netmeet.accounts.service import letters
from netmeet.cases import queries, rules, service
from netmeet.cases.models import Case, Consent, LegalBasis, Person, TeamMember
from netmeet.cases.rules import ConsentHow, Direction, MemberRole, Scope
from netmeet.cases.service import Place
from netmeet.core import calendar, ids
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.outbox import service as outbox
from netmeet.outbox.rules import Channel

_STAFF_PLACES = {
    Role.REG: MemberRole.REGIONAL_STAFF,
    Role.MUN: MemberRole.MUNICIPAL_STAFF,
    Role.GP: MemberRole.GP,
}


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """What is known when a case is opened. ``cpr`` is ten characters or empty."""

    name: str
    birth_date: date | None = None
    cpr: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    language: str = ""
    interpreter: str = ""
    is_protected: bool = False
    municipality_id: str | None = None
    initiative: str = ""


@dataclass(frozen=True, kw_only=True)
class Yes:
    """What the person says yes to, in one go. ``months`` is how long, twelve at most."""

    scopes: Collection[Scope]
    months: int
    how: ConsentHow
    asked_alone: bool
    life_areas: Collection[str] = ()
    purpose: str = ""
    direction: Direction = Direction.DISCLOSE
    given_by: Collection[str] = ()
    not_covered: str = ""
    explained: str = ""
    childs_view: str = ""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody who is not in netmeet yet, or is known by ``email``."""

    name: str
    email: str = ""
    phone: str = ""


def begin(new: NewCase, *, by: Actor, at: datetime) -> Case:
    """Open a case with the person and the opener, who coordinates and is their sector's contact.

    A CPR number that is known already means the same person: what was typed changes nothing about
    them, and the answer is the same as for a new one (``security.md`` T9). Raises ``Refused``
    when the e-mail address belongs to somebody else, or for a birth date that lies ahead.
    """
    if new.birth_date is not None and new.birth_date > calendar.to_local(at).date():
        raise Refused(_("Fødselsdatoen kan ikke ligge fremme i tiden."), field="birth_date")
    person = queries.person_by_cpr(new.cpr) if new.cpr else None
    case = service.open_case(
        person or _person(new, at=at),
        by=by,
        at=at,
        unit_id=by.unit_id,
        municipality_id=new.municipality_id,
        initiative=new.initiative,
    )
    opener = users.user(by.user_id)
    if opener is not None:
        place = Place(
            role=_STAFF_PLACES[by.role],
            organisation_id=by.organisation_id,
            unit_id=by.unit_id,
            title=by.role_title,
            is_coordinator=True,
            is_contact=True,
        )
        service.join(case, opener, place=place, at=at)
    return case


def _person(new: NewCase, *, at: datetime) -> Person:
    return service.create_person(
        name=new.name,
        at=at,
        birth_date=new.birth_date,
        cpr=new.cpr,
        email=new.email,
        phone=new.phone,
        address=new.address,
        language=new.language,
        interpreter=new.interpreter,
        is_protected=new.is_protected,
    )


def agree(
    case: Case,
    yes: Yes,
    *,
    by: Actor,
    at: datetime,
    recipient_id: str | None = None,
    organisation_id: str | None = None,
) -> Consent:
    """Record what the person says yes to; whoever gets anything also gets the basic data."""
    scopes = {*yes.scopes, Scope.BASIC} if yes.scopes else set()
    return service.grant_consent(
        case,
        by=by,
        at=at,
        scopes=scopes,
        how=yes.how,
        recipient_id=recipient_id,
        organisation_id=organisation_id,
        life_areas=yes.life_areas,
        purpose=yes.purpose,
        direction=yes.direction,
        valid_to=calendar.add_months(calendar.to_local(at).date(), yes.months),
        asked_alone=yes.asked_alone,
        given_by=yes.given_by,
        not_covered=yes.not_covered,
        explained=yes.explained,
        childs_view=yes.childs_view,
    )


def add_colleague(case: Case, held: UnitRole, *, at: datetime) -> TeamMember:
    """Add somebody from the directory in the role they hold in their unit."""
    if held.role not in _STAFF_PLACES or held.unit is None:
        raise Refused(_("Vælg en, der arbejder i regionen, kommunen eller som læge."), field="who")
    place = Place(
        role=_STAFF_PLACES[held.role],
        organisation_id=held.unit.organisation_id,
        unit_id=held.unit_id,
        title=held.title,
    )
    return service.join(case, held.user, place=place, at=at)


def add_newcomer(case: Case, who: Newcomer, *, place: Place, at: datetime) -> TeamMember:
    """Add somebody by name and address; a known e-mail address means the same user.

    Raises ``Refused`` when they are in the network already, or when it is the person's own address.
    """
    known = users.by_email(who.email) if who.email else None
    if known is not None and known.id == case.person.user_id:
        raise Refused(_("Det er borgerens egen adresse."), field="email")
    user = known or accounts.create_user(
        name=who.name,
        at=at,
        email=who.email,
        phone=who.phone,
        channel=Channel.MAIL if who.email else Channel.LETTER,
    )
    return service.join(case, user, place=place, at=at)


def describe_contact(
    member: TeamMember, *, version: int, is_contact: bool, reachable: str, stand_in: str
) -> None:
    """Say how a member is reached and who stands in; one contact person a sector.

    Raises ``Conflict`` when somebody else has changed it meanwhile.
    """
    member.expect(
        version,
        mine={_("Træffes"): reachable, _("Afløser"): stand_in},
        theirs={_("Træffes"): member.reachable, _("Afløser"): member.stand_in},
    )
    if is_contact:
        for other in member.case.members:
            if other.sector is member.sector:
                other.is_contact = False
    member.is_contact = is_contact
    member.reachable, member.stand_in = reachable, stand_in
    db.session.flush()


def new_link(case: Case, member: TeamMember, *, at: datetime) -> str:
    """Return the secret of a fresh personal link to the case; earlier ones end.

    Three an hour a recipient (``security.md`` T17), else ``Refused``.
    """
    key = f"case-link:{member.user_id}"
    if not accounts.count(key, most=rules.LINKS_AN_HOUR, within=rules.HOUR, at=at):
        raise Refused(_("Der er sendt flere links den sidste time. Vent lidt."))
    accounts.revoke_links(subject_id=case.id, user_id=member.user_id, at=at)
    return accounts.make_link(member.user, purpose="case", subject_id=case.id, at=at)


def gets_letter_code(member: TeamMember) -> bool:
    """Tell whether a letter to the member may carry a code to sign in with.

    The person, relatives and who acts for the person, when no code can be sent to them. Guests and
    interpreters only get codes that last ten minutes (``security.md`` T8).
    """
    is_near = member.role.access in {Role.PAT, Role.PROX, Role.REL}
    return is_near and not member.user.password_hash and not users.can_be_sent_codes(member.user)


def letter_code(member: TeamMember, *, at: datetime, until: datetime | None = None) -> str:
    """Return a fresh code for a letter to the member, good once up to ``until`` or four weeks.

    Raises ``Refused`` for somebody whose letter carries none, or after three within an hour.
    """
    if not gets_letter_code(member):
        raise Refused(_("%(name)s får en anden slags kode.", name=member.name))
    return letters.new_letter_code(member.user, until=until or at + LETTER_CODE_LASTS, at=at)


def send_link(case: Case, member: TeamMember, *, at: datetime) -> None:
    """Send a fresh personal link by mail. Raises ``Refused`` for somebody without an address."""
    if not member.user.email:
        raise Refused(_("%(name)s har ingen mailadresse. Lav et brev.", name=member.name))
    token = new_link(case, member, at=at)
    outbox.put(
        key=f"cases.link:{ids.new_id()}",
        kind="cases.link",
        user_id=member.user_id,
        case_id=case.id,
        at=at,
        facts={"token": token, "case_id": case.id},
    )


def tell(user: User, *, case_id: str | None, about: str, at: datetime) -> None:
    """Send the neutral mail that something waits; once for each ``about``."""
    outbox.put(
        key=f"cases.news:{about}:{user.id}",
        kind="cases.news",
        user_id=user.id,
        case_id=case_id,
        at=at,
        facts={"about": about},
    )


def record_law(
    case: Case,
    *,
    by: Actor,
    at: datetime,
    organisation_id: str,
    paragraph: str,
    scopes: Collection[Scope],
    necessity: str,
    valid_to: date | None = None,
) -> LegalBasis:
    """Record a legal basis; where the law says so, the person gets word at once (§ 43).

    That somebody has told the person what it means stays a task until it is done.
    """
    if not scopes:
        raise Refused(_("Vælg mindst én ting."), field="scopes")
    basis = service.record_legal_basis(
        case,
        by=by,
        at=at,
        organisation_id=organisation_id,
        paragraph=paragraph,
        scopes={*scopes, Scope.BASIC},
        necessity=necessity,
        valid_to=valid_to,
    )
    if basis.must_inform:
        tell(case.person.user, case_id=case.id, about=basis.id, at=at)
    return basis


def has_been_told(basis: LegalBasis, *, by: Actor, at: datetime) -> None:
    """Note that somebody has told the person what is shared by law. Twice changes nothing."""
    if basis.informed_at is None:
        basis.informed_at, basis.informed_by_id = at, by.user_id
        db.session.flush()


def end_law(basis: LegalBasis, *, at: datetime) -> None:
    """End a legal basis, in force from the next request. Doing it twice changes nothing."""
    if basis.is_in_force(at):
        basis.ended_at = at
        db.session.flush()
        service.right_ended(basis.case, basis.recipient_id, basis.organisation_id, at=at)
