"""The one place that reads the time; only the edges may ask (import contract)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date in Copenhagen."""
    return datetime.now(COPENHAGEN).date()
