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
from netmeet.core.permissions import LOOKS

_: Callable[..., str] = gettext


@dataclass(frozen=True, kw_only=True)
class Single:
    """One time, in words."""

    at: datetime
    what: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Week:
    """What one person did in the week that begins on the Monday ``begins``."""

    begins: date
    user_id: str
    first_name: str
    where: str
    sentences: list[str]
    singles: list[Single]
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
    latest: dict[tuple[date, str], datetime] = {}
    for event in known:
        key = (monday(event.at), event.user_id)
        latest[key] = max(latest.get(key, event.at), event.at)
    known.sort(
        key=lambda e: (monday(e.at), latest[monday(e.at), e.user_id], e.user_id), reverse=True
    )
    found = []
    for (begins, user_id), group in groupby(known, key=lambda e: (monday(e.at), e.user_id)):
        question = asked.get((user_id, begins.isoformat()))
        found.append(_week(case, begins, users[user_id], list(group), question))
    return found


def monday(at: datetime) -> date:
    """Return the Monday, in Copenhagen, of the week the instant lies in."""
    day = calendar.to_local(at).date()
    return day - timedelta(days=day.weekday())


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
        sentences=list(_sentences(case, user, who, events)),
        singles=[Single(at=e.at, what=_single(e), reason=e.reason) for e in events],
        question=question,
    )


def _title(case: Case, user: User, unit_id: str | None) -> tuple[str, str]:
    """Return what the user is called and where they work, as it was in the unit they acted for."""
    member = case.member(user.id)
    held = next((role for role in user.roles if unit_id and role.unit_id == unit_id), None)
    if held is not None and held.unit is not None:
        return held.title, held.unit.place
    if member is not None:
        kin = _("din %(relation)s", relation=member.relation) if member.relation else ""
        return kin or member.title, member.place
    return "", ""


def _sentences(case: Case, user: User, who: str, events: list[AuditEvent]) -> Iterable[str]:
    read = Counter(thing(e.operation) for e in events if e.allowed and is_look(e.operation))
    done = Counter(thing(e.operation) for e in events if e.allowed and not is_look(e.operation))
    denied = Counter(thing(e.operation) for e in events if not e.allowed)
    because = _because(case, user)
    if read:
        (most, count), *rest = read.most_common()
        yield _("%(who)s har læst %(what)s %(times)s.", who=who, what=most, times=times(count))
        if rest:
            also = permits.listed([word for word, _n in rest])
            yield _("%(name)s har også læst %(what)s.", name=user.first_name, what=also)
        if because:
            yield because
    if done:
        what = permits.listed([word for word, _n in done.most_common()])
        yield _("%(who)s har skrevet eller ændret noget i %(what)s.", who=who, what=what)
    if denied:
        what = permits.listed([word for word, _n in denied.most_common()])
        yield _("%(who)s prøvede at se %(what)s, men fik ikke lov.", who=who, what=what)
        yield _("%(name)s så ikke %(what)s.", name=user.first_name, what=what)


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


def _single(event: AuditEvent) -> str:
    what = thing(event.operation)
    if not event.allowed:
        return _("fik ikke lov at se %(what)s", what=what)
    if is_look(event.operation):
        return _("læste %(what)s", what=what)
    return _("skrev eller ændrede noget i %(what)s", what=what)


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
        *(_("en gang"), _("to gange"), _("tre gange"), _("fire gange"), _("fem gange")),
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
