"""What is missing before a meeting, and the coordinator's day made of it."""

from netmeet.readiness.queries.day import Call, Day, DayRow, day
from netmeet.readiness.queries.lacks import lacks, missing
from netmeet.readiness.queries.words import Line, line

__all__ = ["Call", "Day", "DayRow", "Line", "day", "lacks", "line", "missing"]
