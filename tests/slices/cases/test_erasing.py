"""What has had its time is gone, also after an older copy was put back (``security.md`` T30)."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

import config
from netmeet import cli
from netmeet.accounts.models import User
from netmeet.audit import service as audit
from netmeet.audit.service import verifying
from netmeet.cases import jobs
from netmeet.cases.models import Case, Person
from netmeet.cases.queries import keeping
from netmeet.cases.rules import CaseState, Keeping
from netmeet.cases.service import erasing
from netmeet.cli import demo
from netmeet.core import clock, resealing, sealed
from netmeet.core.access import Role
from netmeet.core.db import Base, clean, db
from netmeet.core.permissions import Permission as P
from netmeet.core.refusals import Refused
from netmeet.core.trail import entry
from netmeet.outbox import jobs as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import State
from tests import plan_world
from tests.soak import IS_FULL
from tests.world import World, now

YEARS = {"region": 10, "municipality": 5, "practice": 10, "other": 10}
ROOT = Path(config.__file__).parent
REMAIN = {"audit_event", "erasure"}
"""The tables that may still name an erased case, by its id."""


def run(*words):
    return CliRunner().invoke(cli.main, list(words))


def close(case_id, *, years_ago):
    at = now() - timedelta(days=round(years_ago * 365.25) + 2)
    closed = update(Case).where(Case.id == case_id)
    db.session.execute(closed.values(state=CaseState.CLOSED, closed_at=at))
    db.session.commit()


def due():
    return {kept.case_id: kept for kept in keeping.kept_too_long(now(), YEARS)}


def test_a_case_is_kept_as_long_as_the_longest_of_its_network_must(world):
    both, town = world.case(), world.case("Omar Haddad", staff=[])
    lise = town.member(world.lise.id)
    lise.organisation_id = world.office.organisation_id
    world.save()
    close(both.id, years_ago=9)
    close(town.id, years_ago=6)
    assert set(due()) == {town.id}
    close(both.id, years_ago=10)
    assert set(due()) == {town.id, both.id}


def test_nothing_goes_that_is_held_or_stands_in_no_record(world):
    case = world.case()
    close(case.id, years_ago=11)
    assert not due()[case.id].may_go
    erasing.note(case.id, Keeping.COPIED, "Sundhedsplatformen", at=now())
    assert due()[case.id].may_go
    erasing.note(case.id, Keeping.HOLD, "Klage til Styrelsen", at=now())
    assert due()[case.id].held == "Klage til Styrelsen"
    assert not due()[case.id].may_go
    erasing.note(case.id, Keeping.RELEASE, "Klagen er afgjort", at=now())
    assert due()[case.id].may_go
    with pytest.raises(Refused):
        erasing.note("nobody0000000000", Keeping.HOLD, "Klage", at=now())
    with pytest.raises(Refused):
        erasing.note(case.id, Keeping.HOLD, " ", at=now())


def test_who_is_in_another_case_keeps_the_name(world, tmp_path):
    case = world.case(relative=world.hanne)
    other = world.case("Omar Haddad", relative=world.hanne)
    mia, omar = case.person.user_id, other.person.user_id
    world.save()
    _erase(case.id, tmp_path / "erased.log")
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    assert names[mia] == ""
    assert names[omar] == "Omar Haddad"
    assert names[world.hanne.id] == "Hanne Sørensen"
    assert names[world.lise.id] == "Lise Dam"


def test_the_person_stays_while_another_case_is_about_them(world, tmp_path):
    case, again = world.case(), world.case().id
    person = case.person_id
    world.save()
    _erase(case.id, tmp_path / "erased.log")
    assert db.session.get(Person, person) is not None
    assert db.session.get(Case, again).person_id == person


def test_the_log_holds_after_an_erasure_and_says_who_did_it(world, tmp_path):
    case = world.case()
    told = entry(world.actor(world.lise), P.CASE_CLOSE, case, reason="Mia Sørensen er flyttet")
    audit.record([told])
    world.save()
    _erase(case.id, tmp_path / "erased.log")
    assert verifying.broken_at() is None
    rows = list(verifying.rows())
    assert [row["operation"] for row in rows] == ["case.close", "retention.execute"]
    assert rows[1]["role"] in {Role.SYS.value, Role.SYS.name}
    assert rows[0]["reason_sealed"] is None


def test_messages_go_after_their_years(world):
    for key, days, state in [
        ("old", 800, State.SENT),
        ("waits", 800, State.WAITING),
        ("new", 20, State.SENT),
    ]:
        at = now() - timedelta(days=days)
        row = Message(
            key=key, kind="x", user_id="u", created_at=at, send_after=at, state=state, facts={}
        )
        db.session.add(row)
    world.save()
    outbox.forget(now(), years=2)
    assert set(db.session.scalars(select(Message.key))) == {"waits", "new"}


@pytest.mark.parametrize("told", ["region=x", "nobody=3", "region=0", "region"])
def test_years_that_are_none_stop_the_start(told, tmp_path):
    environment = {
        "NETMEET_DEMO": "1",
        "NETMEET_SECRET_KEY": "x" * 40,
        "NETMEET_KEYS": config.new_keys(),
    }
    good = {**environment, "NETMEET_RETENTION": "region=12, message=1"}
    assert config.read(good, instance=tmp_path).retention["region"] == 12
    assert config.read(good, instance=tmp_path).retention["municipality"] == 5
    with pytest.raises(SystemExit, match="NETMEET_RETENTION"):
        config.read({**environment, "NETMEET_RETENTION": told}, instance=tmp_path)


def _erase(case_id, ledger):
    close(case_id, years_ago=11)
    erasing.note(case_id, Keeping.COPIED, "Sundhedsplatformen", at=now())
    db.session.commit()
    assert jobs.erase_due(now(), years=YEARS, ledger=ledger) == 1


# the whole of it -------------------------------------------------------------------------------


@pytest.fixture
def installed(app, tmp_path, monkeypatch):
    """Let the commands mean the database under test, with a folder of their own."""
    settings = app.config["NETMEET"]
    for name, told in {
        "INSTANCE": str(tmp_path),
        "DEMO": "1",
        "SECRET_KEY": "x" * 40,
        "KEYS": config.keys_text(settings.keyring),
        "DATABASE_URL": settings.database_url,
    }.items():
        monkeypatch.setenv(f"NETMEET_{name}", told)
    app.config["NETMEET"] = config.read(os.environ)
    yield tmp_path
    app.config["NETMEET"] = settings


def _blobs():
    """Return every sealed text there is, and what it says."""
    found = {}
    for place in resealing.places():
        rows = select(place.table.c.id, place.column).where(place.column.is_not(None))
        for row_id, kept in db.session.execute(rows):
            found[bytes(kept)] = sealed.unseal(bytes(kept), place=place.of(row_id))
    return found


def _still_named(case_id):
    """Return the tables in which the id of the case stands."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            if any(case_id in str(value) for value in row):
                found.add(table.name)
    return found


