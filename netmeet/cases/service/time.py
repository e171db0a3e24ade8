"""Verbs of the passing day: rights that have ended by themselves, and what must be asked anew."""

from datetime import date, datetime, timedelta

from netmeet.accounts.models import User
from netmeet.cases import rules, service
from netmeet.cases.models import Case, Consent, LegalBasis
from netmeet.cases.service import mandates, network
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db

_LOOK_BACK = timedelta(days=14)


def pass_day(case: Case, *, at: datetime) -> None:
    """Do what this day asks for in one case. Doing it again the same day changes nothing."""
    today = calendar.to_local(at).date()
    _end_mandates(case, today=today, at=at)
    rights: list[Consent | LegalBasis] = [*case.consents, *case.legal_bases]
    for right in rights:
        if right.valid_to is not None and today - _LOOK_BACK <= right.valid_to < today:
            service.right_ended(case, right.recipient_id, right.organisation_id, at=at)
    for consent in case.consents:
        if consent.is_wanted(at) and consent.ends_soon(at):
            for user in (case.person.user, *_leads(case)):
                network.tell(user, case_id=case.id, about=f"renew:{consent.id}", at=at)
    born_on = case.person.born_on
    if born_on is not None and rules.is_in_transition(born_on, today):
        for user in _leads(case):
            network.tell(user, case_id=case.id, about=f"transition:{case.id}", at=at)
    db.session.flush()


def _end_mandates(case: Case, *, today: date, at: datetime) -> None:
    """End the mandates whose day has gone by; on the 18th birthday the person is told, too."""
    system = Actor(user_id=case.person.user_id, name="", role=Role.SYS, at=at)
    for mandate in case.representations:
        if mandate.suspended_at is not None or mandate.valid_from > today:
            continue
        if mandate.is_in_force(at):
            continue
        mandates.end(mandate, by=system, at=at)
        for user in (case.person.user, *_leads(case)):
            network.tell(user, case_id=case.id, about=f"ended:{mandate.id}", at=at)


def _leads(case: Case) -> list[User]:
    return [member.user for member in case.members if member.is_coordinator]
