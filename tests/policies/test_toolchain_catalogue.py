"""The English catalogue holds every Danish text of the program, and nothing else."""

from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "netmeet" / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def in_the_program() -> set[str]:
    """Every text that templates and code mark for translation, plurals by their singular."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    texts = set()
    for folder in ("netmeet", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): value for pattern, value in options.items()},
        )
        texts |= {one[2][0] if isinstance(one[2], tuple) else one[2] for one in found}
    return texts


@pytest.fixture(scope="module")
def catalogue():
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_its_english(catalogue):
    translated = {
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in catalogue
        if entry.id and not entry.fuzzy and all([entry.string, *entry.string])
    }
    assert in_the_program() - translated == set()


def test_the_catalogue_holds_no_text_that_is_gone(catalogue):
    held = {
        entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue if entry.id
    }
    assert held - in_the_program() == set()
    assert not catalogue.obsolete


def test_the_english_fills_in_what_the_danish_does(catalogue):
    assert [str(error) for _, errors in catalogue.check() for error in errors] == []
