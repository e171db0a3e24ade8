"""Where a meeting is, to those who may know it."""

from netmeet.cases.models import Case
from netmeet.core.access import Actor, Role
from netmeet.meetings.models import Meeting

_OUTSIDE = frozenset({Role.REL, Role.EXT, Role.INTP})


def hides_place(case: Case, reader: Actor, *, is_paper: bool = False) -> bool:
    """Tell whether the reader must not learn from netmeet where a protected person can be met.

    It is not for relatives and guests to read: they ask. On paper it stands for nobody, because
    paper is left lying about.
    """
    return case.person.is_protected and (is_paper or reader.role in _OUTSIDE)


def place_for(meeting: Meeting, reader: Actor, *, is_paper: bool = False) -> str:
    """Return the place as a page, or with ``is_paper`` a print, may show it, else nothing."""
    return "" if hides_place(meeting.case, reader, is_paper=is_paper) else meeting.place
