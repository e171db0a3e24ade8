"""States and dates of an agreement."""

from datetime import date

import pytest

from netmeet.actions import rules
from netmeet.actions.rules import Status


def test_every_status_has_a_way_on():
    assert set(rules.NEXT) == set(Status)
    assert all(rules.NEXT.values())
    assert all(status not in steps for status, steps in rules.NEXT.items())


def test_giving_up_says_why():
    assert {Status.NOT_POSSIBLE, Status.DROPPED} == rules.NEEDS_REASON


def test_moves_are_those_of_the_table():
    assert rules.may_move(Status.NOT_STARTED, Status.DONE)
    assert not rules.may_move(Status.DONE, Status.DROPPED)


@pytest.mark.parametrize("status", Status)
def test_only_what_is_still_owed_is_overdue_and_only_after_its_day(status: Status):
    due = date(2026, 12, 4)
    assert not rules.is_overdue(status, due, due)
    assert rules.is_overdue(status, due, date(2026, 12, 5)) == (status in rules.LIVE)
    assert rules.days_overdue(status, due, date(2026, 12, 18)) == (
        14 if status in rules.LIVE else 0
    )


def test_reminders_stand_around_the_day():
    assert rules.reminder_dates(date(2026, 12, 8)) == (
        date(2026, 12, 1),
        date(2026, 12, 7),
        date(2026, 12, 9),
        date(2026, 12, 15),
    )
    assert rules.escalation_on(date(2026, 12, 8)) == date(2026, 12, 22)


@pytest.mark.parametrize(
    ("what", "by", "said"),
    [
        ("Ringer til Mia på fredag", "Lise", "Lise ringer til Mia på fredag"),
        ("Ansøger om bostøtte", "Jonas", "Jonas ansøger om bostøtte"),
        ("Medicinliste til lægen", "Anders", "Medicinliste til lægen"),
        ("ringer til Mia", "Lise", "ringer til Mia"),
        ("Ringer til Mia", "", "Ringer til Mia"),
        ("", "Lise", ""),
    ],
)
def test_a_sentence_begins_with_who_does_it(what: str, by: str, said: str):
    assert rules.sentence(what, by=by) == said
