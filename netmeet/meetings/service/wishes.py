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
_LIKE = 0.6
"""How much a line that was mended has in common with what it was, at least."""
_SHORTEST = 2
"""Letters that a line has at least, so that another that begins or ends with them is the same."""
_MOST_COMPARED, _MOST_GONE = 20, 50
"""Lines that are compared by likeness, and points without a line that are remembered."""


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
    it stands now; a mended line mends its point. Any other has a point of its own: what was decided
    of one wish must not come to stand at another.
    """
    now, known = of(row), {item.id: item for item in meeting.items}
    points = [known[one] for one in (row.data or {}).get("items", []) if one in known]
    own = _own(row, before, points)
    same = _as_before(now, before, points)
    back = _put_back(now, points[len(before) :], same)
    mended = _mended(now, before, points, same | back)
    found = same | back | mended
    made = {n: _new_point(meeting) for n in range(len(now)) if n not in found}
    kept = [(found | made)[n] for n in range(len(now))]
    for n, item in enumerate(kept):
        if n in same:
            item.confirmed_at = item.confirmed_at or row.confirmed_at
        elif by.role is Role.PROX and now[n][0] not in own:
            _write(item, now[n], row, author_id=by.user_id, raised_as=Role.PROX)
        else:
            _write(item, now[n], row, author_id=meeting.case.person.user_id, raised_as=Role.PAT)
    _put_in_order(kept, set(made.values()))
    gone = [item for item in points if item not in kept]
    _withdraw(gone)
    if by.role is not Role.PROX:
        own = [now[n][0] for n, item in enumerate(kept) if item.raised_as is Role.PAT]
    ids = [item.id for item in (*kept, *gone[:_MOST_GONE])]
    row.data = {**(row.data or {}), "items": ids, "own": own}
    if before != now:
        _reopen(meeting, row)


def _own(row: PreparationAnswer, before: list[Wish], points: list[AgendaItem]) -> list[str]:
    """Return the lines that the person wrote, or had written for them, when they were here last.

    A guardian who writes in front of such a line makes one of both for a moment, as it is saved
    while one types: apart again, the person's line is the person's.
    """
    stood = zip(before, points, strict=False)
    written = [wish[0] for wish, item in stood if item.raised_as is Role.PAT]
    known: list[str] = (row.data or {}).get("own", written)
    return known


def _as_before(
    now: list[Wish], before: list[Wish], points: list[AgendaItem]
) -> dict[int, AgendaItem]:
    """Return the points of the lines that stand there word for word, by their new place."""
    free: dict[Wish, list[AgendaItem]] = {}
    for wish, item in zip(before, points, strict=False):
        free.setdefault(wish, []).append(item)
    return {n: free[wish].pop(0) for n, wish in enumerate(now) if free.get(wish)}


def _put_back(
    now: list[Wish], gone: list[AgendaItem], same: dict[int, AgendaItem]
) -> dict[int, AgendaItem]:
    """Return the points of lines that were taken out and are put back word for word, open again."""
    free: dict[Wish, list[AgendaItem]] = {}
    for item in gone:
        if item.state in _OPEN:
            free.setdefault((item.title, item.life_area), []).append(item)
    found = {n: free[wish].pop(0) for n, wish in enumerate(now) if n not in same and free.get(wish)}
    for item in found.values():
        item.state = ItemState.OPEN
    return found


def _mended(
    now: list[Wish], before: list[Wish], points: list[AgendaItem], known: dict[int, AgendaItem]
) -> dict[int, AgendaItem]:
    """Return the points of lines that were mended, those with most in common first.

    A point that the meeting has dealt with says what it says.
    """
    rest = [n for n in range(len(now)) if n not in known][:_MOST_COMPARED]
    taken = set(known.values())
    left = [
        (wish, item)
        for wish, item in zip(before, points, strict=False)
        if item not in taken and item.state in _OPEN
    ][:_MOST_COMPARED]
    pairs = [
        (*_likeness(wish, now[n]), n, place) for place, (wish, _) in enumerate(left) for n in rest
    ]
    found: dict[int, AgendaItem] = {}
    for like, *_more, n, place in sorted(pairs, reverse=True):
        item = left[place][1]
        if like >= _LIKE and n not in found and item not in found.values():
            found[n] = item
    return found


def _likeness(one: Wish, other: Wish) -> tuple[float, bool, float]:
    """Return how much two lines have in common, 0 to 1, and what decides between equals.

    It is all, where one begins or ends the other. Who writes in front of a line and parts the two
    has made one of them for a moment: the end is the line that was there.
    """
    if one[1] is not None or other[1] is not None:
        return 0.0, False, 0.0
    short, long = sorted((one[0].casefold(), other[0].casefold()), key=len)
    ratio = SequenceMatcher(a=short, b=long).ratio()
    is_end = long.endswith(short)
    is_all = len(short) >= _SHORTEST and (is_end or long.startswith(short))
    return 1.0 if is_all else ratio, is_end, ratio


def _write(
    item: AgendaItem, wish: Wish, row: PreparationAnswer, *, author_id: str, raised_as: Role
) -> None:
    """Let the point say what its line says; one that was withdrawn on the agenda stays so."""
    item.title, item.life_area = wish
    item.confirmed_at = row.confirmed_at
    item.author_id, item.raised_as = author_id, raised_as


def _put_in_order(points: list[AgendaItem], new: set[AgendaItem]) -> None:
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
