"""Verbs of meetings: ask, plan, prepare, build the agenda, write the minutes."""

from netmeet.meetings.service import agenda, preparation, requests
from netmeet.meetings.service.meetings import (
    Details,
    cancel,
    create,
    draft_follow_up,
    edit,
    move,
    movers,
    postpone,
    set_time,
    settle,
)

__all__ = [
    "Details",
    "agenda",
    "cancel",
    "create",
    "draft_follow_up",
    "edit",
    "move",
    "movers",
    "postpone",
    "preparation",
    "requests",
    "set_time",
    "settle",
]
