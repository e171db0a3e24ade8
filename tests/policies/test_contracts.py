"""Every import contract is tried with a deliberate violation in a copy of the package."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# contract → each: where the violation is put, and what is written there
VIOLATIONS = [
    ("stack", "cases/models", "import netmeet.plans.models"),
    ("stack", "core/clock", "import netmeet.web"),
    ("stack", "drawer", ""),
    ("slice", "actions/queries", "import netmeet.actions.service"),
    ("slice", "actions/models", "import netmeet.actions.policy"),
    ("slice", "actions/drawer", ""),
    ("domain", "actions/service", "import flask"),
    ("domain", "actions/rules", "import netmeet.web"),
    ("domain", "core/clock", "import flask_login"),
    ("pure", "formats/ical", "import sqlalchemy"),
    ("pure", "actions/rules", "import netmeet.core.db"),
    ("tables", "actions/views", "import netmeet.actions.models"),
    ("tables", "actions/forms", "import sqlalchemy"),
    ("leaves", "pages/queries", "import netmeet.actions.views"),
    ("leaves", "accounts/service", "import netmeet.outbox.jobs"),
    ("clock", "actions/service", "import netmeet.core.clock"),
    ("pages", "pages/views", "import netmeet.actions.service"),
    ("pdf", "formats/ical", "import weasyprint"),
    ("pdf", "plans/exports", "import weasyprint"),
    ("files", "formats/pdf", "import PIL"),
    ("files", "meetings/service", "import pikepdf"),
    ("mail", "outbox/service", "import smtplib"),
    ("mail", "web/errors", "import smtplib"),
    ("scheduler", "app", "import apscheduler"),
    ("scheduler", "outbox/jobs", "import apscheduler"),
]


@pytest.fixture
def copy(tmp_path):
    """A copy of the package with its contracts."""
    shutil.copytree(ROOT / "netmeet", tmp_path / "netmeet")
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def contracts():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {name.removeprefix(prefix): parser[name] for name in parser if name.startswith(prefix)}


def modules(*parts):
    """Names of the modules directly in a package."""
    folder = ROOT.joinpath("netmeet", *parts)
    return {".".join(("netmeet", *parts, path.stem)) for path in folder.glob("[!_]*.py")}


def file_of(copy: Path, module: str) -> Path:
    """Where a module's text stands; it is made where the module does not exist yet."""
    package = copy / "netmeet" / module
    path = package / "__init__.py" if package.is_dir() else package.with_suffix(".py")
    path.touch()
    return path


def break_rule(copy: Path, module: str, line: str):
    imported = line.removeprefix("import ")
    if imported.startswith("netmeet."):
        file_of(copy, imported.removeprefix("netmeet.").replace(".", "/"))
    with file_of(copy, module).open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")


def lint(copy: Path, contract: str) -> str:
    """What import-linter says of one contract, its long lines joined again."""
    said = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-logo",
            "--no-cache",
            "--contract",
            contract,
        ],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return " ".join(said.split())


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS)
def test_a_violation_breaks(copy, contract, module, line):
    break_rule(copy, module, line)
    assert f"{contracts()[contract]['name']} BROKEN" in lint(copy, contract)


def test_every_contract_is_tried():
    assert {contract for contract, _, _ in VIOLATIONS} == set(contracts())


def test_no_import_is_excused():
    assert [name for name, section in contracts().items() if "ignore_imports" in section] == []


@pytest.mark.parametrize("free", ["pdf", "files"])
def test_a_contract_of_formats_names_all_of_it_but_the_free_one(free):
    named = set(contracts()[free]["source_modules"].split())
    assert modules("formats") - {f"netmeet.formats.{free}"} <= named


@pytest.mark.parametrize(
    ("contract", "free"),
    [("pdf", "formats"), ("files", "formats"), ("mail", "outbox"), ("scheduler", "worker")],
)
def test_a_contract_names_every_part_but_the_free_one(contract, free):
    parts = {path.stem for path in (ROOT / "netmeet").iterdir() if path.name[0].islower()}
    parts -= {"translations", free}
    named = set(contracts()[contract]["source_modules"].split())
    assert {f"netmeet.{part}" for part in parts} <= named
