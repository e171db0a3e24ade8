"""An agreement as the person it is about reads it: "Du ringer …", "Mette ringer til dig".

Only what cannot go wrong is turned. Everything else keeps its words behind its owner's full name:
"Mette Hansen: ringer til Mia, når hun er hjemme".
"""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")

_THIRD_PERSON = frozenset(
    (
        "han",
        "hun",
        "ham",
        "hende",
        "hans",
        "hendes",
        "personen",
        "borgeren",
        "patienten",
        "vedkommende",
    )
)
"""Words that would still speak of the person as of somebody else, or of nobody knows whom."""

_REFLEXIVE = {"sin": "din", "sit": "dit", "sine": "dine", "sig": "dig"}
"""What belongs to the one who acts: these turn with them, within one clause."""

_OPENS_A_CLAUSE = frozenset(
    ("at", "så", "når", "hvis", "som", "der", "da", "fordi", "mens", "indtil", "før", "inden", "og")
)

_BEFORE = frozenset(("til", "med", "hos", "fra", "for", "af", "ved"))
"""After these a name at the end of what is said about it is an object: "til Mia" is "til dig"."""

_AFTER = frozenset(
    (
        *("i", "på", "om", "med", "senest", "hver", "den", "igen", "først"),
        *("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    )
)
"""Words that go on after an object. After a name that is a subject a verb would stand."""

_NO_VERBS = frozenset(
    (
        *(
            "efter",
            "eller",
            "enten",
            "her",
            "der",
            "hver",
            "over",
            "under",
            "flere",
            "papir",
            "papirer",
        ),
        *(
            "mor",
            "far",
            "bror",
            "søster",
            "datter",
            "læger",
            "møder",
            "nummer",
            "kalender",
            "januar",
        ),
        *("februar", "september", "oktober", "november", "december", "medarbejder", "vejleder"),
    )
)
"""Words in r that begin a line and are no verb in the present."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who owes an agreement and whom it is about, by their full names; ``is_own`` the person's."""

    owner: str
    person: str
    is_own: bool


def told(what: str, by: Telling) -> str:
    """Return the agreement as a sentence to the person; ``what`` alone when nobody owns it."""
    if not (what and by.owner):
        return what
    turned = _own(what, by.person) if by.is_own else _others(what, by.person)
    subject = "Du" if by.is_own else by.owner.partition(" ")[0]
    if turned is None or not _begins_with_a_verb(what):
        return f"{'Du' if by.is_own else by.owner}: {_small(what)}"
    return f"{subject} {_small(turned)}"


def _begins_with_a_verb(what: str) -> bool:
    """Say whether it begins with a verb in the present, which in Danish ends in r."""
    first, _space, rest = what.partition(" ")
    following = rest.partition(" ")[0].lower()
    is_verb = first[:1].isupper() and first[1:].islower() and first.endswith("r")
    is_noun = first.lower() in _NO_VERBS or (
        following.endswith(("er", "år")) and following not in _NO_VERBS
    )
    return is_verb and not is_noun


def _small(what: str) -> str:
    """Return it to go on after a name; what begins with no ordinary word keeps its letter."""
    first = what.partition(" ")[0]
    return f"{what[:1].lower()}{what[1:]}" if first[1:].islower() else what


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _own(what: str, person: str) -> str | None:
    words = set(_words(what))
    if words & _THIRD_PERSON or _names(what, person):
        return None
    if not words & set(_REFLEXIVE):
        return what
    if words & _OPENS_A_CLAUSE or any(mark in what for mark in ",;:."):
        return None
    return re.sub(rf"\b({'|'.join(_REFLEXIVE)})\b", lambda found: _REFLEXIVE[found.group()], what)


def _others(what: str, person: str) -> str | None:
    if set(_words(what)) & _THIRD_PERSON:
        return None
    first = person.partition(" ")[0]
    pattern = rf"\b({re.escape(person)}|{re.escape(first)})(?!\w)"
    turned = re.sub(
        pattern, lambda found: "dig" if _is_object(what, found) else found.group(), what
    )
    return None if _names(turned, person) else turned


def _is_object(what: str, found: re.Match[str]) -> bool:
    """Say whether the name is what something is done to, and nothing else it could be."""
    before, after = _words(what[: found.start()]), what[found.end() :]
    follows = _words(after)
    is_last = not after.strip(" .!")
    goes_on = after.startswith(" ") and bool(follows) and follows[0] in _AFTER
    is_after = bool(before) and (before[-1] in _BEFORE or len(before) == 1)
    return is_after and (is_last or goes_on)


def _names(text: str, person: str) -> bool:
    """Say whether some part of the person's name, or a form of it, stands in the text."""
    parts = tuple(part.lower() for part in person.split())
    return any(word.startswith(parts) for word in _words(text))
