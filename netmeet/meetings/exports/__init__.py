"""What leaves the slice as plain data: the questions in words, the minutes, and mails."""

from netmeet.meetings.exports.minutes import (
    MinutesData,
    ParticipantData,
    PointData,
    StatementData,
    lack_words,
    minutes_data,
    reading_rule,
)
from netmeet.meetings.exports.news import RENDERERS

__all__ = [
    "RENDERERS",
    "MinutesData",
    "ParticipantData",
    "PointData",
    "StatementData",
    "lack_words",
    "minutes_data",
    "reading_rule",
]
