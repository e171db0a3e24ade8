"""HTTP of agreements: capture in the meeting, reading and reporting."""

from flask import Blueprint

bp = Blueprint("actions", __name__)

# The modules hang their routes on the blueprint above.
from netmeet.actions.views import capture, closing, handing, owing  # noqa: E402 - the blueprint must be there first

__all__ = ["bp", "capture", "closing", "handing", "owing"]
