"""Who must stay unknown to whoever asks: parents who live apart and must not find each other."""

from collections.abc import Iterable
from contextvars import ContextVar

_hidden: ContextVar[frozenset[str]] = ContextVar("netmeet_apart", default=frozenset())


def hide(user_ids: Iterable[str]) -> None:
    """Let nothing of these users be shown from here on in this request."""
    _hidden.set(frozenset(user_ids))


def hide_nobody(_fault: BaseException | None = None) -> None:
    """Hide nobody: how every request begins and ends."""
    _hidden.set(frozenset())


def hidden() -> frozenset[str]:
    """Return the users of whom nothing is shown in this request."""
    return _hidden.get()
