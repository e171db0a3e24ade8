"""Who has looked, as one sentence a person and week, with the single times behind it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from flask_babel import gettext

from netmeet.accounts.models import User
from netmeet.audit.models import AuditEvent
from netmeet.cases.exports import permits
from netmeet.cases.models import AccessQuestion, Case
from netmeet.cases.rules import ANSWER_WITHIN
from netmeet.core import calendar
from netmeet.core.permissions import LOOKS, Permission

_: Callable[..., str] = gettext

_LISTED = Permission.PATIENT_LIST_MINE
"""A name among others on somebody's own page: seen, but nothing of the person is read."""


@dataclass(frozen=True, kw_only=True)
class Single:
    """One time, in words."""

    at: datetime
    what: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Week:
    """What one person did in the week that begins on the Monday ``begins``.

    Of who must stay without a name nothing is here that could tell: ``user_id`` is empty, and they
    cannot be asked about.
    """

    begins: date
    user_id: str
    first_name: str
    where: str
    sentences: list[str]
    singles: list[Single]
    may_ask: bool
    question: AccessQuestion | None

    @property
    def answer_by(self) -> date | None:
        """Return the day by which an unanswered question is answered."""
        return answer_by(self.question) if self.question is not None else None


def weeks(
    case: Case,
    events: Sequence[AuditEvent],
    users: Mapping[str, User],
    questions: Iterable[AccessQuestion],
) -> list[Week]:
    """Return the weeks, newest first, and within one those who looked most recently first."""
    asked = {(q.about_user_id, q.looks["week"]): q for q in questions}
    known = [event for event in events if event.user_id in users]

    def whose(event: AuditEvent) -> tuple[date, bool, str]:
        return monday(event.at), case.may_name(event), event.user_id

    latest: dict[tuple[date, bool, str], datetime] = {}
    for event in known:
        latest[whose(event)] = max(latest.get(whose(event), event.at), event.at)
    known.sort(key=lambda e: (monday(e.at), latest[whose(e)], *whose(e)), reverse=True)
    found = []
    for (begins, is_named, user_id), group in groupby(known, key=whose):
        if not is_named:
            found.append(_unnamed(begins, list(group)))
            continue
        question = asked.get((user_id, begins.isoformat()))
        found.append(_week(case, begins, users[user_id], list(group), question))
    return found


def monday(at: datetime) -> date:
    """Return the Monday, in Copenhagen, of the week the instant lies in."""
    day = calendar.to_local(at).date()
    return day - timedelta(days=day.weekday())


def _unnamed(begins: date, events: list[AuditEvent]) -> Week:
    """Return what somebody did whom the person must not learn of: not even who they are to us."""
    who = _("En, der ikke er med i dit netværk,")
    return Week(
        begins=begins,
        user_id="",
        first_name=_("en, der ikke er med i dit netværk"),
        where="",
        sentences=list(_sentences(events, who=who, name=_("Den samme"), because="")),
        singles=_singles(events),
        may_ask=False,
        question=None,
    )


def _week(
    case: Case,
    begins: date,
    user: User,
    events: list[AuditEvent],
    question: AccessQuestion | None,
) -> Week:
    title, where = _title(case, user, events[0].unit_id)
    who = f"{user.first_name}, {title}," if title else user.first_name
    return Week(
        begins=begins,
        user_id=user.id,
        first_name=user.first_name,
        where=where,
        sentences=list(
            _sentences(events, who=who, name=user.first_name, because=_because(case, user))
        ),
        singles=_singles(events),
        may_ask=events[0].unit_id is not None,
        question=question,
    )


def _title(case: Case, user: User, unit_id: str | None) -> tuple[str, str]:
    """Return what the user is called and where they work, as it was in the unit they acted for."""
    member = case.member(user.id)
    held = next((role for role in user.roles if unit_id and role.unit_id == unit_id), None)
    if held is not None and held.unit is not None:
        return held.title, held.unit.place
    if member is not None:
        kin = member.relation
        return kin or member.title, member.place
    return "", ""


def _sentences(events: list[AuditEvent], *, who: str, name: str, because: str) -> Iterable[str]:
    looks = [e.operation for e in events if e.allowed and is_look(e.operation)]
    read = Counter(thing(one) for one in looks if one != _LISTED)
    done = Counter(thing(e.operation) for e in events if e.allowed and not is_look(e.operation))
    if read:
        (most, count), *rest = read.most_common()
        yield _("%(who)s har læst %(what)s %(times)s.", who=who, what=most, times=times(count))
        if rest:
            also = permits.listed([word for word, _n in rest])
            yield _("%(name)s har også læst %(what)s.", name=name, what=also)
    if on_list := looks.count(_LISTED):
        yield _(
            "%(who)s har set dit navn på sin liste %(times)s.",
            who=name if read else who,
            times=times(on_list),
        )
    if looks and because:
        yield because
    if done:
        what = permits.listed([word for word, _n in done.most_common()])
        yield _("%(who)s har skrevet eller ændret noget. Det gælder: %(what)s.", who=who, what=what)
    yield from _denials(events, who=who, name=name, opened={*read, *done})


