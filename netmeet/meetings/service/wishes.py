"""Lines about help, and words tapped for it, become points of the person's on the agenda."""

from difflib import SequenceMatcher

from flask_babel import gettext as _

from netmeet.core.access import Actor, Role
from netmeet.meetings.models import AgendaItem, Meeting, PreparationAnswer
from netmeet.meetings.rules import AgendaState, ItemState, LifeArea, Purpose

Wish = tuple[str, LifeArea | None]
"""What a point is to say, and the part of life a tapped word is about."""

_POINT_MINUTES = 10
_OPEN = frozenset({ItemState.OPEN, ItemState.WITHDRAWN})


def of(row: PreparationAnswer) -> list[Wish]:
    """Return what the answer asks for, a line or tapped word each, in their order."""
    lines = [line.strip(" \t-•") for line in row.text.splitlines()]
    tapped = (row.data or {}).get("words", [])
    by_word = [(word(LifeArea(area)), LifeArea(area)) for area in tapped]
    return [*((line, None) for line in lines if line), *by_word]


def make_points(meeting: Meeting, row: PreparationAnswer, *, by: Actor, before: list[Wish]) -> None:
    """Let each line and each tapped word be a point of the person's, in their order.

    ``items`` in the answer's data says which point came of which place, those of lines that are
    gone last. A line that stood ``before`` keeps its point as it has become on the agenda, wherever
    it stands now; a changed line changes its point, and is told as of who changed it.
    """
    now = of(row)
    known = {item.id: item for item in meeting.items}
    points = [known[one] for one in (row.data or {}).get("items", []) if one in known]
    gone = points[len(before) :]
    kept: list[AgendaItem] = []
    new: list[AgendaItem] = []
    for tag, old, end, first, last in SequenceMatcher(a=before, b=now).get_opcodes():
        free = points[old:end]
        for wish in now[first:last]:
            if not free:
                new.append(_taken_up(gone) or _new_point(meeting))
            kept.append(free.pop(0) if free else new[-1])
            if tag == "equal":
                _confirm(kept[-1], row)
            else:
                _write(kept[-1], wish, row, by=by, person_id=meeting.case.person.user_id)
        gone += free
    _put_in_order(kept, new)
    _withdraw(gone)
    row.data = {**(row.data or {}), "items": [item.id for item in (*kept, *gone)]}
    if before != now:
        _reopen(meeting, row)


def _taken_up(gone: list[AgendaItem]) -> AgendaItem | None:
    """Take out the first point that no line stands for any more and that may say something new."""
    item = next((one for one in gone if one.state in _OPEN), None)
    if item is not None:
        gone.remove(item)
    return item


def _confirm(item: AgendaItem, row: PreparationAnswer) -> None:
    if item.confirmed_at is None:
        item.confirmed_at = row.confirmed_at


def _write(
    item: AgendaItem, wish: Wish, row: PreparationAnswer, *, by: Actor, person_id: str
) -> None:
    """Let the point say what its line says, unless the meeting has dealt with it."""
    if item.state not in _OPEN:
        return
    item.title, item.life_area = wish
    item.state, item.confirmed_at = ItemState.OPEN, row.confirmed_at
    acts_for = by.role is Role.PROX
    item.raised_as = Role.PROX if acts_for else Role.PAT
    item.author_id = by.user_id if acts_for else person_id


def _put_in_order(points: list[AgendaItem], new: list[AgendaItem]) -> None:
    """Let each new point come before that of the line after it; the others keep their order.

    Places of points that are not theirs stay: who is writing on those is not disturbed.
    """
    order = sorted((one for one in points if one not in new), key=lambda one: one.position)
    for place in reversed(range(len(points))):
        if points[place] in new:
            after = order.index(points[place + 1]) if place + 1 < len(points) else len(order)
            order.insert(after, points[place])
    places = sorted(one.position for one in points)
    for one, position in zip(order, places, strict=True):
        one.position = position


def _withdraw(gone: list[AgendaItem]) -> None:
    for item in gone:
        if item.state is ItemState.OPEN:
            item.state = ItemState.WITHDRAWN


def _reopen(meeting: Meeting, row: PreparationAnswer) -> None:
    """Ask for the person's yes again when a helper has changed what they said yes to."""
    if meeting.agenda_state is AgendaState.APPROVED and row.confirmed_at is None:
        meeting.agenda_state = AgendaState.SHARED


def word(area: LifeArea) -> str:
    """Return the word to tap for a part of life; tapped, it is the title of a point."""
    words: dict[LifeArea, str] = {
        LifeArea.HOUSING: _("Bolig"),
        LifeArea.ECONOMY: _("Penge"),
        LifeArea.TREATMENT: _("Medicin"),
        LifeArea.EVERYDAY: _("Søvn"),
        LifeArea.NETWORK: _("At være alene"),
        LifeArea.FAMILY: _("Min familie"),
        LifeArea.WORK: _("Skole eller arbejde"),
    }
    return words.get(area) or str(_("Noget andet"))


def _new_point(meeting: Meeting) -> AgendaItem:
    person = meeting.case.person
    item = AgendaItem(
        meeting_id=meeting.id,
        position=max((i.position for i in meeting.items), default=-1) + 1,
        author_id=person.user_id,
        raised_as=Role.PAT,
        purpose=Purpose.DISCUSS,
        minutes=_POINT_MINUTES,
        state=ItemState.OPEN,
        entries=[],
    )
    meeting.items.append(item)
    return item
