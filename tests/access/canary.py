"""Words that are on the stage once, and where each of them lies kept."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from netmeet.core.db import db
from netmeet.core.sealed import Sealed, SealedData
from tests.access.facts import Thing

CANARY = "Kanariefugl"
CPR = "cpr"
STORED = "b2bad"
"""The name of an element and of an attribute that every kept text would like to be."""
_BORN = "010190"
_FOUND = re.compile(rf"{CANARY}(\d{{5}})|\b{_BORN}-?(\d{{4}})\b")


@dataclass(frozen=True)
class Place:
    """Where a word lies kept: in which column of which row."""

    thing: Thing
    column: str


class Mint:
    """Makes words that are there once, each with a tail that wants to be markup."""

    tail = f"\"'><{STORED} {STORED}=1 onload=alert(1)>"

    def __init__(self) -> None:
        self.number = 0
        self.areas: dict[str, str] = {}

    def __call__(self, words: str, *, area: str = "") -> str:
        """Return the words with a canary; ``area`` is of which area of life a plan's line is."""
        self.number += 1
        mark = f"{self.number:05d}"
        if area:
            self.areas[mark] = area
        return f"{words} {CANARY}{mark}{self.tail}"

    def cpr(self) -> str:
        """Return a CPR number that is a canary, too."""
        self.number += 1
        return f"{_BORN}{self.number:04d}"


def heard(text: str) -> set[str]:
    """Return the canaries in a text; a CPR number is one when it stands there in full."""
    return {word or f"{CPR}{number}" for word, number in _FOUND.findall(text)}


def places(mint: Mint) -> dict[str, list[Place]]:
    """Return where each word lies, by opening every sealed column. A frozen plan holds copies."""
    found: dict[str, list[Place]] = {}
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table.name
        sealed = _sealed(mapper.class_)
        if table == "plan_version" or not sealed:
            continue
        for row in db.session.scalars(select(mapper.class_)).unique():
            for name in sealed:
                for mark in heard(str(getattr(row, name))):
                    thing = Thing(table, row.id, mint.areas.get(mark))
                    found.setdefault(mark, []).append(Place(thing, name))
    return found


def _sealed(model: Any) -> list[str]:
    return [
        name
        for name, value in vars(model).items()
        if isinstance(value, Sealed | SealedData) and not name.startswith("_")
    ]
