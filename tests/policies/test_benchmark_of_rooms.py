"""The benchmark of many meetings at once says when a save is lost or a limit is broken."""

import math
from dataclasses import replace

import pytest

from benchmarks.crowd import Look, Report, Save
from benchmarks.rooms import Figures, broken, figures_of, lost, most, waits

ROOM, PATH = "/meetings/m/room", "/points/p/minutes/talked"
GOOD = Figures(
    database="sqlite",
    sent=100,
    kept=95,
    refused=5,
    lost=0,
    other=0,
    wrong=0,
    alone=0.010,
    alone_most=0.012,
    loaded=0.015,
    loaded_most=0.030,
    polls=100.0,
    waited=0.0,
    unchanged=0.1,
    fresh=2.0,
)


def save(word: int, *, version: int = 0, due: float = 0.0, done: float = 0.01) -> Save:
    """Return a save: kept as that version, or refused."""
    outcome = "kept" if version else "refused"
    return Save(ROOM, PATH, word, due, done, outcome, version)


def test_within_all_limits_nothing_is_said():
    assert broken(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lost": 1}, "saves were lost"),
        ({"other": 1}, "saves were neither kept nor refused in words"),
        ({"kept": 0}, "no save was kept"),
        ({"wrong": 1}, "screens were answered wrongly"),
        ({"loaded_most": 0.031}, "a save takes more than 3 times as long"),
        ({"loaded_most": math.inf}, "a save takes more than 3 times as long"),
        ({"fresh": 2.01}, "followers wait for more than 2 s"),
        ({"fresh": math.inf}, "followers wait for more than 2 s"),
    ],
)
def test_each_broken_limit_is_said(changed, said):
    assert broken(replace(GOOD, **changed)) == [said]


def test_what_stands_there_is_the_last_that_was_kept():
    saves = [save(1, version=1), save(3), save(2, version=2)]
    assert lost(saves, {PATH: ("ord2 Vi talte om", 2)}) == 0


@pytest.mark.parametrize(
    ("saves", "text", "version"),
    [
        ([save(1, version=1), save(2, version=2)], "ord1 Vi talte om", 2),  # the older stands there
        ([save(1, version=1), save(2, version=1)], "ord2 Vi talte om", 1),  # one over the other
        ([save(1, version=1)], "ord1 Vi talte om", 2),  # somebody wrote whom nobody knows
        ([save(1, version=1)], "ord11 Vi talte om", 1),  # another's words
        ([save(1, version=1)], "", 0),  # nothing is there
    ],
)
def test_a_lost_save_is_found(saves, text, version):
    assert lost(saves, {PATH: (text, version)}) > 0


def test_a_follower_has_seen_a_save_where_a_later_one_is_shown():
    saves = [save(1, version=1, done=1.0), save(2, version=2, done=2.0)]
    report = Report(saves=saves, follows=[ROOM, ROOM])
    report.looks = [[Look(1.5, [1]), Look(3.5, [2])], [Look(3.0, [2])]]
    assert waits(report) == [0.5, 1.5, 2.0, 1.0]


def test_what_a_follower_never_saw_is_waited_for_without_end():
    report = Report(saves=[save(1, version=1)], follows=[ROOM], looks=[[Look(1.0, [])]])
    assert waits(report) == [math.inf]


def test_a_save_without_an_answer_is_counted_and_takes_for_ever():
    saves = [save(1, version=1), Save(ROOM, PATH, 2, due=0.5)]
    report = Report(alone=[save(0, version=1)], saves=saves, seconds=1.0)
    found = figures_of("sqlite", report, {PATH: ("ord1 Vi talte om", 1)})
    assert (found.sent, found.kept, found.other) == (2, 1, 1)
    assert found.loaded_most == math.inf


def test_ninety_five_of_a_hundred_keep_within():
    assert most([float(number) for number in range(100, 0, -1)]) == 95.0
