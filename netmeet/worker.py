"""The worker: one process that ticks. ``python -m netmeet.worker`` or ``netmeet worker``.

Two of them by mistake do no harm: messages are claimed with a lease and keyed.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

import config
from netmeet.accounts import jobs as accounts
from netmeet.actions import jobs as actions
from netmeet.app import create_app
from netmeet.audit import jobs as audit
from netmeet.cases import jobs as cases
from netmeet.core import clock
from netmeet.meetings import jobs as meetings
from netmeet.organisations import jobs as organisations
from netmeet.outbox import channels
from netmeet.outbox import jobs as outbox
from netmeet.reminders import jobs as reminders

log = logging.getLogger(__name__)

Job = Callable[[datetime], object]

DRAIN_SECONDS = 30
DEMO_DRAIN_SECONDS = 2
REMINDERS_MINUTES = 10
HOURLY: Mapping[str, Job] = {
    "cases.pass_day": cases.pass_day,
    "meetings.finish": meetings.finish,
    "actions.go_on": actions.go_on,
    "actions.follow_up": actions.follow_up,
    "organisations.rename": organisations.rename,
}
"""What the passing of a day brings, looked for every hour."""


def plan(app: Flask) -> BackgroundScheduler:
    """Return the scheduler with every job of ``app``; none of them overlaps itself.

    What was missed while the machine slept is made up for once (the default grace of one second
    would drop it).
    """
    settings: config.Settings = app.config["NETMEET"]
    scheduler = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    every = partial(_every, scheduler, app)
    send = channels.choose(
        mail_url=settings.mail_url, sender=settings.sender, is_demo=settings.demo
    )
    now = clock.now()
    seconds = DEMO_DRAIN_SECONDS if settings.demo else DRAIN_SECONDS
    every("outbox.drain", partial(drain, send=send), now, seconds=seconds)
    every("reminders.tick", reminders.tick, now, minutes=REMINDERS_MINUTES)
    every("accounts.tidy", accounts.tidy, now, minutes=10)
    read = partial(accounts.read_calendars, allowed=settings.calendars)
    every("accounts.read_calendars", read, now, minutes=5)
    for name, job in HOURLY.items():
        every(name, job, now, hours=1)
    every("audit.anchor", partial(audit.anchor, place=settings.anchors), now, hours=1)
    every("audit.verify", audit.verify, now, hours=24)
    erase = partial(cases.erase_due, years=settings.retention, ledger=settings.erased)
    every("retention.execute", erase, now, hours=24)
    every(
        "outbox.forget", partial(outbox.forget, years=settings.retention["message"]), now, hours=24
    )
    return scheduler


def _every(
    scheduler: BackgroundScheduler,
    app: Flask,
    name: str,
    job: Job,
    first_at: datetime,
    **interval: int,
) -> None:
    scheduler.add_job(run, "interval", args=(app, job), id=name, next_run_time=first_at, **interval)


def run(app: Flask, job: Job) -> None:
    """Run one job at this instant within an application context of its own."""
    with app.app_context():
        job(clock.now())


def drain(now: datetime, *, send: channels.Send) -> None:
    """Send everything that is due, batch by batch, each with a lease counted from its own time."""
    while outbox.drain(now, send):
        now = clock.now()


def main() -> None:
    """Work until SIGTERM or Ctrl-C; a job that has begun is let finish.

    The signals are waited for, not handled: a handler that raises while the scheduler hands out a
    job is caught there, and the worker would go on for ever. When the thread that hands out jobs
    fails, the worker ends with 1: whoever watches it must not take it for one that works.
    """
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    app = create_app(config.read(os.environ))
    # An older copy of the database may have been put back: no mail may go to who was erased.
    run(app, partial(cases.erase_again, ledger=app.config["NETMEET"].erased))
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    faults: list[threading.ExceptHookArgs] = []
    threading.excepthook = partial(_give_up, faults)
    scheduler = plan(app)
    scheduler.start()
    signal.sigwait(ends)
    if faults:
        raise SystemExit(1)
    scheduler.shutdown()


def _give_up(faults: list[threading.ExceptHookArgs], fault: threading.ExceptHookArgs) -> None:
    """Print what a thread failed with, and end the process."""
    faults.append(fault)
    sys.excepthook(fault.exc_type, fault.exc_value or fault.exc_type(), fault.exc_traceback)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
