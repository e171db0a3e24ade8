"""The story clock: days and hours told relative to today, so that the demo is never stale."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from netmeet.core import calendar

_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_FORM = re.compile(r"(?P<day>\S+)(?: (?P<hour>\d{1,2}):(?P<minute>\d\d))?")
_RECENTLY = re.compile(r"nu(?P<minutes>[+-]\d+)?")
_SOON = 2
_QUARTER = 15
_NOON = time(12)


@dataclass(frozen=True)
class StoryClock:
    """Reads the times of a story. ``now`` is aware UTC, ``today`` its date in Copenhagen.

    A time is a day and an hour: ``-17 13:00`` and ``+10 13:00`` count calendar days and end on a
    working day, further away from today; ``-4a 09:10`` counts working days; ``+torsdag 13:00`` is
    the first Thursday at least two days ahead, ``-fredag`` the last Friday; ``0 08:30`` is today.
    ``nu-12`` is twelve minutes ago, ``nu`` the quarter of an hour before this one.
    """

    today: date
    now: datetime

    def local(self, text: str) -> datetime:
        """Return the naive wall time in Copenhagen. Raises ``ValueError`` for another form."""
        recently = _RECENTLY.fullmatch(text)
        if recently is not None:
            return self._recently(recently["minutes"])
        parts = _FORM.fullmatch(text)
        if parts is None:
            message = f"no time of a story: {text!r}"
            raise ValueError(message)
        hour = time(int(parts["hour"]), int(parts["minute"])) if parts["hour"] else _NOON
        return datetime.combine(self.day(parts["day"]), hour)

    def instant(self, text: str) -> datetime:
        """Return the aware UTC instant; what has happened never lies ahead of now."""
        return min(calendar.to_instant(self.local(text)), self.now)

    def day(self, text: str) -> date:
        """Return the date. Raises ``ValueError`` for another form."""
        sign = -1 if text.startswith("-") else 1
        word = text.lstrip("+-")
        if word in _WEEKDAYS:
            return self._weekday(_WEEKDAYS.index(word), sign)
        if word.endswith("a"):
            return self._working_days(int(word[:-1]), sign)
        reached = self.today + timedelta(days=sign * int(word))
        while int(word) and not calendar.is_working_day(reached):
            reached += timedelta(days=sign)
        return reached

    def _recently(self, minutes: str | None) -> datetime:
        local = calendar.to_local(self.now).replace(second=0, microsecond=0)
        if minutes is not None:
            return local + timedelta(minutes=int(minutes))
        return local - timedelta(minutes=_QUARTER + local.minute % _QUARTER)

    def _weekday(self, wanted: int, sign: int) -> date:
        reached = self.today + timedelta(days=sign * (_SOON if sign > 0 else 1))
        while reached.weekday() != wanted or not calendar.is_working_day(reached):
            reached += timedelta(days=sign)
        return reached

    def _working_days(self, count: int, sign: int) -> date:
        if sign > 0:
            return calendar.add_working_days(self.today, count)
        reached = self.today
        while calendar.working_days_between(reached, self.today) < count:
            reached -= timedelta(days=1)
        while not calendar.is_working_day(reached):
            reached -= timedelta(days=1)
        return reached
