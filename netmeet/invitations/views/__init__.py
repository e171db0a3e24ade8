"""HTTP of the slice: list and sending, personal link, answer, letter, and the own calendar."""

from netmeet.invitations.views import answer, edit, feed, instead, landing, letters, times
from netmeet.invitations.views.blueprint import bp

__all__ = ["answer", "bp", "edit", "feed", "instead", "landing", "letters", "times"]
