"""Who may read, write, publish and answer a plan."""

from typing import Any

from netmeet.cases.policy import (
    consented,
    consented_or_lawful,
    in_network,
    is_self,
    represents,
)
from netmeet.cases.rules import Scope
from netmeet.core.access import Actor, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P


def is_released(_actor: Actor, thing: Any) -> bool:
    """Condition ``P``: something has been published."""
    return bool(thing.is_released)


def in_own_organisation(actor: Actor, thing: Any) -> bool:
    """Condition ``A`` on a section: the caller's organisation wrote it, or nobody has yet."""
    theirs = getattr(thing, "organisation_id", None)
    return actor.organisation_id is not None and theirs in {None, actor.organisation_id}


def in_window(actor: Actor, thing: Any) -> bool:
    """Condition ``T`` on a plan: while the time of a meeting lasts that the guest is invited to."""
    return in_network(actor, thing) and any(
        meeting.invitation(actor.user_id) is not None and meeting.is_open_to_guests(actor.at)
        for meeting in thing.case.meetings
    )


RULES: Rules = {
    P.CRISIS_PLAN_READ: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.CRISIS)]],
        Role.LEAD: [[in_network, consented_or_lawful(Scope.CRISIS)]],
        Role.REG: [[in_network, consented_or_lawful(Scope.CRISIS)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.CRISIS)]],
        Role.GP: [[consented_or_lawful(Scope.CRISIS)]],
    },
    P.CRISIS_PLAN_WRITE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.PLAN_READ_DRAFT: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.PLAN)]],
    },
    P.PLAN_READ_PUBLISHED: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.PLAN), is_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.GP: [[consented_or_lawful(Scope.PLAN)]],
        Role.EXT: [[consented(Scope.PLAN), in_window, is_released]],
    },
    P.PLAN_EDIT_OWN_SECTION: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, in_own_organisation, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, in_own_organisation, consented_or_lawful(Scope.PLAN)]],
        Role.GP: [[in_network, consented_or_lawful(Scope.PLAN)]],
    },
    P.PLAN_EDIT_ANY_SECTION: {
        Role.LEAD: [[in_network]],
    },
    P.PLAN_PUBLISH_VERSION: {
        Role.LEAD: [[in_network, stepped_up]],
    },
    P.PLAN_APPROVE: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
    },
    P.PLAN_HISTORY: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.PLAN)]],
    },
    P.PLAN_EXPORT_PDF: {
        Role.PAT: [[is_self]],
        Role.PROX: [[represents]],
        Role.REL: [[consented(Scope.EXPORT), consented(Scope.PLAN), is_released]],
        Role.LEAD: [[in_network]],
        Role.REG: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.MUN: [[in_network, consented_or_lawful(Scope.PLAN)]],
        Role.GP: [[consented_or_lawful(Scope.PLAN)]],
        Role.SYS: [[anyone]],
    },
}
