"""What an identity from an OpenID provider must say before it is believed (ASVS 6.8).

Signature, issuer, audience, nonce and expiry are the protocol's and checked where it is spoken;
here stand the conditions of netmeet: fresh, sure enough, of the right kind, and with a subject.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

LONGEST_LOGIN = timedelta(minutes=5)
"""From the button to the way back; also how old the provider's own login may be."""
CLOCKS_DIFFER = timedelta(seconds=30)


class Door(StrEnum):
    """Where people with an identity come in: as themselves, or as staff."""

    PERSON = "person"
    STAFF = "staff"

    @property
    def means(self) -> str:
        """Return what the session notes as the means of signing in."""
        return f"oidc-{self.value}"


class No(StrEnum):
    """Why an identity that is genuine does not let anybody in."""

    NO_SUBJECT = "no_subject"
    STALE = "stale"
    WRONG_KIND = "wrong_kind"
    TOO_LOW = "too_low"


class Wanted(Protocol):
    """What a provider's tokens must say: as the operator set it.

    ``claims`` must be there as they are; one of ``assurance`` must be the ``assurance_claim``.
    """

    @property
    def subject_claim(self) -> str:
        """Return the claim that names the human for ever."""

    @property
    def claims(self) -> Mapping[str, str]:
        """Return the claims that tell the kind of identity."""

    @property
    def assurance_claim(self) -> str:
        """Return the claim with the level of assurance."""

    @property
    def assurance(self) -> frozenset[str]:
        """Return the levels that are enough."""


def judge(
    claims: Mapping[str, Any], *, wanted: Wanted, began_at: datetime, at: datetime
) -> No | None:
    """Return why the token is not enough, or ``None``. ``began_at`` is when netmeet asked."""
    if not _subject(claims, wanted):
        return No.NO_SUBJECT
    proved = float(claims.get("auth_time") or 0)
    oldest = began_at - LONGEST_LOGIN - CLOCKS_DIFFER
    if not oldest.timestamp() <= proved <= (at + CLOCKS_DIFFER).timestamp():
        return No.STALE
    if any(str(claims.get(name, "")) != value for name, value in wanted.claims.items()):
        return No.WRONG_KIND
    if str(claims.get(wanted.assurance_claim, "")) not in wanted.assurance:
        return No.TOO_LOW
    return None


def _subject(claims: Mapping[str, Any], wanted: Wanted) -> str:
    """Return the subject as text; a list or a number is none."""
    subject = claims.get(wanted.subject_claim)
    return subject if isinstance(subject, str) else ""
