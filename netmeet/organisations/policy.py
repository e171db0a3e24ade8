"""Who may change organisations and run the installation."""

from typing import Any

from netmeet.core.access import Actor, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P


def in_own_unit(actor: Actor, thing: Any) -> bool:
    """Condition ``U``: it belongs to the unit the caller acts for; who acts for none has none."""
    return actor.unit_id is not None and (thing is None or thing.unit_id == actor.unit_id)


def in_own_organisation(actor: Actor, thing: Any) -> bool:
    """Condition ``A``: it belongs to the organisation the caller acts for, if they act for one."""
    ours = actor.organisation_id
    if ours is None or thing is None:
        return ours is not None
    return ours in {getattr(thing, "organisation_id", None), thing.id}


RULES: Rules = {
    P.BACKUP_RESTORE: {
        Role.ADM: [[in_own_organisation]],
    },
    P.COMMITTEE_MEETING_READ_WRITE: {
        Role.COM: [[in_own_organisation]],
    },
    P.ERASURE_APPROVE: {
        Role.ADM: [[in_own_organisation]],
    },
    P.KEYS_ROTATE: {
        Role.ADM: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
    P.OFFERS_READ: {
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.COM: [[anyone]],
    },
    P.OFFERS_WRITE: {
        Role.MGR: [[in_own_unit]],
        Role.ADM: [[in_own_organisation]],
    },
    P.ORG_SETTINGS_WRITE: {
        Role.ADM: [[in_own_organisation, stepped_up]],
    },
    P.ORG_SETTINGS_READ: {
        Role.LEAD: [[in_own_organisation]],
        Role.REG: [[in_own_organisation]],
        Role.MUN: [[in_own_organisation]],
        Role.MGR: [[in_own_organisation]],
        Role.ADM: [[in_own_organisation]],
        Role.AUD: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
    P.ORGANISATION_WRITE: {
        Role.ADM: [[in_own_organisation, stepped_up]],
        Role.SYS: [[anyone]],
    },
    P.RETENTION_EXECUTE: {
        Role.SYS: [[anyone]],
    },
    P.TEMPLATE_WRITE: {
        Role.ADM: [[in_own_organisation, stepped_up]],
    },
}
