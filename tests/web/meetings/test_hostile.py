"""Hostile files sent as a browser sends them (``security.md`` T12): refused in words or made
harmless; netmeet neither breaks nor swells."""

import contextvars
import re
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from netmeet.core.db import db
from netmeet.formats import files
from netmeet.formats.files import Kind
from netmeet.meetings.models import Attachment, FilePart
from tests import hostile, soak
from tests.active import active
from tests.world import World

EVERY = 4_000
MEMORY = 300 << 10
"""In kilobytes, beyond what the tests themselves take."""

REFUSED = re.compile(r'id="file-error">.*?</span>\s*([^<]+?)\s*</span>', re.DOTALL)
LIMIT = b"hostile-limit-4711"


def body(data: bytes, token: str) -> bytes:
    """Return the file and the form's token as a browser sends them."""
    begin = b"--" + LIMIT + b"\r\nContent-Disposition: form-data; name="
    parts = (b'"csrf_token"\r\n\r\n' + token.encode(), b'"file"; filename="x.pdf"\r\n\r\n' + data)
    return b"\r\n".join(begin + part for part in parts) + b"\r\n--" + LIMIT + b"--\r\n"


class Sender:
    """Somebody who sends one file after the other, and looks at what comes of each."""

    def __init__(self, world: World, path: str) -> None:
        self.path, self.tally, self.words = path, Counter(), Counter()
        self.wrong: list[str] = []
        self.browser = FlaskClient(world.app, Response)

    def ask(self, path: str, **more):
        ask = self.browser.post if more else self.browser.get
        return contextvars.Context().run(ask, path, **more)

    def send(self, data: bytes, token: str) -> None:
        kind = f"multipart/form-data; boundary={LIMIT.decode()}"
        answer = self.ask(self.path, data=body(data, token), content_type=kind)
        self.tally[answer.status_code] += 1
        if answer.status_code == 422:
            said = REFUSED.search(answer.get_data(as_text=True))
            self.words[said.group(1) if said else ""] += 1
            return
        if answer.status_code != 303:
            self.wrong.append(f"{answer.status_code}")
            return
        self.look_at(db.session.scalars(select(Attachment.id)).one())
        for table in (FilePart, Attachment):
            db.session.execute(delete(table))
        db.session.commit()

    def look_at(self, file_id: str) -> None:
        """Note what is left in what is handed out."""
        db.session.commit()
        answer = self.ask(f"/files/{file_id}")
        kind = files.kind_of(answer.data)
        is_active = kind is Kind.PDF and active(answer.data)
        is_sealed_off = answer.headers["Content-Security-Policy"].startswith("sandbox")
        is_kept = answer.headers["Content-Disposition"].startswith("attachment;")
        if hostile.CANARY in answer.data or is_active or not (is_sealed_off and is_kept and kind):
            self.wrong.append(f"something is left in {file_id}")


def resident() -> int:
    """Return the memory of this process in kilobytes."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.split("VmRSS:")[1].split()[0])


@pytest.mark.soak
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_hostile_files_are_refused_in_words_or_made_harmless(world):
    case = world.case()
    meeting = world.meeting(case)
    sender = Sender(world, f"/meetings/{meeting.id}/files")
    world.sign_in(sender.browser, case.person.user)
    token = (
        contextvars.Context()
        .run(sender.browser.get, "/login/token", headers={"Accept": "application/json"})
        .get_json()["csrf_token"]
    )
    begun, before = time.monotonic(), resident()
    for data in islice(hostile.variants(soak.dice()), soak.figure(EVERY)):
        sender.send(data, token)
    took, grown = time.monotonic() - begun, resident() - before
    print(
        f"T12: {sender.tally.total()} hostile uploads {dict(sender.tally)}, "
        f"{len(sender.words)} sorts of words, {len(sender.wrong)} wrong, "
        f"{grown >> 10} MB more memory, {took:.0f} s"
    )
    assert sender.wrong == []
    assert set(sender.tally) == {303, 422}
    assert "" not in sender.words
    assert grown < MEMORY
