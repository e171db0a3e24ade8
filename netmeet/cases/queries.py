"""Reading cases: with everything that decides who may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.cases.models import (
    Case,
    Consent,
    LegalBasis,
    Person,
    Representation,
    TeamMember,
)
from netmeet.cases.rules import CaseState
from netmeet.core import sealed
from netmeet.core.access import Actor
from netmeet.core.db import db


def access_options() -> tuple[Any, ...]:
    """Return what to load with a ``Case`` so that every access rule can be judged.

    Five queries whatever the size: person, team with users and places, consents with their
    withdrawals, legal bases, representations. For something that belongs to a case use
    ``joinedload(Thing.case).options(*access_options())``.
    """
    return (
        joinedload(Case.person).joinedload(Person.user),
        selectinload(Case.team).options(
            joinedload(TeamMember.user),
            joinedload(TeamMember.organisation),
            joinedload(TeamMember.unit),
        ),
        selectinload(Case.consents).options(
            joinedload(Consent.withdrawal),
            joinedload(Consent.recipient),
            joinedload(Consent.organisation),
        ),
        selectinload(Case.legal_bases).joinedload(LegalBasis.organisation),
        selectinload(Case.representations).joinedload(Representation.user),
    )


def by_id(case_id: str) -> Case | None:
    """Return the case with its access facts."""
    statement = select(Case).where(Case.id == case_id).options(*access_options())
    return db.session.scalars(statement).one_or_none()


def visible_to(actor: Actor) -> Sequence[Case]:
    """Return the open cases the actor is in now, as the person or in the network, by name."""
    mine = select(TeamMember.case_id).where(
        TeamMember.user_id == actor.user_id, TeamMember.left_at.is_(None)
    )
    statement = (
        select(Case)
        .where(Case.id.in_(mine), Case.state == CaseState.OPEN)
        .options(*access_options())
    )
    return sorted(db.session.scalars(statement).all(), key=lambda case: case.person.name)


def of_person(user_id: str) -> Case | None:
    """Return the newest case that is about the user, with its access facts."""
    statement = (
        select(Case)
        .join(Case.person)
        .where(Person.user_id == user_id)
        .options(*access_options())
        .order_by(Case.opened_at.desc())
        .limit(1)
    )
    return db.session.scalars(statement).one_or_none()


def person_by_cpr(cpr: str) -> Person | None:
    """Return the person with exactly this CPR number (ten digits), by keyed index."""
    index = sealed.keyring().index(cpr, kind="cpr")
    statement = select(Person).where(Person.cpr_index == index).options(joinedload(Person.user))
    return db.session.scalars(statement).one_or_none()


def consents_in_force(case: Case, at: datetime) -> list[Consent]:
    """Return the consents that hold at ``at``, oldest first."""
    return [consent for consent in case.consents if consent.is_in_force(at)]
