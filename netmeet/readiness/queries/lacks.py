"""What one meeting lacks: facts of meetings, invitations, consent and actions put together."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from netmeet.actions.models import Action
from netmeet.actions.rules import Status
from netmeet.cases.models import Case, TeamMember
from netmeet.core import addresses
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.invitations.models import Deputy
from netmeet.invitations.policy import may_be_invited
from netmeet.invitations.queries import Reply
from netmeet.invitations.rules import AnswerValue, MandateValue
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import (
    AgendaState,
    ItemState,
    MeetingForm,
    MeetingState,
    Purpose,
    composition,
)
from netmeet.organisations.rules import Sector
from netmeet.readiness.rules import Lack, Missing, worst_first

Said = Mapping[str, Reply]

_SAID_NOTHING = (
    Action.published_at.is_not(None)
    & Action.is_persons.is_(False)
    & (Action.status == Status.NOT_STARTED)
    & Action.status_at.is_(None)
)
_HALF_MADE = Action.published_at.is_(None) & (Action.due_on.is_(None) | Action.owner_id.is_(None))
_ACTIONS = select(Action.case_id, Action.meeting_id, Action.published_at).where(
    Action.case_id.in_(bindparam("case_ids", expanding=True)),
    Action.closed_at.is_(None),
    _SAID_NOTHING | _HALF_MADE,
)

_SECTORS = {Sector.REGION: Lack.REGION, Sector.MUNICIPALITY: Lack.MUNICIPALITY}
_IN_A_PLACE = frozenset({MeetingForm.IN_PERSON, MeetingForm.HYBRID})
_ON_A_LINK = frozenset({MeetingForm.VIDEO, MeetingForm.HYBRID})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line to read and one link that mends it.

    ``endpoint`` with ``subject_id`` as its ``id`` is where one does so.
    """

    missing: Missing
    text: str
    label: str
    endpoint: str
    subject_id: str


def lacks(meeting: Meeting, *, at: datetime) -> list[Line]:
    """Return what the meeting lacks, worst first; two queries.

    ``meeting`` is loaded as ``invitations.queries.meeting`` does.
    """
    said = invitations.replies(meeting)
    silent = actions_of([meeting.case_id]).silent.get(meeting.case_id, 0)
    found = missing(meeting, said=said, silent=silent, at=at)
    return [line(each, meeting) for each in found]


@dataclass(frozen=True, kw_only=True)
class Actions:
    """Agreements that want a word.

    ``silent``: how many in force nobody has said anything about yet, by case. ``unfinished``: how
    many that are not sent out yet lack an owner or a date, by meeting.
    """

    silent: Mapping[str, int]
    unfinished: Mapping[str, int]


def actions_of(case_ids: Sequence[str]) -> Actions:
    """Count both in one query. What the person does is never asked about."""
    silent: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    for case_id, meeting_id, published_at in db.session.execute(
        _ACTIONS, {"case_ids": list(case_ids)}
    ):
        if published_at is not None:
            silent[case_id] += 1
        elif meeting_id is not None:
            unfinished[meeting_id] += 1
    return Actions(silent=silent, unfinished=unfinished)


def missing(meeting: Meeting, *, said: Said, silent: int, at: datetime) -> list[Missing]:
    """Return what the meeting lacks, worst first, from facts that are loaded already.

    An answered no is an answer: it is never asked for again. A meeting that is going on lacks
    nothing any more.
    """
    if meeting.is_going_on:
        return []
    if meeting.state is MeetingState.POSTPONED:
        return [Missing(kind=Lack.NO_NEW_TIME)]
    found = [
        *_of_time_and_place(meeting),
        *_of_invitations(meeting, said),
        *_of_composition(meeting, said),
        *_of_decisions(meeting, said),
        *_of_interpreter(meeting, said),
        *_of_consent(meeting, at),
        *_of_deputies(meeting, said),
        *_of_agenda(meeting),
    ]
    if silent:
        found.append(Missing(kind=Lack.ACTIONS, number=silent, waits=True))
    return worst_first(found)


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
    unsent = sum(i.sent_at is None or invitations.knows_old_time(i) for i in current)
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


def _of_consent(meeting: Meeting, at: datetime) -> Iterator[Missing]:
    case = meeting.case
    for member in case.members:
        allowed = may_be_invited(case, member.user_id, at)
        if not allowed and not _has_answered(case, member):
            yield Missing(kind=Lack.CONSENT, who=member.user.first_name)


def _has_answered(case: Case, member: TeamMember) -> bool:
    """Tell whether the person has taken a consent to them back: that is an answer, too."""
    return any(
        consent.withdrawal is not None
        and (
            consent.recipient_id == member.user_id
            or (
                consent.organisation_id is not None
                and consent.organisation_id == member.organisation_id
            )
        )
        for consent in case.consents
    )


