"""Who may read, report and move an agreement."""

from datetime import datetime
from typing import Any

from netmeet.cases.policy import (
    consented,
    consented_or_lawful,
    in_network,
    is_author,
    is_self,
    represents,
)
from netmeet.cases.rules import Scope
from netmeet.core.access import Actor, Role, Rules, anyone
from netmeet.core.permissions import Permission as P
from netmeet.organisations.policy import in_own_unit
from netmeet.organisations.rules import Sector


def is_invited(actor: Actor, thing: Any) -> bool:
    """Condition ``M`` for a new action: invited to the meeting it is made in."""
    meeting = getattr(thing, "meeting", None)
    return meeting is not None and meeting.invitation(actor.user_id) is not None


def in_action_window(_actor: Actor, thing: Any) -> bool:
    """Condition ``T`` on an own action: as long as it is open."""
    return bool(thing.is_live)


def is_ones_own_list(_actor: Actor, thing: Any) -> bool:
    """Condition ``O`` on the page of everything one owes: the query holds only the caller's own."""
    return thing is None


def may_act(case: Any, user_id: str, organisation_id: str | None, at: datetime) -> bool:
    """Tell whether somebody may owe an agreement in the case, and be told of it, at ``at``.

    The person and who coordinates always; somebody acting for the person with a mandate; everybody
    else while a consent, or for an authority a legal basis that opens agreements, holds for them or
    their organisation.
    """
    if user_id == case.person.user_id or user_id in case.lead_ids:
        return True
    mandates = [
        held for held in case.representations if held.user_id == user_id and held.covers_personal
    ]
    laws = [basis for basis in case.legal_bases if Scope.ACTIONS in basis.scopes]
    given = [
        right
        for right in (*case.consents, *laws)
        if right.recipient_id == user_id
        or (organisation_id is not None and right.organisation_id == organisation_id)
    ]
    return any(right.is_in_force(at) for right in (*mandates, *given))


def owner_may_act(action: Any, at: datetime) -> bool:
    """Tell whether the agreement's owner may still act on it at ``at``."""
    member = action.case.member(action.owner_id)
    here = member.organisation_id if member is not None else None
    organisation = here or (action.unit.organisation_id if action.unit is not None else None)
    return may_act(action.case, action.owner_id, organisation, at)


def waits_for_yes(action: Any) -> bool:
    """Tell whether a relative was named as the owner and has not said yes: it is not theirs yet."""
    member = action.case.member(action.owner_id)
    is_close = member is not None and member.role.access in {Role.REL, Role.PROX}
    return is_close and action.owner_confirmed_at is None


def party(action: Any, case: Any) -> Sector | None:
    """Return the side whose yes the agreement takes, ``None`` when that is not the owner's own."""
    member = case.member(action.owner_id) if action.owner_id is not None else None
    if member is None:
        return None
    is_theirs = action.needs_yes or member.sector is Sector.MUNICIPALITY
    sector: Sector = member.sector
    return sector if is_theirs else None


RULES: Rules = {
    P.ACTION_READ: {
        Role.PAT: [[is_ones_own_list], [is_self]],
        Role.PROX: [[is_ones_own_list], [represents]],
        Role.REL: [[is_ones_own_list], [is_author], [consented(Scope.ACTIONS)]],
        Role.LEAD: [[in_network]],
        Role.REG: [
            [is_ones_own_list],
            [is_author],
            [in_network, consented_or_lawful(Scope.ACTIONS)],
        ],
        Role.MUN: [
            [is_ones_own_list],
            [is_author],
            [in_network, consented_or_lawful(Scope.ACTIONS)],
        ],
        Role.GP: [[is_ones_own_list], [is_author], [consented_or_lawful(Scope.ACTIONS)]],
        Role.EXT: [[is_ones_own_list], [is_author, in_action_window]],
        Role.SYS: [[anyone]],
    },
    P.ACTION_READ_META: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_author], [consented(Scope.ACTIONS)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[is_author], [in_network]],
        Role.MUN: [[is_author], [in_network]],
        Role.GP: [[is_author], [consented_or_lawful(Scope.ACTIONS)]],
        Role.EXT: [[is_author, in_action_window]],
        Role.MGR: [[in_own_unit]],
        Role.SYS: [[anyone]],
    },
    P.ACTION_CREATE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network]],
        Role.MUN: [[in_network]],
        Role.GP: [[is_invited]],
    },
    P.ACTION_UPDATE_STATUS: {
        Role.PAT: [[is_author]],
        Role.PROX: [[represents, is_author]],
        Role.REL: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.LEAD: [[in_network]],
        Role.EXT: [[is_author, in_action_window]],
    },
    P.ACTION_CHANGE_DEADLINE: {
        Role.PAT: [[is_author]],
        Role.PROX: [[represents, is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.LEAD: [[in_network]],
    },
    P.ACTION_REASSIGN: {
        Role.LEAD: [[in_network]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.MGR: [[in_own_unit]],
    },
    P.ACTION_CANCEL: {
        Role.PAT: [[is_author]],
        Role.PROX: [[represents, is_author]],
        Role.LEAD: [[in_network]],
    },
    P.ACTION_DELETE: {
        Role.SYS: [[anyone]],
    },
    P.ACTION_CONFIRM_OWN: {
        Role.PAT: [[is_author]],
        Role.REL: [[is_author]],
        Role.LEAD: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.PROX: [[represents, is_author]],
        Role.EXT: [[is_author, in_action_window]],
    },
    P.ACTION_PERSON_SAYS_HAPPENED_OR_NOT: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.EXPORT_ACTIONS_XLSX: {
        Role.LEAD: [[in_network]],
        Role.MGR: [[in_own_unit]],
    },
}
