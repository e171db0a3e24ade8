"""Those who were named to come instead of somebody invited, as the rules of adding see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from netmeet.accounts import queries as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.cases.models import Case, TeamMember
from netmeet.core.access import STAFF
from netmeet.core.permissions import Permission
from netmeet.invitations import queries
from netmeet.invitations.models import Deputy
from netmeet.invitations.queries import Reply
from netmeet.meetings.models import Invitation, Meeting


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """Somebody named to come instead: what the rules judge, and how they would come in.

    ``member`` is their place in the network, if they have one; else ``held`` their role in the
    directory, if they are in that; else they come as a staff guest of the same workplace.
    """

    __tablename__: ClassVar[str] = "deputy"

    invitation: Invitation
    deputy: Deputy
    user: User | None
    at: datetime

    @property
    def id(self) -> str:
        """Return the deputy's id (for the access log)."""
        return self.deputy.id

    @property
    def meeting(self) -> Meeting:
        """Return the meeting."""
        return self.invitation.meeting

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.invitation.case

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.invitation.case_id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who leads the meeting."""
        return self.invitation.lead_ids

    @property
    def original(self) -> TeamMember | None:
        """Return who cannot come."""
        return self.case.member(self.invitation.user_id)

    @property
    def member(self) -> TeamMember | None:
        """Return the deputy's place in the network."""
        return self.case.member(self.user.id) if self.user is not None else None

    @property
    def held(self) -> UnitRole | None:
        """Return the deputy's role in the directory now, best the one in the same workplace."""
        here = self.original.organisation_id if self.original is not None else None
        roles = self.user.roles if self.user is not None else []
        now = [r for r in roles if r.role in STAFF and (r.until is None or r.until > self.at)]
        at_work = [r for r in now if r.unit is not None]
        return min(
            at_work,
            key=lambda r: r.unit is None or r.unit.organisation_id != here,
            default=None,
        )

    @property
    def recipient_id(self) -> str | None:
        """Return the user whose own consent would count."""
        return self.user.id if self.user is not None else None

    @property
    def organisation_id(self) -> str | None:
        """Return the workplace whose consent counts as theirs."""
        if self.member is not None:
            return self.member.organisation_id
        if self.held is not None and self.held.unit is not None:
            return self.held.unit.organisation_id
        is_staff = self.original is not None and self.original.role.is_staff
        return self.original.organisation_id if is_staff and self.original is not None else None

    @property
    def permission(self) -> Permission:
        """Return the operation that letting them in is, beside inviting them."""
        if self.member is not None:
            return Permission.INVITATION_CREATE_STAFF
        is_listed = self.held is not None
        return Permission.NETWORK_ADD_STAFF if is_listed else Permission.INVITATION_ADD_STAFF_GUEST


def waiting(of: Meeting, *, said: Mapping[str, Reply], at: datetime) -> dict[str, Substitution]:
    """Return those who wait for an answer, by the id of the invitation they were named for.

    One query for all of them, none when nobody waits.
    """
    named = {
        each: deputy
        for each in of.current_invitations
        if each.id in said and (deputy := said[each.id].waiting_deputy) is not None
    }
    known = accounts.by_emails(deputy.email for deputy in named.values())
    return {
        each.id: Substitution(invitation=each, deputy=deputy, user=known.get(deputy.email), at=at)
        for each, deputy in named.items()
    }


def by_invitation(invitation_id: str) -> Substitution | None:
    """Return who was named to come instead of the invited, ``None`` when nobody was."""
    found = queries.by_id(invitation_id)
    deputy = queries.replies(found.meeting)[found.id].deputy if found is not None else None
    if found is None or deputy is None:
        return None
    known = accounts.by_emails([deputy.email])
    return Substitution(invitation=found, deputy=deputy, user=known.get(deputy.email), at=deputy.at)
