"""Who may read, report and move an agreement."""

from typing import Any

from netmeet.cases.policy import (
    consented,
    consented_or_lawful,
    in_network,
    in_own_unit,
    is_author,
    is_self,
    represents,
)
from netmeet.cases.rules import Scope
from netmeet.core.access import Actor, Role, Rules, anyone
from netmeet.core.permissions import Permission as P


def is_invited(actor: Actor, thing: Any) -> bool:
    """Condition ``M`` for a new action: invited to the meeting it is made in."""
    meeting = getattr(thing, "meeting", None)
    return meeting is not None and meeting.invitation(actor.user_id) is not None


def in_action_window(_actor: Actor, thing: Any) -> bool:
    """Condition ``T`` on an own action: as long as it is open."""
    return bool(thing.is_live)


RULES: Rules = {
    P.ACTION_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[is_author], [consented(Scope.ACTIONS)]],
        Role.LEAD: [[in_network]],
        Role.REG: [[is_author], [in_network, consented_or_lawful(Scope.ACTIONS)]],
        Role.MUN: [[is_author], [in_network, consented_or_lawful(Scope.ACTIONS)]],
        Role.GP: [[is_author], [consented_or_lawful(Scope.ACTIONS)]],
        Role.EXT: [[is_author, in_action_window]],
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
        Role.PROX: [[is_author]],
        Role.REL: [[is_author]],
        Role.REG: [[is_author]],
        Role.MUN: [[is_author]],
        Role.GP: [[is_author]],
        Role.LEAD: [[in_network]],
        Role.EXT: [[is_author, in_action_window]],
    },
    P.ACTION_CHANGE_DEADLINE: {
        Role.PAT: [[is_author]],
        Role.PROX: [[is_author]],
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
        Role.PROX: [[is_author]],
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
