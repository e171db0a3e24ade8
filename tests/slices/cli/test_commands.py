"""The commands, run as somebody at a terminal would."""

import stat
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

import config
from netmeet import cli
from netmeet.accounts import queries as accounts
from netmeet.accounts import service
from netmeet.accounts.models import User
from netmeet.audit import jobs as audit_jobs
from netmeet.audit import queries as audit
from netmeet.audit import service as chain
from netmeet.audit.models import Anchor
from netmeet.audit.service import verifying
from netmeet.cases.models import Case
from netmeet.cli import demonstration, reference, surroundings
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.permissions import LOOKS
from netmeet.core.permissions import Permission as P
from netmeet.core.trail import entry
from netmeet.organisations import queries as organisations
from tests.world import now

PASSWORD = "en lang adgangskode"
TODAY = date(2026, 11, 23)


def run(*words, typed=None):
    return CliRunner().invoke(cli.main, list(words), input=typed)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Give an installation of its own in a temporary folder."""
    monkeypatch.setenv("NETMEET_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("NETMEET_DEMO", "1")
    return tmp_path / "instance"


@dataclass
class Listener:
    """A web server on this machine that keeps what is posted to it."""

    address: str
    bodies: list[str]


@pytest.fixture
def listener():
    """Give a web server that keeps what it is told."""
    bodies = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_words):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Keep) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        yield Listener(f"http://127.0.0.1:{server.server_port}/", bodies)
        server.shutdown()
        serving.join()


def test_every_command_says_what_it_does():
    for name in cli.main.list_commands(None):
        told = run(name, "--help")
        assert told.exit_code == 0
        assert "Usage:" in told.output
    assert run("nonsense").exit_code == 2


def test_flask_knows_the_commands_too(app):
    assert {"init", "demo", "backup", "user"} <= set(app.cli.list_commands(None))
    assert app.cli.get_command(None, "nonsense") is None


def test_init_makes_keys_for_their_owner_alone_and_keeps_them(place):
    told = run("init")
    assert told.exit_code == 0, told.output
    keys = place / "keys.env"
    before = keys.read_text(encoding="utf-8")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE((place / "netmeet.db").stat().st_mode) == 0o600
    again = run("init")
    assert "up to date" in again.output
    assert keys.read_text(encoding="utf-8") == before


def test_init_leaves_keys_to_the_environment_that_has_them(place, monkeypatch):
    monkeypatch.setenv("NETMEET_KEYS", config.new_keys())
    monkeypatch.setenv("NETMEET_SECRET_KEY", "x" * 40)
    assert run("init").exit_code == 0
    assert not (place / "keys.env").exists()


@pytest.mark.usefixtures("place")
def test_without_pango_the_line_to_type_is_told(monkeypatch):
    monkeypatch.setattr(surroundings, "_LIBRARIES", {"libnothere.so.0": "libnothere0"})
    told = run("init")
    assert told.exit_code == 1
    assert "sudo apt-get install libnothere0" in told.output


def test_a_user_is_added_with_role_and_password(world):
    words = ("user", "add", "--email", "ny@example.org", "--name", "Ny Person", "--role", "reg")
    told = run(
        *words,
        "--unit",
        world.ward.code,
        "--title",
        "læge",
        "--password-stdin",
        typed=f"{PASSWORD}\n",
    )
    assert told.exit_code == 0, told.output
    user = service.check_password("ny@example.org", PASSWORD)
    role = accounts.current_roles(user.id, now())[0]
    assert (role.role, role.unit_id, role.title) == (Role.REG, world.ward.id, "læge")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("unit", "typed", "fault"),
    [
        ("nowhere", f"{PASSWORD}\n{PASSWORD}\n", "no unit with the code nowhere"),
        ("", "short\nshort\n", "mindst 15 tegn"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_told(unit, typed, fault):
    words = ("user", "add", "--email", "a@example.org", "--name", "A", "--role", "mgr")
    told = run(*words, "--unit", unit, typed=typed)
    assert told.exit_code == 1
    assert fault in told.output


def test_the_access_log_is_verified(world):
    chain.record([entry(world.actor(world.lise), P.CASE_READ, world.case())])
    world.save()
    told = run("audit", "verify")
    assert (told.exit_code, told.output) == (0, "The access log holds: 1 rows.\n")
    db.session.add(Anchor(at=now(), seq=7, chain=b"later"))
    told = run("audit", "verify")
    assert told.exit_code == 1
    assert "row 2" in told.output


def test_the_anchors_kept_elsewhere_are_compared(world, tmp_path):
    chain.record([entry(world.actor(world.lise), P.CASE_READ, world.case())])
    world.save()
    file = tmp_path / "anchors.log"
    audit_jobs.anchor(now(), place=str(file))
    assert run("audit", "verify", "--anchors", str(file)).exit_code == 0
    file.write_text(f"{now().isoformat()} 1 {'0' * 64}\n", encoding="ascii")
    told = run("audit", "verify", "--anchors", str(file))
    assert (told.exit_code, "row 1." in told.output) == (1, True)
    file.write_text("no anchor\n", encoding="ascii")
    assert "no anchor" in run("audit", "verify", "--anchors", str(file)).output


def test_an_anchor_is_posted_to_an_address(world, listener):
    chain.record([entry(world.actor(world.lise), P.CASE_READ, world.case())])
    world.save()
    audit_jobs.anchor(now(), place=listener.address)
    assert verifying.heads(listener.bodies).keys() == {1}


@pytest.mark.parametrize(
    ("place", "is_safe"),
    [
        ("http://anchors.example", False),
        ("https://anchors.example/netmeet", True),
        ("http://127.0.0.1:9/", True),
        ("/srv/anchors.log", True),
    ],
)
def test_anchors_go_to_a_file_or_over_tls(place, is_safe, tmp_path):
    environment = {
        "NETMEET_DEMO": "1",
        "NETMEET_SECRET_KEY": "x" * 40,
        "NETMEET_KEYS": config.new_keys(),
        "NETMEET_ANCHORS": place,
    }
    if is_safe:
        assert config.read(environment, instance=tmp_path).anchors == place
    else:
        with pytest.raises(SystemExit, match="NETMEET_ANCHORS"):
            config.read(environment, instance=tmp_path)


def test_the_anchor_is_written_inside_and_outside(world, tmp_path, caplog):
    chain.record([entry(world.actor(world.lise), P.CASE_READ, world.case())])
    world.save()
    audit_jobs.anchor(now(), place=str(tmp_path / "anchors.log"))
    audit_jobs.anchor(now(), place=str(tmp_path / "anchors.log"))
    lines = (tmp_path / "anchors.log").read_text(encoding="ascii").splitlines()
    assert [line.split()[1] for line in lines] == ["1", "1"]
    audit_jobs.verify(now())
    assert caplog.records == []
    db.session.add(Anchor(at=now(), seq=7, chain=b"later"))
    db.session.commit()
    audit_jobs.verify(now())
    assert "does not hold at row 2" in caplog.text


def test_only_what_is_more_than_looking_changes_the_demo(world):
    actor, case = world.actor(world.lise), world.case()
    chain.record([entry(actor, P.CASE_READ, case), entry(actor, P.CASE_CLOSE, case, allowed=False)])
    assert not audit.has_changes_after(0)
    chain.record([entry(actor, P.ACTION_CREATE, case)])
    assert audit.has_changes_after(0)
    assert not audit.has_changes_after(audit.count())
    assert P.PREPARATION_WRITE not in LOOKS
    assert P.PLAN_READ_PUBLISHED in LOOKS


@pytest.mark.usefixtures("world")
def test_lists_go_out_and_come_back(tmp_path):
    reference.load(TODAY)
    for table in ("organisations", "units"):
        file = tmp_path / f"{table}.csv"
        assert run("export", table, str(file)).exit_code == 0
        told = run("import", table, str(file))
        assert told.exit_code == 0, told.output
        assert "rækker er læst ind" in told.output
    assert organisations.organisation_by_code("147") is not None


def test_users_go_out_and_come_back(world, tmp_path):
    unit = world.ward.code
    service.give_role(world.lise, Role.REG, at=now(), unit_id=world.ward.id)
    world.lise.phone = "+45 12 34 56 78"
    file = tmp_path / "users.csv"
    assert run("export", "users", str(file)).exit_code == 0
    lines = file.read_text(encoding="utf-8-sig").replace(world.lise.email, "ny@example.org")
    file.write_text(lines, encoding="utf-8")
    assert run("import", "users", str(file)).exit_code == 0
    user = accounts.by_email("ny@example.org")
    assert user.phone == "+45 12 34 56 78"
    assert accounts.current_roles(user.id, now())[0].unit.code == unit


ORGANISATIONS = "code,name,kind,sector,valid_from,valid_to,parent\n"


def test_a_faulty_list_is_not_read_at_all_and_each_fault_is_told(world, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        ORGANISATIONS
        + "good,Et sted,other,other,2026-01-01,,\n"
        + "bad1,Et sted,hospital,other,2026-01-01,,\n"
        + "bad2,Et sted,other,other,1/1,,\n"
        + "bad3,Et sted,other,other,,,\n"
        + "bad4,Et sted,other,other,2026-01-01,,nowhere\n"
        + ",Et sted,other,other,2026-01-01,,\n",
        encoding="utf-8",
    )
    world.save()
    told = run("import", "organisations", str(file))
    assert told.exit_code == 1
    assert [line.split(":")[0] for line in told.output.splitlines()[1:]] == [
        f"Linje {number}" for number in range(3, 8)
    ]
    assert "»hospital«" in told.output
    assert organisations.organisation_by_code("good") is None


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("a@example.org,A,pat,x,", "gives i forløbet"),
        ("a@example.org,A,reg,x,", "ingen enhed med koden x"),
        ("a@example.org,A,king,x,", "»king«"),
        (",A,reg,x,", "email mangler"),
    ],
)
def test_what_is_wrong_with_a_user_is_told(tmp_path, row, fault):
    file = tmp_path / "list.csv"
    file.write_text(f"email,name,role,unit,title\n{row}\n", encoding="utf-8")
    told = run("import", "users", str(file))
    assert told.exit_code == 1
    assert fault in told.output


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"navn;by\n", "mangler kolonnerne code, name"), (b"code;name\n\xe6;x\n", "UTF-8")],
)
def test_what_is_no_list_is_told(tmp_path, content, fault):
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    told = run("import", "units", str(file))
    assert told.exit_code == 1
    assert fault in told.output


@pytest.mark.usefixtures("world")
def test_cases_are_simulated_in_number():
    told = run("simulate", "3")
    assert told.exit_code == 0, told.output
    assert db.session.scalar(select(func.count()).select_from(Case)) == 3
    assert run("simulate", "2").exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Case)) == 5


def backed_up(app, monkeypatch):
    """Let commands that start no application find the database of the test."""
    settings = app.config["NETMEET"]
    monkeypatch.setenv("NETMEET_DEMO", "1")
    monkeypatch.setenv("NETMEET_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("NETMEET_KEYS", config.new_keys())
    monkeypatch.setenv("NETMEET_SECRET_KEY", "x" * 40)


def test_a_copy_brings_back_what_was(app, world, tmp_path, monkeypatch):
    backed_up(app, monkeypatch)
    kept = world.lise.id
    world.save()
    file = tmp_path / "copy"
    told = run("backup", str(file))
    assert told.exit_code == 0, told.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "exists already" in run("backup", str(file)).output
    service.create_user(name="Senere", at=now())
    world.save()
    assert run("restore", str(file), typed="n\n").exit_code == 1
    db.session.remove()
    db.engine.dispose()
    told = run("restore", "--yes", str(file))
    assert told.exit_code == 0, told.output
    assert list(db.session.scalars(select(User.id))) == [kept]


def test_what_is_no_copy_is_refused(place, tmp_path):
    assert "no database yet" in run_with_keys(place, "backup", str(tmp_path / "copy")).output
    broken = tmp_path / "broken"
    broken.write_bytes(b"no database at all" * 100)
    assert "no sound copy" in run("restore", "--yes", str(broken)).output


def run_with_keys(place, *words):
    place.mkdir()
    (place / "keys.env").write_text(
        f"NETMEET_KEYS={config.new_keys()}\nNETMEET_SECRET_KEY={'x' * 40}\n", encoding="utf-8"
    )
    return run(*words)


def test_the_demo_needs_the_demo(place, monkeypatch):
    monkeypatch.setenv("NETMEET_DEMO", "0")
    monkeypatch.setenv("NETMEET_MAIL_URL", "smtp://127.0.0.1")
    assert "needs NETMEET_DEMO=1" in run_with_keys(place, "demo").output


def test_a_demo_of_today_is_left_alone(place):
    assert run("init").exit_code == 0
    assert run("simulate", "1").exit_code == 0
    told = run("demo")
    assert "stays as it is" in told.output
    marker = place / "demo.json"
    marker.write_text(f'{{"on": "{demonstration.clock.today()}", "seq": 0}}', encoding="ascii")
    assert "is of today" in run("demo").output
