"""What the person answers to a version, and lines they say are wrong."""

from datetime import datetime

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings.models import ContestedLine
from netmeet.meetings.rules import AgreedHow, ContestKind
from netmeet.meetings.service import contest as contesting
from netmeet.outbox import service as outbox
from netmeet.plans import queries, rules
from netmeet.plans.models import Acceptance, Plan, PlanVersion
from netmeet.plans.rules import AcceptanceAnswer


def answer(
    version: PlanVersion,
    *,
    by: Actor,
    at: datetime,
    said: AcceptanceAnswer,
    words: str = "",
    how: AgreedHow = AgreedHow.DIGITAL,
    row_version: int = 0,
) -> Acceptance:
    """Keep the person's answer to the version; it may be changed, and a no needs no reason.

    Everybody who reads the plan is told of a settled answer, in neutral words. What somebody else
    writes down for the person, the person is told of. Raises ``Refused`` without words to "Ja,
    men" and for an older version, ``Conflict`` when another answer came in meanwhile.
    """
    if version.plan.newest is not version:
        raise Refused(_("Der er kommet en nyere plan. Læs den først."))
    if said in rules.NEEDS_TEXT and not words.strip():
        raise Refused(_("Skriv, hvad der skal være anderledes."), field="words")
    row = version.acceptance
    if row is None:
        row = Acceptance(plan_version_id=version.id, plan_version=version)
        db.session.add(row)
    else:
        label = _("Svar")
        mine, theirs = _told(said, words), _told(row.answer, row.words)
        row.expect(row_version, mine={label: mine}, theirs={label: theirs})
    row.answer, row.words, row.how = said, words, how
    row.at, row.by_id = at, by.user_id
    db.session.flush()
    _tell(version, row, by=by, at=at)
    return row


def _told(said: AcceptanceAnswer, words: str) -> str:
    """Return an answer with its words, for two side by side."""
    answers: dict[AcceptanceAnswer, str] = {
        AcceptanceAnswer.ACCEPTED: _("Ja"),
        AcceptanceAnswer.ACCEPTED_BUT: _("Ja, men …"),
        AcceptanceAnswer.REJECTED: _("Nej, det er ikke min plan"),
        AcceptanceAnswer.THINKING: _("Jeg vil tænke over det"),
    }
    return f"{answers[said]} {words}".strip()


def _tell(version: PlanVersion, row: Acceptance, *, by: Actor, at: datetime) -> None:
    case = version.case
    told = []
    if row.answer in rules.SETTLED:
        told = [
            (member.user_id, "plans.answered")
            for member, reader in queries.readers(case, at=at)
            if member.role.is_staff and queries.may_read_plan(case, reader)
        ]
        row.told_at = at
    if by.user_id != case.person.user_id:
        told.append((case.person.user_id, "plans.recorded"))
    for user_id, kind in told:
        if user_id != by.user_id:
            outbox.put(
                key=f"{kind}:{row.id}:{row.version}:{user_id}",
                kind=kind,
                user_id=user_id,
                case_id=case.id,
                at=at,
                facts={"plan_version": version.id},
            )
    db.session.flush()


def contest(
    plan: Plan,
    *,
    at: datetime,
    line_kind: str,
    line_id: str,
    line: str,
    kind: ContestKind,
    words: str,
) -> ContestedLine:
    """Keep that the person says a line is wrong, and tell who coordinates.

    Saying it twice of a line that has no answer yet is ``Refused``.
    """
    waiting = [
        said
        for said in queries.contested_of(plan.case)
        if said.answered_at is None and (said.line_kind, said.line_id) == (line_kind, line_id)
    ]
    if any(said.line == line for said in waiting):
        raise Refused(_("Det har du allerede sagt. Du får svar."))
    said = contesting.contest(
        plan.case,
        at=at,
        line_kind=line_kind,
        line_id=line_id,
        line=line,
        kind=kind,
        words=words,
        due_on=rules.contest_deadline(calendar.to_local(at).date()),
    )
    for user_id in sorted(plan.lead_ids):
        _tell_of(said, user_id=user_id, kind="plans.contested", at=at)
    return said


def answer_contested(
    said: ContestedLine, *, by: Actor, at: datetime, text: str, version: int
) -> None:
    """Answer what the person said of a line, and tell the person that there is an answer."""
    contesting.answer(said, by=by, at=at, text=text, version=version)
    person = said.case.person.user_id
    _tell_of(said, user_id=person, kind="plans.contest_answered", at=at)


def _tell_of(said: ContestedLine, *, user_id: str, kind: str, at: datetime) -> None:
    outbox.put(
        key=f"{kind}:{said.id}:{user_id}",
        kind=kind,
        user_id=user_id,
        case_id=said.case_id,
        at=at,
        facts={"contested": said.id},
    )
