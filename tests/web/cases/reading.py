"""How easy a page's own text is to read."""

import re

import html5lib

_HTML = "{http://www.w3.org/1999/xhtml}"
_BLOCKS = {
    f"{_HTML}{tag}"
    for tag in ("p", "li", "h1", "h2", "h3", "label", "legend", "summary", "span", "button", "a")
}


def words_of(page: str) -> str:
    """Return the text of the page's main part, a sentence ending with each block."""
    main = html5lib.parse(page).find(f".//{_HTML}main")
    pieces: list[str] = []
    _collect(main, pieces)
    return re.sub(r"\s+([.,])", r"\1", re.sub(r"\s+", " ", "".join(pieces))).strip()


def _collect(element, pieces):
    pieces.append(element.text or "")
    for child in element:
        if child.tag not in {f"{_HTML}script", f"{_HTML}svg"}:
            _collect(child, pieces)
        pieces.append(child.tail or "")
    if element.tag in _BLOCKS and not "".join(pieces).rstrip().endswith((".", "?", ":", "!")):
        pieces.append(". ")
    pieces.append(" ")


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence."""
    parts = re.split(r"[.?:!](?:\s|$)", text)
    found = [re.findall(r"[\wæøåÆØÅé]+", part) for part in parts]
    return [words for words in found if words]


def lix(text: str) -> float:
    """Return Björnsson's LIX: words a sentence plus the share of words over six letters."""
    found = sentences(text)
    words = [word for sentence in found for word in sentence]
    long = sum(len(word) > 6 for word in words)
    return len(words) / len(found) + 100 * long / len(words)


def longest_sentence(text: str) -> int:
    """Return how many words the longest sentence has."""
    return max(len(sentence) for sentence in sentences(text))
