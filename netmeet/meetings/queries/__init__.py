"""Reading requests, meetings, preparation and agendas."""

from netmeet.meetings.queries.agenda import Agenda, agenda_for, agenda_mark, item_by_id, readable
from netmeet.meetings.queries.meetings import (
    access_options,
    by_id,
    following,
    for_agenda,
    next_of,
    of_case,
    template_for,
    visible_to,
    with_agenda,
    with_answers,
)
from netmeet.meetings.queries.preparation import (
    Progress,
    answer_to,
    has_words,
    leads,
    progress,
    said_to,
    to_begin,
    unwanted,
    wants_call,
)
from netmeet.meetings.queries.requests import (
    meeting_of,
    request_by_id,
    requests_of_case,
    requests_waiting,
)
from netmeet.meetings.queries.where import hides_place, place_for

__all__ = [
    "Agenda",
    "Progress",
    "access_options",
    "agenda_for",
    "agenda_mark",
    "answer_to",
    "by_id",
    "following",
    "for_agenda",
    "has_words",
    "hides_place",
    "item_by_id",
    "leads",
    "meeting_of",
    "next_of",
    "of_case",
    "place_for",
    "progress",
    "readable",
    "request_by_id",
    "requests_of_case",
    "requests_waiting",
    "said_to",
    "template_for",
    "to_begin",
    "unwanted",
    "visible_to",
    "wants_call",
    "with_agenda",
    "with_answers",
]
