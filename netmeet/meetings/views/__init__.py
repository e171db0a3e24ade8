"""HTTP of the slice: request, meeting, preparation and agenda."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)

# The modules hang their routes on the blueprint above.
from netmeet.meetings.views import agenda, meeting, minutes, prepare, request, room  # noqa: E402

__all__ = ["agenda", "bp", "meeting", "minutes", "prepare", "request", "room"]
