"""What has happened and what comes: meetings, versions, kept agreements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from netmeet.actions.models import Action
from netmeet.actions.rules import PersonsWord, Status
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.permissions import Permission as P
from netmeet.plans import queries
from netmeet.plans.queries import Facts, Part


def timeline(facts: Facts, *, reader: Actor, today: date) -> list[dict[str, Any]]:
    """Return the events that the reader may know of, oldest first.

    Each has its day, its words, the number of the version when it is one, and whether it is ahead.
    """
    reads_all = queries.is_on_persons_side(reader) or reader.role_on(facts.case) is Role.LEAD
    events = [
        {
            "on": meeting.starts_local.date(),
            "text": _("Møde: %(what)s", what=meeting.purpose) if reads_all else _("Møde"),
            "n": 0,
        }
        for meeting in facts.meetings
        if meeting.starts_local is not None
    ]
    for version in facts.plan.versions if facts.plan is not None else ():
        on = calendar.to_local(version.published_at).date()
        events.append({"on": on, "text": _("Ny udgave af planen"), "n": version.n})
    events += _kept(facts, reader=reader)
    in_order = sorted(events, key=lambda event: (event["on"], event["n"]))
    return [{**event, "is_ahead": event["on"] > today} for event in in_order]


def _how_it_went(action: Action) -> str:
    """Return that an agreement was kept, unless the person says that it was not, or not quite."""
    match action.persons_word:
        case PersonsWord.PARTLY:
            return str(_("Delvist sket: %(what)s", what=action.what))
        case PersonsWord.NO:
            return str(_("Ikke sket: %(what)s", what=action.what))
        case _:
            return str(_("Sket: %(what)s", what=action.what))


def _kept(facts: Facts, *, reader: Actor) -> Sequence[dict[str, Any]]:
    found = []
    for action in facts.actions:
        if action.status is not Status.DONE or action.closed_at is None:
            continue
        area = action.life_area.value if action.life_area else None
        part = Part(case=facts.case, life_area=area, author_id=action.owner_id or "")
        if queries.opens(part, reader=reader, permission=P.ACTION_READ):
            on = calendar.to_local(action.closed_at).date()
            found.append({"on": on, "text": _how_it_went(action), "n": 0})
    return found
