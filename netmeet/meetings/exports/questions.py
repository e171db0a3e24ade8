"""The seven questions in words, and what has been answered, for page and paper alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from netmeet.accounts.models import User
from netmeet.cases import queries as cases
from netmeet.core import apart, calendar
from netmeet.core.refusals import Conflict
from netmeet.meetings import queries
from netmeet.meetings.models import Meeting, PreparationAnswer
from netmeet.meetings.rules import (
    Instead,
    LifeArea,
    MeetingKind,
    Question,
    WithoutPerson,
    other_day_deadline,
)
from netmeet.meetings.service import wishes
from netmeet.meetings.service.preparation import Said

_TO_TAP = (
    LifeArea.HOUSING,
    LifeArea.ECONOMY,
    LifeArea.TREATMENT,
    LifeArea.EVERYDAY,
    LifeArea.NETWORK,
    LifeArea.OTHER,
)
_FOR_A_CHILD_TO_TAP = (
    LifeArea.FAMILY,
    LifeArea.WORK,
    LifeArea.EVERYDAY,
    LifeArea.NETWORK,
    LifeArea.OTHER,
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question: its words, a hint, words to tap, its field's label, and who reads it."""

    question: Question
    number: int
    words: str
    hint: str
    taps: list[tuple[str, str]]
    label: str
    readers: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer as one reads it: lines in words; ``helper`` wrote it when not empty."""

    asked: Asked
    lines: list[str]
    helper: str = ""
    is_confirmed: bool = True


def asked(question: Question, meeting: Meeting, at: datetime) -> Asked:
    """Return the question as the person is asked it, with who may read the answer at ``at``."""
    is_child = queries.is_child(meeting)
    words, hint = (_words_for_a_child if is_child else _words)(question)
    return Asked(
        question=question,
        number=queries.questions(meeting).index(question) + 1,
        words=words,
        hint=hint,
        taps=_taps(question, is_child=is_child),
        label=_label(question),
        readers=_readers(question, meeting, at),
    )


def all_asked(meeting: Meeting, at: datetime) -> list[Asked]:
    """Return the person's questions in their order."""
    return [asked(question, meeting, at) for question in queries.questions(meeting)]


def told(meeting: Meeting, at: datetime) -> list[Told]:
    """Return everything that was answered, in the order of the questions."""
    return [_told(question, meeting, at) for question in queries.questions(meeting)]


def _told(question: Question, meeting: Meeting, at: datetime) -> Told:
    answer = queries.answer_to(meeting, question)
    is_said = answer is not None and queries.has_words(answer)
    names = _names(meeting)
    if answer is None or not is_said:
        lines = _lines(question, answer, names) if answer is not None else []
        return Told(asked=asked(question, meeting, at), lines=lines)
    is_unnamed = answer.author_id in {meeting.case.person.user_id, *apart.hidden()}
    return Told(
        asked=asked(question, meeting, at),
        lines=_lines(question, answer, names),
        helper="" if is_unnamed else names.get(answer.author_id, ""),
        is_confirmed=answer.confirmed_at is not None,
    )


def in_words(answer: PreparationAnswer | None) -> str:
    """Return what was said to a question, taps and all, a line each; ``""`` when nothing was.

    Not for the question about who comes, whose lines name people.
    """
    return "\n".join(_lines(answer.question, answer, {})) if answer is not None else ""


def with_choices(conflict: Conflict, meeting: Meeting, question: Question, said: Said) -> Conflict:
    """Return the conflict with what was tapped and chosen, too, beside what was written."""
    stored, names = queries.answer_to(meeting, question), _names(meeting)
    mine = _chosen(question, said.data, names)
    theirs = _chosen(question, (stored.data if stored is not None else None) or {}, names)
    label = (_words_for_a_child if queries.is_child(meeting) else _words)(question)[0]
    return Conflict(
        mine={label: "\n".join(mine), **conflict.mine},
        theirs={label: "\n".join(theirs), **conflict.theirs},
        version=conflict.version,
    )


def _names(meeting: Meeting) -> dict[str, str]:
    """Return the names of those in the network whom the reader may know."""
    hidden = apart.hidden()
    return {
        member.user_id: member.name for member in meeting.case.team if member.user_id not in hidden
    }


