"""What has happened to an agreement, in words."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.accounts import queries as users
from netmeet.actions import queries
from netmeet.actions.exports import origin
from netmeet.actions.models import Action, StatusChange
from netmeet.actions.rules import PersonsWord, Status, WaitingFor
from netmeet.core import calendar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to an agreement, in words. ``at`` is UTC."""

    at: datetime
    text: str
    reason: str


def events(action: Action) -> list[Event]:
    """Return the agreement's history in words, newest first; it ends with how it was made."""
    changes = queries.history(action)
    given = [change.became for change in changes if change.what == "owner"]
    names = users.names(given) if given else {}
    told = [
        Event(at=change.at, text=_happened(change, names), reason=change.reason)
        for change in changes
    ]
    begun = Event(at=action.created_at, text=origin(action) or _("Aftalt"), reason="")
    return [*told, begun]


def _happened(change: StatusChange, names: dict[str, str]) -> str:
    who = change.by.first_name
    match change.what:
        case "due":
            day = calendar.day_with_year(date.fromisoformat(change.became))
            return str(_("%(who)s flyttede datoen til %(day)s", who=who, day=day))
        case "owner":
            to = names.get(change.became, "")
            return str(_("%(who)s gav aftalen videre til %(to)s", who=who, to=to))
        case "said":
            return str(_("%(who)s svarede: %(word)s", who=who, word=_word(change.became)))
        case "status":
            return _reported(change, who)
        case _:
            return _other(change, who)


def _reported(change: StatusChange, who: str) -> str:
    if change.became == queries.PAUSED:
        return str(_("Aftalen venter, fordi samtykket er trukket tilbage"))
    state, _sep, waits_for = change.became.partition(":")
    words = {
        Status.NOT_STARTED: _("ikke startet"),
        Status.IN_PROGRESS: _("i gang"),
        Status.WAITING: _("venter på svar"),
        Status.DONE: _("det er sket"),
        Status.NOT_POSSIBLE: _("det kan ikke lade sig gøre"),
        Status.DROPPED: _("det skal ikke ske alligevel"),
    }
    if change.became == queries.HELD:
        return str(_("Aftalen venter på en anden aftale"))
    if waits_for == WaitingFor.DECISION:
        return str(_("%(who)s skrev: venter på en afgørelse", who=who))
    return str(_("%(who)s skrev: %(word)s", who=who, word=words[Status(state)]))


def _other(change: StatusChange, who: str) -> str:
    words = {
        "carried": _("Taget med til næste møde"),
        "help": _("%(who)s bad om hjælp", who=who),
        "resumed": _("Aftalen går videre, fordi samtykket er givet igen"),
        "freed:done": _("Det, aftalen ventede på, er sket"),
        "freed:not_possible": _("Det, aftalen ventede på, kunne ikke lade sig gøre"),
        "freed:dropped": _("Det, aftalen ventede på, skal ikke ske alligevel"),
        "confirmed": _("%(who)s sagde ja til at gøre det", who=who),
        "declined": _("%(who)s sagde nej til at gøre det", who=who),
        "answered:yes": _("%(who)s skrev, at der er sagt ja", who=who),
        "answered:no": _("%(who)s skrev, at der er sagt nej", who=who),
    }
    is_of_kinds = change.what in {"answered", "freed"}
    return str(words[f"{change.what}:{change.became}" if is_of_kinds else change.what])


def _word(word: str) -> str:
    words = {
        PersonsWord.YES: _("Ja, det er sket"),
        PersonsWord.PARTLY: _("Ikke helt"),
        PersonsWord.NO: _("Nej, det er ikke sket"),
    }
    return str(words[PersonsWord(word)])
