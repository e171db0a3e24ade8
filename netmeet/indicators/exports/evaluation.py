"""What people have answered after meetings, as figures: the person's, the staff's, and the gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.indicators import rules
from netmeet.indicators.queries.evaluation import Voices
from netmeet.indicators.rules import Event, Quarter, Share
from netmeet.meetings.rules import EvaluationRound, evaluation


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One figure of what people answered: its name and share, and a remark."""

    name: str
    share: Share
    remark: str = ""


def named(found: Voices, quarter: Quarter) -> list[Spoken]:
    """Return the figures of the quarter, first how many persons have answered (K16).

    Beside the staff's stands how far they lie from the persons' (K16b).
    """
    return [
        Spoken(
            name=_("Møder, hvor borgeren har svaret på spørgsmålene bagefter"),
            share=share(found.answered, quarter),
        ),
        Spoken(
            name=_("Borgernes svar om mødet: ja, eller ja for det meste"),
            share=share(found.experienced, quarter),
        ),
        Spoken(
            name=_("De fagliges svar om det samme: ja, eller ja for det meste"),
            share=share(found.staffs, quarter, is_by_many=True),
            remark=gap(found, quarter),
        ),
        Spoken(
            name=_("Borgerne tror på, at det bliver til noget"),
            share=share(found.believed, quarter),
        ),
        Spoken(
            name=_("Det aftalte er sket, siger borgerne efter fire uger"),
            share=share(found.happened, quarter),
        ),
    ]


def share(found: Sequence[Event], quarter: Quarter, *, is_by_many: bool = False) -> Share:
    """Return how many of the quarter's events were so, hidden where they are about few people.

    ``is_by_many``: hidden as well where few people said it.
    """
    within = [event for event in found if rules.quarter_of(event.on) == quarter]
    about = rules.share(
        [event.case_id for event in within if event.is_so],
        [event.case_id for event in within if not event.is_so],
    )
    if not is_by_many:
        return about
    said = rules.share(
        [event.by for event in within if event.is_so],
        [event.by for event in within if not event.is_so],
    )
    return rules.the_more_hidden(about, said)


def gap(found: Voices, quarter: Quarter) -> str:
    """Return how far the staff's answers lie from the persons' (K16b), ``""`` where one is hidden.

    It is reckoned from the two figures that are shown, so it tells nothing they do not.
    """
    persons = share(found.experienced, quarter).value
    staff = share(found.staffs, quarter, is_by_many=True).value
    if persons is None or staff is None:
        return ""
    points = abs(staff - persons)
    if points == 0:
        return str(_("De faglige og borgerne svarer det samme."))
    if staff > persons:
        return str(_("De faglige ligger %(points)d procentpoint over borgerne.", points=points))
    return str(_("De faglige ligger %(points)d procentpoint under borgerne.", points=points))


def settled(found: Voices, quarter: Quarter, *, today: date) -> Voices:
    """Return the events without those of rounds in which somebody may answer yet.

    Day by day the figures of such a round would tell of single people.
    """
    nothing: Sequence[Event] = ()
    is_first, is_later = (_is_settled(quarter, which, today) for which in EvaluationRound)
    return Voices(
        answered=found.answered if is_first else nothing,
        experienced=found.experienced if is_first else nothing,
        staffs=found.staffs if is_first else nothing,
        believed=found.believed if is_first else nothing,
        happened=found.happened if is_later else nothing,
    )


def newest_settled(today: date) -> Quarter:
    """Return the newest quarter after whose meetings nobody may answer any more."""
    quarters = rules.past_quarters(today)
    return next(one for one in quarters if _is_settled(one, EvaluationRound.LATER, today))


def _is_settled(quarter: Quarter, which: EvaluationRound, today: date) -> bool:
    return evaluation.last_day(quarter.ends, which) < today
