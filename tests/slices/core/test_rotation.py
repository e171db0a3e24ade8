"""Keys are changed while netmeet runs (``security.md`` T29)."""

import os
import signal
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text

import config
from netmeet import cli
from netmeet.accounts.models import User
from netmeet.audit import service as audit
from netmeet.audit.models import AuditEvent
from netmeet.audit.service import verifying
from netmeet.core import clock, ids, resealing, sealed
from netmeet.core.db import db, may_write, only_read
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from netmeet.outbox.models import Message
from netmeet.plans.models import Plan, PlanVersion
from tests.soak import dice, figure
from tests.world import now

ROOT = Path(config.__file__).parent
WRITERS = 4
OLD = 1_000_000


def keys(*words):
    return CliRunner().invoke(cli.main, ["keys", *words])


@pytest.fixture
def place(app, tmp_path):
    """Keep the keys of the application under test in a file, as an installation does."""
    settings = app.config["NETMEET"]
    ring = settings.keyring
    file = tmp_path / config.KEYS_FILE
    file.write_text(f"NETMEET_KEYS={config.keys_text(ring)}\nNETMEET_SECRET_KEY={'x' * 40}\n")
    sealed.install(ring, renew=config.KeyFile(tmp_path))
    app.config["NETMEET"] = config.read(
        {"NETMEET_DEMO": "1", "NETMEET_DATABASE_URL": settings.database_url}, instance=tmp_path
    )
    yield file
    app.config["NETMEET"] = settings


def age(file):
    os.utime(file, (OLD, OLD))


def left():
    return sum(resealing.left(where) for where in resealing.places())


def test_a_new_key_seals_without_a_restart_and_the_old_one_still_opens(world, place):
    old = world.user("Åse")
    world.save()
    assert keys("new").exit_code == 0
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    new = world.user("Bo")
    world.save()
    db.session.expire_all()
    assert (old.name_sealed[0], new.name_sealed[0]) == (1, 2)
    assert (old.name, new.name) == ("Åse", "Bo")


def test_a_process_that_only_reads_learns_the_new_key_when_it_meets_it(world, place):
    world.save()
    only_old = sealed.keyring()
    newer = config.one_more_key(only_old)
    place.write_text(f"NETMEET_KEYS={config.keys_text(newer)}\n")
    age(place)
    kept = newer.seal("bolig", place="t|1|c")
    assert only_old is sealed.keyring()
    assert sealed.unseal(kept, place="t|1|c") == "bolig"


def test_everything_is_sealed_anew_what_is_kept_for_ever_too(world, place):
    case = world.case(relative=world.hanne, relative_scopes=["basic"])
    plan = Plan(case_id=case.id, case=case, begun_at=now())
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        n=1,
        published_at=now(),
        published_by_id=world.lise.id,
        comments_until=clock.today(),
        content={"title": "Mias plan"},
    )
    db.session.add(version)
    told = entry(world.actor(world.lise), P.CASE_CLOSE, case, reason="Flyttet til Møn")
    audit.record([told])
    world.save()
    assert keys("new").exit_code == 0
    before = left()
    assert before > 0
    told = keys("rotate")
    assert told.exit_code == 0, told.output
    assert "Left under an older key: 0." in told.output
    assert "plan_version.content: 1" in told.output
    assert left() == 0
    age(place)
    assert keys("retire").exit_code == 0
    assert list(sealed.renewed().keys) == [2]
    db.session.expire_all()
    assert version.content == {"title": "Mias plan"}
    assert db.session.scalars(select(AuditEvent)).one().reason == "Flyttet til Møn"
    assert verifying.broken_at() is None
    retired = place.with_name("keys-retired.env")
    assert stat.S_IMODE(retired.stat().st_mode) == 0o600
    assert "1:" in retired.read_text()


def test_an_old_key_is_not_retired_too_soon(world, place):
    world.user("Åse")
    world.save()
    assert "only one key" in keys("retire").output
    keys("new")
    assert "too young" in keys("retire").output
    age(place)
    assert "rotate first" in keys("retire").output
    assert len(sealed.renewed().keys) == 2


def test_keys_of_the_environment_are_changed_there(app, world):
    world.save()
    told = keys("new")
    assert told.exit_code == 1
    assert "NETMEET_KEYS" in told.output


def test_the_last_number_of_a_key_is_the_last(world, place):
    world.save()
    ring = sealed.keyring()
    full = sealed.Keyring(keys={255: ring.keys[1]}, index_key=ring.index_key)
    place.write_text(f"NETMEET_KEYS={config.keys_text(full)}\n")
    age(place)
    assert "no number left" in keys("new").output


