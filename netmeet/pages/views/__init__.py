"""HTTP of the screens over many slices. Each module below adds its pages to ``bp``."""

from flask import Blueprint

bp = Blueprint("pages", __name__)

# The modules hang their routes on the blueprint above.
from netmeet.pages.views import answer, case, home, public, room, seen  # noqa: E402 - they need the blueprint

__all__ = ["answer", "bp", "case", "home", "public", "room", "seen"]
