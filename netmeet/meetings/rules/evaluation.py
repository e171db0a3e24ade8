"""The written questions after a meeting: to whom, in which words, when, and what counts."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _

from netmeet.core.access import Role


class EvaluationQuestion(StrEnum):
    """What is asked (``domain.md`` § 5), by what it is about."""

    MATTERED = "mattered"
    HEARD = "heard"
    RIGHT_PEOPLE = "right_people"
    WHO_DOES_WHAT = "who_does_what"
    WILL_HAPPEN = "will_happen"
    HAPPENED = "happened"
    MANDATE = "mandate"
    INVOLVED = "involved"


class EvaluationRound(StrEnum):
    """The first questions come soon; four weeks later follows whether it has happened."""

    FIRST = "first"
    LATER = "later"


class Side(StrEnum):
    """Whose eyes one sees a meeting with; guests and doctors answer as staff do."""

    PERSON = "person"
    PROXY = "proxy"
    STAFF = "staff"
    RELATIVE = "relative"


_Q, _ROUND = EvaluationQuestion, EvaluationRound

PERSONS_SIDE = frozenset({Side.PERSON, Side.PROXY})
"""The person, and who acts for them: they choose who reads their answers."""

MIRRORED = (_Q.MATTERED, _Q.HEARD, _Q.RIGHT_PEOPLE, _Q.WHO_DOES_WHAT)
"""What both the person and the staff are asked, so that the two may be compared."""

_QUESTIONS: Mapping[tuple[EvaluationRound, Side], tuple[EvaluationQuestion, ...]] = {
    (_ROUND.FIRST, Side.PERSON): (*MIRRORED, _Q.WILL_HAPPEN),
    (_ROUND.FIRST, Side.PROXY): (*MIRRORED, _Q.WILL_HAPPEN),
    (_ROUND.FIRST, Side.STAFF): (*MIRRORED, _Q.MANDATE),
    (_ROUND.FIRST, Side.RELATIVE): (_Q.HEARD, _Q.WHO_DOES_WHAT, _Q.INVOLVED),
    (_ROUND.LATER, Side.PERSON): (_Q.HAPPENED,),
    (_ROUND.LATER, Side.PROXY): (_Q.HAPPENED,),
}

_FOR_WHO_WAS_THERE = frozenset({_Q.HEARD, _Q.RIGHT_PEOPLE})

_WORDS: Mapping[EvaluationQuestion, str] = {
    _Q.MATTERED: _("Handlede mødet om det, der er vigtigt for dig?"),
    _Q.HEARD: _("Blev der lyttet til dig?"),
    _Q.RIGHT_PEOPLE: _("Var de rigtige mennesker med?"),
    _Q.WHO_DOES_WHAT: _("Ved du, hvem der gør hvad nu?"),
    _Q.WILL_HAPPEN: _("Tror du på, at det bliver til noget?"),
    _Q.HAPPENED: _("Er det, I aftalte, sket?"),
    _Q.MANDATE: _("Havde du det mandat, du skulle bruge?"),
    _Q.INVOLVED: _("Blev du inddraget, som din nærmeste ønskede?"),
}

_ABOUT_THE_PERSON: Mapping[tuple[Side, EvaluationQuestion], str] = {
    (Side.STAFF, _Q.MATTERED): _("Handlede mødet om det, der er vigtigt for borgeren?"),
    (Side.STAFF, _Q.HEARD): _("Blev der lyttet til borgeren?"),
    (Side.STAFF, _Q.WHO_DOES_WHAT): _("Tror du, at borgeren ved, hvem der gør hvad nu?"),
    (Side.PROXY, _Q.MATTERED): _("Handlede mødet om det, der er vigtigt for den, du hjælper?"),
    (Side.PROXY, _Q.HEARD): _("Blev der lyttet til den, du hjælper?"),
}

DO_NOT_KNOW = 0
STEPS: Mapping[int, str] = {
    5: _("Ja"),
    4: _("Ja, for det meste"),
    3: _("Nogenlunde"),
    2: _("Kun lidt"),
    1: _("Nej"),
    DO_NOT_KNOW: _("Ved ikke"),
}
"""The five steps and "do not know", as they stand under every question."""

LEAST_GOOD = 4
"""From this step on an answer counts as good (top box: 4 and 5 of 5)."""

ENOUGH = 5
"""So many others must have answered before what they said is shown, and then only in one."""

_BEGINS = {_ROUND.FIRST: 1, _ROUND.LATER: 28}
_LASTS_UNTIL = {_ROUND.FIRST: 27, _ROUND.LATER: 55}


def side_of(role: Role) -> Side | None:
    """Return whose questions somebody in the role is asked, ``None`` for who is not asked."""
    known = {Role.PAT: Side.PERSON, Role.PROX: Side.PROXY, Role.REL: Side.RELATIVE}
    if role in {Role.REG, Role.MUN, Role.GP, Role.EXT, Role.LEAD}:
        return Side.STAFF
    return known.get(role)


def first_day(held_on: date, which: EvaluationRound) -> date:
    """Return the day a round opens: never that of the meeting."""
    return held_on + timedelta(days=_BEGINS[which])


def last_day(held_on: date, which: EvaluationRound) -> date:
    """Return the last day on which a round takes answers; the next day it is closed."""
    return held_on + timedelta(days=_LASTS_UNTIL[which])


def round_on(held_on: date, today: date) -> EvaluationRound | None:
    """Return the round that is open today, if any; never two at once."""
    return next((one for one in EvaluationRound if is_open(held_on, one, today)), None)


def is_open(held_on: date, which: EvaluationRound, today: date) -> bool:
    """Tell whether the round takes answers today."""
    return first_day(held_on, which) <= today <= last_day(held_on, which)


def questions(
    which: EvaluationRound, side: Side, *, was_there: bool
) -> tuple[EvaluationQuestion, ...]:
    """Return what is asked in the round, in its order.

    Who was not there is not asked what only those who were can tell.
    """
    found = _QUESTIONS.get((which, side), ())
    return tuple(one for one in found if was_there or one not in _FOR_WHO_WAS_THERE)


def words(question: EvaluationQuestion, side: Side) -> str:
    """Return the question as that side is asked it."""
    return str(_ABOUT_THE_PERSON.get((side, question), _WORDS[question]))


def step_words(step: int | None) -> str:
    """Return an answer in words, ``""`` for a question that was left out."""
    return str(STEPS[step]) if step is not None else ""


def is_good(step: int) -> bool:
    """Tell whether a step is one of the two best."""
    return step >= LEAST_GOOD


def is_enough(people: Collection[str]) -> bool:
    """Tell whether so many have answered that none of them can be told from the others."""
    return len(set(people)) >= ENOUGH
