"""HTTP of the slice: opening, the network, who may see what, and who has looked."""

from netmeet.cases.views import (
    adding,
    auditing,
    consents,
    grounds,
    looks,
    mandates,
    opening,
    own,
    person,
    team,
)
from netmeet.cases.views.blueprint import bp

__all__ = [
    "adding",
    "auditing",
    "bp",
    "consents",
    "grounds",
    "looks",
    "mandates",
    "opening",
    "own",
    "person",
    "team",
]
