"""Building the agenda: each side adds its own points, and nobody touches the person's."""

from dataclasses import dataclass
from datetime import datetime, time

from flask_babel import gettext as _

from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import AgendaState, AgreedHow, ItemState, LifeArea, Purpose
from netmeet.meetings.service import preparation
from netmeet.outbox import service as outbox

_LEAST, _MOST = 1, 120
_SPEAKS_AS_PERSON = frozenset({Role.PAT, Role.PROX})


@dataclass(frozen=True, kw_only=True)
class Point:
    """What a point says. ``phone_at`` is wall time on the day of the meeting."""

    title: str
    purpose: Purpose = Purpose.DISCUSS
    minutes: int = 10
    life_area: LifeArea | None = None
    decider_id: str | None = None
    answers_in_writing: bool = False
    phone_at: time | None = None
    is_hidden_from_private: bool = False


def propose(meeting: Meeting, *, by: Actor, at: datetime, point: Point) -> AgendaItem:
    """Add a point, last among its kind. Raises ``Refused`` for wrong details.

    After the person's yes, what others add asks for it again.
    """
    _check(meeting, point)
    role = by.role_on(meeting)
    item = AgendaItem(
        meeting_id=meeting.id,
        position=max((i.position for i in meeting.items), default=-1) + 1,
        title=point.title,
        author_id=by.user_id,
        raised_as=role,
        confirmed_at=at if role in _SPEAKS_AS_PERSON else None,
        state=ItemState.OPEN,
        entries=[],
    )
    meeting.items.append(item)
    _write(item, point)
    _touched(meeting, by)
    db.session.flush()
    return item


def edit(item: AgendaItem, *, by: Actor, at: datetime, point: Point, version: int) -> None:
    """Change one's own point. Raises ``Refused`` for another's, ``Conflict`` for a stale form."""
    label = _("Punktet")
    item.expect(version, mine={label: point.title}, theirs={label: item.title})
    if item.author_id != by.user_id:
        raise Refused(_("Kun den, der har skrevet punktet, kan rette det."))
    if item.state is not ItemState.OPEN:
        raise Refused(_("Punktet er afsluttet. Det kan ikke rettes."))
    _check(item.meeting, point)
    item.title = point.title
    if item.is_persons:
        item.confirmed_at = at
    _write(item, point)
    _touched(item.meeting, by)
    db.session.flush()


def withdraw(item: AgendaItem, *, by: Actor) -> None:
    """Take one's own point back. Raises ``Refused`` for another's or a point already closed."""
    if item.author_id != by.user_id:
        raise Refused(_("Kun den, der har skrevet punktet, kan tage det væk."))
    if item.state is not ItemState.OPEN:
        raise Refused(_("Punktet er afsluttet. Det kan ikke tages væk."))
    item.state = ItemState.WITHDRAWN
    db.session.flush()


def not_taken_up(item: AgendaItem, *, by: Actor, reason: str) -> None:
    """Answer a proposal that the meeting will not take up, with why.

    Raises ``Refused`` without a reason, and for a point of the person's: it is answered at the
    meeting.
    """
    if item.is_persons:
        raise Refused(_("Punktet er borgerens eget. Det får svar på mødet."))
    if item.state is not ItemState.OPEN:
        raise Refused(_("Punktet er afsluttet."))
    if not reason.strip():
        raise Refused(_("Skriv, hvorfor punktet ikke kommer på."), field="reason")
    item.state, item.reason = ItemState.NOT_TAKEN_UP, reason
    _touched(item.meeting, by)
    db.session.flush()


def shift(item: AgendaItem, *, up: int) -> None:
    """Change places with the neighbour ``up`` places before (negative: after) in the same group.

    At the end of the group nothing happens. The person's points stay before the others'.
    """
    group = sorted(
        (i for i in item.meeting.items if _group(i) == _group(item) and i.state is ItemState.OPEN),
        key=lambda i: i.position,
    )
    if item not in group:
        return
    place = group.index(item)
    target = place - up
    if not 0 <= target < len(group):
        return
    group.insert(target, group.pop(place))
    for position, neighbour in zip(sorted(i.position for i in group), group, strict=True):
        neighbour.position = position
    db.session.flush()


def share(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Show the agenda to the person, and tell them that it is there to say yes to."""
    if meeting.agenda_state is AgendaState.DRAFT:
        meeting.agenda_state = AgendaState.SHARED
    db.session.flush()
    person_id = meeting.case.person.user_id
    if person_id == by.user_id:
        return
    outbox.put(
        key=f"agenda-shared:{meeting.id}:{meeting.version}",
        kind="meetings.news_agenda",
        user_id=person_id,
        at=at,
        facts={"meeting": meeting.id},
        case_id=meeting.case_id,
    )


def approve(meeting: Meeting, *, by: Actor, at: datetime, how: AgreedHow, seen: str) -> None:
    """Keep the person's yes to the agenda, and how it was given: digitally, said or on paper.

    ``seen`` is the mark of the agenda that was said yes to (``queries.agenda_mark``); after a
    change in between the yes is refused with ``Conflict``. Raises ``Refused`` when somebody else
    would say it digitally.
    """
    if seen != queries.agenda_mark(meeting):
        label, now = _("Dagsorden"), queries.agenda_for(meeting, by).taken
        theirs = {label: "\n".join(item.title for item in now)}
        again = {"seen": queries.agenda_mark(meeting)}
        mine = {label: _("Ja, dagsordenen er god")}
        raise Conflict(mine=mine, theirs=theirs, version=meeting.version, again=again)
    is_own = preparation.speaks_for_themselves(meeting, by)
    if how is AgreedHow.DIGITAL and not is_own:
        raise Refused(_("Skriv, om svaret er sagt eller skrevet på papir."), field="how")
    meeting.agenda_state = AgendaState.APPROVED
    meeting.agenda_approved_at = at
    meeting.agenda_approved_how = how if is_own else f"{how}:{by.user_id}"
    db.session.flush()


def _group(item: AgendaItem) -> tuple[bool, bool]:
    return (item.is_persons, bool(item.standing))


def _check(meeting: Meeting, point: Point) -> None:
    if not point.title.strip():
        raise Refused(_("Skriv, hvad punktet handler om."), field="title")
    if not _LEAST <= point.minutes <= _MOST:
        raise Refused(_("Et punkt varer mellem 1 minut og 2 timer."), field="minutes")
    if point.decider_id is None:
        return
    decider = meeting.case.member(point.decider_id)
    if decider is None or not decider.role.is_staff:
        raise Refused(_("Vælg en ansat, der er med i netværket."), field="decider")


def _write(item: AgendaItem, point: Point) -> None:
    item.purpose, item.minutes = point.purpose, point.minutes
    item.life_area, item.decider_id = point.life_area, point.decider_id
    decided = point.decider_id is not None
    item.answers_in_writing = decided and point.answers_in_writing
    item.phone_at = point.phone_at if decided else None
    item.is_hidden_from_private = point.is_hidden_from_private


def _touched(meeting: Meeting, by: Actor) -> None:
    is_own = preparation.speaks_for_themselves(meeting, by)
    if meeting.agenda_state is AgendaState.APPROVED and not is_own:
        meeting.agenda_state = AgendaState.SHARED
