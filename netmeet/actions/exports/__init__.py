"""Agreements as pages and mails show them: plain data, and words for what happened."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from netmeet.accounts import queries as users
from netmeet.actions import queries, rules
from netmeet.actions.models import Action
from netmeet.actions.policy import owner_may_act, party, waits_for_yes
from netmeet.actions.rules import Commitment, PersonsWord, Status, WaitingFor
from netmeet.cases.models import Case
from netmeet.core import calendar
from netmeet.core.access import STAFF, Role
from netmeet.core.permissions import Permission as P
from netmeet.organisations.rules import Sector
from netmeet.outbox import exports as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from netmeet.web import guard

_SUNDAY = 6

Whom = Callable[[Action], str]


@dataclass(frozen=True, kw_only=True)
class First:
    """The agreement that must have ended first: who does what, and as the person reads it."""

    what: str
    told: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One agreement as a line of prose with its facts. ``status`` "overdue" is never the person's.

    ``told`` is ``what`` as the person reads it, with who does it; ``granted`` is
    the sentence on whether the one who must has said yes, ``""`` when nobody must; ``may_answer``
    that they have not yet, ``needs_yes`` that it is an organisation that was not there; ``first``
    is what it waits for, ``None`` when the reader may not see that; ``origin`` says which meeting
    it comes from and how often it was carried on.
    """

    id: str
    version: int
    what: str
    told: str
    owner: str
    owner_first: str
    owner_leads: bool
    about: str
    due: date | None
    status: Status
    shown: str
    waits_for: WaitingFor | None
    wants_help: bool
    is_persons: bool
    is_live: bool
    is_doubted: bool
    waits_for_yes: bool
    needs_yes: bool
    may_answer: bool
    granted: str
    first: First | None
    origin: str
    put_off: int
    comment: str
    persons_word: PersonsWord | None
    persons_words: str
    informs: str


def _name(action: Action) -> str:
    return action.case.person.name


def lines(actions: Collection[Action], *, today: date, whom: Whom = _name) -> list[Line]:
    """Return the agreements as lines, in their order; a few queries, however many they are.

    ``whom`` says what the reader is told of whom each is for.
    """
    asked, nothing = queries.asked(actions), queries.Asked()
    queries.name_firsts(
        [a for a in actions if asked.get(a.id, nothing).waits_for is WaitingFor.AGREEMENT]
    )
    return [_line(a, asked.get(a.id, nothing), today=today, whom=whom) for a in actions]


def _line(action: Action, asked: queries.Asked, *, today: date, whom: Whom) -> Line:
    owner = action.owner
    return Line(
        id=action.id,
        version=action.version,
        what=action.what,
        told=told(action, action.case),
        owner=owner.name if owner is not None else "",
        owner_first=owner.first_name if owner is not None else "",
        owner_leads=action.owner_id in action.case.lead_ids,
        about=whom(action),
        due=action.due_on,
        status=action.status,
        shown="overdue" if action.is_overdue(today) else action.status,
        waits_for=asked.waits_for,
        wants_help=asked.wants_help,
        is_persons=action.is_persons,
        is_live=action.is_live,
        is_doubted=action.is_doubted and not action.is_live,
        waits_for_yes=waits_for_yes(action),
        needs_yes=action.needs_yes,
        may_answer=action.commitment in {Commitment.AWAITED, Commitment.APPLIED_FOR},
        granted=granted(action),
        first=_first(action) if asked.waits_for is WaitingFor.AGREEMENT else None,
        origin=origin(action),
        put_off=action.postponed,
        comment=action.comment,
        persons_word=action.persons_word,
        persons_words=action.persons_words,
        informs=informs(action),
    )


def _first(action: Action) -> First | None:
    first = action.after
    if first is None or not guard.allowed(P.ACTION_READ, first):
        return None
    by = first.owner.first_name if first.owner is not None else ""
    return First(what=f"{by}: {first.what}", told=told(first, action.case))


