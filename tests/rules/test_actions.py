"""States and dates of an agreement."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def told(what: str, owner: str = "Mette Hansen", *, is_own: bool = False) -> str:
    return rules.told(what, rules.Telling(owner=owner, person="Mia Sørensen", is_own=is_own))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("Ringer til Mia på fredag", "Mette ringer til dig på fredag"),
        ("Ringer til Mia Sørensen.", "Mette ringer til dig."),
        ("Ansøger om bostøtte til Mia", "Mette ansøger om bostøtte til dig"),
        ("Hjælper Mia med budgettet", "Mette hjælper dig med budgettet"),
        ("Sender brev til egen læge", "Mette sender brev til egen læge"),
        ("Taler med sin leder", "Mette taler med sin leder"),
    ],
)
def test_the_person_reads_what_others_do_for_them(what: str, said: str):
    assert told(what) == said


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("Bestiller tid hos sin læge", "Du bestiller tid hos din læge"),
        ("Skriver ned hvordan formiddagen går", "Du skriver ned hvordan formiddagen går"),
        ("Melder sig til kurset", "Du melder dig til kurset"),
        ("Siger det til Jonas, så han kan hjælpe", "Du: siger det til Jonas, så han kan hjælpe"),
        ("Taler med Mias mor", "Du: taler med Mias mor"),
        ("Prøver at passe sin søvn", "Du: prøver at passe sin søvn"),
    ],
)
def test_the_person_reads_what_they_do_themselves(what: str, said: str):
    assert told(what, is_own=True) == said


@pytest.mark.parametrize(
    "what",
    [
        "Ringer til Mia, når hun er hjemme",
        "Venter til Mia kommer hjem",
        "Spørger om Mia vil flytte",
        "Taler med Mias mor",
        "Aftaler med Mia og Jonas en tid",
        "Ringer til hende",
        "Søster ringer til Mia",
        "Papirer til Mia",
        "Afventer svar, for Mia er syg",
        "Kontakter borgeren",
    ],
)
def test_what_cannot_be_turned_safely_keeps_its_words_behind_the_full_name(what: str):
    assert told(what) == f"Mette Hansen: {what[:1].lower()}{what[1:]}"


def test_an_abbreviation_keeps_its_letters_and_nobody_is_invented():
    assert told("EKG bestilles") == "Mette Hansen: EKG bestilles"
    assert told("Ringer til Mia", owner="") == "Ringer til Mia"
    assert told("") == ""


@given(st.text(), st.text(), st.booleans())
def test_any_words_can_be_told(what, owner, is_own):
    assert (what in told(what, owner=owner, is_own=is_own)) or owner


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