def _files(folder):
    """Return all bytes of the database's files and of the installation's folder."""
    url = config.read(os.environ).database_url
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".copy"]
    if url.startswith("sqlite"):
        main = Path(url.removeprefix("sqlite:///"))
        paths += [p for p in main.parent.glob(f"{main.name}*") if p.is_file()]
    return b"".join(path.read_bytes() for path in paths)


def _traces(case_id, gone, words, folder):
    """Count what is left of an erased case anywhere."""
    kept = _blobs()
    files = _files(folder)
    left = [blob for blob in gone if blob in kept or blob in files]
    told = [said for said in kept.values() if any(word in said for word in words)]
    plain = [word for word in words if word.encode() in files]
    return len(left) + len(told) + len(plain) + len(_still_named(case_id) - REMAIN)


def test_nothing_is_left_after_erasing_and_after_an_older_copy_was_put_back(app, installed):
    with app.app_context():
        _tell(app)
        case = next(c for c in db.session.scalars(select(Case)) if _name(c).startswith("Mia"))
        case_id, name = case.id, _name(case)
        words = [name, db.session.get(Person, case.person_id).cpr or name]
        before = _blobs()
        assert any(name in said for said in before.values())
        db.session.rollback()
        copy = installed / "older.copy"
        assert run("backup", str(copy)).exit_code == 0

        _erase_by_command(case_id)
        after = _blobs()
        gone = [blob for blob in before if blob not in after]
        db.session.rollback()
        assert len(gone) > 20
        assert _traces(case_id, gone, words, installed) == 0
        assert verifying.broken_at() is None

        _put_back(copy)
        assert db.session.get(Case, case_id) is None
        assert _traces(case_id, gone, words, installed) == 0
        assert verifying.broken_at() is None
        db.session.rollback()
        assert jobs.erase_again(now(), ledger=installed / "erased.log") == 0
        print(f"T30: {len(gone)} texts erased, 0 traces, 0 after an older copy was put back")


def _tell(app):
    """Tell the whole demo in the full run, else one meeting that was held and sent out."""
    if IS_FULL:
        demo.load(clock.today())
        return
    world = World(app)
    world.case("Omar Haddad")
    plan_world.agreed(world).send()


def _erase_by_command(case_id):
    close(case_id, years_ago=11)
    assert "waits for its papers" in run("retention", "list").output
    run("retention", "copied", case_id, "--where", "Sundhedsplatformen")
    run("retention", "hold", case_id, "--why", "Klage")
    assert "held: Klage" in run("retention", "list").output
    assert run("retention", "run").output == "Erased 0 cases.\n"
    run("retention", "release", case_id, "--why", "Afgjort")
    assert "erased at the next run" in run("retention", "list").output
    assert "There is no case" in run("retention", "hold", "x", "--why", "Y").output
    told = run("retention", "run")
    assert told.output == "Erased 1 cases.\n", told.exception


def _put_back(copy):
    db.session.remove()
    db.engine.dispose()
    told = run("restore", "--yes", str(copy))
    assert "Erased 1 cases again" in told.output, told.output


def _name(case):
    return db.session.get(User, db.session.get(Person, case.person_id).user_id).name


STARTS = {"web": ["-c", "import wsgi"], "worker": ["-m", "netmeet.worker"]}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("process", STARTS)
def test_what_came_back_by_other_means_is_erased_before_anything_begins(app, installed, process):
    """Whoever puts an older copy back by hand lets neither readers nor mails at it."""
    with app.app_context():
        world = World(app)
        case, other = world.case(), world.case("Omar Haddad")
        case_id, stays, user_id = case.id, other.id, case.person.user_id
        world.save()
        db.session.remove()
        ledger = f"2026-01-01T00:00:00+00:00 {case_id} {user_id}\n"
        (installed / "erased.log").write_text(ledger, encoding="ascii")
        started = subprocess.Popen([sys.executable, *STARTS[process]], cwd=ROOT)
        try:
            for _tenth in range(600):
                if started.poll() is not None or not _is_there(case_id):
                    break
                Event().wait(0.1)
        finally:
            started.terminate()
            started.wait()
        assert not _is_there(case_id)
        assert _is_there(stays)
        assert db.session.get_one(User, user_id).name == ""


def _is_there(case_id):
    found = db.session.scalar(select(Case.id).where(Case.id == case_id))
    db.session.rollback()
    return found is not None


def test_cleaning_leaves_the_database_usable(world):
    world.save()
    clean()
    assert db.session.scalar(text("SELECT 1")) == 1
