"""What stands in a meeting."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netmeet.cases.models import Case
    from netmeet.meetings.models import Meeting


class InMeeting:
    """Belongs to ``meeting``: rules and the access log ask it for the case and who leads."""

    if TYPE_CHECKING:
        # Each says for itself how it is read.
        @property
        def meeting(self) -> Meeting:
            """Return the meeting it belongs to."""

    @property
    def case(self) -> "Case":
        """Return the case it belongs to."""
        return self.meeting.case

    @property
    def case_id(self) -> str:
        """Return the case's id (for the access log)."""
        return self.meeting.case_id

    @property
    def lead_ids(self) -> frozenset[str]:
        """Return who leads the meeting."""
        return self.meeting.lead_ids
