"""Decisions on access: who acts, and whether a rule allows it. Default is no."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from netmeet.core.permissions import Permission

STEP_UP_LASTS = timedelta(minutes=10)


class Role(StrEnum):
    """The columns of the access matrix. An actor has one; ``LEAD`` is earned by the case."""

    ANON = "anon"
    PAT = "pat"
    PROX = "prox"
    REL = "rel"
    LEAD = "lead"
    REG = "reg"
    MUN = "mun"
    GP = "gp"
    EXT = "ext"
    INTP = "intp"
    MGR = "mgr"
    COM = "com"
    ADM = "adm"
    AUD = "aud"
    SYS = "sys"


STAFF = frozenset({Role.REG, Role.MUN, Role.GP})
"""Roles of professionals, who become ``LEAD`` where they coordinate or chair."""

NOT_CHOSEN = frozenset({Role.ANON, Role.LEAD, Role.SYS})
"""Roles that no login acts in: nobody's, the case's to give, and the worker's."""

PRIVATE = frozenset({Role.PAT, Role.PROX, Role.REL, Role.EXT, Role.INTP})
"""Roles of people who sign in by link and code and see the plain pages."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody acting now, in one chosen role.

    ``at`` is the instant of the request (UTC); every condition is judged at that instant. ``job``
    is the one operation that a background job is there for.
    """

    user_id: str
    name: str
    role: Role
    at: datetime
    session_id: str = ""
    role_title: str = ""
    unit_id: str | None = None
    unit_name: str = ""
    organisation_id: str | None = None
    stepped_up_at: datetime | None = None
    seen_at: datetime | None = None
    signed_in_by: str = ""
    job: Permission | None = None

    @property
    def is_anonymous(self) -> bool:
        """Tell whether nobody has signed in."""
        return self.role is Role.ANON

    @property
    def is_stepped_up(self) -> bool:
        """Tell whether the actor proved who they are within the last ten minutes (ASVS 7.5.3)."""
        return self.stepped_up_at is not None and self.at - self.stepped_up_at <= STEP_UP_LASTS

    def role_on(self, thing: object) -> Role:
        """Return the role towards ``thing``: staff who coordinate the case or chair are LEAD."""
        if self.role in STAFF and self.user_id in getattr(thing, "lead_ids", ()):
            return Role.LEAD
        return self.role


def anonymous(at: datetime) -> Actor:
    """Return the actor of a request without a login."""
    return Actor(user_id="", name="", role=Role.ANON, at=at)


Predicate = Callable[[Actor, Any], bool]
Way = Sequence[Predicate]
Rules = Mapping[Permission, Mapping[Role, Sequence[Way]]]


def stepped_up(actor: Actor, _thing: object) -> bool:
    """Condition ``S``: re-authenticated within ten minutes."""
    return actor.is_stepped_up


def anyone(_actor: Actor, _thing: object) -> bool:
    """Condition ``Y``: everybody in that role."""
    return True


def everyone(*ways: Way, but: Iterable[Role] = ()) -> dict[Role, Sequence[Way]]:
    """Return the same ways for every role except those in ``but``."""
    return {role: list(ways) for role in Role if role not in set(but)}


def earned(ways: Iterable[Way], actor: Actor, thing: Any) -> bool:
    """Tell whether one of the ways leads there: all of its conditions hold."""
    for way in ways:
        for holds in way:
            if not holds(actor, thing):
                break
        else:
            return True
    return False


class AccessBook:
    """All rules in one book. Refuses to open with a permission without a rule or with two.

    Operations that nobody may do have an empty rule, so that a route for them cannot be added
    unnoticed.
    """

    def __init__(self, *parts: Rules) -> None:
        found = [permission for part in parts for permission in part]
        twice = sorted({p for p in found if found.count(p) > 1})
        missing = sorted(set(Permission) - set(found))
        if twice or missing:
            message = f"access rules: missing {missing}, given twice {twice}"
            raise ValueError(message)
        self._rules = {p: ways for part in parts for p, ways in part.items()}

    def allows(self, actor: Actor, permission: Permission, thing: object = None) -> bool:
        """Tell whether ``actor`` may do ``permission`` with ``thing`` at ``actor.at``.

        A background job may do what it is named for and nothing else (condition ``J``).
        """
        is_job = actor.role is Role.SYS and not permission.startswith("public.")
        if is_job and actor.job is not permission:
            return False
        ways = self._rules[permission].get(actor.role_on(thing), ())
        return earned(ways, actor, thing)

    def allows_after_step_up(
        self, actor: Actor, permission: Permission, thing: object = None
    ) -> bool:
        """Tell whether a renewed proof of identity is all that is missing."""
        return self.allows(replace(actor, stepped_up_at=actor.at), permission, thing)

    def ways(self, permission: Permission) -> Mapping[Role, Sequence[Way]]:
        """Return the ways to earn ``permission``, by role."""
        return self._rules[permission]

    def reachable(self, permission: Permission) -> bool:
        """Tell whether any human role may ever do ``permission`` (else no route may exist)."""
        return any(role is not Role.SYS and ways for role, ways in self._rules[permission].items())
