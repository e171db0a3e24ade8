"""The manager's overview as plain data: six fields of an agreement, and figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from netmeet.actions import exports as actions
from netmeet.actions import rules as states
from netmeet.actions.models import Action
from netmeet.actions.rules import Status
from netmeet.formats import sheet
from netmeet.indicators import queries, rules
from netmeet.indicators.exports import evaluation
from netmeet.indicators.queries import Counts, Filter, day
from netmeet.indicators.queries import evaluation as voices
from netmeet.indicators.rules import Figure, Quarter

_HELPED_FIRST = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """The six fields a manager may see of an agreement; ``id`` only names it in addresses."""

    id: str
    ref: str
    unit: str
    owner: str
    due: date
    status: Status
    days_overdue: int


@dataclass(frozen=True, kw_only=True)
class ToHelp:
    """One row where a manager can help, and the reasons in words."""

    row: Row
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One indicator: its name and figure, and a remark."""

    name: str
    figure: Figure
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that the manager's page shows. ``earlier`` and ``later`` are page numbers or 0."""

    counts: Counts
    to_help: list[ToHelp]
    rows: list[Row]
    indicators: list[Indicator]
    trend: list[tuple[date, str]]
    page: int
    pages: int


def overview(wanted: Filter, *, page: int, today: date, at: datetime) -> Overview:
    """Return the overview of the unit; the number of queries is the same whatever the size."""
    counts = queries.counts(wanted, today=today)
    pages = max(1, -(-counts.open // queries.PER_PAGE))
    shown = min(max(page, 1), pages)
    days = rules.month_ends(today)
    found = queries.overdue_at(wanted, days)
    return Overview(
        counts=counts,
        to_help=[_help(each, today) for each in queries.to_help(wanted, today=today, at=at)],
        rows=[row(action, today=today) for action in queries.listed(wanted, page=shown)],
        indicators=[
            *_indicators(counts, queries.followed_up(wanted, today=today)),
            *_voiced(wanted, today=today),
        ],
        trend=[(end, rules.hidden(count)) for end, count in zip(days, found, strict=True)],
        page=shown,
        pages=pages,
    )


@dataclass(frozen=True, kw_only=True)
class Day:
    """A manager's front page: where to help first, and what else waits, small counts hidden."""

    counts: Counts
    to_help: list[ToHelp]
    waiting: list[tuple[str, str]]


def managers_day(unit_id: str, *, today: date, at: datetime) -> Day:
    """Return the unit's day (four queries); the overview has all of it."""
    wanted = Filter(unit_id=unit_id)
    found = day.waiting(unit_id, today=today)
    counted = (
        (_("Ønsker om et møde, der er over de fem arbejdsdage"), found.late_requests),
        (_("Møder inden for 14 dage, hvor ingen må beslutte et punkt"), found.undecided),
        (_("Afholdte møder, der ikke er sendt ud til tiden"), found.late_minutes),
        (_("Møder den sidste måned uden en eneste aftale"), found.without_agreements),
        (_("Møder, der er udsat to gange eller mere"), found.put_off),
    )
    to_help = queries.to_help(wanted, today=today, at=at)
    return Day(
        counts=queries.counts(wanted, today=today),
        to_help=[_help(each, today) for each in to_help[:_HELPED_FIRST]],
        waiting=[(str(words), rules.hidden(count)) for words, count in counted if count],
    )


def row(action: Action, *, today: date) -> Row:
    """Return the six fields of the agreement. Raises ``LookupError`` without owner or date."""
    if action.due_on is None or action.owner is None:
        raise LookupError("an agreement in force has an owner and a date")
    return Row(
        id=action.id,
        ref=actions.ref(action),
        unit=action.unit.name if action.unit is not None else "",
        owner=action.owner.name,
        due=action.due_on,
        status=action.status,
        days_overdue=states.days_overdue(action.status, action.due_on, today),
    )


def _help(found: queries.Help, today: date) -> ToHelp:
    known = (
        (found.owner_is_away, _("ejeren er væk")),
        (found.waits_for_decision, _("venter på afgørelse")),
        (found.is_old, _("over 14 dage")),
    )
    reasons = [str(words) for holds, words in known if holds]
    return ToHelp(row=row(found.action, today=today), reasons=reasons)


def _indicators(counts: Counts, followed_up: tuple[int, int]) -> list[Indicator]:
    is_shown = counts.median is not None and counts.overdue >= rules.SMALLEST
    median = _("Halvdelen er højst %(days)s dage over.", days=counts.median) if is_shown else ""
    return [
        Indicator(
            name=_("Åbne aftaler, der er over datoen"),
            figure=rules.figure(counts.overdue, counts.open),
            remark=median,
        ),
        Indicator(
            name=_("Heraf mere end 14 dage over"),
            figure=rules.figure(counts.older, counts.overdue),
        ),
        Indicator(
            name=_("Afholdte møder med en aftalt opfølgning"),
            figure=rules.figure(*followed_up),
        ),
    ]


def _voiced(wanted: Filter, *, today: date) -> list[Indicator]:
    """Return what was answered after the meetings of the newest quarter that nobody may add to."""
    quarter = evaluation.newest_settled(today)
    found = voices.of_unit(wanted.unit_id, quarter, kind=wanted.kind, initiative=wanted.initiative)
    when = quarter_words(quarter)
    return [
        Indicator(
            name=one.name,
            figure=one.share.figure,
            remark=f"{when}. {one.remark}" if one.remark else when,
        )
        for one in evaluation.named(found, quarter)
    ]


def quarter_words(quarter: Quarter) -> str:
    """Return the quarter in words: "3. kvartal 2026"."""
    return str(_("%(number)s. kvartal %(year)s", number=quarter.number, year=quarter.year))


def headings() -> list[str]:
    """Return the names of the six fields."""
    return [
        str(words)
        for words in (
            _("Nummer"),
            _("Enhed"),
            _("Ansvarlig"),
            _("Frist"),
            _("Status"),
            _("Dage over fristen"),
        )
    ]


def status_words(status: Status) -> str:
    """Return the status in words for files, where there is no shape beside it."""
    words = {
        Status.NOT_STARTED: _("ikke startet"),
        Status.IN_PROGRESS: _("i gang"),
        Status.WAITING: _("venter på svar"),
        Status.DONE: _("sket"),
        Status.NOT_POSSIBLE: _("ikke muligt"),
        Status.DROPPED: _("bortfaldet efter aftale"),
    }
    return str(words[status])


def cells(wanted: Filter, *, today: date) -> Iterable[list[sheet.Cell]]:
    """Return the unit's open agreements as rows of six cells, oldest date first."""
    for action in queries.listed(wanted, per_page=None):
        each = row(action, today=today)
        yield [
            each.ref,
            each.unit,
            each.owner,
            each.due,
            status_words(each.status),
            each.days_overdue,
        ]


def xlsx(wanted: Filter, *, today: date) -> bytes:
    """Return the unit's open agreements as an Excel file; no text becomes a formula."""
    return sheet.xlsx(headings(), cells(wanted, today=today), title=_("Åbne aftaler"))


def csv(wanted: Filter, *, today: date) -> bytes:
    """Return the unit's open agreements as a CSV file."""
    return sheet.csv(headings(), cells(wanted, today=today))
