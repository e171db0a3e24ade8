"""Anticipated noes, in words for the user."""

from collections.abc import Mapping


class Refused(Exception):
    """A rule says no. The message is a Danish sentence shown to the user as it is.

    ``field`` names the form field it belongs beside, when it belongs to one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Conflict(Exception):
    """Somebody else saved first. Carries both texts per field, so that nothing is lost.

    ``mine`` and ``theirs`` map a field's Danish label to its text; ``version`` is the stored
    version that a repeated save must name, ``again`` what else it must send to get through.
    """

    def __init__(
        self,
        *,
        mine: Mapping[str, str],
        theirs: Mapping[str, str],
        version: int,
        again: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("stale version")
        self.again = dict(again or {})
        self.mine = dict(mine)
        self.theirs = dict(theirs)
        self.version = version
