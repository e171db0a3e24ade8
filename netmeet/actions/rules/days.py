"""What Danish words for days mean. What can be read in two ways is a doubt."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from netmeet.actions.rules.tokens import bare
from netmeet.actions.rules.words import MONTHS, NUMBERS, WEEKDAYS
from netmeet.core import calendar


class DueDoubt(StrEnum):
    """Why no date is sure: none said, vague, passed, readable in two ways, or several said."""

    NONE = ""
    MISSING = "missing"
    VAGUE = "vague"
    PAST = "past"
    TWO_WAYS = "two_ways"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Found:
    """One date phrase: how many words it takes, and what it means."""

    length: int
    candidates: tuple[date, ...]
    doubt: DueDoubt = DueDoubt.NONE


@dataclass(frozen=True, slots=True)
class At:
    """The words from one place on, and today."""

    words: tuple[str, ...]
    before: str
    today: date

    def word(self, offset: int) -> str:
        """Return the word ``offset`` places on, ``""`` past the end."""
        return self.words[offset] if offset < len(self.words) else ""

    def plain(self, offset: int) -> str:
        """Return the word without a closing full stop."""
        return bare(self.word(offset))


_Reader = Callable[[At], Found | None]

_FRIDAY = 4
_WEEK = 7
_LONG_AGO_IS_NEXT_YEAR = 270
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?\.?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_ORDINAL = re.compile(r"(\d{1,2})(\.?)")
_FRACTION_OF = frozenset(
    [
        "kr",
        "kroner",
        "time",
        "timer",
        "tablet",
        "tabletter",
        "dag",
        "år",
        "pille",
        "piller",
        "stilling",
        "af",
        "liter",
        "mg",
        "dage",
        "uge",
        "uger",
        "måned",
        "måneder",
        "mdr",
    ]
)
_NOT_A_DAY = frozenset(
    [
        "gang",
        "sal",
        "person",
        "samtale",
        "møde",
        "del",
        "udgave",
        "version",
        "ansøgning",
        "behandling",
        "etage",
        "punkt",
        "fase",
    ]
)
_NEAR = {
    "dag": 0,
    "aften": 0,
    "eftermiddag": 0,
    "formiddag": 0,
    "morgen": 1,
    "overmorgen": 2,
}
_GLUED = {"idag": 0, "imorgen": 1, "overmorgen": 2, "iovermorgen": 2}
_FEASTS = frozenset(
    (
        *("jul", "jul.", "julen", "påske", "påsken", "pinse", "nytår", "weekenden"),
        *("sommerferien", "juleferien", "vinterferien", "ferien"),
        *("foråret", "sommeren", "efteråret", "vinteren"),
    )
)
_SOON = frozenset(["snart", "snarest", "hurtigst", "straks", "omgående", "asap"])
_RANGE = re.compile(r"\d{1,2}-\d{1,2}")
_ENDS = frozenset(["", ",", ";", "og", "kl", "kl.", "klokken", "senest"])


def _day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(at: At, month: int, day: int, length: int) -> Found | None:
    """Read a day without a year: the next such day; one just passed is a doubt."""
    this = _day_of(at.today.year, month, day)
    following = _day_of(at.today.year + 1, month, day)
    if this is not None and this >= at.today:
        return Found(length, (this,))
    if following is None:
        return None
    if (following - at.today).days > _LONG_AGO_IS_NEXT_YEAR:
        return Found(length, (following,), DueDoubt.PAST)
    return Found(length, (following,))


def _with_year(at: At, day_: date | None, length: int) -> Found | None:
    if day_ is None:
        return None
    return Found(length, (day_,), DueDoubt.PAST if day_ < at.today else DueDoubt.NONE)


def _near(at: At) -> Found | None:
    if at.plain(0) in _GLUED:
        return Found(1, (at.today + timedelta(days=_GLUED[at.plain(0)]),))
    if at.word(0) == "i" and at.plain(1) in _NEAR:
        tail = 1 if at.plain(2) in {"tidlig", "aften", "eftermiddag", "formiddag"} else 0
        return Found(2 + tail, (at.today + timedelta(days=_NEAR[at.plain(1)]),))
    return None


def _iso(at: At) -> Found | None:
    found = _ISO.fullmatch(at.word(0))
    if found is None:
        return None
    return _with_year(at, _day_of(int(found[1]), int(found[2]), int(found[3])), 1)


def _numeric(at: At) -> Found | None:
    found = _DATE.fullmatch(at.word(0))
    if found is None or at.before in {"kl.", "kl", "klokken", "§"}:
        return None
    if at.plain(1) in _FRACTION_OF:
        return None
    day, month = int(found[1]), int(found[2])
    if found[3] is None:
        return _coming(at, month, day, 1)
    year = int(found[3])
    return _with_year(at, _day_of(year if year > 99 else 2000 + year, month, day), 1)  # noqa: PLR2004 - two digits


def _named_month(at: At) -> Found | None:
    if not re.fullmatch(r"\d{1,2}\.?", at.word(0)):
        return None
    month = MONTHS.get(at.word(1)) or MONTHS.get(at.plain(1))
    if month is None:
        return None
    day = int(at.plain(0))
    year = at.plain(2)
    if re.fullmatch(r"20\d\d", year):
        return _with_year(at, _day_of(int(year), month, day), 3)
    return _coming(at, month, day, 2)


def _day_of_month(at: At) -> Found | None:
    """Read "den 3.": the next third of a month, today included."""
    found = _ORDINAL.fullmatch(at.word(0))
    if found is None or at.before not in {"den", "d.", "d"} or at.plain(1) in _NOT_A_DAY:
        return None
    if not found[2] and at.word(1) not in _ENDS:
        return None
    month = at.today.replace(day=1)
    for ahead in range(3):
        first = calendar.add_months(month, ahead)
        day_ = _day_of(first.year, first.month, int(found[1]))
        if day_ is not None and day_ >= at.today:
            return Found(1, (day_,))
    return None


def _weekday(at: At) -> Found | None:
    number = _weekday_number(at, 0)
    if number is None or at.before in {"hver", "om", "sidste"}:
        return None
    coming = at.today + timedelta(days=(number - at.today.weekday()) % _WEEK)
    explicit = _explicit_after_weekday(at)
    if explicit is not None:
        fits = all(day_.weekday() == number for day_ in explicit.candidates)
        if fits:
            return explicit
        both = (*explicit.candidates, coming)
        return Found(explicit.length, both, DueDoubt.TWO_WAYS)
    in_week = _week_after_weekday(at, number)
    if in_week is not None:
        return in_week
    if coming == at.today:
        return Found(1, (coming, coming + timedelta(days=_WEEK)), DueDoubt.TWO_WAYS)
    return Found(1, (coming,))


def _weekday_number(at: At, offset: int) -> int | None:
    number = WEEKDAYS.get(at.word(offset))
    return WEEKDAYS.get(at.plain(offset)) if number is None else number


def _explicit_after_weekday(at: At) -> Found | None:
    """Read the date that may follow a weekday: "fredag den 4. december", "fredag 4/12"."""
    skip = 2 if at.word(1) in {"den", "d.", "d"} else 1
    rest = At(at.words[skip:], at.word(skip - 1), at.today)
    for reader in (_iso, _named_month, _numeric, _day_of_month):
        found = reader(rest)
        if found is not None:
            return Found(skip + found.length, found.candidates, found.doubt)
    return None


def _week_after_weekday(at: At, number: int) -> Found | None:
    """Read "mandag i næste uge", "mandag i uge 50", "om fredagen" apart."""
    skip = 2 if at.word(1) == "i" else 1
    if at.plain(skip) in {"næste", "denne"} and at.plain(skip + 1) == "uge":
        monday = at.today - timedelta(days=at.today.weekday())
        ahead = _WEEK if at.plain(skip) == "næste" else 0
        return _with_year(at, monday + timedelta(days=ahead + number), skip + 2)
    week = _iso_week(at, skip, number)
    return None if week is None else Found(skip + 2, (week,))


def _iso_week(at: At, offset: int, weekday: int) -> date | None:
    """Return the weekday of "uge 50" at this place, in this year or the next."""
    text = at.plain(offset + 1)
    if at.plain(offset) != "uge" or not text.isdigit():
        return None
    for year in (at.today.isocalendar().year, at.today.isocalendar().year + 1):
        try:
            day_ = date.fromisocalendar(year, int(text), weekday + 1)
        except ValueError:
            return None
        if day_ >= at.today:
            return day_
    return None


def _next_weekday(at: At) -> Found | None:
    """Read "næste tirsdag": next week's; sure only when this week's has passed or is today."""
    number = _weekday_number(at, 1)
    if at.plain(0) != "næste" or number is None:
        return None
    monday = at.today - timedelta(days=at.today.weekday())
    this, following = (monday + timedelta(days=number + ahead) for ahead in (0, _WEEK))
    if this <= at.today:
        return Found(2, (following,))
    return Found(2, (this, following), DueDoubt.TWO_WAYS)


def _week(at: At) -> Found | None:
    """Read "uge 50": its Friday, for a deadline lies at the end of a week."""
    friday = _iso_week(at, 0, _FRIDAY)
    if friday is None:
        return None
    if at.word(2) in {"eller", "og", "-"} and at.plain(3).isdigit():
        return Found(4, (friday,), DueDoubt.SEVERAL)
    return Found(2, (friday,))


def _ahead(at: At) -> Found | None:
    """Read "om 14 dage", "inden for to uger", "om en måned", "om 5 hverdage"."""
    skip = 2 if at.word(0) == "inden" and at.word(1) == "for" else 1
    if at.word(0) not in {"om", "indenfor", "inden"}:
        return None
    half = at.plain(skip) in {"et", "en"} and at.plain(skip + 1) in {"halvt", "halv"}
    if half and at.plain(skip + 2) == "år":
        return Found(skip + 3, (calendar.add_months(at.today, 6),))
    count = _count(at.plain(skip))
    if count is None:
        return None
    return _units_ahead(at, count, at.plain(skip + 1), skip + 2)


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() else NUMBERS.get(word)


def _units_ahead(at: At, count: int, unit: str, length: int) -> Found | None:
    if unit in {"dag", "dage", "døgn"}:
        return _days_ahead(at, count, length)
    if unit in {"uge", "uger"}:
        return Found(length, (at.today + timedelta(weeks=count),))
    if unit in {"måned", "måneder", "mdr", "md"}:
        return Found(length, (calendar.add_months(at.today, count),))
    if unit in {"hverdag", "hverdage", "arbejdsdag", "arbejdsdage"}:
        return Found(length, (calendar.add_working_days(at.today, count),))
    if unit == "år":
        return Found(length, (calendar.add_months(at.today, 12 * count),))
    return None


_EIGHT_DAYS = 8


def _days_ahead(at: At, count: int, length: int) -> Found:
    """Read days ahead; "om otte dage" means a week to many and eight days to others."""
    day_ = at.today + timedelta(days=count)
    if count == _EIGHT_DAYS:
        return Found(length, (day_ - timedelta(days=1), day_), DueDoubt.TWO_WAYS)
    return Found(length, (day_,))


_PARTS_OF_MONTH = frozenset(
    {"primo", "medio", "ultimo", "starten", "begyndelsen", "midten", "slutningen"}
)


def _end_of_month(at: At) -> Found | None:
    """Read "udgangen af november" as its last day; "ultimo november" only suggests it."""
    if at.plain(0) == "udgangen" and at.word(1) == "af":
        month, length, doubt = at.word(2), 3, DueDoubt.NONE
    elif at.plain(0) in _PARTS_OF_MONTH:
        skip = 2 if at.word(1) == "af" else 1
        month, length, doubt = at.word(skip), skip + 1, DueDoubt.VAGUE
    else:
        return None
    number = MONTHS.get(month) or MONTHS.get(bare(month))
    if number is None:
        return Found(1, (), DueDoubt.VAGUE) if doubt else None
    year = at.today.year + (number < at.today.month)
    last = calendar.last_of_month(date(year, number, 1))
    suggested = (last,) if at.plain(0) in {"udgangen", "ultimo", "slutningen"} else ()
    return Found(length, suggested, doubt)


def _vague(at: At) -> Found | None:
    """Read words that are about a time and name no day."""
    for phrase, length in (
        (at.plain(0) in _SOON, 2 if at.plain(1) == "muligt" else 1),
        (
            at.plain(0) in {"inden", "før", "efter", "til", "i", "mellem"}
            and at.plain(1) in _FEASTS,
            2,
        ),
        (at.word(0) in {"i", "inden", "senest"} and bare(at.word(1)) in MONTHS, 2),
        (at.word(0) in {"i", "inden"} and at.plain(1) in {"denne", "næste"}, 3),
        (at.plain(0) == "næste" and at.plain(1) in {"uge", "måned"}, 2),
        (at.word(0) == "om" and at.plain(1) in {"et", "nogle", "få", "halvanden"}, 3),
        (at.word(0) == "om" and _RANGE.fullmatch(at.word(1)), 3),
        (at.word(0) == "om" and at.plain(1) in {"ca", "cirka", "en", "et"}, 4),
        (at.word(0) == "om" and at.plain(2) == "halvt", 5),
        (at.plain(0) in {"dagen", "ugen"} and at.plain(1) == "efter", 2),
        (at.plain(0) == "ugen" and at.before in {"af", "inden"}, 1),
    ):
        if phrase and _is_time(at, length):
            return Found(length, (), DueDoubt.VAGUE)
    return None


_TIME_WORDS = frozenset(["uge", "måned", "dage", "uger", "måneder", "par", "tid"])


def _is_time(at: At, length: int) -> bool:
    """Say whether a vague phrase of three words or more ends in a word of time."""
    three = 3
    return length < three or at.plain(length - 1) in _TIME_WORDS


READERS: tuple[_Reader, ...] = (
    *(_near, _iso, _named_month, _numeric, _day_of_month, _ahead, _next_weekday, _weekday, _week),
    *(_end_of_month, _vague),
)
