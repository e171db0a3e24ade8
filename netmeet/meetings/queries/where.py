"""Where a meeting is, to those who may know it."""

from netmeet.cases.models import Case
from netmeet.core.access import Actor, Role
from netmeet.meetings.models import Meeting

_OUTSIDE = frozenset({Role.REL, Role.EXT, Role.INTP})


def hides_place(case: Case, reader: Actor | None) -> bool:
    """Tell whether the reader must not learn from netmeet where a protected person can be met.

    It is not for relatives and guests to read: they ask. ``None`` is what leaves netmeet, paper and
    calendar files: there it stands for nobody, because both are left lying about.
    """
    return case.person.is_protected and (reader is None or reader.role in _OUTSIDE)


def place_for(meeting: Meeting, reader: Actor | None) -> str:
    """Return the place as it may be shown to the reader (:func:`hides_place`), else nothing."""
    return "" if hides_place(meeting.case, reader) else meeting.place
