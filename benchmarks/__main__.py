"""``python -m benchmarks``: what pages cost, and what many meetings at once do to a save.

``pages``: CPU time a request, as ratios to the reference, and queries a page. ``rooms``: see
``benchmarks/rooms.py``.
"""

import argparse
import contextlib
import gc
import io
import signal
import statistics
import sys
import tempfile
from pathlib import Path

import flask_migrate
from flask import Flask

import config
from benchmarks import rooms
from benchmarks.pages import Page, pages, queries, sign_in
from benchmarks.serving import Server, environment, served
from netmeet.app import create_app
from netmeet.cli import demo, simulation
from netmeet.core import clock
from netmeet.core.db import db

ROUNDS = 9
FOR = 0.4
MOST = 4.0
MOST_QUERIES = 12
FEW, MANY = 10, 1000


def simulate(count: int) -> None:
    """Open so many fictive cases more, as ``netmeet simulate`` does."""
    with contextlib.redirect_stdout(io.StringIO()):
        simulation.simulate.main([str(count)], standalone_mode=False)


def ratio(plain: Server, real: Server, path: str, cookie: str) -> tuple[float, float, float]:
    """Return how many times the reference's CPU time the page takes, and both in seconds.

    Rounds of both take turns and last equally long, because a machine is not equally fast all the
    time, and slow when it has just been idle; the median of the rounds counts.
    """
    rounds = []
    for _ in range(ROUNDS + 1):
        base = plain.cpu("/", seconds=FOR)
        page = real.cpu(path, cookie=cookie, seconds=FOR)
        rounds.append((page / base, page, base))
    warm = rounds[1:]
    times, page, base = (statistics.median(column) for column in zip(*warm, strict=True))
    return times, page, base


def measure(app: Flask, wanted: list[Page], settings: dict[str, str]) -> dict[str, float]:
    """Print each page's CPU time beside the reference's; return the ratios by name."""
    ratios = {}
    with (
        served("benchmarks.serving:reference_page()", settings) as plain,
        served("benchmarks.serving:netmeet()", settings) as real,
    ):
        for page in wanted:
            with app.app_context():
                cookie = sign_in(app.test_client(), page)
            times, mine, base = ratio(plain, real, page.path, cookie)
            ratios[page.name] = times
            print(f"{page.name:<20}{mine * 1000:6.2f} ms, reference {base * 1000:5.2f} ms")
    return ratios


def measure_pages() -> int:
    """Print the pages' figures; return 1 when a page costs more than it may."""
    folder = Path(tempfile.mkdtemp(prefix="netmeet-bench-"))
    settings = environment(folder)
    app = create_app(config.read(settings, instance=folder))
    with app.app_context():
        flask_migrate.upgrade()
        demo.load(clock.today())
        db.session.commit()
        simulate(FEW)
        wanted = pages()
    gc.collect()
    gc.freeze()
    few = {page.name: queries(app, page) for page in wanted}
    ratios = measure(app, wanted, settings)
    with app.app_context():
        simulate(MANY - FEW)
    many = {page.name: queries(app, page) for page in wanted}
    good = True
    print(f"{'page':<20}{'ratio':>7}{'queries at ' + str(FEW):>16}{'at ' + str(MANY):>10}")
    for name, times in ratios.items():
        fits = times <= MOST and few[name] == many[name] <= MOST_QUERIES
        good = good and fits
        mark = "" if fits else "  too much"
        print(f"{name:<20}{times:>7.1f}{few[name]:>16}{many[name]:>10}{mark}")
    return 0 if good else 1


def main() -> int:
    """Measure what is asked for, all by default; return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("what", nargs="?", choices=("pages", "rooms"), help="only these")
    parser.add_argument("--database", choices=rooms.DATABASES, help="rooms: only this database")
    parser.add_argument("--rate", type=float, default=rooms.RATE, help="rooms: saves a second")
    parser.add_argument("--seconds", type=float, default=rooms.SECONDS, help="rooms: for how long")
    asked = parser.parse_args()
    # Who is told to end stops the servers first, as at Ctrl-C.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    failed = 0
    if asked.what != "rooms":
        failed |= measure_pages()
    if asked.what != "pages":
        wanted = (asked.database,) if asked.database else rooms.DATABASES
        failed |= rooms.run(wanted, rate=asked.rate, seconds=asked.seconds)
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