def _of_agenda(meeting: Meeting) -> Iterator[Missing]:
    if meeting.agenda_state is AgendaState.DRAFT:
        yield Missing(kind=Lack.AGENDA_UNSEEN)
    elif meeting.agenda_state is AgendaState.SHARED:
        yield Missing(kind=Lack.AGENDA, waits=True)


def line(found: Missing, meeting: Meeting) -> Line:
    """Return the words for what is missing and the link that mends it.

    The words ask for an answer, not for a yes, and name what is missing, not who failed.
    """
    person = meeting.case.person.user.first_name
    text, label = _WORDS[found.kind](found, person)
    endpoint = _ENDPOINTS.get(found.kind, "invitations.edit")
    of_case = found.kind in {Lack.CONSENT, Lack.ACTIONS}
    return Line(
        missing=found,
        text=text,
        label=label,
        endpoint=endpoint,
        subject_id=meeting.case_id if of_case else meeting.id,
    )


_ENDPOINTS = {
    Lack.TIME: "meetings.edit",
    Lack.NO_NEW_TIME: "meetings.edit",
    Lack.PLACE: "meetings.edit",
    Lack.LINK: "meetings.edit",
    Lack.DECISION: "meetings.agenda",
    Lack.AGENDA_UNSEEN: "meetings.agenda",
    Lack.AGENDA: "meetings.agenda",
    Lack.CONSENT: "cases.case_consents",
    Lack.ACTIONS: "plans.of_case",
}


def _decision(found: Missing, _person: str) -> tuple[str, str]:
    if found.who:
        text = _(
            "Punkt %(number)s skal besluttes af %(who)s, som ikke er inviteret.",
            number=found.number,
            who=found.who,
        )
    else:
        text = _(
            "Punkt %(number)s skal besluttes, og ingen inviteret kan beslutte det.",
            number=found.number,
        )
    return text, _("Find en, der kan")


def _interpreter(found: Missing, _person: str) -> tuple[str, str]:
    if not found.number:
        return _("Der er ikke inviteret en tolk."), _("Inviter en tolk")
    return _("Vi mangler svar fra tolken."), _("Ring op")


def _unsent(found: Missing, _person: str) -> tuple[str, str]:
    if found.number == 1:
        return _("Én invitation er ikke sendt."), _("Se og send")
    return _("%(number)s invitationer er ikke sendt.", number=found.number), _("Se og send")


def _actions(found: Missing, _person: str) -> tuple[str, str]:
    if found.number == 1:
        return _("Én aftale fra sidst har ingen status."), _("Se aftalen")
    return _("%(number)s aftaler fra sidst har ingen status.", number=found.number), _(
        "Se aftalerne"
    )


_WORDS: Mapping[Lack, Callable[[Missing, str], tuple[str, str]]] = {
    Lack.TIME: lambda _f, _p: (_("Ingen dato endnu."), _("Foreslå tider")),
    Lack.NO_NEW_TIME: lambda _f, _p: (_("Mødet er udsat uden ny dato."), _("Foreslå tider")),
    Lack.NOBODY_INVITED: lambda _f, _p: (_("Ingen er inviteret endnu."), _("Inviter")),
    Lack.REGION: lambda _f, _p: (_("Ingen fra regionen har sagt ja endnu."), _("Se svarene")),
    Lack.MUNICIPALITY: lambda _f, _p: (
        _("Ingen fra kommunen har sagt ja endnu."),
        _("Se svarene"),
    ),
    Lack.DECISION: _decision,
    Lack.INTERPRETER: _interpreter,
    Lack.CONSENT: lambda f, p: (
        _("Vi mangler svar fra %(person)s om %(who)s.", person=p, who=f.who),
        _("Spørg %(person)s", person=p),
    ),
    Lack.UNSENT: _unsent,
    Lack.DEPUTY: lambda f, _p: (
        _("%(who)s er nævnt som stedfortræder og er ikke inviteret.", who=f.who),
        _("Se og inviter"),
    ),
    Lack.PLACE: lambda _f, _p: (_("Der mangler et sted."), _("Skriv stedet")),
    Lack.LINK: lambda _f, _p: (_("Der mangler et link til video."), _("Skriv linket")),
    Lack.MANDATE: lambda f, _p: (
        _("Vi mangler svar fra %(who)s om punkt %(number)s.", who=f.who, number=f.number),
        _("Ring op"),
    ),
    Lack.ANSWER: lambda f, _p: (_("Vi mangler svar fra %(who)s.", who=f.who), _("Ring op")),
    Lack.AGENDA_UNSEEN: lambda _f, p: (
        _("%(person)s har ikke set dagsordenen endnu.", person=p),
        _("Del dagsordenen"),
    ),
    Lack.AGENDA: lambda _f, p: (
        _("Vi mangler svar fra %(person)s om dagsordenen.", person=p),
        _("Spørg %(person)s", person=p),
    ),
    Lack.ACTIONS: _actions,
}
