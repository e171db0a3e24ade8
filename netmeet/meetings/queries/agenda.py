"""Points of an agenda, as each reader may see them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.policy import RULES
from netmeet.meetings.queries.meetings import access_options
from netmeet.meetings.queries.minutes import is_open
from netmeet.meetings.rules import ItemState


@dataclass(frozen=True)
class Agenda:
    """The points in the order of the page: the person's, the standing ones, then the others'.

    ``not_taken_up`` are answered with a reason. ``minutes`` is what the open points add up to.
    """

    persons: list[AgendaItem]
    standing: list[AgendaItem]
    others: list[AgendaItem]
    not_taken_up: list[AgendaItem]

    @property
    def taken(self) -> list[AgendaItem]:
        """Return the points that are taken, in their order."""
        return [*self.persons, *self.standing, *self.others]

    @property
    def minutes(self) -> int:
        """Return the minutes that the points take together."""
        return sum(item.minutes for item in self.taken)


def item_by_id(item_id: str) -> AgendaItem | None:
    """Return the point with its meeting, its case's access facts and who raised it."""
    statement = (
        select(AgendaItem)
        .where(AgendaItem.id == item_id)
        .options(
            joinedload(AgendaItem.meeting).options(*access_options(), selectinload(Meeting.items)),
            joinedload(AgendaItem.author),
            joinedload(AgendaItem.decider),
        )
    )
    return db.session.scalars(statement).one_or_none()


def readable(items: Sequence[AgendaItem], actor: Actor) -> list[AgendaItem]:
    """Return the points the actor may read: their own, and what consent or law opens.

    A consent for some areas of life opens only the points that lie in them.
    """
    ways = RULES[P.AGENDA_READ]
    return [
        item
        for item in items
        if item.author_id == actor.user_id or is_open(item, reader=actor, ways=ways)
    ]


def agenda_mark(meeting: Meeting) -> str:
    """Return what changes with any change of the points: their ids, versions and places."""
    items = sorted(meeting.items, key=lambda item: (item.position, item.id))
    marks = "|".join(f"{item.id}.{item.version}.{item.position}" for item in items)
    return hashlib.sha256(marks.encode()).hexdigest()[:32]


def agenda_for(meeting: Meeting, actor: Actor) -> Agenda:
    """Return the agenda as ``actor`` may see it; what was withdrawn is gone."""
    seen = sorted(readable(meeting.items, actor), key=lambda item: item.position)
    live = [item for item in seen if item.state in {ItemState.OPEN, ItemState.CLOSED}]
    return Agenda(
        persons=[item for item in live if item.is_persons and not item.standing],
        standing=[item for item in live if item.standing],
        others=[item for item in live if not item.is_persons and not item.standing],
        not_taken_up=[item for item in seen if item.state is ItemState.NOT_TAKEN_UP],
    )
