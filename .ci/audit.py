# ruff: noqa: INP001 - a script of the build, in no package
"""Ask whether a flaw is known in any package of the two lock files (``security.md`` T48).

``python .ci/audit.py npm``: pip-audit asks the Python package index, npm its registry. An index
that does not know such questions must not pass for one that knows no flaws. The exit code is

- 0 when all packages were asked about and no flaw is known,
- 1 when a flaw is known, or only some of the packages were answered,
- 3 when nobody answered: then nothing is known, and the caller is to say so.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
PATIENCE = 300
CLEAN, FLAWED, UNASKED = 0, 1, 3


@dataclass
class Answer:
    """What was said of one lock: flaws by package, who was answered and who was not, and why."""

    flaws: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked: int = 0
    silent: int = 0
    why: str = ""

    @property
    def code(self) -> int:
        """Return the exit code this answer asks for."""
        if self.flaws or (self.asked and self.silent):
            return FLAWED
        return CLEAN if self.asked else UNASKED


def python_packages(report: str, problem: str = "") -> Answer:
    """Return what pip-audit's report (JSON) says; ``problem`` is what it complained of."""
    try:
        told: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(why=_last(problem) or "pip-audit gave no report")
    skipped = [one["skip_reason"] for one in told if "skip_reason" in one]
    flaws = {
        f"{one['name']} {one['version']}": [flaw["id"] for flaw in one["vulns"]]
        for one in told
        if one.get("vulns")
    }
    why = skipped[0] if skipped else ""
    return Answer(flaws=flaws, asked=len(told) - len(skipped), silent=len(skipped), why=why)


def node_packages(report: str, problem: str = "") -> Answer:
    """Return what ``npm audit --json`` says."""
    try:
        told: dict[str, Any] = json.loads(report)
        total = int(told["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        known = report if report.strip() else problem
        return Answer(why=_message(known) or "npm gave no report")
    flaws = {
        name: [via["url"] if isinstance(via, dict) else str(via) for via in one["via"]]
        for name, one in told["vulnerabilities"].items()
    }
    return Answer(flaws=flaws, asked=total)


def _message(report: str) -> str:
    try:
        told = json.loads(report)
        return str(told.get("message") or told["error"]["summary"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _last(report)


def _last(text: str) -> str:
    return next((line for line in reversed(text.strip().splitlines()) if line.strip()), "")


def ask_python(lock: Path, *options: str) -> Answer:
    """Ask about every package of ``requirements.txt``; ``options`` go to pip-audit."""
    told = _run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes"),
            *("--disable-pip", "--format", "json", "--progress-spinner", "off", *options),
        ],
        cwd=ROOT,
    )
    return python_packages(told.stdout, told.stderr)


def ask_node(npm: Sequence[str], folder: Path, *options: str) -> Answer:
    """Ask about every package of ``package-lock.json`` in ``folder``."""
    told = _run([*npm, "audit", "--json", "--package-lock-only", *options], cwd=folder)
    return node_packages(told.stdout, told.stderr)


def _run(command: Sequence[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - our own words
            command, cwd=cwd, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return subprocess.CompletedProcess(command, UNASKED, "", str(fault))


def tell(what: str, answer: Answer) -> None:
    """Print what came of it."""
    lines = [f"  {name}: {', '.join(ids)}" for name, ids in answer.flaws.items()]
    if answer.code == UNASKED:
        lines.append(f"T48: {what}: NOT ASKED, no package was answered ({answer.why})")
    else:
        why = f" ({answer.why})" if answer.silent else ""
        lines.append(
            f"T48: {what}: {answer.asked} packages asked about, {len(answer.flaws)} with known "
            f"flaws, {answer.silent} without an answer{why}"
        )
    sys.stdout.write("\n".join([*lines, ""]))


def worst(codes: Sequence[int]) -> int:
    """Return the one exit code of several: a flaw comes before silence, silence before none."""
    return next((code for code in (FLAWED, UNASKED) if code in codes), CLEAN)


def main(npm: Sequence[str]) -> int:
    """Ask both and return the exit code."""
    answers = {"Python": ask_python(LOCK), "npm": ask_node(npm, ROOT)}
    for what, answer in answers.items():
        tell(what, answer)
    return worst([answer.code for answer in answers.values()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["npm"]))
