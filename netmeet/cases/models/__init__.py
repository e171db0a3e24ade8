"""The case and everything that decides who may see it."""

from netmeet.cases.models.case import Case, Person, TeamMember
from netmeet.cases.models.keeping import KeepingNote
from netmeet.cases.models.rights import (
    Consent,
    ConsentAssent,
    ConsentWithdrawal,
    Law,
    LegalBasis,
    Representation,
)
from netmeet.cases.models.veil import veil
from netmeet.cases.models.words import AccessQuestion, RelativeWord

__all__ = [
    "AccessQuestion",
    "Case",
    "Consent",
    "ConsentAssent",
    "ConsentWithdrawal",
    "KeepingNote",
    "Law",
    "LegalBasis",
    "Person",
    "RelativeWord",
    "Representation",
    "TeamMember",
    "veil",
]
