"""Verbs of meetings: ask, plan, prepare, build the agenda, write the minutes."""

from netmeet.meetings.service import agenda, preparation, requests
from netmeet.meetings.service.meetings import (
    Details,
    create,
    draft_follow_up,
    edit,
    move,
    movers,
    set_time,
    settle,
)
from netmeet.meetings.service.stopping import Noted, cancel, not_held, postpone, told

__all__ = [
    "Details",
    "Noted",
    "agenda",
    "cancel",
    "create",
    "draft_follow_up",
    "edit",
    "move",
    "movers",
    "not_held",
    "postpone",
    "preparation",
    "requests",
    "set_time",
    "settle",
    "told",
]
