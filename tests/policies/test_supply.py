"""What netmeet is built of is listed, and nothing in it is known to be broken (T48)."""

import json
import subprocess
import sys
from pathlib import Path

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


def parts(tmp_path):
    target = tmp_path / "build" / "sbom.json"
    subprocess.run([sys.executable, str(ROOT / ".ci" / "sbom.py"), str(target)], check=True)
    return json.loads(target.read_text(encoding="utf-8"))


def test_every_package_of_both_locks_is_listed_with_its_digests(tmp_path):
    told = parts(tmp_path)
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.5")
    listed = {part["purl"]: part for part in told["components"]}
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = sum("==" in line and not line.startswith(("#", " ")) for line in pins)
    node = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert len(listed) == wanted + len(node) - 1
    assert all(part["externalReferences"][0]["hashes"] for part in listed.values())
    print(f"T48: {len(listed)} parts listed, each pinned by digest")


def test_no_part_is_older_than_its_last_published_flaw(tmp_path):
    held = {part["name"]: part["version"] for part in parts(tmp_path)["components"]}
    for name, sound in SOUND_FROM.items():
        assert Version(held[name]) >= Version(sound), name