def _denials(events: list[AuditEvent], *, who: str, name: str, opened: set[str]) -> Iterable[str]:
    """Say what was not opened; of what they saw another time in the week nothing else is said."""
    denied = Counter(thing(e.operation) for e in events if not e.allowed)
    unseen = permits.listed([word for word, _n in denied.most_common() if word not in opened])
    again = permits.listed([word for word, _n in denied.most_common() if word in opened])
    if again:
        yield _(
            "%(name)s prøvede også en anden gang at se %(what)s, men fik ikke lov.",
            name=name,
            what=again,
        )
    if unseen and opened:
        yield _("%(name)s prøvede også at se %(what)s, men fik ikke lov.", name=name, what=unseen)
    elif unseen:
        yield _("%(who)s prøvede at se %(what)s, men fik ikke lov.", who=who, what=unseen)
    if unseen:
        yield _("%(name)s så ikke %(what)s.", name=name, what=unseen)


def _because(case: Case, user: User) -> str:
    """Return why they look, by what they are in the network now."""
    member = case.member(user.id)
    if member is None:
        return ""
    if member.is_coordinator:
        return _("Det er, fordi %(name)s er din koordinator.", name=user.first_name)
    if member.is_contact:
        return _("Det er, fordi %(name)s er din kontaktperson.", name=user.first_name)
    return _("Det er, fordi %(name)s er med i dit netværk.", name=user.first_name)


def _singles(events: list[AuditEvent]) -> list[Single]:
    return [Single(at=e.at, what=_single(e), reason=e.reason) for e in events]


def _single(event: AuditEvent) -> str:
    what = thing(event.operation)
    if not event.allowed:
        return _("prøvede at se %(what)s, men fik ikke lov", what=what)
    if event.operation == _LISTED:
        return _("så dit navn på sin liste")
    if is_look(event.operation):
        return _("læste %(what)s", what=what)
    return _("skrev eller ændrede noget om %(what)s", what=what)


def times_of(question: AccessQuestion) -> list[Single]:
    """Return the single times a question is about, without what was looked at."""
    return [
        Single(
            at=datetime.fromisoformat(at),
            what=_("åbnede det") if allowed else _("fik ikke lov"),
        )
        for at, _operation, allowed in question.looks["times"]
    ]


def answer_by(question: AccessQuestion) -> date:
    """Return the day by which the person is answered."""
    asked_on = calendar.to_local(question.asked_at).date()
    return calendar.add_working_days(asked_on, ANSWER_WITHIN)


def is_look(operation: str) -> bool:
    """Tell whether the operation only reads."""
    return operation in LOOKS


def times(count: int) -> str:
    """Return how often, in words up to twelve: "tre gange"."""
    words = (
        *(_("én gang"), _("to gange"), _("tre gange"), _("fire gange"), _("fem gange")),
        *(_("seks gange"), _("syv gange"), _("otte gange"), _("ni gange"), _("ti gange")),
        *(_("elleve gange"), _("tolv gange")),
    )
    return words[count - 1] if count <= len(words) else _("%(count)d gange", count=count)


def thing(operation: str) -> str:
    """Return what the operation is about, in the person's words."""
    words = {
        "plan": _("din plan"),
        "line": _("din plan"),
        "export": _("din plan"),
        "smart_api": _("din plan"),
        "crisis_plan": _("din kriseplan"),
        "minutes": _("referatet"),
        "room": _("det, der blev skrevet på mødet"),
        "agenda": _("dagsordenen"),
        "action": _("dine aftaler"),
        "preparation": _("det, du har skrevet før mødet"),
        "evaluation": _("svarene efter mødet"),
        "file": _("papirerne ved møderne"),
        "consent": _("hvem der må se hvad"),
        "legal_basis": _("hvem der må se hvad"),
        "network": _("hvem der er med i dit netværk"),
        "meeting": _("mødet"),
        "invitation": _("mødet"),
        "invite_link": _("mødet"),
        "readiness": _("mødet"),
        "request": _("dit ønske om et møde"),
        "relative": _("det, en pårørende har fortalt"),
        "audit.read_patient_trail": _("hvem der har set din plan"),
        "audit": _("svaret på dit spørgsmål"),
    }
    about = operation.partition(".")[0]
    return words.get(operation) or words.get(about) or _("dit forløb")
