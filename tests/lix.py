"""LIX, the Scandinavian measure of how hard a text is (Björnsson 1968)."""

import re

_SENTENCE_ENDS = re.compile(r"[.!?:\n]+")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
LONG = 6


def lix(text: str) -> float:
    """Return words a sentence plus the percentage of words of more than six letters."""
    words = _WORD.findall(text)
    sentences = [part for part in _SENTENCE_ENDS.split(text) if _WORD.search(part)]
    if not words:
        return 0.0
    long_words = sum(1 for word in words if len(word) > LONG)
    return len(words) / len(sentences) + 100 * long_words / len(words)
