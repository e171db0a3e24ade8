"""The agreement line against hand-made Danish phrases, and its edges one by one."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netmeet.actions import rules
from netmeet.actions.rules.words import AREA_WORDS
from netmeet.meetings.rules import LifeArea

_DATA: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "phrases.yaml").read_text(encoding="utf-8")
)
_PHRASES = [(line, (owner, str(due))) for line, owner, due, *_asked in _DATA["phrases"]]
_ASKED = [(line, (owner, str(due))) for line, owner, due, *asked in _DATA["phrases"] if asked]
_PEOPLE = [rules.Person(one, name, place, one == "mia") for one, name, place in _DATA["people"]]
_AREAS = frozenset(LifeArea)
_TODAY: date = _DATA["today"]


def _read(line: str, today: date = _TODAY) -> rules.Parsed:
    return rules.parse(line, _PEOPLE, today, known_areas=_AREAS)


def _owner(parsed: rules.Parsed) -> str:
    return f"?{parsed.owner_doubt}" if parsed.owner_doubt else parsed.owner_ids[0]


def _due(parsed: rules.Parsed) -> str:
    return str(parsed.due_on) if parsed.due_on else f"?{parsed.due_doubt}"


def test_phrases_are_read_with_high_precision_and_recall():
    pairs = [
        (expected, got)
        for line, meant in _PHRASES
        for expected, got in zip(meant, _both(line), strict=True)
    ]
    said = [(expected, got) for expected, got in pairs if not got.startswith("?")]
    sure = [(expected, got) for expected, got in pairs if not expected.startswith("?")]
    precision = sum(expected == got for expected, got in said) / len(said)
    recall = sum(expected == got for expected, got in sure) / len(sure)
    print(f"{len(pairs) // 2} phrases: precision {precision:.3f}, recall {recall:.3f}")
    assert len({line for line, _meant in _PHRASES}) >= 300
    assert precision >= 0.98
    assert recall >= 0.95


def _both(line: str) -> tuple[str, str]:
    parsed = _read(line)
    return _owner(parsed), _due(parsed)


@pytest.mark.parametrize(("line", "meant"), [one for one in _PHRASES if one not in _ASKED])
def test_a_phrase_is_read_as_it_is_meant(line: str, meant: tuple[str, str]):
    assert _both(line) == meant


@pytest.mark.parametrize(("line", "meant"), _ASKED)
def test_what_is_not_understood_is_asked_and_never_guessed(line: str, meant: tuple[str, str]):
    read = _both(line)
    assert read != meant, "it is understood now"
    assert all(
        got == wanted or got.startswith("?") for wanted, got in zip(meant, read, strict=True)
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("Jonas ansøger om midlertidig bolig fredag", "Ansøger om midlertidig bolig"),
        ("Fredag ringer Jonas til Lise", "Ringer til Lise"),
        ("Jonas skal ringe til udlejer senest den 10.", "Ringe til udlejer"),
        ("Søg om bostøtte fredag. Ansvarlig: Jonas", "Søg om bostøtte"),
        ("Ansøgningen sendes af Jonas på fredag", "Ansøgningen sendes"),
        ("Jonas og Lise holder møde fredag", "Jonas og Lise holder møde"),
        ("Jonas finder en bolig inden jul", "Finder en bolig inden jul"),
    ],
)
def test_what_remains_is_the_agreement_itself(line: str, what: str):
    assert _read(line).what == what


@pytest.mark.parametrize(
    ("line", "area"),
    [
        ("Jonas ansøger om midlertidig bolig", "housing"),
        ("Lise ser på medicinen", "treatment"),
        ("Bo ringer", None),
        ("Jonas ser på bolig og gæld", None),
        ("Karen spørger jobcentret", "work"),
    ],
)
def test_the_area_of_life_is_read_only_when_one_stands_out(line: str, area: str | None):
    assert _read(line).life_area == area


def test_only_known_areas_are_told():
    line = "Jonas ansøger om midlertidig bolig"
    assert rules.parse(line, _PEOPLE, _TODAY, known_areas=()).life_area is None


def test_every_area_has_words_or_is_the_rest():
    assert {*AREA_WORDS, "other"} == set(LifeArea)


def test_a_doubt_brings_its_candidates():
    several = _read("Emma ringer næste fredag")
    assert several.owner_ids == ("emmad", "emmaf")
    assert several.due_candidates == (date(2026, 12, 4), date(2026, 12, 11))
    assert not several.is_sure


def test_next_weekday_is_sure_once_this_weeks_has_passed():
    assert _read("Jonas ringer næste tirsdag", date(2026, 12, 3)).due_on == date(2026, 12, 8)
    assert _read("Jonas ringer næste fredag", date(2026, 12, 5)).due_on == date(2026, 12, 11)


def test_a_week_number_is_next_years_once_it_has_passed():
    assert _read("Jonas ringer uge 53").due_on == date(2027, 1, 1)
    assert _read("Jonas ringer uge 48").due_on == date(2027, 12, 3)


def test_the_thirty_first_waits_for_a_month_that_has_one():
    assert _read("Jonas ringer den 31.", date(2027, 4, 2)).due_on == date(2027, 5, 31)


@given(st.text(max_size=80))
def test_any_line_is_read_without_failing_and_a_sure_date_is_not_past(line: str):
    parsed = _read(line)
    assert parsed.due_on is None or parsed.due_on >= _TODAY
    assert all(0 <= start < end <= len(line) for start, end in parsed.spans)
