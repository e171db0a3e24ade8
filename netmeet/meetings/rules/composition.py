"""Who must be there for a meeting to be a cross-sector network meeting."""

from collections.abc import Iterable

from netmeet.organisations.rules import Sector

REQUIRED = (Sector.REGION, Sector.MUNICIPALITY)


def composition(sectors: Iterable[Sector | None]) -> tuple[Sector, ...]:
    """Return the sectors that nobody present (or nobody who said yes) comes from.

    Somebody private counts for no sector. By the regional agreement a network meeting has at
    least one regional and one municipal employee. Nothing missing means that it is right.
    """
    present = set(sectors)
    return tuple(sector for sector in REQUIRED if sector not in present)
