"""Verbs of what people around a case say: a relative tells, the person asks why somebody looked."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.audit.models import AuditEvent
from netmeet.cases import queries
from netmeet.cases.models import AccessQuestion, Case, RelativeWord
from netmeet.cases.service import network
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused


def tell_staff(case: Case, text: str, *, by: Actor, at: datetime) -> RelativeWord:
    """Keep what a relative tells. The person may read it; the coordinator hears that it is there.

    Raises ``Refused`` for an empty text.
    """
    if not text.strip():
        raise Refused(_("Skriv noget først."), field="text")
    word = RelativeWord(case_id=case.id, case=case, author_id=by.user_id, text=text, at=at)
    db.session.add(word)
    db.session.flush()
    if case.coordinator is not None:
        network.tell(case.coordinator.user, case_id=case.id, about=word.id, at=at)
    return word


def ask_why(
    case: Case, *, about_user_id: str, week: date, looks: Sequence[AuditEvent], at: datetime
) -> AccessQuestion:
    """Ask why somebody looked in the week that begins on ``week``; their unit's manager answers.

    What somebody did of whom the person must not learn counts for nothing. Raises ``Refused`` when
    nobody looked, when nobody answers for who did, or when it has been asked already.
    """
    looks = [look for look in looks if case.may_name(look)]
    if not looks:
        raise Refused(_("Der er ikke noget at spørge om den uge."))
    if looks[0].unit_id is None:  # nobody answers for a relative
        raise Refused(_("Tal selv med den, der har kigget, eller med din koordinator."))
    for earlier in queries.questions_of(case.id):
        if (earlier.about_user_id, earlier.looks["week"]) == (about_user_id, week.isoformat()):
            raise Refused(_("Du har spurgt om det. Svaret kommer her på siden."))
    question = AccessQuestion(
        case_id=case.id,
        about_user_id=about_user_id,
        unit_id=looks[0].unit_id,
        asked_at=at,
        looks={
            "week": week.isoformat(),
            "times": [[look.at.isoformat(), look.operation, look.allowed] for look in looks],
        },
    )
    db.session.add(question)
    db.session.flush()
    for manager in queries.managers_of(question.unit_id, at):
        if manager.id != about_user_id:
            network.tell(manager, case_id=None, about=question.id, at=at)
    return question


def answer_why(
    question: AccessQuestion, answer: str, *, version: int, by: Actor, at: datetime
) -> None:
    """Answer the person, who hears that an answer is there. Somebody else than the one who looked.

    Raises ``Refused`` for an empty answer, ``Conflict`` when somebody else has just answered.
    """
    if by.user_id == question.about_user_id:
        raise Refused(_("En anden end den, der har kigget, skal svare."))
    if not answer.strip():
        raise Refused(_("Skriv et svar."), field="answer")
    question.expect(version, mine={_("Svar"): answer}, theirs={_("Svar"): question.answer})
    question.answer = answer
    question.answered_at, question.answered_by_id = at, by.user_id
    db.session.flush()
    network.tell(question.case.person.user, case_id=question.case_id, about=question.id, at=at)
