"""Which operations only look."""

from netmeet.core.permissions import Permission

_LOOKING = (
    *("read", "list", "history", "search", "reveal", "print", "export", "download", "drill"),
    *("counts", "who_saw", "my_own", "open_landing", "follow", "choose_own", "verify"),
)
_CHANGING = ("write", "rotate")


def _only_looks(operation: Permission) -> bool:
    subject, _, what = operation.partition(".")
    if operation is Permission.ACCOUNT_READ_UPDATE_OWN or subject in {"public", "export"}:
        return True
    return any(word in what for word in _LOOKING) and not any(w in what for w in _CHANGING)


LOOKS = frozenset(operation for operation in Permission if _only_looks(operation))
"""Operations after which everything about a case is as before (one's own account is no case)."""