def for_whom(action: Action) -> str:
    """Return what who reads an agreement is told of whom it is for.

    A relative learns it while the person lets them know the basic data, a guest the first name.
    """
    who, user = guard.actor(), action.case.person.user
    if who.role in STAFF or guard.allowed(P.PATIENT_READ_BASIC, action):
        return user.name
    return "" if who.role is Role.REL else user.first_name


def told(action: Action, case: Case) -> str:
    """Return the agreement as a sentence to the person the case is about."""
    owner = action.owner.name if action.owner is not None else ""
    by = rules.Telling(owner=owner, person=case.person.name, is_own=action.is_persons)
    return rules.told(action.what, by)


def granted(action: Action) -> str:
    """Return the sentence on whether the one who must has said yes, ``""`` when nobody must."""
    on = calendar.to_local(action.partys_word_at).date() if action.partys_word_at else None
    return committed(action.commitment, party(action, action.case), on=on)


def committed(commitment: Commitment, side: Sector | None, *, on: date | None = None) -> str:
    """Return a commitment in a sentence: "Kommunen har ikke sagt ja endnu."."""
    match commitment:
        case Commitment.NONE:
            return ""
        case Commitment.AWAITED:
            return awaited(side)
        case Commitment.APPLIED_FOR:
            return str(_("Der er søgt. Der er ikke sagt ja endnu."))
        case Commitment.YES | Commitment.NO:
            said = _answered(side, is_yes=commitment is Commitment.YES)
            return f"{said}, {calendar.day(on)}." if on is not None else f"{said}."


def _answered(side: Sector | None, *, is_yes: bool) -> str:
    words = {
        Sector.MUNICIPALITY: (_("Kommunen har sagt ja"), _("Kommunen har sagt nej")),
        Sector.REGION: (_("Regionen har sagt ja"), _("Regionen har sagt nej")),
        Sector.PRACTICE: (_("Lægen har sagt ja"), _("Lægen har sagt nej")),
    }
    yes, no = words.get(side or Sector.OTHER, (_("Der er sagt ja"), _("Der er sagt nej")))
    return str(yes if is_yes else no)


def awaited(side: Sector | None) -> str:
    """Return that a side has not said yes: agreed is not granted."""
    words = {
        Sector.MUNICIPALITY: _("Kommunen har ikke sagt ja endnu."),
        Sector.REGION: _("Regionen har ikke sagt ja endnu."),
        Sector.PRACTICE: _("Lægen har ikke sagt ja endnu."),
    }
    return str(words.get(side or Sector.OTHER, _("Der er ikke sagt ja endnu.")))


def asks_first(side: Sector | None) -> str:
    """Return that a side must say yes first, for somebody to tick."""
    words = {
        Sector.MUNICIPALITY: _("Kommunen skal først sige ja"),
        Sector.REGION: _("Regionen skal først sige ja"),
        Sector.PRACTICE: _("Lægen skal først sige ja"),
    }
    return str(words.get(side or Sector.OTHER, _("Der skal først siges ja")))


def informs(action: Action) -> str:
    """Return who lets the person know, in a sentence; ``""`` for what the person does."""
    if action.is_persons or action.owner is None:
        return ""
    told = _("%(name)s giver dig besked.", name=action.owner.first_name)
    return action.informs_person or str(told)


def origin(action: Action) -> str:
    """Return from which meeting it comes and how often it was carried on, in words."""
    starts = action.meeting.starts_local if action.meeting is not None else None
    if starts is None:
        return ""
    told = _("Aftalt på mødet %(day)s", day=calendar.day_with_year(starts.date()))
    if not action.carried:
        return str(told)
    if action.carried == 1:
        return str(_("%(told)s, tages op på næste møde", told=told))
    return str(_("%(told)s, taget med videre %(count)s gange", told=told, count=action.carried))


