"""Who may use accounts and open pages."""

from typing import Any

from netmeet.core.access import Actor, Role, Rules, anyone, stepped_up
from netmeet.core.permissions import Permission as P


def is_own(actor: Actor, thing: Any) -> bool:
    """Condition ``self``: the caller's own account or row."""
    return thing is None or bool(thing.user_id == actor.user_id)


def in_own_organisation(actor: Actor, thing: Any) -> bool:
    """Condition ``A``: the user has a role in the organisation the caller administers."""
    if thing is None:
        return actor.organisation_id is not None
    return any(
        role.unit is not None and role.unit.organisation_id == actor.organisation_id
        for role in thing.roles
    )


def is_not_oneself(actor: Actor, thing: Any) -> bool:
    """Condition ``notself``: nobody changes their own roles."""
    return thing is None or bool(thing.id != actor.user_id)


def holds_token(_actor: Actor, thing: Any) -> bool:
    """Condition ``tok``: the right secret was shown (``load`` found something by it)."""
    return thing is not None


RULES: Rules = {
    P.PUBLIC_LOGIN_PAGE: {
        Role.ANON: [[anyone]],
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.EXT: [[anyone]],
        Role.INTP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.AUD: [[anyone]],
        Role.COM: [[anyone]],
    },
    P.PUBLIC_ACCESSIBILITY_STATEMENT: {
        Role.ANON: [[anyone]],
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.EXT: [[anyone]],
        Role.INTP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.AUD: [[anyone]],
        Role.COM: [[anyone]],
    },
    P.PUBLIC_HEALTH: {
        Role.ANON: [[anyone]],
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.EXT: [[anyone]],
        Role.INTP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.AUD: [[anyone]],
        Role.COM: [[anyone]],
        Role.SYS: [[anyone]],
    },
    P.PUBLIC_SIGN_IN_AND_OUT: {
        Role.ANON: [[anyone]],
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.EXT: [[anyone]],
        Role.INTP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.AUD: [[anyone]],
        Role.COM: [[anyone]],
    },
    P.PUBLIC_DEMO_LOGIN_AND_POST: {
        Role.ANON: [[anyone]],
        Role.PAT: [[anyone]],
        Role.PROX: [[anyone]],
        Role.REL: [[anyone]],
        Role.LEAD: [[anyone]],
        Role.REG: [[anyone]],
        Role.MUN: [[anyone]],
        Role.GP: [[anyone]],
        Role.EXT: [[anyone]],
        Role.INTP: [[anyone]],
        Role.MGR: [[anyone]],
        Role.ADM: [[anyone]],
        Role.AUD: [[anyone]],
        Role.COM: [[anyone]],
    },
    P.ACCOUNT_READ_UPDATE_OWN: {
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
    P.ACCOUNT_SESSIONS_LIST_AND_END_OWN: {
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
    P.ACCOUNT_SHOW_WHEN_BUSY: {
        Role.LEAD: [[is_own]],
        Role.REG: [[is_own]],
        Role.MUN: [[is_own]],
        Role.GP: [[is_own]],
    },
    P.HOME_READ_OWN: {
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
    P.INBOX_READ_OWN: {
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
    P.OPS_METRICS: {
        Role.ANON: [[holds_token]],
        Role.SYS: [[anyone]],
    },
    P.ROLE_CHOOSE_OWN: {
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
    P.USER_CREATE_STAFF: {
        Role.ADM: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
    P.USER_ASSIGN_ROLE: {
        Role.ADM: [[in_own_organisation, stepped_up, is_not_oneself]],
    },
    P.USER_DEACTIVATE: {
        Role.ADM: [[in_own_organisation, stepped_up]],
        Role.SYS: [[anyone]],
    },
    P.USER_END_SESSIONS: {
        Role.ADM: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
}
