"""Reading cases: with everything that decides who may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from netmeet.accounts import queries as users
from netmeet.accounts.models import UnitRole, User
from netmeet.cases.models import (
    AccessQuestion,
    Case,
    Consent,
    Law,
    LegalBasis,
    Person,
    RelativeWord,
    Representation,
    TeamMember,
    veil,
)
from netmeet.cases.models.case import TEAM_ORDER
from netmeet.cases.policy import in_network
from netmeet.cases.rules import CaseState, MemberRole
from netmeet.core import apart, sealed
from netmeet.core.access import STAFF, Actor, Role
from netmeet.core.db import db, read_into, refer
from netmeet.organisations.models import Unit

Part = TypeVar("Part", TeamMember, Consent, LegalBasis, Representation)


def access_options() -> tuple[Any, ...]:
    """Return what to load with a ``Case`` so that every access rule can be judged.

    Three queries whatever the size: person, team with users and places, consents with their
    withdrawals; legal bases and mandates are read when a rule asks. For something that belongs to
    a case use ``joinedload(Thing.case).options(*access_options())``.
    """
    return (
        joinedload(Case.person).joinedload(Person.user),
        selectinload(Case.team).options(
            joinedload(TeamMember.user),
            joinedload(TeamMember.organisation),
            joinedload(TeamMember.unit),
        ),
        selectinload(Case.consents),
    )


def list_options() -> tuple[Any, ...]:
    """Return what to load with each of many cases: the same, and what rules may ask for besides."""
    return (
        *access_options(),
        selectinload(Case.legal_bases),
        selectinload(Case.representations),
    )


_WITH_PERSON = select(Case).options(joinedload(Case.person))
_BY_ID = _WITH_PERSON.where(Case.id == bindparam("id"))
_OF_PERSON = (
    _WITH_PERSON.join(Case.person)
    .where(Person.user_id == bindparam("user_id"))
    .order_by(Case.opened_at.desc())
    .limit(1)
)
_TEAM = (
    select(TeamMember)
    .where(TeamMember.case_id == bindparam("id"))
    .options(
        joinedload(TeamMember.user),
        joinedload(TeamMember.organisation),
        joinedload(TeamMember.unit),
    )
    .order_by(*TEAM_ORDER)
)


def complete(case: Case) -> Case:
    """Return the case, loaded with its person, with its team and the person's user among it.

    For pages about one case; consents and the like are read when a rule asks for them.
    """
    read_into(case, "team", _TEAM)
    refer([case.person], "user", User)
    return case


def by_id(case_id: str) -> Case | None:
    """Return the case with its access facts."""
    found = db.session.scalars(_BY_ID, {"id": case_id}).one_or_none()
    return complete(found) if found is not None else None


def visible_to(actor: Actor) -> Sequence[Case]:
    """Return the open cases the actor is in now in the role acted in, by name."""
    mine = select(TeamMember.case_id).where(
        TeamMember.user_id == actor.user_id, TeamMember.left_at.is_(None)
    )
    # Hardly any case has more than one legal basis: they come with it, not in a query of their own.
    parts = (
        *access_options(),
        joinedload(Case.legal_bases),
        selectinload(Case.representations),
    )
    statement = select(Case).where(Case.id.in_(mine), Case.state == CaseState.OPEN).options(*parts)
    found = [case for case in db.session.scalars(statement).unique() if in_network(actor, case)]
    return sorted(found, key=lambda case: case.person.name)


def open_ids() -> Sequence[str]:
    """Return the ids of every open case (for the worker)."""
    return db.session.scalars(select(Case.id).where(Case.state == CaseState.OPEN)).all()


def closed_of(actor: Actor) -> Sequence[Case]:
    """Return the closed cases the actor is in in the role acted in, the newest first."""
    statement = (
        select(Case)
        .join(Case.team)
        .where(
            TeamMember.user_id == actor.user_id,
            TeamMember.left_at.is_(None),
            Case.state == CaseState.CLOSED,
        )
        .options(joinedload(Case.person).joinedload(Person.user), selectinload(Case.team))
        .order_by(Case.closed_at.desc())
    )
    return [case for case in db.session.scalars(statement) if in_network(actor, case)]


def of_person(user_id: str) -> Case | None:
    """Return the newest case that is about the user, with its access facts."""
    found = db.session.scalars(_OF_PERSON, {"user_id": user_id}).one_or_none()
    return complete(found) if found is not None else None


def person_by_cpr(cpr: str) -> Person | None:
    """Return the person with exactly this CPR number (ten characters), by keyed index."""
    index = sealed.keyring().index(cpr, kind="cpr")
    statement = select(Person).where(Person.cpr_index == index).options(joinedload(Person.user))
    return db.session.scalars(statement).one_or_none()


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A case that somebody searched for by its person's number (for the access log)."""

    __tablename__: ClassVar[str] = "case"

    case_id: str

    @property
    def id(self) -> str:
        """Return the case's id."""
        return self.case_id


