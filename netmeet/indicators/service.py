"""The one thing of a report that is written: the risks an organisation sees."""

from flask_babel import gettext as _

from netmeet.core.db import db
from netmeet.core.refusals import Conflict
from netmeet.indicators.models import RiskNote
from netmeet.indicators.queries import committee as queries
from netmeet.indicators.rules import Quarter
from netmeet.organisations.models import Committee


def note_risks(
    committee: Committee, *, organisation_id: str, quarter: Quarter, text: str, version: int
) -> None:
    """Keep what the organisation writes. Raises ``Conflict`` when it was changed meanwhile.

    ``version`` is 0 where nothing had been written.
    """
    found = queries.risks(committee.id, quarter=quarter)
    note = next((each for each in found if each.organisation_id == organisation_id), None)
    label = _("Risici")
    if note is None and version:
        raise Conflict(mine={label: text}, theirs={label: ""}, version=0)
    if note is None:
        note = RiskNote(
            committee_id=committee.id, organisation_id=organisation_id, quarter=quarter.key
        )
        db.session.add(note)
    else:
        note.expect(version, mine={label: text}, theirs={label: note.text})
    note.text = text
    db.session.flush()
