"""Verbs of a case's end: close it, and take it up again."""

from datetime import date, datetime, time

from flask_babel import gettext as _

from netmeet.cases.models import Case
from netmeet.cases.rules import CaseState, CloseKind, MemberRole
from netmeet.cases.service import network
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def close(
    case: Case,
    *,
    kind: CloseKind,
    reason: str,
    on: date,
    by: Actor,
    at: datetime,
    version: int,
) -> None:
    """Close the case from the day ``on``; who is in it may still read it.

    The person and the staff in it are told neutrally; after a death only the staff. Raises
    ``Refused`` without a reason, for a day ahead or before it began, and when it is closed already;
    ``Conflict`` when it was changed meanwhile.
    """
    case.expect(version, mine={_("Hvorfor"): reason}, theirs={_("Hvorfor"): case.close_reason})
    if case.state is CaseState.CLOSED:
        raise Refused(_("Forløbet er afsluttet."))
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    today = calendar.to_local(at).date()
    if not calendar.to_local(case.opened_at).date() <= on <= today:
        raise Refused(_("Vælg en dag, hvor forløbet var i gang."), field="on")
    case.state, case.close_kind, case.close_reason = CaseState.CLOSED, kind, reason
    case.closed_at = at if on == today else calendar.to_instant(datetime.combine(on, time(12)))
    db.session.flush()
    _tell(case, by=by, at=at)


def reopen(case: Case, *, reason: str, by: Actor, at: datetime, version: int) -> None:
    """Take the case up again with the same network. What was said at the end stays.

    Raises ``Refused`` without a reason or for an open case, ``Conflict`` when it was changed
    meanwhile.
    """
    case.expect(version, mine={_("Hvorfor"): reason}, theirs={_("Hvorfor"): case.reopen_reason})
    if case.state is CaseState.OPEN:
        raise Refused(_("Forløbet er i gang."))
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    case.state, case.closed_at = CaseState.OPEN, None
    case.reopened_at, case.reopen_reason = at, reason
    db.session.flush()
    _tell(case, by=by, at=at)


def _tell(case: Case, *, by: Actor, at: datetime) -> None:
    """Let the staff and, unless they died, the person know that something has changed."""
    for member in case.members:
        is_person = member.role is MemberRole.PERSON and case.close_kind is not CloseKind.DEATH
        if (is_person or member.role.is_staff) and member.user_id != by.user_id:
            network.tell(
                member.user,
                case_id=case.id,
                about=f"{case.id}:{case.state}:{at.isoformat()}",
                at=at,
            )
