"""Web and worker as the processes they are."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from apscheduler.triggers.interval import IntervalTrigger

import config
from netmeet import worker
from netmeet.accounts.models import ParkedText
from netmeet.core.db import db
from tests.world import now

ROOT = Path(config.__file__).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def surroundings(tmp_path):
    """Give the environment of an installation of its own, already made."""
    environment = {
        **os.environ,
        "NETMEET_INSTANCE": str(tmp_path),
        "NETMEET_DEMO": "1",
        "PORT": str(free_port()),
    }
    netmeet("init", environment=environment)
    return environment


def command(*words):
    return [sys.executable, "-c", "from netmeet.cli import main; main()", *words]


def netmeet(*words, environment):
    return subprocess.run(
        command(*words), cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )


@contextmanager
def started(words, environment):
    """Run a process until the block ends, its output in lines."""
    with subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def children(process):
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in listed.read_text(encoding="ascii").split()]


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


def is_alive(pid):
    return Path(f"/proc/{pid}").exists()


def test_serve_answers_and_ends_both_when_asked(surroundings):
    noted = Path(surroundings["NETMEET_INSTANCE"], "demo.json")
    noted.write_text('{"people": {"x": ["Mia", "Skal snart hjem."]}}', encoding="ascii")
    with started(command("serve"), surroundings) as process:
        assert process.stdout.readline().startswith(
            f"netmeet answers at http://127.0.0.1:{surroundings['PORT']}"
        )
        assert process.stdout.readline() == "  Mia: Skal snart hjem.\n"
        both = children(process)
        assert len(both) == 2
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert not [pid for pid in both if is_alive(pid)]


def test_when_the_worker_dies_the_web_process_is_stopped(surroundings):
    with started(command("serve"), surroundings) as process:
        process.stdout.readline()
        both = children(process)
        os.kill(next(pid for pid in both if "netmeet.worker" in command_of(pid)), signal.SIGKILL)
        assert process.wait(timeout=30) == 1
        assert "The worker ended; stopping the web process." in process.stderr.read()
        assert not [pid for pid in both if is_alive(pid)]


def test_a_port_that_is_taken_is_told_at_once(surroundings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(surroundings["PORT"])))
        taken.listen()
        with started(command("serve"), surroundings) as process:
            assert process.wait(timeout=30) == 1
            assert "is taken" in process.stderr.read()


def test_the_worker_sends_and_ends_cleanly(surroundings, smtp_sink):
    environment = {**surroundings, "NETMEET_MAIL_URL": smtp_sink.url}
    put = """
import config, os
from netmeet.accounts import service
from netmeet.app import create_app
from netmeet.core import clock
from netmeet.core.db import db
with create_app(config.read(os.environ)).app_context():
    user = service.create_user(name="A", email="a@example.org", at=clock.now())
    service.send_code(user, browser="x", at=clock.now())
    db.session.commit()
"""
    words = [sys.executable, "-c", put]
    subprocess.run(words, cwd=ROOT, env=environment, check=True)
    anchors = Path(environment["NETMEET_INSTANCE"], "anchors.log")
    with started(command("worker"), environment) as process:
        arrived = smtp_sink.arrived.wait(30)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert arrived
    assert anchors.exists()


def test_a_worker_that_hands_out_no_jobs_any_more_ends_and_says_so(surroundings):
    dead = """
from apscheduler.schedulers.base import BaseScheduler
from netmeet import worker
def broken(scheduler):
    raise MemoryError
BaseScheduler._process_jobs = broken
worker.main()
"""
    with started([sys.executable, "-c", dead], surroundings) as process:
        _out, told = process.communicate(timeout=60)
    assert (process.returncode, "MemoryError" in told) == (1, True)


def test_jobs_never_overlap_and_make_up_for_lost_time_once(app):
    scheduler = worker.plan(app)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert {"outbox.drain", "accounts.tidy", "audit.anchor", "audit.verify"} <= set(jobs)
    assert all(isinstance(job.trigger, IntervalTrigger) for job in jobs.values())
    defaults = scheduler._job_defaults  # noqa: SLF001 - APScheduler shows them nowhere else
    assert (defaults["max_instances"], defaults["coalesce"]) == (1, True)
    assert defaults["misfire_grace_time"] is None


def test_every_job_runs(app, world):
    long_ago = now() - timedelta(hours=2)
    kept = ParkedText(user_id=world.lise.id, path="/x", fields={}, created_at=long_ago)
    db.session.add(kept)
    kept_id = kept.id
    world.save()
    for job in worker.plan(app).get_jobs():
        job.func(*job.args)
    assert db.session.get(ParkedText, kept_id, populate_existing=True) is None
