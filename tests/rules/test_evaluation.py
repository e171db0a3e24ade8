from datetime import date

import pytest

from netmeet.core.access import Role
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, Side, evaluation

Q, FIRST, LATER = EvaluationQuestion, EvaluationRound.FIRST, EvaluationRound.LATER
HELD = date(2026, 3, 2)


def asked(which, side, *, was_there=True):
    return list(evaluation.questions(which, side, was_there=was_there))


@pytest.mark.parametrize(
    ("day", "which"),
    [
        (date(2026, 3, 2), None),
        (date(2026, 3, 3), FIRST),
        (date(2026, 3, 29), FIRST),
        (date(2026, 3, 30), LATER),
        (date(2026, 4, 26), LATER),
        (date(2026, 4, 27), None),
    ],
)
def test_the_questions_come_the_day_after_and_once_more_after_four_weeks(day, which):
    assert evaluation.round_on(HELD, day) is which


def test_never_are_two_rounds_open_at_once():
    last = evaluation.last_day(HELD, FIRST)
    assert (evaluation.first_day(HELD, LATER) - last).days == 1


def test_the_person_is_asked_five_questions_and_later_one():
    five = [Q.MATTERED, Q.HEARD, Q.RIGHT_PEOPLE, Q.WHO_DOES_WHAT, Q.WILL_HAPPEN]
    assert asked(FIRST, Side.PERSON) == five
    assert asked(LATER, Side.PERSON) == [Q.HAPPENED]


def test_staff_are_asked_the_same_four_about_the_person_and_whether_they_could_decide():
    assert asked(FIRST, Side.STAFF) == [*evaluation.MIRRORED, Q.MANDATE]
    assert evaluation.words(Q.MATTERED, Side.STAFF).endswith("vigtigt for borgeren?")
    assert evaluation.words(Q.MATTERED, Side.PERSON).endswith("vigtigt for dig?")


def test_a_relative_is_asked_three():
    assert asked(FIRST, Side.RELATIVE) == [Q.HEARD, Q.WHO_DOES_WHAT, Q.INVOLVED]


@pytest.mark.parametrize("side", [Side.STAFF, Side.RELATIVE])
def test_only_the_persons_side_is_asked_again(side):
    assert asked(LATER, side) == []


def test_who_was_not_there_is_not_asked_what_only_those_who_were_can_tell():
    found = asked(FIRST, Side.PERSON, was_there=False)
    assert found == [Q.MATTERED, Q.WHO_DOES_WHAT, Q.WILL_HAPPEN]


@pytest.mark.parametrize(
    ("role", "side"),
    [
        (Role.PAT, Side.PERSON),
        (Role.PROX, Side.PROXY),
        (Role.REL, Side.RELATIVE),
        (Role.REG, Side.STAFF),
        (Role.MUN, Side.STAFF),
        (Role.GP, Side.STAFF),
        (Role.EXT, Side.STAFF),
        (Role.INTP, None),
        (Role.MGR, None),
    ],
)
def test_doctors_and_guests_answer_as_staff_and_an_interpreter_is_not_asked(role, side):
    assert evaluation.side_of(role) is side


def test_there_are_five_steps_in_words_and_do_not_know():
    assert list(evaluation.STEPS) == [5, 4, 3, 2, 1, evaluation.DO_NOT_KNOW]
    assert evaluation.step_words(5) == "Ja"
    assert evaluation.step_words(evaluation.DO_NOT_KNOW) == "Ved ikke"
    assert evaluation.step_words(None) == ""


def test_the_two_best_steps_are_good_and_do_not_know_is_neither():
    assert [step for step in evaluation.STEPS if evaluation.is_good(step)] == [5, 4]


@pytest.mark.parametrize(("count", "is_enough"), [(4, False), (5, True)])
def test_five_different_people_are_enough(count, is_enough):
    assert evaluation.is_enough([str(n) for n in range(count)] * 2) is is_enough
