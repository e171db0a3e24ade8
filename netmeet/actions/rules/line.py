"""One written line read as an agreement: what, who, by when. Doubt is returned, never guessed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from netmeet.actions.rules import dates, names
from netmeet.actions.rules.days import DueDoubt
from netmeet.actions.rules.names import OwnerDoubt, Person
from netmeet.actions.rules.tokens import Span, cut
from netmeet.actions.rules.words import AREA_WORDS, KIND_WORDS, WAITING


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a line says.

    The owner is sure when ``owner_ids`` holds one and ``owner_doubt`` is empty; else the ids are
    candidates to ask about. ``due_on`` is None unless sure; ``due_candidates`` are the days it may
    be. ``what`` is the line without its date and its sure owner; ``kind`` is ``""`` when no word
    tells it; ``waits`` that something must have happened first; ``spans`` is what was taken.
    """

    what: str
    owner_ids: tuple[str, ...]
    owner_doubt: OwnerDoubt
    due_on: date | None
    due_candidates: tuple[date, ...]
    due_doubt: DueDoubt
    life_area: str | None
    kind: str
    waits: bool
    spans: tuple[Span, ...]

    @property
    def is_sure(self) -> bool:
        """Say whether owner and date may be kept without asking."""
        return self.owner_doubt is OwnerDoubt.NONE and self.due_on is not None


def parse(
    line: str, people: Sequence[Person], today: date, *, known_areas: Collection[str]
) -> Parsed:
    """Read one line as an agreement, as seen from today (a date in Copenhagen)."""
    tokens = cut(line)
    due = dates.read(tokens, today)
    owner = names.read(
        [one for one in tokens if not any(_holds(span, one.start) for span in due.spans)], people
    )
    spans = (*due.spans, owner.span) if owner.span is not None else due.spans
    return Parsed(
        what=_what(line, spans) if due.on is not None else _what(line, _sure(owner)),
        owner_ids=owner.ids,
        owner_doubt=owner.doubt,
        due_on=due.on,
        due_candidates=due.candidates,
        due_doubt=due.doubt,
        life_area=_area(line, known_areas),
        kind=_kind(line),
        waits=_waits(line),
        spans=tuple(sorted(spans)),
    )


def _sure(owner: names.Owner) -> tuple[Span, ...]:
    return () if owner.span is None else (owner.span,)


def _holds(span: Span, place: int) -> bool:
    return span[0] <= place < span[1]


_LEFT_OVER = frozenset({"", "skal", "vil", "ansvarlig", "ansvarlig:", "v/", "ansv.", ":"})


_HANGING = frozenset({"", "ansvarlig", "ansvarlig:", "v/", "ansv.", ":", "af"})


def _what(line: str, spans: Collection[Span]) -> str:
    """Return the line without these parts and what they leave hanging, with a capital."""
    kept = "".join(
        " " if any(_holds(span, place) for span in spans) else letter
        for place, letter in enumerate(line)
    )
    words = kept.split()
    while words and words[0].lower().strip(",;()") in _LEFT_OVER:
        words.pop(0)
    while words and words[-1].lower().strip(",;()") in _HANGING:
        words.pop()
    text = " ".join(words).replace(" ,", ",").replace(" .", ".").replace("( )", "")
    text = text.strip(" ,;:-")
    return text[:1].upper() + text[1:]


def _kind(line: str) -> str:
    """Return the kind of agreement that the first of its words tells, ``""`` when none does."""
    lower = f" {line.lower()} "
    return next((kind for kind, words in KIND_WORDS if any(f" {w}" in lower for w in words)), "")


def _waits(line: str) -> bool:
    """Tell whether the words say that something must have happened first."""
    lower = f"{line.lower()} "
    return any(f" {word} " in lower for word in WAITING)


def _area(line: str, known_areas: Collection[str]) -> str | None:
    """Return the area of life that most words point to, None when none or two equally."""
    lower = f" {line.lower()} "
    hits = {
        area: sum(f" {word}" in lower for word in words)
        for area, words in AREA_WORDS.items()
        if area in known_areas
    }
    best = max(hits.values(), default=0)
    winners = [area for area, count in hits.items() if count == best]
    return winners[0] if best and len(winners) == 1 else None
