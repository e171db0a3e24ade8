"""HTTP of the slice: request, meeting, preparation and agenda."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)

from netmeet.meetings.views import (  # noqa: E402 - the modules hang their routes on bp
    agenda,
    evaluation,
    files,
    meeting,
    minutes,
    prepare,
    request,
    room,
)

__all__ = [
    "agenda",
    "bp",
    "evaluation",
    "files",
    "meeting",
    "minutes",
    "prepare",
    "request",
    "room",
]
