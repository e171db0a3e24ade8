"""Who may read the access log; nobody may change it."""

from typing import Any

from netmeet.core.access import Actor, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P


def is_own(actor: Actor, thing: Any) -> bool:
    """Condition ``self``: the caller's own look-ups."""
    return thing is None or bool(thing.user_id == actor.user_id)


def in_own_organisation(actor: Actor, thing: Any) -> bool:
    """Condition ``A``: the log of the organisation the caller acts for."""
    ours = actor.organisation_id
    return ours is not None and (thing is None or bool(thing.organisation_id == ours))


RULES: Rules = {
    P.AUDIT_MY_OWN_ACCESSES: {
        Role.PAT: [[is_own]],
        Role.PROX: [[is_own]],
        Role.REL: [[is_own]],
        Role.LEAD: [[is_own]],
        Role.REG: [[is_own]],
        Role.MUN: [[is_own]],
        Role.GP: [[is_own]],
        Role.EXT: [[is_own]],
        Role.INTP: [[is_own]],
        Role.MGR: [[is_own]],
        Role.ADM: [[is_own]],
        Role.AUD: [[is_own]],
        Role.COM: [[is_own]],
    },
    P.AUDIT_READ_ORG_METADATA: {
        Role.AUD: [[in_own_organisation]],
    },
    P.AUDIT_READ_PATIENT_TRAIL: {
        Role.AUD: [[in_own_organisation, stepped_up]],
    },
    P.AUDIT_VERIFY_CHAIN: {
        Role.AUD: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
    P.AUDIT_MODIFY_OR_DELETE: {},
}
