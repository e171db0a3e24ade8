"""Kinds of organisations and units."""

import re
from enum import StrEnum

_CODE = 32
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ö": "oe", "ä": "ae"})


def code_of(name: str, *, within: str) -> str:
    """Return a public code made of the organisation's and a name: "147-bostoette"."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower().translate(_LETTERS)).strip("-")
    return f"{within}-{plain or 'enhed'}"[:_CODE].rstrip("-")


class Sector(StrEnum):
    """The sides of a network meeting: it needs a region and a municipality."""

    REGION = "region"
    MUNICIPALITY = "municipality"
    PRACTICE = "practice"
    OTHER = "other"


class OrganisationKind(StrEnum):
    """What sort of organisation."""

    REGION = "region"
    CENTRE = "centre"
    MUNICIPALITY = "municipality"
    PRACTICE = "practice"
    RESIDENCE = "residence"
    SCHOOL = "school"
    VOLUNTEERS = "volunteers"
    OTHER = "other"


class CommitteeKind(StrEnum):
    """Coordination committees: one common, four for adults, four for children and young."""

    COMMON = "common"
    ADULT = "adult"
    YOUTH = "youth"