def _lines(question: Question, answer: PreparationAnswer, names: dict[str, str]) -> list[str]:
    data = answer.data or {}
    lines = _chosen(question, data, names)
    lines += [answer.text] if answer.text else []
    if data.get("hard"):
        lines.append(_("Det kan gøre det svært: %(text)s", text=data["hard"]))
    if data.get("helps"):
        lines.append(_("Det hjælper: %(text)s", text=data["helps"]))
    return lines


def _chosen(question: Question, data: Mapping[str, Any], names: dict[str, str]) -> list[str]:
    taps = {**dict(_taps(question)), **dict(_taps(question, is_child=True))}
    about = data.get("who", {})
    return [
        *(taps[word] for word in data.get("words", []) if word in taps),
        *(_part(name, about[who]) for who, name in names.items() if who in about),
        *([_without(data["choice"])] if data.get("choice") else []),
    ]


def _part(name: str, part: str) -> str:
    said = {
        "come": _("%(name)s må gerne komme.", name=name),
        "part": _("%(name)s må komme til en del af mødet.", name=name),
        "not": _("%(name)s skal ikke komme.", name=name),
    }
    return str(said[part])


def missed(meeting: Meeting, answer: PreparationAnswer | None) -> str:
    """Return what to think of before a meeting begins without the person, ``""`` when they agree.

    ``answer`` is theirs to whether it may be held without them.
    """
    name, choice = (
        meeting.case.person.user.first_name,
        (answer.data or {}).get("choice", "") if answer else "",
    )
    if choice == WithoutPerson.YES:
        return ""
    if not choice:
        return str(
            _("%(name)s er her ikke og har ikke sagt ja til, at mødet holdes uden.", name=name)
        )
    said = " ".join(part for part in (_without(choice), answer.text if answer else "") if part)
    return str(_("%(name)s er her ikke og har svaret: %(said)s", name=name, said=said))


def instead(meeting: Meeting, *, today: date) -> list[tuple[Instead, str, str]]:
    """Return what the person may choose when they do not come, each with what it leads to."""
    names = lead_names(queries.leads(meeting))
    asked_on = today
    if meeting.instead is Instead.OTHER_DAY and meeting.instead_at is not None:
        asked_on = calendar.to_local(meeting.instead_at).date()
    by = calendar.day(other_day_deadline(asked_on))
    refused = _("Ingen holder mødet uden dit ja. %(names)s taler med dig om resten.", names=names)
    if meeting.kind in _AT_DISCHARGE:
        # Psykiatriloven § 13 b: the law plans a discharge also with somebody who takes no part.
        refused = _(
            "Du bliver ikke spurgt igen om at komme. Lægen kan lave en plan for tiden efter "
            "udskrivningen. Den får du at se, og du må skrive, hvad du mener."
        )
    return [
        (
            Instead.OTHER_DAY,
            _("Find en anden dag"),
            _("%(names)s finder en ny dag senest %(by)s.", names=names, by=by),
        ),
        (
            Instead.OTHER_WAY,
            _("Være med på en anden måde"),
            _("På telefon, på video, til en del af mødet, eller med en, der taler for dig."),
        ),
        (
            Instead.WITHOUT_ME,
            _("Hold mødet uden mig"),
            _("De andre taler om dine punkter. Bagefter svarer du selv på, om planen er din."),
        ),
        (Instead.NO_MEETING, _("Jeg vil ikke have mødet"), str(refused)),
    ]


_AT_DISCHARGE = frozenset({MeetingKind.DISCHARGE, MeetingKind.DISCHARGE_WITHOUT})


def _without(choice: str) -> str:
    said = {
        WithoutPerson.YES: _("Ja, hold mødet uden mig."),
        WithoutPerson.NO: _("Nej, vent på mig."),
        WithoutPerson.ONLY_IF: _("Kun på en betingelse."),
    }
    return str(said[WithoutPerson(choice)])


def _words(question: Question) -> tuple[str, str]:
    known: dict[Question, tuple[str, str]] = {
        Question.MATTERS: (
            _("Hvad er vigtigst for dig?"),
            _("Skriv lidt eller meget. Du kan også nøjes med at trykke på et ord."),
        ),
        Question.HELP: (
            _("Hvad vil du have hjælp til?"),
            _("Eller hvad skal vi beslutte? Skriv én ting på hver linje."),
        ),
        Question.GOES_WELL: (
            _("Hvad går godt?"),
            _("Det kan være småt. Det kan være et menneske, et sted eller en vane."),
        ),
        Question.NOT_TALK: (
            _("Er der noget, du ikke vil tale om?"),
            _("Du behøver ikke skrive hvorfor."),
        ),
        Question.WHO: (_("Hvem skal komme til mødet?"), _("Du kan ændre det senere.")),
        Question.PRACTICAL: (
            _("Hvad skal der til, for at mødet bliver godt?"),
            _("Sted, tid, pauser og hjælp på dagen."),
        ),
        Question.WITHOUT_ME: (
            _("Må mødet holdes uden dig?"),
            _("Det kan være, at du ikke kan komme. Alle tre svar er lige gode."),
        ),
    }
    return known[question]


