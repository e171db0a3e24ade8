"""The date of a line: the phrases found in it, taken together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from netmeet.actions.rules.days import READERS, At, DueDoubt, Found
from netmeet.actions.rules.tokens import Span, Token, bare

_LEADS = frozenset(
    [
        "senest",
        "inden",
        "på",
        "til",
        "den",
        "d.",
        "d",
        "fra",
        "før",
        "pr.",
        "for",
        "allerede",
        "om-",
        "deadline:",
        "frist:",
        "frist",
        "deadline",
        "gerne",
        "i",
        "løbet",
        ":",
    ]
)


@dataclass(frozen=True, slots=True)
class Due:
    """What was read: one sure date, or the candidates of a doubt, and where it stood."""

    candidates: tuple[date, ...]
    doubt: DueDoubt
    spans: tuple[Span, ...]

    @property
    def on(self) -> date | None:
        """Return the date when it is sure."""
        return self.candidates[0] if self.doubt is DueDoubt.NONE else None


def _is_a_beginning(lowers: Sequence[str], place: int) -> bool:
    """Say whether the day here is when something may begin: "fra den …", "ikke før den …"."""
    before = lowers[max(0, place - 3) : place]
    straight = [word for word in before if word not in {"den", "d.", "d"}]
    return "efter" in before or straight[-1:] == ["fra"] or straight[-2:] == ["ikke", "før"]


def _ends_a_range(lowers: Sequence[str], place: int) -> bool:
    """Say whether the day here is the last of several: "8.-9. december"."""
    return place > 1 and lowers[place - 1] in {"-", "\u2013"} and bare(lowers[place - 2]).isdigit()


def read(tokens: Sequence[Token], today: date) -> Due:
    """Return the date that the words say, as seen from today."""
    lowers = [token.lower for token in tokens]
    found: list[Found] = []
    spans: list[Span] = []
    place = 0
    while place < len(tokens):
        before = lowers[place - 1] if place else ""
        one = _first(At(tuple(lowers[place:]), before, today))
        if one is None:
            place += 1
            continue
        end = place + one.length
        if end < len(tokens) and bare(lowers[end]) in _ENDINGS and one.doubt is DueDoubt.NONE:
            end += 1
        start = _with_leads(lowers, place)
        if one.doubt is DueDoubt.NONE and _is_a_beginning(lowers, place):
            one = Found(one.length, one.candidates, DueDoubt.TWO_WAYS)
        elif one.doubt is DueDoubt.NONE and _ends_a_range(lowers, place):
            one = Found(one.length, one.candidates, DueDoubt.SEVERAL)
        found.append(one)
        spans.append((tokens[start].start, tokens[min(end, len(tokens)) - 1].end))
        place = end
    return _together(found, spans)


_ENDINGS = frozenset({"senest"})


def _first(at: At) -> Found | None:
    return next((one for reader in READERS if (one := reader(at)) is not None), None)


def _with_leads(lowers: Sequence[str], place: int) -> int:
    """Return where the phrase begins with the small words before it: "senest den …"."""
    while place and (lowers[place - 1] in _LEADS or lowers[place - 1] == "af"):
        place -= 1
    return place


def _together(found: Sequence[Found], spans: Sequence[Span]) -> Due:
    if not found:
        return Due((), DueDoubt.MISSING, ())
    candidates = tuple(dict.fromkeys(day_ for one in found for day_ in one.candidates))
    doubts = [one.doubt for one in found if one.doubt is not DueDoubt.NONE]
    if len(found) > 1 and len(candidates) > 1:
        return Due(candidates, DueDoubt.SEVERAL, tuple(spans))
    return Due(candidates, doubts[0] if doubts else DueDoubt.NONE, tuple(spans))
