"""What every verb leaves behind: a line in the history, and a neutral word to whom it concerns."""

from collections.abc import Collection
from datetime import datetime

from netmeet.accounts import service as accounts
from netmeet.accounts.models import User
from netmeet.actions.models import Action, StatusChange
from netmeet.core import calendar
from netmeet.core.access import PRIVATE
from netmeet.outbox import service as outbox


def note(
    action: Action,
    what: str,
    *,
    by_id: str,
    at: datetime,
    was: str = "",
    became: str = "",
    reason: str = "",
) -> None:
    """Add a line to the agreement's history. ``was`` and ``became`` are ids, days or states."""
    action.history.add(
        StatusChange(
            action_id=action.id,
            at=at,
            by_id=by_id,
            what=what,
            was=was,
            became=became,
            reason=reason,
        )
    )


def tell(
    action: Action, users: Collection[User | None], *, about: str, at: datetime, but: str
) -> None:
    """Let the users know that something waits on the agreement's page; not the one who did it.

    At most one message a day about the same thing; it says no word of what it is.
    """
    day = calendar.to_local(at).date()
    for user in users:
        if user is None or user.id == but:
            continue
        outbox.put(
            key=f"actions.news:{action.id}:{about}:{user.id}:{day}",
            kind="actions.news",
            user_id=user.id,
            case_id=action.case_id,
            at=at,
            facts={"action": action.id, "token": token(action, user, at=at)},
        )


def token(action: Action, user: User, *, at: datetime) -> str:
    """Return the secret of a personal link for somebody without a password, else ``""``."""
    member = action.case.member(user.id)
    if member is None or not (member.role.access in PRIVATE or member.is_staff_guest):
        return ""
    return accounts.make_link(user, purpose="action", subject_id=action.id, at=at)


def leads(action: Action) -> list[User]:
    """Return who coordinates the case."""
    return [member.user for member in action.case.members if member.is_coordinator]
