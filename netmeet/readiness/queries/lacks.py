"""What one meeting lacks: facts of meetings, invitations, consent and actions put together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from netmeet.actions.models import Action
from netmeet.actions.queries import IS_DOUBTED
from netmeet.actions.rules import Status
from netmeet.cases.models import Case, Consent, TeamMember
from netmeet.core import addresses
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.invitations.models import Deputy
from netmeet.invitations.policy import may_be_invited
from netmeet.invitations.queries import Reply
from netmeet.invitations.rules import AnswerValue, MandateValue
from netmeet.meetings.models import AgendaItem, Meeting, PreparationAnswer
from netmeet.meetings.rules import (
    AgendaState,
    Instead,
    ItemState,
    MeetingForm,
    MeetingKind,
    PreparationMode,
    Purpose,
    Question,
    composition,
)
from netmeet.organisations.rules import Sector
from netmeet.readiness.queries.words import Line, line
from netmeet.readiness.rules import Lack, Missing, worst_first

Said = Mapping[str, Reply]

_SAID_NOTHING = (
    Action.published_at.is_not(None)
    & Action.is_persons.is_(False)
    & (Action.status == Status.NOT_STARTED)
    & Action.status_at.is_(None)
)
_HALF_MADE = Action.published_at.is_(None) & (Action.due_on.is_(None) | Action.owner_id.is_(None))
_ACTIONS = select(
    Action.case_id, Action.meeting_id, Action.published_at, IS_DOUBTED.label("is_doubted")
).where(
    Action.case_id.in_(bindparam("case_ids", expanding=True)),
    (Action.closed_at.is_(None) & (_SAID_NOTHING | _HALF_MADE)) | IS_DOUBTED,
)
_PREPARED = select(
    PreparationAnswer.meeting_id,
    PreparationAnswer.question,
    PreparationAnswer.mode,
    PreparationAnswer.skipped,
).where(
    PreparationAnswer.meeting_id.in_(bindparam("meeting_ids", expanding=True)),
    PreparationAnswer.question.in_([Question.MATTERS, Question.WITHOUT_ME]),
)

_WISHED = {
    Instead.NO_MEETING: Lack.PERSON_REFUSES,
    Instead.OTHER_DAY: Lack.OTHER_DAY,
    Instead.OTHER_WAY: Lack.OTHER_WAY,
}
_SECTORS = {Sector.REGION: Lack.REGION, Sector.MUNICIPALITY: Lack.MUNICIPALITY}
_IN_A_PLACE = frozenset({MeetingForm.IN_PERSON, MeetingForm.HYBRID})
_ON_A_LINK = frozenset({MeetingForm.VIDEO, MeetingForm.HYBRID})


def lacks(meeting: Meeting, *, at: datetime) -> list[Line]:
    """Return what the meeting lacks, worst first; three queries.

    ``meeting`` is loaded as ``invitations.queries.meeting`` does.
    """
    found = missing(
        meeting,
        said=invitations.replies(meeting),
        actions=actions_of([meeting.case_id]),
        prepared=prepared_of([meeting.id]),
        at=at,
    )
    return [line(each, meeting) for each in found]


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Agreements that want a word.

    ``silent``: how many in force nobody has said anything about yet, by case. ``unfinished``: how
    many that are not sent out yet lack an owner or a date, by meeting. ``doubted``: how many the
    person says have not happened, which nobody has acted on since, by case.
    """

    silent: Mapping[str, int]
    unfinished: Mapping[str, int]
    doubted: Mapping[str, int]


