"""The invitation on paper with a code to sign in by."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from netmeet.cases.service import network
from netmeet.core import calendar
from netmeet.core.refusals import Refused
from netmeet.meetings.models import Invitation


def code_for_letter(invitation: Invitation, *, at: datetime) -> str:
    """Return a fresh code for the recipient's letter, good once until the meeting is over.

    Raises ``Refused`` for somebody whose letter carries none, without a time, or after three codes
    within an hour.
    """
    member, starts = invitation.case.member(invitation.user_id), invitation.meeting.starts_local
    if member is None or starts is None:
        raise Refused(_("Mødet har ingen tid endnu."))
    until = calendar.to_instant(starts) + timedelta(minutes=invitation.meeting.minutes)
    return network.letter_code(member, at=at, until=until)
