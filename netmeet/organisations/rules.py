"""Kinds of organisations and units."""

from enum import StrEnum


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