@dataclass(frozen=True, kw_only=True)
class Owed:
    """Everything one owes, in the order one must act."""

    doubted: Sequence[Line] = field(default_factory=list)
    to_answer: Sequence[Line] = field(default_factory=list)
    overdue: Sequence[Line] = field(default_factory=list)
    this_week: Sequence[Line] = field(default_factory=list)
    later: Sequence[Line] = field(default_factory=list)
    ended: Sequence[Line] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all is or was owed lately."""
        return self.is_done and not self.ended

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is owed now."""
        now = (self.doubted, self.to_answer, self.overdue, self.this_week, self.later)
        return not any(now)


def owed(actions: Collection[Action], *, today: date, whom: Whom = _name) -> Owed:
    """Return the agreements by when they are due. What the person does is never overdue."""
    sunday = today + timedelta(days=_SUNDAY - today.weekday())
    found: dict[str, list[Line]] = {name: [] for name in Owed.__dataclass_fields__}
    for line in lines(actions, today=today, whom=whom):
        found[_group(line, sunday)].append(line)
    return Owed(**found)


def _group(line: Line, sunday: date) -> str:
    if line.is_doubted:
        return "doubted"
    if not line.is_live:
        return "ended"
    if line.waits_for_yes:
        return "to_answer"
    if line.shown == "overdue":
        return "overdue"
    return "this_week" if line.due is not None and line.due <= sunday else "later"


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A case's agreements as the person reads them: what others do, what is to be answered, own.

    What the person says has not happened stays with what others do, whatever its owner reported.
    """

    asked: Sequence[Line]
    others: Sequence[Line]
    own: Sequence[Line]
    ended: Sequence[Line]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been agreed."""
        return not (self.asked or self.others or self.own or self.ended)


def agreed(actions: Collection[Action], *, today: date) -> Agreed:
    """Return what the person reads of the agreements; dropped ones are left out."""
    known = [line for line in lines(actions, today=today) if line.status is not Status.DROPPED]
    others = [line for line in known if not line.is_persons]
    return Agreed(
        asked=[one for one in others if one.status is Status.DONE and one.persons_word is None],
        others=[one for one in others if one.is_live or one.is_doubted],
        own=[line for line in known if line.is_persons and line.is_live],
        ended=[line for line in known if _has_ended(line)],
    )


def _has_ended(line: Line) -> bool:
    """Tell whether the person has nothing more to say of it; what they doubt is not over."""
    if line.is_live or line.is_doubted:
        return False
    is_answered = line.is_persons or line.persons_word is not None
    return is_answered or line.status is Status.NOT_POSSIBLE


def ref(action: Action) -> str:
    """Return the opaque reference of the agreement, all that a manager is shown of it."""
    sign = action.id.upper()
    return f"{sign[:4]}-{sign[4:8]}"


def render_news(message: Message, at: datetime) -> Letter | None:
    """Return the mail that something waits on an agreement's page (``facts``: action, token).

    ``None`` once the recipient has no more to do with it, or may not know of it any more.
    """
    action = queries.by_id(message.facts["action"])
    user = users.user(message.user_id)
    if action is None or user is None or not user.active:
        return None
    is_owner = action.owner_id == user.id and owner_may_act(action, at)
    is_near = user.id in action.case.lead_ids | {action.case.person.user_id}
    if not is_owner and not is_near:
        return None
    facts = {"own_word": user.own_word, "link": link(action.id, message.facts["token"])}
    to = message.address or user.email
    return outbox.letter(message, "actions/email/news", to=to, facts=facts, lang=user.lang)


def link(action_id: str, token: str) -> str:
    """Return the address of the agreement's page; with a token the personal link that leads on."""
    if token:
        return outbox.address("invitations.landing", {"id": token})
    return outbox.address("actions.show", {"id": action_id})


RENDERERS = {"actions.news": render_news}
"""What the worker writes messages of this slice with."""
