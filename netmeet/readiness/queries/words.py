"""What is missing in words, and where it is mended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import other_day_deadline
from netmeet.readiness.rules import Lack, Missing


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


def line(found: Missing, meeting: Meeting) -> Line:
    """Return the words for what is missing and the link that mends it.

    The words ask for an answer, not for a yes, and name what is missing, not who failed.
    """
    person = meeting.case.person.user.first_name
    text, label = _WORDS[found.kind](found, person)
    if found.kind in {Lack.TIME, Lack.NO_NEW_TIME} and meeting.is_polled:
        text, label = _("Der er spurgt om tider."), _("Se svarene")
    if found.kind is Lack.OTHER_DAY and meeting.instead_at is not None:
        by = calendar.day(other_day_deadline(calendar.to_local(meeting.instead_at).date()))
        text = _("%(person)s vil gerne have en anden dag, senest %(by)s.", person=person, by=by)
    endpoint = _ENDPOINTS.get(found.kind, "invitations.edit")
    of_case = found.kind in {Lack.CONSENT, Lack.LAW, Lack.ACTIONS, Lack.DOUBTED}
    return Line(
        missing=found,
        text=text,
        label=label,
        endpoint=endpoint,
        subject_id=meeting.case_id if of_case else meeting.id,
    )


_ENDPOINTS = {
    Lack.PERSON_REFUSES: "meetings.call_off",
    Lack.OTHER_DAY: "meetings.put_off",
    Lack.OTHER_WAY: "meetings.prepared",
    Lack.PERSON_AWAY: "meetings.prepare",
    Lack.CALL: "meetings.prepare",
    Lack.DOUBTED: "plans.of_case",
    Lack.TIME: "invitations.times",
    Lack.NO_NEW_TIME: "invitations.times",
    Lack.PLACE: "meetings.edit",
    Lack.LINK: "meetings.edit",
    Lack.DECISION: "meetings.agenda",
    Lack.AGENDA_UNSEEN: "meetings.agenda",
    Lack.AGENDA: "meetings.agenda",
    Lack.CONSENT: "cases.case_consents",
    Lack.LAW: "cases.new_law",
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


def doubted(number: int, person: str) -> tuple[str, str]:
    """Return the words, and the link's, for agreements that the person says have not happened."""
    if number == 1:
        return _("%(person)s siger, at én aftale ikke er sket.", person=person), _("Se aftalen")
    return _(
        "%(person)s siger, at %(number)s aftaler ikke er sket.", person=person, number=number
    ), _("Se aftalerne")


def call(due_on: date, person: str) -> tuple[str, str]:
    """Return the words, and the link's, for a call that was promised to who said no."""
    day = calendar.day(due_on)
    return (
        _("Har sagt nej til planen. Ring senest %(day)s.", day=day),
        _("Skriv, hvad %(person)s siger", person=person),
    )


def _actions(found: Missing, _person: str) -> tuple[str, str]:
    if found.number == 1:
        return _("Én aftale fra sidst har ingen status."), _("Se aftalen")
    return _("%(number)s aftaler fra sidst har ingen status.", number=found.number), _(
        "Se aftalerne"
    )


_WORDS: Mapping[Lack, Callable[[Missing, str], tuple[str, str]]] = {
    Lack.PERSON_AWAY: lambda _f, p: (
        _("%(person)s har svaret nej til mødet. Må det holdes uden %(person)s?", person=p),
        _("Spørg %(person)s", person=p),
    ),
    Lack.PERSON_REFUSES: lambda _f, p: (
        _("%(person)s vil ikke have mødet. Det kan ikke holdes uden et ja.", person=p),
        _("Aflys mødet"),
    ),
    Lack.OTHER_DAY: lambda _f, p: (
        _("%(person)s vil gerne have en anden dag.", person=p),
        _("Udsæt mødet"),
    ),
    Lack.LAW: lambda _f, _p: (
        _("Der står ikke, hvilken lov planen uden borgerens deltagelse bygger på."),
        _("Skriv loven"),
    ),
    Lack.OTHER_WAY: lambda _f, p: (
        _("%(person)s vil gerne være med på en anden måde.", person=p),
        _("Læs hvordan"),
    ),
    Lack.CALL: lambda _f, p: (
        _("%(person)s vil gerne ringes op før mødet.", person=p),
        _("Skriv, hvad %(person)s siger", person=p),
    ),
    Lack.DOUBTED: lambda f, p: doubted(f.number, p),
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
    Lack.AGAIN: lambda f, p: (
        _("%(who)s må komme med igen. Det har %(person)s sagt ja til.", who=f.who, person=p),
        _("Tag %(name)s med", name=f.who),
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
