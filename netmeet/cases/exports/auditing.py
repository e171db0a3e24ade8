"""The log as an auditor reads it: who did what when, never of whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from netmeet.accounts.models import User
from netmeet.audit.models import AuditEvent, FollowUp
from netmeet.cases.exports import looks
from netmeet.cases.queries.auditing import Alert, Sampled
from netmeet.cases.rules import Oddity
from netmeet.core import calendar

_: Callable[..., str] = gettext


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the log in words."""

    at: datetime
    who: str
    where: str
    what: str
    reason: str
    case_id: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A day that stands out, and what was found out about it."""

    user_id: str
    name: str
    day: date
    at: datetime
    why: list[str]
    done: str
    done_at: datetime | None


def rows(events: Sequence[AuditEvent], people: Mapping[str, User]) -> list[Row]:
    """Return the events in words."""
    return [_row(event, people.get(event.user_id)) for event in events]


def _row(event: AuditEvent, user: User | None) -> Row:
    return Row(
        at=event.at,
        who=user.name if user is not None else _("Ukendt"),
        where=_where(user, event.unit_id),
        what=_what(event),
        reason=event.reason,
        case_id=event.case_id or "",
    )


def _where(user: User | None, unit_id: str | None) -> str:
    held = user.roles if user is not None else []
    return next((r.unit.name for r in held if r.unit is not None and r.unit_id == unit_id), "")


def _what(event: AuditEvent) -> str:
    about = _subject(event.operation)
    if not event.allowed:
        return _("fik ikke lov: %(about)s", about=about)
    if looks.is_look(event.operation):
        return _("læste: %(about)s", about=about)
    return _("skrev eller ændrede: %(about)s", about=about)


def _subject(operation: str) -> str:
    """Return what the operation is about, in words of the trade."""
    words = {
        "plan": _("plan"),
        "line": _("plan"),
        "crisis_plan": _("kriseplan"),
        "minutes": _("referat"),
        "room": _("mødets skærm"),
        "agenda": _("dagsorden"),
        "action": _("aftaler"),
        "preparation": _("borgerens forberedelse"),
        "file": _("bilag"),
        "consent": _("samtykker"),
        "legal_basis": _("hjemmel"),
        "network": _("netværk"),
        "meeting": _("møde"),
        "invitation": _("invitationer"),
        "readiness": _("mødets forberedelse"),
        "request": _("ønske om møde"),
        "relative": _("pårørendes oplysninger"),
        "export": _("udtræk"),
        "audit": _("loggen"),
        "home": _("egen forside"),
        "inbox": _("egne beskeder"),
        "account": _("egen konto"),
        "patient.reveal_cpr": _("CPR-nummer"),
        "patient.search_exact_cpr": _("søgning på CPR-nummer"),
        "patient": _("stamdata"),
    }
    about = operation.partition(".")[0]
    return words.get(operation) or words.get(about) or _("forløb")


def notices(
    alerts: Sequence[Alert],
    people: Mapping[str, User],
    done: Mapping[tuple[str, date], FollowUp],
) -> list[Notice]:
    """Return the days that stand out, those nobody has looked into first."""
    found = [_notice(alert, people, done.get((alert.user_id, alert.day))) for alert in alerts]
    return sorted(found, key=lambda notice: bool(notice.done))


def _notice(alert: Alert, people: Mapping[str, User], done: FollowUp | None) -> Notice:
    why = {
        Oddity.OWN: _("har åbnet sit eget forløb"),
        Oddity.SURNAME: _("har samme efternavn som en, der blev slået op"),
        Oddity.ADDRESS: _("har samme adresse som en, der blev slået op"),
        Oddity.MANY: _("har åbnet %(count)s forløb på en dag", count=alert.cases),
        Oddity.OFF_HOURS: _("har slået op uden for kl. 7 til 18 eller på en fridag"),
    }
    user = people.get(alert.user_id)
    return Notice(
        user_id=alert.user_id,
        name=user.name if user is not None else _("Ukendt"),
        day=alert.day,
        at=calendar.to_instant(datetime.combine(alert.day, datetime.min.time())),
        why=[why[oddity] for oddity in alert.oddities],
        done=done.words if done is not None else "",
        done_at=done.at if done is not None else None,
    )


def sampled(drawn: Sequence[Sampled], people: Mapping[str, User]) -> list[Row]:
    """Return the look-ups drawn by lot, in the order of the day."""
    return [
        Row(
            at=one.at,
            who=people[one.user_id].name if one.user_id in people else _("Ukendt"),
            where="",
            what=_("åbnede forløbet"),
            reason="",
            case_id=one.case_id,
        )
        for one in sorted(drawn, key=lambda one: one.at)
    ]
