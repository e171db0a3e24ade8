"""Who may invite, and answer an invitation."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from netmeet.accounts.policy import holds_token, is_own
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.policy import (
    consented,
    consented_or_lawful,
    in_network,
    is_author,
    is_self,
    represents,
    target_consented,
    target_consented_or_lawful,
)
from netmeet.cases.rules import Scope
from netmeet.core.access import STAFF, Role, Rules, anonymous, anyone
from netmeet.core.permissions import Permission as P
from netmeet.meetings.policy import in_window, is_invited


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who might be invited: the consent that counts is the one for them."""

    __tablename__: ClassVar[str] = "team_member"

    case: Case
    member: TeamMember

    @property
    def id(self) -> str:
        """Return the id of the place in the network (for the access log)."""
        return self.member.id

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.case.id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who coordinates the case."""
        return self.case.lead_ids

    @property
    def recipient_id(self) -> str:
        """Return the user who would get the invitation."""
        return self.member.user_id

    @property
    def organisation_id(self) -> str | None:
        """Return the organisation whose consent counts as theirs; a relative has none."""
        return None if self.member.role.access is Role.REL else self.member.organisation_id

    @property
    def permission(self) -> P:
        """Return the operation that inviting them is."""
        role = self.member.role.access
        if role is Role.INTP:
            return P.INVITATION_CREATE_INTERPRETER
        is_staff = role in STAFF
        return P.INVITATION_CREATE_STAFF if is_staff else P.INVITATION_CREATE_RELATIVE_OR_GUEST


_staff_consent = target_consented_or_lawful(Scope.NETWORK)
_private_consent = target_consented(Scope.INVITE)


def may_be_invited(case: Case, user_id: str, at: datetime) -> bool:
    """Tell whether the user may be, or stay, invited at the instant ``at``.

    The person and who leads always; an interpreter while in the network; staff with consent or a
    legal basis; somebody acting for the person with a mandate; everybody else with consent.
    """
    member = case.member(user_id)
    if member is None:
        return False
    role = member.role.access
    if role in {Role.PAT, Role.INTP} or user_id in case.lead_ids:
        return True
    asked, then = Candidate(case=case, member=member), anonymous(at)
    if role in STAFF:
        return _staff_consent(then, asked)
    mandates = case.representations if role is Role.PROX else []
    mandated = any(
        m.user_id == user_id and m.covers_personal and m.is_in_force(at) for m in mandates
    )
    return mandated or _private_consent(then, asked)


RULES: Rules = {
    P.ICAL_DOWNLOAD_OWN_MEETING: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.INVITE)]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
        Role.INTP: [[is_invited, in_window]],
        Role.SYS: [[anyone]],
    },
    P.ICAL_FEED_BY_TOKEN: {
        Role.ANON: [[holds_token]],
        Role.PAT: [[holds_token]],
        Role.PROX: [[holds_token]],
        Role.REL: [[holds_token]],
        Role.LEAD: [[holds_token]],
        Role.REG: [[holds_token]],
        Role.MUN: [[holds_token]],
        Role.GP: [[holds_token]],
    },
    P.ICAL_ROTATE_FEED_TOKEN: {
        Role.PAT: [[is_own]],
        Role.PROX: [[is_own]],
        Role.REL: [[is_own]],
        Role.LEAD: [[is_own]],
        Role.REG: [[is_own]],
        Role.MUN: [[is_own]],
        Role.GP: [[is_own]],
    },
    P.INVITATION_CREATE_STAFF: {
        Role.LEAD: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
    },
    P.INVITATION_CREATE_RELATIVE_OR_GUEST: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network, target_consented(Scope.INVITE)]],
    },
    P.INVITATION_CREATE_INTERPRETER: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.INVITATION_RESPOND_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.INTP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.INVITATION_READ_RESPONSES: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[is_invited]],
        Role.SYS: [[anyone]],
    },
    P.INVITATION_REVOKE_RELATIVE_OR_GUEST: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.INVITATION_SEND: {
        Role.LEAD: [[in_network]],
    },
    P.INVITATION_ADD_STAFF_GUEST: {
        Role.LEAD: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
        Role.REG: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
        Role.MUN: [[in_network, target_consented_or_lawful(Scope.NETWORK)]],
    },
    P.INVITATION_NAME_DEPUTY: {
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.INVITATION_PRINT_LETTER: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.SYS: [[anyone]],
    },
    P.INVITE_LINK_OPEN_LANDING: {
        Role.ANON: [[holds_token]],
        Role.PAT: [[holds_token]],
        Role.PROX: [[holds_token]],
        Role.REL: [[holds_token]],
        Role.LEAD: [[holds_token]],
        Role.REG: [[holds_token]],
        Role.MUN: [[holds_token]],
        Role.GP: [[holds_token]],
        Role.EXT: [[holds_token]],
        Role.INTP: [[holds_token]],
        Role.MGR: [[holds_token]],
        Role.ADM: [[holds_token]],
        Role.AUD: [[holds_token]],
        Role.COM: [[holds_token]],
    },
    P.INVITE_LINK_ANSWER_YES_NO_MAYBE: {
        Role.ANON: [[holds_token]],
        Role.PAT: [[holds_token]],
        Role.PROX: [[holds_token]],
        Role.REL: [[holds_token]],
        Role.LEAD: [[holds_token]],
        Role.REG: [[holds_token]],
        Role.MUN: [[holds_token]],
        Role.GP: [[holds_token]],
        Role.EXT: [[holds_token]],
        Role.INTP: [[holds_token]],
    },
    P.MANDATE_DECLARE_OWN: {
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.POLL_CREATE: {
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.POLL_ANSWER_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.INVITE)]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited]],
        Role.INTP: [[is_invited]],
    },
    P.POLL_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
    },
    P.WRITTEN_INPUT_ADD_OWN: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_invited, consented(Scope.INVITE)]],
        Role.LEAD: [[is_invited]],
        Role.REG: [[is_invited]],
        Role.MUN: [[is_invited]],
        Role.GP: [[is_invited]],
        Role.EXT: [[is_invited, in_window]],
    },
    P.WRITTEN_INPUT_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_author]],
        Role.LEAD: [[in_network]],
        Role.REG: [[is_author], [is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.MUN: [[is_author], [is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.GP: [[is_author], [is_invited, consented_or_lawful(Scope.AGENDA)]],
        Role.EXT: [[is_author, in_window]],
    },
}
