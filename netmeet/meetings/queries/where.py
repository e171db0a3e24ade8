"""Where a meeting is, to those who may know it."""

from netmeet.core.access import Actor, Role
from netmeet.meetings.models import Meeting

_OUTSIDE = frozenset({Role.REL, Role.EXT, Role.INTP})


def place_for(meeting: Meeting, reader: Actor) -> str:
    """Return the place as a page may show it, else nothing.

    Where a protected person can be met is not for relatives and guests to read: they ask.
    """
    is_hidden = meeting.case.person.is_protected and reader.role in _OUTSIDE
    return "" if is_hidden else meeting.place
