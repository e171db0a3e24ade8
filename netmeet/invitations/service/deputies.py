"""Somebody who comes instead: named by the invited, put on the list or declined by who leads."""

from datetime import datetime

from flask_babel import gettext as _

from netmeet.cases.models import TeamMember
from netmeet.cases.service import Place, network
from netmeet.cases.service.network import Newcomer
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.invitations import queries
from netmeet.invitations.models import Deputy
from netmeet.invitations.queries.deputies import Substitution
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.invitations.service import replies, sending
from netmeet.meetings.models import Invitation


def name_deputy(
    invitation: Invitation, *, name: str, email: str, has_mandate: bool, by: Actor, at: datetime
) -> Deputy:
    """Name who comes instead, and whether they may decide; one's own answer becomes no.

    Somebody else than before waits for who leads anew. Raises ``Refused`` without a name. The
    deputy sees nothing before being invited.
    """
    if not name.strip():
        raise Refused(_("Skriv navnet."), field="name")
    row = queries.replies(invitation.meeting)[invitation.id].deputy
    if row is None:
        row = Deputy(invitation_id=invitation.id, at=at)
        db.session.add(row)
    elif row.declined_at is not None or (row.name, row.email) != (name.strip(), email.strip()):
        row.user_id, row.declined_at, row.reason = None, None, ""
    row.name, row.email = name.strip(), email.strip()
    row.has_mandate, row.at = has_mandate, at
    replies.answer(invitation, AnswerValue.NO, via=Via.LOGIN, by=by.user_id, at=at)
    return row


def invite_deputy(named: Substitution, *, by: Actor, at: datetime) -> Invitation:
    """Put the named deputy on the list, for the same reason and part; nothing is sent.

    Who is not in the network yet joins it: a colleague of the directory in their unit, others as
    staff guests of the same workplace. Raises ``Refused`` when it is settled already, when the
    person has not said yes to the workplace, or for somebody who is in the network privately.
    """
    _check_waiting(named)
    original, meeting = named.invitation, named.meeting
    member = named.member or _join(named, at=at)
    if not member.role.is_staff:
        raise Refused(_("%(name)s er ikke med i netværket som ansat.", name=member.name))
    invited = meeting.invitation(member.user_id)
    if invited is None:
        part = sending.Part(
            why=original.why,
            is_required=original.is_required,
            begins=original.part_from,
            ends=original.part_to,
        )
        invited = sending.draft(meeting, member, by=by, at=at, part=part)
    named.deputy.user_id = member.user_id
    db.session.flush()
    return invited


def decline_deputy(named: Substitution, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no to the named deputy, and tell who named them that something waits.

    Raises ``Refused`` without a reason, or when it is settled already.
    """
    del by
    _check_waiting(named)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    named.deputy.declined_at, named.deputy.reason = at, reason.strip()
    db.session.flush()
    network.tell(
        named.invitation.user,
        case_id=named.case_id,
        about=f"deputy:{named.deputy.id}:{named.deputy.version}",
        at=at,
    )


def _check_waiting(named: Substitution) -> None:
    if not named.deputy.is_waiting:
        raise Refused(_("Der er allerede svaret på det."))


def _join(named: Substitution, *, at: datetime) -> TeamMember:
    if named.held is not None:
        return network.add_colleague(named.case, named.held, at=at)
    original = named.original
    if original is None or not original.role.is_staff:
        raise Refused(_("Tilføj først %(name)s til netværket.", name=named.deputy.name))
    who = Newcomer(name=named.deputy.name, email=named.deputy.email)
    place = Place(role=original.role, organisation_id=original.organisation_id, is_staff_guest=True)
    return network.add_newcomer(named.case, who, place=place, at=at)
