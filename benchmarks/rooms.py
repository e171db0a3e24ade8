"""``python -m benchmarks rooms``: many meetings at once, with people who write and who follow."""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import flask_migrate

import config
from benchmarks import stage
from benchmarks.crowd import Report, Save, Script
from benchmarks.serving import environment, in_service
from netmeet.app import create_app
from netmeet.core.db import db
from tests.services import postgres

MEETINGS, FOLLOWERS = 30, 200
RATE, SECONDS = 50.0, 30.0
DATABASES = ("sqlite", "postgresql")
MOST = 3.0
"""How many times the median of a writer alone 95 % of the saves may take."""
FRESH = 2.0
"""Seconds after which 95 % of the followers must have seen what was saved."""
_MOST_OF_THEM = 0.95
_NEVER = math.inf


@dataclass(frozen=True)
class Figures:
    """What one database is judged by.

    Times are seconds, ``polls`` are followers' a second, ``waited`` how many times a second any
    screen was asked to wait.
    """

    database: str
    sent: int
    kept: int
    refused: int
    lost: int
    other: int
    wrong: int
    alone: float
    alone_most: float
    loaded: float
    loaded_most: float
    polls: float
    waited: float
    unchanged: float
    fresh: float

    @property
    def ratio(self) -> float:
        """Return how many times the median of a writer alone 95 % of the saves under load take."""
        return self.loaded_most / self.alone


def broken(figures: Figures) -> list[str]:
    """Return what is not as it must be, in sentences; nothing when all is well."""
    told = {
        "saves were lost": figures.lost > 0,
        "saves were neither kept nor refused in words": figures.other > 0,
        "no save was kept": figures.kept == 0,
        "screens were answered wrongly": figures.wrong > 0,
        f"a save takes more than {MOST:g} times as long": not figures.ratio <= MOST,
        f"followers wait for more than {FRESH:g} s": not figures.fresh <= FRESH,
    }
    return [sentence for sentence, is_so in told.items() if is_so]


def most(times: Sequence[float]) -> float:
    """Return the least time that 95 % of them keep within."""
    return sorted(times)[math.ceil(_MOST_OF_THEM * len(times)) - 1]


def lost(saves: Sequence[Save], stored: Mapping[str, tuple[str, int]]) -> int:
    """Return how many saves that were answered as kept are not there.

    ``stored`` has text and version of each field. Every kept save has made a version of its own,
    the last of them stands there, and none lies between that nobody was told of.
    """
    made: dict[str, list[Save]] = defaultdict(list)
    for save in saves:
        if save.outcome == "kept":
            made[save.path].append(save)
    missing = 0
    for path, kept in made.items():
        text, version = stored.get(path, ("", 0))
        last = max(kept, key=lambda save: save.version)
        missing += len(kept) - len({save.version for save in kept})
        missing += abs(version - last.version)
        missing += not text.startswith(f"ord{last.word} ")
    return missing


def waits(report: Report) -> list[float]:
    """Return for each kept save and each follower of its room how long it took to be seen (s).

    Seen is it, too, where a later text of the same field is; ``inf`` where neither ever was.
    """
    fields = {save.word: save for save in report.saves}
    of_room: dict[str, list[Save]] = defaultdict(list)
    for save in report.saves:
        if save.outcome == "kept":
            of_room[save.room].append(save)
    found = []
    for room, looks in zip(report.follows, report.looks, strict=True):
        seen = [(look.at, fields[word]) for look in looks for word in look.words if word in fields]
        for save in of_room[room]:
            shows = (at for at, other in seen if _holds(other, save))
            found.append(max(0.0, next(shows, _NEVER) - save.done))
    return found


def _holds(shown: Save, save: Save) -> bool:
    return shown.path == save.path and shown.version >= save.version


