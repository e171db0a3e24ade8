"""The one thing about readiness that somebody decides: to meet although a sector is missing."""

from datetime import datetime

from flask_babel import gettext as _

from netmeet.core.access import Actor
from netmeet.core.refusals import Refused
from netmeet.invitations import service as invitations
from netmeet.meetings.models import Meeting


def override_composition(
    meeting: Meeting, *, reason: str, version: int, by: Actor, at: datetime
) -> None:
    """Keep why the meeting is held without region or municipality (domain § 2.3, 8).

    Raises ``Refused`` without a reason, ``Conflict`` for a stale version.
    """
    del by
    label = _("Hvorfor mødet holdes alligevel")
    meeting.expect(version, mine={label: reason}, theirs={label: meeting.composition_reason})
    if not reason.strip():
        raise Refused(_("Skriv hvorfor."), field="reason")
    meeting.excuse_composition(reason.strip())
    invitations.settle(meeting, at=at)
