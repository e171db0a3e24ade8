"""A line cut into words that remember where they stood."""

import re
from dataclasses import dataclass

_WORD = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\.?(?!\d)"
    r"|v/|[&+/:,;()@]"
    r"|\d+\.?"
    r"|[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*['\u2019]?\.?"
    r"|\S"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, in lower case, and its first and next-after-last position."""

    text: str
    lower: str
    start: int
    end: int


Span = tuple[int, int]


def cut(line: str) -> list[Token]:
    """Return the words, numbers and marks of the line in their order."""
    return [
        Token(found.group(), found.group().lower(), found.start(), found.end())
        for found in _WORD.finditer(line)
    ]


def bare(word: str) -> str:
    """Return the word without the full stop that ends a sentence or an abbreviation."""
    return word.rstrip(".")
