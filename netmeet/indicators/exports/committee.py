"""The committee's report: a quarter's figures over its organisations, and the change since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from netmeet.indicators import rules
from netmeet.indicators.exports import evaluation
from netmeet.indicators.queries import committee as queries
from netmeet.indicators.queries.committee import Events
from netmeet.indicators.queries.evaluation import Voices
from netmeet.indicators.rules import Event, Figure, Quarter
from netmeet.organisations.models import Committee


@dataclass(frozen=True, kw_only=True)
class Line:
    """One indicator of the quarter, by how many percentage points it changed, and a remark."""

    name: str
    figure: Figure
    change: str
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """How many meetings were held in an initiative, over how many people."""

    name: str
    meetings: str
    people: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that the report shows."""

    committee: Committee
    quarter: Quarter
    held: str
    lines: list[Line]
    initiatives: list[Initiative]
    risks: list[tuple[str, str]]


def report(committee: Committee, *, quarter: Quarter, today: date) -> Report:
    """Return the committee's report of the quarter; six queries, no name and no single person."""
    ids = [organisation.id for organisation in committee.organisations]
    events = queries.events(ids, quarters=(quarter.before, quarter))
    held = [(case, name) for case, on, name in events.held if rules.quarter_of(on) == quarter]
    people = [case for case, _name in held]
    return Report(
        committee=committee,
        quarter=quarter,
        held=rules.HIDDEN if rules.is_few(people) else str(len(people)),
        lines=[
            *(_line(name, found, quarter) for name, found in _named(events)),
            *_voiced(events.voices, quarter, today=today),
        ],
        initiatives=_initiatives(held),
        risks=[
            (note.organisation.name, note.text)
            for note in queries.risks(committee.id, quarter=quarter)
            if note.text
        ],
    )


def _named(events: Events) -> list[tuple[str, Sequence[Event]]]:
    return [
        (_("Borgeren var selv med"), events.took_part),
        (_("Borgeren havde sagt ja til dagsordenen inden mødet"), events.approved),
        (_("Både region og kommune var med"), events.both_sides),
        (_("Møder, der blev aflyst eller udsat af andre end borgeren"), events.moved),
        (_("Ønsker om et møde, der fik en dato inden for fem hverdage"), events.answered),
        (_("Referat og plan var sendt ud inden for to hverdage"), events.sent_out),
        (
            _("Næste møde er aftalt, eller det er aftalt, at der ikke skal være et"),
            events.followed_up,
        ),
        (_("Aftaler, der var gjort inden den første frist"), events.kept),
    ]


def _line(name: str, found: Sequence[Event], quarter: Quarter) -> Line:
    now, before = (evaluation.share(found, one) for one in (quarter, quarter.before))
    return Line(name=str(name), figure=now.figure, change=rules.change(now, before))


def _voiced(found: Voices, quarter: Quarter, *, today: date) -> list[Line]:
    """Return what was answered after the quarter's meetings, once nobody may answer any more."""
    now = evaluation.named(evaluation.settled(found, quarter, today=today), quarter)
    before = evaluation.named(found, quarter.before)
    return [
        Line(
            name=one.name,
            figure=one.share.figure,
            change=rules.change(one.share, earlier.share),
            remark=one.remark,
        )
        for one, earlier in zip(now, before, strict=True)
    ]


def _initiatives(held: Sequence[tuple[str, str]]) -> list[Initiative]:
    """Return the initiatives by name, what is in none last; small ones and their complement hidden.

    Their meetings add up to the meetings held, which stand beside them.
    """
    meetings: dict[str, int] = {}
    people: dict[str, set[str]] = {}
    for case_id, name in held:
        meetings[name] = meetings.get(name, 0) + 1
        people.setdefault(name, set()).add(case_id)
    hidden = rules.to_hide({name: len(cases) for name, cases in people.items()})
    return [
        Initiative(
            name=name or str(_("Uden særlig indsats")),
            meetings=rules.HIDDEN if name in hidden else str(meetings[name]),
            people=rules.HIDDEN if name in hidden else str(len(people[name])),
        )
        for name in sorted(meetings, key=lambda each: (not each, each))
    ]
