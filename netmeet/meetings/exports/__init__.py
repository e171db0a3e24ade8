"""What leaves the slice as plain data: the questions in words, and mails."""

from netmeet.meetings.exports.news import RENDERERS

__all__ = ["RENDERERS"]
