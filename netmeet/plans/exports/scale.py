"""The person's own scale over time, as points of a small drawing and as a sentence."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.plans.rules import HIGHEST

WIDTH, HEIGHT, EDGE = 360, 120, 14


def draw(scores: Sequence[tuple[date, int]]) -> dict[str, Any] | None:
    """Return the points in a field of 360 x 120, the line through them and what it says in words.

    ``None`` when the person has not said anything yet.
    """
    if not scores:
        return None
    first, last = scores[0][0], scores[-1][0]
    days = max((last - first).days, 1)
    points = [
        {
            "x": EDGE + round((WIDTH - 2 * EDGE) * (on - first).days / days),
            "y": HEIGHT - EDGE - round((HEIGHT - 2 * EDGE) * value / HIGHEST),
            "on": on,
            "value": value,
        }
        for on, value in scores
    ]
    said = [
        _("%(value)d den %(day)s", value=value, day=calendar.day_of_month(on))
        for on, value in scores
    ]
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "words": ", ".join(said),
        "now": scores[-1][1],
        "now_on": last,
    }
