"""Rules about the files of the project themselves."""

import ast
import configparser
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    *("netmeet", "templates", "static", "migrations", "config.py", "wsgi.py", "tests", "docs"),
    *("setup.cfg", "pyproject.toml", "requirements.txt", "package.json", "package-lock.json"),
    *("README.md", "LICENSE", "CHANGELOG.md", "benchmarks", "Makefile", ".ci", "babel.cfg"),
    *(".ruff.toml", ".djlintrc", ".gitignore", ".editorconfig"),
}
MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|home|Users|tmp)/\w")
REGISTRY = re.compile(
    r"pypi\.(?:org|python\.org)|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com"
    r"|deb\.debian\.org"
)
NOTE = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")
BARE_IGNORE = re.compile(
    r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type: ignore(?:\[[^\]]*\])?)\s*$", re.MULTILINE
)
NAMED = re.compile(r"`(test_\w+)`")
LONGEST_FILE = 400
LONGEST_FUNCTION = 30


def tracked() -> list[Path]:
    """Every file that git holds or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - PATH decides
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of every file that is text."""
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            yield str(path.relative_to(ROOT)), data.decode()


def python() -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in texts() if name.endswith(".py"))


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{text[: hit.start()].count(chr(10)) + 1}: {hit.group()}"
        for name, text in texts()
        for hit in pattern.finditer(text)
    ]


def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def asked_for() -> list[str]:
    options = settings()
    wanted = options["options"]["install_requires"] + options["options.extras_require"]["test"]
    return wanted.split()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.split("[", maxsplit=1)[0]).lower()


def locked() -> dict[str, list[str]]:
    """Each pinned package, as name==version, with its hashes."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text).replace("\\\n", " ")
    entries = [line.split() for line in text.splitlines()]
    return {entry[0]: entry[1:] for entry in entries}


def test_top_level_is_what_the_architecture_lists():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} == TOP_LEVEL


def test_no_file_names_a_place_on_some_machine():
    assert found(MACHINE) == []


def test_no_file_names_a_package_registry():
    assert found(REGISTRY) == []


def test_the_docs_name_tests_that_are_there():
    known = {
        node.name
        for name, text in python()
        if name.startswith("tests/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    pages = {name: text for name, text in texts() if name.startswith("docs/")}
    named = {(page, one) for page, text in pages.items() for one in NAMED.findall(text)}
    assert len(named) >= 25
    assert {(page, one) for page, one in named if one not in known} == set()


def test_nothing_is_left_for_later():
    assert found(NOTE) == []


def test_every_lint_ignore_has_its_reason():
    bare = {name for name, text in python() if BARE_IGNORE.search(text)}
    assert bare == set()
    rules = (ROOT / ".ruff.toml").read_text(encoding="utf-8")
    assert [line for line in rules.splitlines() if re.match(r'  "[A-Z]+\d*",', line)] == [
        line for line in rules.splitlines() if re.match(r'  "[A-Z]+\d*", +# \w', line)
    ]


def test_no_file_is_longer_than_one_can_read():
    long = {
        name: text.count("\n")
        for name, text in python()
        if text.count("\n") > LONGEST_FILE and not name.startswith("migrations/")
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, text in python()
        if name.startswith("netmeet/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines_of(node) > LONGEST_FUNCTION
    ]
    assert long == []


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what it does: without signature and docstring."""
    has_docstring = ast.get_docstring(node, clean=False) is not None
    done = node.body[1:] if has_docstring else node.body
    return (done[-1].end_lineno or 0) - done[0].lineno + 1 if done else 0


def test_no_module_is_a_drawer_for_odds_and_ends():
    names = {Path(name).stem for name, _ in python()}
    assert names & {"utils", "util", "helpers", "helper", "common", "misc", "tools"} == set()


def test_nothing_prints():
    prints = [
        f"{name}:{node.lineno}"
        for name, text in python()
        if name.startswith(("netmeet/", "migrations/")) or "/" not in name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"print", "breakpoint"}
    ]
    assert prints == []


def test_every_package_is_pinned_with_hashes():
    assert {
        pin: hashes
        for pin, hashes in locked().items()
        if not re.fullmatch(r"[a-z0-9.\[\],-]+==\S+", pin)
        or not hashes
        or any(not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)
    } == {}


def test_the_lock_is_made_of_what_is_asked_for():
    pins = {normal(pin.split("==")[0]): pin.split("==")[1] for pin in locked()}
    for wanted in asked_for():
        name, version = wanted.split("==")
        assert pins[normal(name)] == version


def test_the_front_end_is_pinned_with_hashes_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_pyproject_holds_nothing_but_the_build_system():
    assert set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))) == {
        "build-system"
    }


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "pictures", "lock", "clean"])
def test_make_help_tells_of(target):
    told = subprocess.run(
        ["make", "help"],  # noqa: S607 - PATH decides
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(rf"^make {target} +\S", told, re.MULTILINE)
