"""States and dates of an agreement."""

from datetime import date

import pytest

from netmeet.actions import rules
from netmeet.actions.rules import ActionKind, Commitment, PartysWord, Status


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


@pytest.mark.parametrize(
    ("kind", "status", "needs_yes", "word", "said"),
    [
        (ActionKind.TASK, Status.NOT_STARTED, False, None, Commitment.NONE),
        (ActionKind.TASK, Status.IN_PROGRESS, True, None, Commitment.AWAITED),
        (ActionKind.TASK, Status.DONE, True, None, Commitment.NONE),
        (ActionKind.TASK, Status.DROPPED, True, None, Commitment.NONE),
        (ActionKind.TASK, Status.DONE, True, PartysWord.YES, Commitment.YES),
        (ActionKind.TASK, Status.NOT_POSSIBLE, True, PartysWord.NO, Commitment.NO),
        (ActionKind.APPLICATION, Status.NOT_STARTED, False, None, Commitment.AWAITED),
        (ActionKind.APPLICATION, Status.DONE, False, None, Commitment.APPLIED_FOR),
        (ActionKind.NEEDS_DECISION, Status.DONE, False, None, Commitment.NONE),
    ],
)
def test_agreed_is_not_granted_until_somebody_says_so(kind, status, needs_yes, word, said):
    assert rules.commitment(kind, status, needs_yes=needs_yes, word=word) is said


@pytest.mark.parametrize(
    ("kind", "owner", "mandate", "bound"),
    [
        (ActionKind.TASK, True, False, True),
        (ActionKind.TASK, False, False, False),
        (ActionKind.TASK, False, True, True),
        (ActionKind.APPLICATION, True, False, True),
        (ActionKind.NEEDS_DECISION, True, False, False),
        (ActionKind.NEEDS_DECISION, False, True, True),
    ],
)
def test_an_organisation_is_bound_by_its_owner_or_by_a_mandate(kind, owner, mandate, bound):
    assert rules.has_said_yes(kind, owner_is_here=owner, mandate_is_here=mandate) is bound
