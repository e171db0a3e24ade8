"""HTTP of the slice: the list and the sending, the personal link, the answer, the letter."""

from netmeet.invitations.views import answer, edit, landing, letters, times
from netmeet.invitations.views.blueprint import bp

__all__ = ["answer", "bp", "edit", "landing", "letters", "times"]
