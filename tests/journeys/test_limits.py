"""T17: limits are counted across four worker processes, per account and address, not globally."""

import http.client
import re
import subprocess
import sys
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from netmeet.accounts import rules
from netmeet.cases import rules as cases
from tests import browser
from tests.browser import ROOT
from tests.soak import figure

WORKERS = 4
HANDS = 8


@contextmanager
def four_workers(live) -> Iterator[int]:
    """Serve the running demo's database by four single-threaded processes more; give the port."""
    port = browser.free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--workers", str(WORKERS), "--preload"),
        *("--no-control-socket", "--log-level", "info", "--bind", f"127.0.0.1:{port}"),
    ]
    settings = browser.environment(live.instance, port, database_url=live.database_url)
    process = subprocess.Popen(command, cwd=ROOT, env=settings, text=True, stderr=subprocess.PIPE)
    assert process.stderr is not None
    booted = 0
    for line in process.stderr:
        booted += "Booting worker" in line
        if booted == WORKERS:
            break
    try:
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=30)


class Hand:
    """A client at an address of its own, with its cookie."""

    def __init__(self, port: int, source: str) -> None:
        self.port, self.source, self.cookie = port, source, ""

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Ask, and return status and text."""
        line = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(self.source, 0)
        )
        with closing(line):
            headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
            line.request(method, path, urllib.parse.urlencode(fields), headers)
            answer = line.getresponse()
            cookie = answer.getheader("Set-Cookie")
            self.cookie = cookie.split(";")[0] if cookie else self.cookie
            return answer.status, answer.read().decode()

    def send(self, path: str, **fields: str) -> int:
        """Post a form with a good token, and return the status."""
        _status, page = self.ask("GET", "/login/token")
        token = re.search(r'"csrf_token": ?"([^"]+)"', page).group(1)
        return self.ask("POST", path, csrf_token=token, **fields)[0]


def at_once(times, do):
    """Do it so many times, several at once, and count what came of it."""
    with ThreadPoolExecutor(HANDS) as pool:
        return Counter(pool.map(do, range(times)))


@pytest.mark.soak
def test_four_workers_together_let_through_what_one_may(live):
    times = max(figure(200), 20)

    def try_password(port, email, source):
        def one(_number):
            return Hand(port, source).send("/login", email=email, password="wrong but long")

        return at_once(times, one)

    with four_workers(live) as port:
        one_account = try_password(port, "somebody@example.org", "127.0.0.2")
        another = Hand(port, "127.0.0.3").send("/login", email="other@example.org", password="x")
        same_account = Hand(port, "127.0.0.4").send(
            "/login", email="somebody@example.org", password="x"
        )
        lise = Hand(port, "127.0.0.5")
        page = lise.ask("GET", "/login")[1]
        door = re.search(r'(/demo/\w{16})"(?:(?!/demo/).)*Lise', page, re.DOTALL).group(1)
        assert lise.send(door) == 303
        token = re.search(r'"csrf_token": ?"([^"]+)"', lise.ask("GET", "/login/token")[1]).group(1)
        kept = lise.cookie

        def search(_number):
            hand = Hand(port, "127.0.0.5")
            hand.cookie = kept
            fields = {"cpr": "0101010000", "reason": "Ny henvisning", "csrf_token": token}
            return hand.ask("POST", "/cases/search", **fields)[0]

        searches = at_once(cases.SEARCHES_AN_HOUR + 10, search)
    print(f"T17: {WORKERS} workers, {times} tries to sign in: {dict(one_account)}")
    print(f"T17: {WORKERS} workers, searches by CPR: {dict(searches)}")
    assert one_account == {422: rules.LOGIN_TRIES, 429: times - rules.LOGIN_TRIES}
    assert (another, same_account) == (422, 429), "per account and address, not global"
    assert searches == {200: cases.SEARCHES_AN_HOUR, 429: 10}