def sought(person_id: str) -> Sought | None:
    """Return the newest case about the person; one query, whether there is one or not."""
    statement = select(Case.id).where(Case.person_id == person_id).order_by(Case.opened_at.desc())
    found = db.session.scalar(statement.limit(1))
    return Sought(case_id=found) if found is not None else None


def suppose_without(case: Case, consent: Consent) -> None:
    """Let the loaded case look as if the consent had never been given. Nothing is written."""
    set_committed_value(case, "consents", [one for one in case.consents if one is not consent])


def consents_in_force(case: Case, at: datetime) -> list[Consent]:
    """Return the consents that hold at ``at``, oldest first."""
    return [consent for consent in case.consents if consent.is_in_force(at)]


def own(actor: Actor) -> Case | None:
    """Return the actor's own case: the one about them, or about whom they represent."""
    about_me = of_person(actor.user_id)
    if about_me is not None or actor.role is not Role.PROX:
        return about_me
    statement = (
        select(Representation, Case)
        .join(Representation.case)
        .where(Representation.user_id == actor.user_id)
        .options(*access_options())
        .order_by(Case.opened_at.desc())
    )
    found = db.session.execute(statement).unique().all()
    return next((case for mandate, case in found if _acts_by(mandate, actor.at)), None)


def _acts_by(mandate: Representation, at: datetime) -> bool:
    return mandate.covers_personal and mandate.is_in_force(at)


def member_by_id(member_id: str) -> TeamMember | None:
    """Return somebody's place with its case and access facts, if it has not ended."""
    return _within_case(TeamMember, TeamMember.id == member_id, TeamMember.left_at.is_(None))


def consent_by_id(consent_id: str) -> Consent | None:
    """Return the consent with its case and access facts."""
    return _within_case(Consent, Consent.id == consent_id)


def legal_basis_by_id(basis_id: str) -> LegalBasis | None:
    """Return the legal basis with its case and access facts."""
    return _within_case(LegalBasis, LegalBasis.id == basis_id)


def mandate_by_id(mandate_id: str) -> Representation | None:
    """Return the mandate with its case and access facts."""
    return _within_case(Representation, Representation.id == mandate_id)


def _within_case(table: type[Part], *conditions: ColumnElement[bool]) -> Part | None:
    within = joinedload(table.case).options(*access_options())
    statement = select(table).where(*conditions).options(within)
    return db.session.scalars(statement).one_or_none()


def laws(today: date) -> Sequence[Law]:
    """Return the laws that a legal basis may rest on today, by name."""
    holds = Law.valid_to.is_(None) | (Law.valid_to >= today)
    return db.session.scalars(
        select(Law).where(Law.valid_from <= today, holds).order_by(Law.name)
    ).all()


def law(code: str, today: date) -> Law | None:
    """Return the law with the code, if a legal basis may rest on it today."""
    return next((one for one in laws(today) if one.code == code), None)


def law_by_code(code: str) -> Law | None:
    """Return the law with the code, whether it still holds or not."""
    return db.session.scalars(select(Law).where(Law.code == code)).one_or_none()


def laws_of(case: Case) -> dict[str, Law]:
    """Return the laws that anything in the case rests on, by code; no query without any."""
    codes = {basis.paragraph for basis in case.legal_bases}
    if not codes:
        return {}
    return {one.code: one for one in db.session.scalars(select(Law).where(Law.code.in_(codes)))}


_ME, _OTHER = aliased(TeamMember), aliased(TeamMember)
_APART = select(_OTHER.user_id).where(
    _OTHER.case_id == _ME.case_id,
    _ME.user_id == bindparam("user_id"),
    _OTHER.user_id != bindparam("user_id"),
    _OTHER.is_apart.is_(True) | (_OTHER.role == MemberRole.CUSTODY_HOLDER),
    _ME.is_apart.is_(True) | (_ME.role == MemberRole.CUSTODY_HOLDER),
    _ME.is_apart.is_(True) | _OTHER.is_apart.is_(True),
)