def actions_of(case_ids: Sequence[str]) -> Actions:
    """Count all three in one query. What the person does is never asked about."""
    silent: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    doubted: Counter[str] = Counter()
    for case_id, meeting_id, published_at, is_doubted in db.session.execute(
        _ACTIONS, {"case_ids": list(case_ids)}
    ):
        if is_doubted:
            doubted[case_id] += 1
        elif published_at is not None:
            silent[case_id] += 1
        elif meeting_id is not None:
            unfinished[meeting_id] += 1
    return Actions(silent=silent, unfinished=unfinished, doubted=doubted)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What the preparation says without being read: in which meetings, by id.

    ``calls``: the person would rather be called. ``without``: the person has said whether the
    meeting may be held without them.
    """

    calls: frozenset[str]
    without: frozenset[str]


def prepared_of(meeting_ids: Sequence[str]) -> Prepared:
    """Ask for both in one query. No answer is opened: reading them is another right."""
    calls, without = set(), set()
    for meeting_id, question, mode, skipped in db.session.execute(
        _PREPARED, {"meeting_ids": list(meeting_ids)}
    ):
        if question is Question.MATTERS and mode is PreparationMode.CALL:
            calls.add(meeting_id)
        if question is Question.WITHOUT_ME and not skipped:
            without.add(meeting_id)
    return Prepared(calls=frozenset(calls), without=frozenset(without))


def missing(
    meeting: Meeting, *, said: Said, actions: Actions, prepared: Prepared, at: datetime
) -> list[Missing]:
    """Return what the meeting lacks, worst first, from facts that are loaded already.

    An answered no is an answer: it is never asked for again. A meeting that is going on lacks
    nothing any more.
    """
    if meeting.is_going_on:
        return []
    if meeting.state in invitations.WITHOUT_DAY:
        return [Missing(kind=Lack.NO_NEW_TIME)]
    found = [
        *_of_person(meeting, said, prepared),
        *_of_time_and_place(meeting),
        *_of_invitations(meeting, said),
        *_of_composition(meeting, said),
        *_of_decisions(meeting, said),
        *_of_interpreter(meeting, said),
        *_of_law(meeting, at),
        *_of_consent(meeting, at),
        *_of_deputies(meeting, said),
        *_of_those_who_may_again(meeting, at),
        *_of_agenda(meeting),
    ]
    if doubts := actions.doubted.get(meeting.case_id, 0):
        found.append(Missing(kind=Lack.DOUBTED, number=doubts))
    if silent := actions.silent.get(meeting.case_id, 0):
        found.append(Missing(kind=Lack.ACTIONS, number=silent, waits=True))
    return worst_first(found)


def _of_person(meeting: Meeting, said: Said, prepared: Prepared) -> Iterator[Missing]:
    """Yield what the person has said that somebody must answer.

    A no is answered when the person has said whether the meeting may be held without them. What
    they want instead of coming stands until they say yes, or the meeting has another time.
    """
    own = meeting.invitation(meeting.case.person.user_id)
    is_away = own is not None and said[own.id].value is AnswerValue.NO
    wish = _WISHED.get(meeting.instead) if meeting.instead else None
    if wish is Lack.PERSON_REFUSES and not meeting.is_refused:
        wish = None
    if wish is not None:
        yield Missing(kind=wish)
    elif is_away and meeting.id not in prepared.without and meeting.instead is None:
        yield Missing(kind=Lack.PERSON_AWAY)
    if meeting.id in prepared.calls:
        yield Missing(kind=Lack.CALL)


def _of_time_and_place(meeting: Meeting) -> Iterator[Missing]:
    if meeting.starts_local is None:
        yield Missing(kind=Lack.TIME)
    if meeting.form in _IN_A_PLACE and not meeting.place:
        yield Missing(kind=Lack.PLACE)
    if meeting.form in _ON_A_LINK and not addresses.web(meeting.video_link):
        yield Missing(kind=Lack.LINK)


def _of_invitations(meeting: Meeting, said: Said) -> Iterator[Missing]:
    current = meeting.current_invitations
    person_id = meeting.case.person.user_id
    if not [i for i in current if i.user_id not in {person_id, *meeting.lead_ids}]:
        yield Missing(kind=Lack.NOBODY_INVITED)
        return
    unsent = sum(i.sent_at is None or invitations.lacks_news(i) for i in current)
    if unsent and meeting.starts_local is not None:
        yield Missing(kind=Lack.UNSENT, number=unsent)
    for invitation in current:
        member = meeting.case.member(invitation.user_id)
        if member is None or member.role.access is Role.INTP:
            continue
        leads = invitation.user_id in meeting.lead_ids
        if invitation.sent_at is not None and not leads and said[invitation.id].value is None:
            yield Missing(kind=Lack.ANSWER, who=member.name, waits=True)


def _of_composition(meeting: Meeting, said: Said) -> Iterator[Missing]:
    """Yield the sectors nobody comes from."""
    if meeting.composition_reason or not meeting.current_invitations:
        return
    coming, silent = invitations.sectors(meeting, said=said)
    for sector in composition(coming):
        yield Missing(kind=_SECTORS[sector], waits=sector in silent)


def _of_deputies(meeting: Meeting, said: Said) -> Iterator[Missing]:
    """Yield who was named to come instead of somebody and is not on the list."""
    for invitation in meeting.current_invitations:
        named = said[invitation.id].waiting_deputy
        if named is not None:
            yield Missing(kind=Lack.DEPUTY, who=named.name, about_id=invitation.id)


def _invited(meeting: Meeting, said: Said) -> Iterator[tuple[TeamMember, Reply]]:
    for invitation in meeting.current_invitations:
        member = meeting.case.member(invitation.user_id)
        if member is not None:
            yield member, said[invitation.id]


def _of_decisions(meeting: Meeting, said: Said) -> Iterator[Missing]:
    for number, item in enumerate(meeting.items, start=1):
        needs = item.purpose is Purpose.DECIDE and item.state is ItemState.OPEN
        if needs and item.phone_at is None:
            yield from _of_decision(item, number, said)


def _of_decision(item: AgendaItem, number: int, said: Said) -> Iterator[Missing]:
    invited = item.meeting.invitation(item.decider_id) if item.decider_id else None
    if invited is None or item.decider is None:
        yield Missing(kind=Lack.DECISION, number=number)
        return
    reply = said[invited.id]
    stand_in = item.meeting.invitation(reply.stand_in_id) if reply.stand_in_id else None
    if stand_in is not None and reply.deputy is not None:
        yield from _of_stand_in(reply.deputy, said[stand_in.id], item, number)
        return
    mandate = reply.mandates.get(item.id)
    if mandate is None:
        if reply.value is AnswerValue.NO:
            yield Missing(kind=Lack.DECISION, number=number)
        elif invited.sent_at is not None:
            yield Missing(kind=Lack.MANDATE, who=item.decider.name, number=number, waits=True)
    elif mandate.value is MandateValue.SOMEBODY_ELSE:
        yield Missing(kind=Lack.DECISION, who=mandate.who_can, number=number)


def _of_stand_in(deputy: Deputy, reply: Reply, item: AgendaItem, number: int) -> Iterator[Missing]:
    """Yield what the point lacks when somebody stands in for who is named to decide it."""
    mandate = reply.mandates.get(item.id)
    is_away = reply.value is AnswerValue.NO
    if mandate is not None and mandate.value is MandateValue.SOMEBODY_ELSE:
        yield Missing(kind=Lack.DECISION, who=mandate.who_can, number=number)
    elif mandate is None and (is_away or not deputy.has_mandate):
        silent = not is_away and reply.sent_at is not None
        kind = Lack.MANDATE if silent else Lack.DECISION
        yield Missing(kind=kind, who=deputy.name if silent else "", number=number, waits=silent)


def _of_interpreter(meeting: Meeting, said: Said) -> Iterator[Missing]:
    if not meeting.case.person.interpreter:
        return
    asked = [r for m, r in _invited(meeting, said) if m.role.access is Role.INTP]
    if any(reply.value is AnswerValue.YES for reply in asked):
        return
    waits = any(r.value is not AnswerValue.NO and r.sent_at is not None for r in asked)
    yield Missing(kind=Lack.INTERPRETER, number=len(asked), waits=waits)


def _of_law(meeting: Meeting, at: datetime) -> Iterator[Missing]:
    """Yield that a plan without the person rests on no law yet (psykiatriloven §§ 13 b, 13 c)."""
    is_without = meeting.kind == MeetingKind.DISCHARGE_WITHOUT
    if is_without and not any(basis.is_in_force(at) for basis in meeting.case.legal_bases):
        yield Missing(kind=Lack.LAW)


def _of_consent(meeting: Meeting, at: datetime) -> Iterator[Missing]:
    case = meeting.case
    for member in case.members:
        allowed = may_be_invited(case, member.user_id, at)
        if not allowed and not _has_answered(case, member):
            yield Missing(kind=Lack.CONSENT, who=member.user.first_name)


def _has_answered(case: Case, member: TeamMember) -> bool:
    """Tell whether the person has taken a consent to them back: that is an answer, too."""
    return any(consent.withdrawal is not None for consent in _consents_to(case, member))


def _consents_to(case: Case, member: TeamMember) -> list[Consent]:
    return [
        consent
        for consent in case.consents
        if consent.recipient_id == member.user_id
        or (
            consent.organisation_id is not None
            and consent.organisation_id == member.organisation_id
        )
    ]


def _of_those_who_may_again(meeting: Meeting, at: datetime) -> Iterator[Missing]:
    """Yield whose invitation ended with a consent, and to whom the person has said yes since.

    Whom the coordinator has left out is not asked for again.
    """
    case = meeting.case
    for invitation in meeting.invitations:
        ended, member = invitation.withdrawn_at, case.member(invitation.user_id)
        if ended is None or member is None or not may_be_invited(case, member.user_id, at):
            continue
        consents = _consents_to(case, member)
        has_lost = any(c.given_at < ended and not c.is_in_force(ended) for c in consents)
        if has_lost and any(c.given_at >= ended and c.is_in_force(at) for c in consents):
            yield Missing(kind=Lack.AGAIN, who=member.user.first_name, about_id=member.user_id)


def _of_agenda(meeting: Meeting) -> Iterator[Missing]:
    if meeting.agenda_state is AgendaState.DRAFT:
        yield Missing(kind=Lack.AGENDA_UNSEEN)
    elif meeting.agenda_state is AgendaState.SHARED:
        yield Missing(kind=Lack.AGENDA, waits=True)