def _words_for_a_child(question: Question) -> tuple[str, str]:
    known: dict[Question, tuple[str, str]] = {
        Question.MATTERS: (
            _("Hvad skal de voksne vide?"),
            _("Skriv lidt eller meget. Du kan også bare trykke på et ord."),
        ),
        Question.HELP: (
            _("Hvad skal de voksne hjælpe dig med?"),
            _("Skriv én ting på hver linje."),
        ),
        Question.NOT_TALK: (
            _("Er der noget, de ikke skal tale om?"),
            _("Du behøver ikke sige hvorfor."),
        ),
        Question.PRACTICAL: (
            _("Hvad gør det nemt for dig at være med?"),
            _("Det kan være en pause. Eller en, du er tryg ved."),
        ),
        Question.WITHOUT_ME: (
            _("Må de holde mødet uden dig?"),
            _("Du må gerne komme. Du må også gå, når du vil."),
        ),
    }
    return known.get(question) or _words(question)


def _taps(question: Question, *, is_child: bool = False) -> list[tuple[str, str]]:
    if question in {Question.MATTERS, Question.HELP}:
        areas = _FOR_A_CHILD_TO_TAP if is_child else _TO_TAP
        return [(area.value, wishes.word(area)) for area in areas]
    known: dict[Question, list[tuple[str, str]]] = {
        Question.GOES_WELL: [
            ("family", _("Min familie")),
            ("friends", _("Mine venner")),
            ("home", _("Mit hjem")),
            ("day", _("Noget, jeg laver")),
            ("staff", _("En, der hjælper mig")),
        ],
        Question.NOT_TALK: [
            ("childhood", _("Min barndom")),
            ("family", _("Min familie")),
            ("medicine", _("Medicin")),
            ("admission", _("At være indlagt")),
            ("money", _("Penge")),
        ],
        Question.PRACTICAL: _wishes(),
    }
    return known.get(question, [])


def _wishes() -> list[tuple[str, str]]:
    return [
        ("morning", _("Om formiddagen")),
        ("afternoon", _("Om eftermiddagen")),
        ("home", _("Hjemme hos mig")),
        ("video", _("På video")),
        ("short", _("Et kort møde")),
        ("breaks", _("Pauser undervejs")),
        ("interpreter", _("En tolk")),
        ("speaker", _("En, der taler for mig")),
        ("companion", _("En, jeg har med")),
        ("fetch", _("En, der henter mig")),
        ("no_stairs", _("Ingen trapper")),
        ("allergy", _("Der er noget, jeg ikke tåler")),
    ]


def _label(question: Question) -> str:
    known: dict[Question, str] = {
        Question.WHO: _("Er der andre, eller noget om dem?"),
        Question.PRACTICAL: _("Er der andet, vi skal sørge for?"),
        Question.WITHOUT_ME: _("Skriv det her, hvis der er en betingelse"),
    }
    return known.get(question) or str(_("Dit svar"))


def _readers(question: Question, meeting: Meeting, at: datetime) -> str:
    if question is Question.HELP:
        return str(_("Det bliver punkter på mødet. De, der må se dagsordenen, kan læse dem."))
    acting = [user.name for user in cases.acting_for(meeting.case, at)]
    names = together([*(user.name for user in queries.leads(meeting)), *acting])
    if question is Question.NOT_TALK:
        return str(_("Kun %(names)s kan læse det.", names=names))
    return str(_("%(names)s kan læse det.", names=names))


def together(names: list[str]) -> str:
    """Return names as one says them: "Lise Dam og Jonas Holm"."""
    if len(names) < 2:  # noqa: PLR2004 - one name stands alone
        return "".join(names)
    return str(_("%(first)s og %(last)s", first=", ".join(names[:-1]), last=names[-1]))


def lead_names(users: list[User]) -> str:
    """Return the first names of who leads, as one says them."""
    return together([user.first_name for user in users])
