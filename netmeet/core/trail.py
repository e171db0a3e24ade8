"""What the access log is told: one entry an operation, allowed or denied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from netmeet.core.access import Actor, Role
from netmeet.core.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody did, or was denied, ``operation`` on one object at the instant ``at`` (UTC).

    ``read_as`` is what they did when the page was only shown and nothing done.
    """

    operation: Permission
    allowed: bool
    at: datetime
    user_id: str
    role: Role
    unit_id: str | None
    session_id: str
    case_id: str | None
    object_kind: str
    object_id: str
    reason: str = ""
    is_refresh: bool = False
    read_as: Permission | None = None


def entry(
    actor: Actor,
    operation: Permission,
    thing: Any = None,
    *,
    allowed: bool = True,
    reason: str = "",
    is_refresh: bool = False,
    read_as: Permission | None = None,
) -> Entry:
    """Return the entry for ``actor`` doing ``operation`` with ``thing`` (a row, or nothing)."""
    return Entry(
        operation=operation,
        allowed=allowed,
        at=actor.at,
        user_id=actor.user_id,
        role=actor.role_on(thing),
        unit_id=actor.unit_id,
        session_id=actor.session_id,
        case_id=getattr(thing, "case_id", None),
        object_kind=getattr(type(thing), "__tablename__", "") if thing is not None else "",
        object_id=getattr(thing, "id", "") if thing is not None else "",
        reason=reason,
        is_refresh=is_refresh,
        read_as=read_as,
    )
