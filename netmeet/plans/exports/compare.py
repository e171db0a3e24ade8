"""What differs between two cuts of a plan: lines added, changed and done, and word by word."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _

from netmeet.core import calendar

Cut = Mapping[str, Any]

_DONE = frozenset({"done"})
_NOT_KEPT = frozenset({"partly", "no"})


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is new since the version before, each line as a sentence.

    ``not_kept`` is what its owner calls done and the person not, or not quite.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is new."""
        return not (self.added or self.changed or self.done or self.not_kept)


def changes(before: Cut | None, after: Cut) -> Changes:
    """Return what is new in ``after``. Both are cut for the same reader, so nothing leaks."""
    found = Changes()
    _of_actions(found, before, after)
    if before is not None:
        _of_goals(found, before, after)
        old_texts = _texts(before)
        found.changed.extend(
            _("%(title)s er skrevet om", title=title)
            for title, text in _texts(after).items()
            if old_texts.get(title, "") != text
        )
    return found


def _of_actions(found: Changes, before: Cut | None, after: Cut) -> None:
    old = _by_id(before["actions"]) if before is not None else {}
    for action in after["actions"]:
        was = old.get(action["id"])
        said = _sentence(action)
        if _is_doubted_now(action, was):
            found.not_kept.append(f"{said}. {_persons_word(action, after)}")
        elif action["status"] in _DONE and (was is None or was["status"] not in _DONE):
            found.done.append(said)
        elif was is None:
            found.added.append(said)
        elif _sentence(was) != said:
            found.changed.append(_("%(now)s (før: %(before)s)", now=said, before=_sentence(was)))


def _of_goals(found: Changes, before: Cut, after: Cut) -> None:
    old, ended = _by_id(before["goals"]), _by_id(before.get("goals_ended", ()))
    for goal in after["goals"]:
        if goal["id"] in ended:
            found.changed.append(_("Taget op igen: %(goal)s", goal=goal["words"]))
        elif goal["id"] not in old:
            found.added.append(goal["words"])
    for goal in after.get("goals_ended", ()):
        if goal["id"] in ended:
            continue
        if goal["ended"] == "reached":
            found.done.append(_("Mål nået: %(goal)s", goal=goal["words"]))
        else:
            found.changed.append(_("Mål, der ikke passer mere: %(goal)s", goal=goal["words"]))


def _is_doubted_now(action: Mapping[str, Any], was: Mapping[str, Any] | None) -> bool:
    """Tell whether the person has said since ``was`` that it did not happen, or not quite."""
    word = action.get("persons_word", "")
    return word in _NOT_KEPT and (was is None or was.get("persons_word", "") != word)


def _persons_word(action: Mapping[str, Any], plan: Cut) -> str:
    is_partly = action["persons_word"] == "partly"
    if plan.get("to_person"):
        return str(_("Du siger: Ikke helt.") if is_partly else _("Du siger: Nej."))
    name = plan["first"]
    if is_partly:
        return str(_("%(name)s siger: Ikke helt.", name=name))
    return str(_("%(name)s siger: Nej, det er ikke sket.", name=name))


def _by_id(lines: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {line["id"]: line for line in lines}


def _texts(plan: Cut) -> dict[str, str]:
    return {
        one["title"]: "\n".join(line["text"] for line in one["lines"]) for one in plan["sections"]
    }


def _sentence(action: Mapping[str, Any]) -> str:
    due = calendar.day(action["due"]) if action["due"] else _("uden dato")
    if action.get("told"):
        return f"{action['told']} ({due})"
    owner = action["owner"] or _("uden ansvarlig")
    return f"{action['what']} ({owner}, {due})"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some words that stand in both versions, or only in the older or the newer one."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One part of the plan with its words in both versions."""

    title: str
    pieces: Sequence[Piece]

    @property
    def differs(self) -> bool:
        """Tell whether anything in it was changed."""
        return any(piece.kind != "same" for piece in self.pieces)


def word_by_word(before: Cut, after: Cut) -> list[Passage]:
    """Return every part of the two cuts with what was taken out and put in."""
    old, new = _passages(before), _passages(after)
    titles = [*new, *(title for title in old if title not in new)]
    return [
        Passage(title=title, pieces=_pieces(old.get(title, ""), new.get(title, "")))
        for title in titles
    ]


def _passages(plan: Cut) -> dict[str, str]:
    found = {
        _("Aftaler"): "\n".join(_sentence(action) for action in plan["actions"]),
        _("Mål"): "\n".join(
            "\n".join(text for text in (goal["words"], goal["agreed"]) if text)
            for goal in plan["goals"]
        ),
        **_texts(plan),
        _("Det ser vi forskelligt på"): "\n".join(one["text"] for one in plan["differs"]),
    }
    return {title: text for title, text in found.items() if text}


def _pieces(old: str, new: str) -> list[Piece]:
    """Return the words in order; lines break where they did."""
    was, now = _words(old), _words(new)
    found = []
    for verb, a, b, c, d in difflib.SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes():
        if verb == "equal":
            found.append(Piece(text="".join(now[c:d]), kind="same"))
            continue
        if a < b:
            found.append(Piece(text="".join(was[a:b]), kind="out"))
        if c < d:
            found.append(Piece(text="".join(now[c:d]), kind="in"))
    return found


def _words(text: str) -> list[str]:
    """Return words and the white space between them, so that joining gives the text again."""
    edges = [
        0,
        *(n for n in range(1, len(text)) if text[n - 1].isspace() and not text[n].isspace()),
    ]
    return [text[a:b] for a, b in pairwise([*edges, len(text)])] if text else []