def figures_of(name: str, report: Report, stored: Mapping[str, tuple[str, int]]) -> Figures:
    """Return the figures of the report, beside what the database holds after it."""
    alone = [save.took for save in report.alone]
    loaded = [save.took for save in report.saves]
    tally = [save.outcome for save in report.saves]
    answered = {"kept", "refused"}
    return Figures(
        database=name,
        sent=len(tally),
        kept=tally.count("kept"),
        refused=tally.count("refused"),
        lost=lost(report.every_save, stored),
        other=sum(save.outcome not in answered for save in report.every_save),
        wrong=report.wrong,
        alone=statistics.median(alone),
        alone_most=most(alone),
        loaded=statistics.median(loaded),
        loaded_most=most(loaded),
        polls=report.polls / report.seconds,
        waited=report.waited / report.seconds,
        unchanged=report.unchanged / max(1, report.polls),
        fresh=most(waits(report) or [_NEVER]),
    )


def table(found: Sequence[Figures]) -> Iterator[str]:
    """Yield a line a database, times in milliseconds but for what followers wait (seconds)."""
    yield (
        f"{'database':<12}{'sent':>6}{'kept':>6}{'refused':>9}{'lost':>6}{'other':>7}{'wrong':>7}"
        f"{'alone':>8}{'95 %':>7}{'loaded':>8}{'95 %':>8}{'ratio':>7}"
        f"{'polls/s':>9}{'waits/s':>9}{'same':>6}{'seen 95 %':>11}"
    )
    for one in found:
        yield (
            f"{one.database:<12}{one.sent:>6}{one.kept:>6}{one.refused:>9}{one.lost:>6}"
            f"{one.other:>7}{one.wrong:>7}{one.alone * 1000:>8.1f}{one.alone_most * 1000:>7.1f}"
            f"{one.loaded * 1000:>8.1f}{one.loaded_most * 1000:>8.1f}{one.ratio:>7.1f}"
            f"{one.polls:>9.1f}{one.waited:>9.1f}{one.unchanged:>6.0%}{one.fresh:>9.2f} s"
        )


@contextmanager
def _database(name: str) -> Iterator[tuple[Path, str]]:
    """Yield a folder and the address of an empty database, "" for a file in that folder.

    PostgreSQL keeps what it has said that it keeps, as in service.
    """
    with tempfile.TemporaryDirectory(prefix="netmeet-rooms-") as made:
        folder = Path(made)
        if name == "sqlite":
            yield folder, ""
            return
        with postgres.cluster(folder, options=postgres.SAFE) as cluster:
            yield folder, cluster.create_database()


def _played(script: Script) -> Report:
    """Let the crowd play the script in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd"],
        input=json.dumps(asdict(script)),
        stdout=subprocess.PIPE,
        cwd=config.ROOT,
        text=True,
        check=True,
    )
    return Report.read(done.stdout)


def measure(name: str, *, rate: float, seconds: float) -> Figures:
    """Return the figures of one database, with so many saves a second for so many seconds."""
    with _database(name) as (folder, address):
        settings = environment(folder, database_url=address)
        app = create_app(config.read(settings, instance=folder))
        try:
            with app.app_context():
                flask_migrate.upgrade()
            screens = stage.build(app, meetings=MEETINGS, followers=FOLLOWERS)
            with in_service(settings) as port:
                report = _played(Script(port, screens, rate, seconds))
            stored = stage.stored(app, {save.path for save in report.every_save})
            return figures_of(name, report, stored)
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def run(databases: Sequence[str] = DATABASES, *, rate: float, seconds: float) -> int:
    """Print the table; return 1 when a save was lost or a limit is broken."""
    print(f"{MEETINGS} meetings, {FOLLOWERS} follow, {rate:g} saves a second for {seconds:g} s")
    found = [measure(name, rate=rate, seconds=seconds) for name in databases]
    print("\n".join(table(found)))
    wrong = {one.database: broken(one) for one in found}
    for name, sentences in wrong.items():
        for sentence in sentences:
            print(f"{name}: {sentence}")
    return 1 if any(wrong.values()) else 0
