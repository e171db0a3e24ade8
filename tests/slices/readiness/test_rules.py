from datetime import date, timedelta

import pytest

from netmeet.readiness import rules
from netmeet.readiness.rules import Group, Lack, Missing

TODAY = date(2026, 11, 30)


def test_the_worst_comes_first_and_equals_keep_their_order():
    found = [
        Missing(kind=Lack.ACTIONS),
        Missing(kind=Lack.ANSWER, who="b"),
        Missing(kind=Lack.INTERPRETER),
        Missing(kind=Lack.ANSWER, who="a"),
        Missing(kind=Lack.DECISION),
        Missing(kind=Lack.MUNICIPALITY),
    ]
    shown = [(each.kind, each.who) for each in rules.worst_first(found)]
    assert shown == [
        (Lack.MUNICIPALITY, ""),
        (Lack.DECISION, ""),
        (Lack.INTERPRETER, ""),
        (Lack.ANSWER, "b"),
        (Lack.ANSWER, "a"),
        (Lack.ACTIONS, ""),
    ]


@pytest.mark.parametrize(("days", "expected"), [(0, True), (3, True), (4, False), (-1, True)])
def test_three_days_before_it_cannot_wait(days, expected):
    assert rules.is_urgent(TODAY + timedelta(days=days), TODAY) is expected


def test_a_meeting_without_a_day_is_not_near():
    assert not rules.is_urgent(None, TODAY)


@pytest.mark.parametrize(
    ("lacks", "days", "expected"),
    [
        ([], 1, Group.NONE),
        ([Missing(kind=Lack.ANSWER, waits=True)], 10, Group.WAITING),
        ([Missing(kind=Lack.ANSWER, waits=True)], 2, Group.URGENT),
        ([Missing(kind=Lack.ANSWER, waits=True), Missing(kind=Lack.PLACE)], 10, Group.WEEK),
        ([Missing(kind=Lack.PLACE)], 3, Group.URGENT),
        ([Missing(kind=Lack.PLACE)], 21, Group.WEEK),
        ([Missing(kind=Lack.PLACE)], 22, Group.NONE),
    ],
)
def test_what_others_owe_is_nobodys_debt_before_it_is_near(lacks, days, expected):
    starts_on = TODAY + timedelta(days=days)
    assert rules.group_of_meeting(lacks, starts_on=starts_on, today=TODAY) is expected


def test_the_next_step_is_the_worst_that_is_ones_own():
    waiting, own = Missing(kind=Lack.MUNICIPALITY, waits=True), Missing(kind=Lack.PLACE)
    assert rules.next_step([waiting, own], is_near=False) is own
    assert rules.next_step([waiting, own], is_near=True) is waiting
    assert rules.next_step([waiting], is_near=False) is None


def test_the_clock_counts_working_days_from_the_request():
    monday = date(2026, 11, 23)
    assert rules.day_of_clock(monday, monday) == 0
    assert rules.day_of_clock(monday, date(2026, 11, 27)) == 4
    assert rules.day_of_clock(monday, date(2026, 11, 30)) == 5


@pytest.mark.parametrize(
    ("left", "expected"), [(0, Group.URGENT), (1, Group.URGENT), (3, Group.WEEK)]
)
def test_a_request_cannot_wait_on_its_last_two_days(left, expected):
    due = TODAY + timedelta(days=left)
    assert rules.group_of_request(due, TODAY) is expected


def test_mending_takes_a_few_minutes():
    assert [Missing(kind=k).minutes for k in (Lack.TIME, Lack.PLACE)] == [4, 2]