SWAPS = {
    "another row": "UPDATE message SET address_sealed = (SELECT address_sealed FROM message "
    "WHERE id = :other) WHERE id = :one",
    "another column": "UPDATE message SET facts_sealed = address_sealed WHERE id = :one",
    "another table": 'UPDATE message SET address_sealed = (SELECT email_sealed FROM "user" LIMIT 1)'
    " WHERE id = :one",
}


@pytest.mark.parametrize("swap", SWAPS)
def test_what_was_moved_is_refused_and_named(world, place, swap):
    world.user("Åse")
    made = [_message(f"m{n}", "a@example.org") for n in range(2)]
    one, other = (message.id for message in made)
    world.save()
    moved = SWAPS[swap]
    used = {"one": one, "other": other} if ":other" in moved else {"one": one}
    db.session.execute(text(moved), used)
    world.save()
    db.session.expire_all()
    with pytest.raises(InvalidTag):
        _ = (made[0].address, made[0].facts)
    keys("new")
    told = keys("rotate")
    assert told.exit_code == 1
    assert f"of {one}" in told.output
    assert other not in told.output


def _message(key, address):
    message = Message(
        key=key,
        kind="x",
        user_id=ids.new_id(),
        created_at=now(),
        send_after=now(),
        address=address,
        facts={"a": key},
    )
    db.session.add(message)
    return message


def _write(app, stop, written):
    """Write names anew and add rows, as a web process does, until told to stop."""
    with app.app_context():
        may_write()
        n = 0
        while not stop.is_set():
            n += 1
            db.session.add(_message(f"{ids.new_id()}", f"ny{n}@example.org"))
            row = db.session.scalars(select(Message).order_by(Message.id).limit(1)).one()
            row.address = f"skrevet-{n}@example.org"
            db.session.commit()
            written.append(n)
            stop.wait(0.1)


def _read(app, stop, wrong):
    with app.app_context():
        only_read()
        while not stop.is_set():
            for row in db.session.scalars(select(Message).limit(200)):
                if not (row.address and row.facts):
                    wrong.append(row.id)
            db.session.rollback()
            stop.wait(0.1)


def _rotating(app, file):
    environment = {
        **{name: told for name, told in os.environ.items() if not name.startswith("NETMEET_")},
        "NETMEET_INSTANCE": str(file.parent),
        "NETMEET_DEMO": "1",
        "NETMEET_DATABASE_URL": app.config["NETMEET"].database_url,
    }
    words = [sys.executable, "-c", "from netmeet.cli import main; main()", "keys", "rotate"]
    return subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _kill_once(app, file, chance):
    """Kill the rotation at a moment of chance after its first commit; tell whether it was alive."""
    with _rotating(app, file) as process:
        where = next(w for w in resealing.places() if w.name == "message.address")
        watched = resealing.left(where)
        while process.poll() is None and resealing.left(where) == watched:
            db.session.rollback()
            Event().wait(0.05)
        Event().wait(chance.random() * 0.2)
        was_alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
    db.session.rollback()
    return was_alive


def _kill_at_work(app, file, chance, *, kills, rows):
    """Kill so many rotations at work, always giving them some; return how many keys it took."""
    made, killed = 1, 0
    assert keys("new").exit_code == 0
    while killed < kills:
        if left() < rows:
            assert keys("new").exit_code == 0
            made += 1
        killed += _kill_once(app, file, chance)
    return made


@pytest.mark.soak
def test_keys_rotate_under_load_and_kills(app, world, place):
    rows, kills, chance = figure(10_000), figure(20), dice()
    for n in range(rows):
        _message(f"k{n}", f"nr{n}@example.org")
    world.user("Åse")
    world.save()
    stop, written, wrong = Event(), [], []
    load = [Thread(target=_write, args=(app, stop, written)) for _n in range(WRITERS)]
    load.append(Thread(target=_read, args=(app, stop, wrong)))
    only_read()
    with ExitStack() as running:
        for thread in load:
            thread.start()
            running.callback(thread.join)
        running.callback(stop.set)
        made = _kill_at_work(app, place, chance, kills=kills, rows=rows)
        with _rotating(app, place) as process:
            told = process.communicate()
        assert process.returncode == 0, told
    may_write()
    db.session.rollback()
    assert left() == 0
    age(place)
    assert keys("retire").exit_code == 0
    read = [(m.address, m.facts["a"]) for m in db.session.scalars(select(Message))]
    assert len(read) == rows + len(written)
    assert not wrong
    assert db.session.scalars(select(User)).first().name == "Åse"
    print(
        f"T29: {rows} rows, {len(written)} writes beside by {WRITERS} writers, {kills} kills at "
        f"work, {made} keys made, 0 unreadable, 0 under an older key"
    )
