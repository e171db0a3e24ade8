"""Answers to choose from, as WTForms wants them."""

from collections.abc import Iterable

from wtforms import (  # type: ignore[attr-defined] # the stubs are older than SelectChoice
    SelectChoice,
)


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return (value, label) pairs as choices of a field."""
    return [SelectChoice(value, label) for value, label in pairs]