def apart_from(actor: Actor) -> frozenset[str]:
    """Return of whom the actor must learn nothing (see ``Case.apart_from``), in all their cases."""
    if actor.role not in {Role.PROX, Role.REL}:
        return frozenset()
    return frozenset(db.session.scalars(_APART, {"user_id": actor.user_id}))


def see_as(case: Case, user_id: str) -> None:
    """From here on show of the loaded case only what the user may know of (for a preview)."""
    unknown = case.apart_from(user_id)
    apart.hide(unknown)
    for member in case.team:
        if member.user_id in unknown:
            veil(member.user)


def told(case: Case, *, author_id: str | None = None) -> Sequence[RelativeWord]:
    """Return what relatives told in the case, newest first; of one author when given."""
    statement = (
        select(RelativeWord)
        .where(RelativeWord.case_id == case.id, RelativeWord.author_id.not_in(apart.hidden()))
        .options(joinedload(RelativeWord.author))
        .order_by(RelativeWord.at.desc())
    )
    if author_id is not None:
        statement = statement.where(RelativeWord.author_id == author_id)
    return db.session.scalars(statement).all()


def questions_of(case_id: str) -> Sequence[AccessQuestion]:
    """Return what the person asked about who looked, newest first."""
    statement = (
        select(AccessQuestion)
        .where(AccessQuestion.case_id == case_id)
        .order_by(AccessQuestion.asked_at.desc())
    )
    return db.session.scalars(statement).all()


def question_by_id(question_id: str) -> AccessQuestion | None:
    """Return the question with the unit that must answer, and whom to tell of the answer."""
    statement = (
        select(AccessQuestion)
        .where(AccessQuestion.id == question_id)
        .options(
            joinedload(AccessQuestion.unit),
            joinedload(AccessQuestion.case).joinedload(Case.person).joinedload(Person.user),
        )
    )
    return db.session.scalars(statement).one_or_none()


def questions_for(actor: Actor) -> Sequence[AccessQuestion]:
    """Return the questions the actor may answer: of their unit, or organisation as an auditor."""
    statement = (
        select(AccessQuestion)
        .join(AccessQuestion.unit)
        .options(contains_eager(AccessQuestion.unit))
        .where(AccessQuestion.about_user_id != actor.user_id)
        .order_by(AccessQuestion.answered_at.is_not(None), AccessQuestion.asked_at)
    )
    if actor.role is Role.AUD:
        statement = statement.where(Unit.organisation_id == actor.organisation_id)
    else:
        statement = statement.where(AccessQuestion.unit_id == actor.unit_id)
    return db.session.scalars(statement).all()


def acting_for(case: Case, at: datetime) -> list[User]:
    """Return who acts for the person in personal matters now: guardian, proxy, custody holder."""
    held = [one for one in case.representations if one.covers_personal and one.is_in_force(at)]
    return [one.user for one in held]


def managers_of(unit_id: str | None, at: datetime) -> Sequence[User]:
    """Return the unit's managers now."""
    statement = (
        select(User)
        .join(User.roles)
        .where(
            UnitRole.unit_id == unit_id,
            UnitRole.role == Role.MGR,
            UnitRole.until.is_(None) | (UnitRole.until > at),
        )
    )
    return db.session.scalars(statement).unique().all()


def users_by_id(user_ids: Collection[str]) -> dict[str, User]:
    """Return the users with their roles and units, by id."""
    if not user_ids:
        return {}
    statement = users.with_roles().where(User.id.in_(user_ids))
    return {user.id: user for user in db.session.scalars(statement)}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who is to be added to ``case``: what the rules of adding judge."""

    case: Case
    recipient_id: str | None
    organisation_id: str | None

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.case.id

    @property
    def id(self) -> str:
        """Return the case's id: the candidate is no row yet."""
        return self.case.id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids


def colleague(role_id: str, at: datetime) -> UnitRole | None:
    """Return somebody of the directory by the role they hold now, with user and unit."""
    statement = (
        select(UnitRole)
        .where(UnitRole.id == role_id, UnitRole.until.is_(None) | (UnitRole.until > at))
        .options(joinedload(UnitRole.user), joinedload(UnitRole.unit).joinedload(Unit.organisation))
    )
    return db.session.scalars(statement).one_or_none()


def directory(case: Case, organisation_id: str, at: datetime) -> list[UnitRole]:
    """Return the staff of an organisation who may join a network and are not in ``case``."""
    here = {member.user_id for member in case.members}
    held = users.staff_of([organisation_id], at)
    fit = [role for role in held if role.role in STAFF and role.user_id not in here]
    return sorted(fit, key=lambda role: role.user.name)
