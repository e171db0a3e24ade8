"""Nothing that leaves, and no page of relatives and guests, tells where a protected person is
(``security.md`` T24); no file tells a number, a mail or an address of anybody (T22); and reading
all of it changes nothing (T17)."""

import io
import re
import subprocess
import zipfile
from collections import Counter
from dataclasses import dataclass

import pikepdf
import pytest

from netmeet.accounts import rules
from netmeet.accounts.models import User
from netmeet.cases import queries
from netmeet.core.db import db
from netmeet.meetings.models import Meeting
from tests import soak
from tests.access import routes
from tests.access.canary import CANARY, heard
from tests.access.judge import Wanted, expected
from tests.web.sweep.test_audit_rows import things

# What is written does not depend on the database.
pytestmark = pytest.mark.parametrize("stage", ["sqlite"], indirect=True)

PHONE = "98 76 54 32"
ANYBODYS = re.compile(r"@example\.org|\b\d{6}[- ]?\d{4}\b|Vej 7 Kanariefugl\d{5}")
"""Mails, numbers and addresses: of nobody in any file but the mail of who gets it."""
A_PATIENT = re.compile(r"Kanariefugl|psyki|diagnos|netværksmøde|behandl", re.IGNORECASE)
TENTH = 1 if soak.IS_FULL else 0.1
PERSONS_SIDE = {"pat", "prox"}
OUTSIDE = {"rel", "ext", "intp"}


def said(answer):
    """Return everything an answer says: its head, its words, and what stands behind a file."""
    head = str(answer.headers)
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return head + "".join(book.read(name).decode() for name in book.namelist())
    if answer.mimetype != "application/pdf" or not answer.data:
        return head + answer.get_data(as_text=True).replace("\r\n ", "")
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        head += "".join(map(str, paper.docinfo.values()))
        head += (
            bytes(paper.Root.Metadata.read_bytes()).decode() if "/Metadata" in paper.Root else ""
        )
    read = ["pdftotext", "-", "-"]
    words = subprocess.run(read, input=answer.data, capture_output=True, check=True)
    return head + words.stdout.decode()


def behind(paper):
    """Return what a PDF says of itself."""
    told = paper.Root.Metadata.read_bytes().decode() if "/Metadata" in paper.Root else ""
    return told + "".join(map(str, paper.docinfo.values()))


def outside(answer):
    """Return what is read of a file before it is opened: its name, and its title."""
    name = answer.headers.get("Content-Disposition", "")
    if answer.mimetype != "application/pdf":
        return name
    with pikepdf.open(io.BytesIO(answer.data)) as paper:
        return name + behind(paper)


@pytest.fixture(autouse=True)
def _papers(monkeypatch):
    """Let everybody print as much as the sweep asks for."""
    monkeypatch.setattr(rules, "PDFS_A_MINUTE", 100_000)


@dataclass
class Protected:
    """Words that tell where somebody is: how to reach them at home, and where they are met."""

    home: re.Pattern
    anywhere: re.Pattern


@pytest.fixture
def protected(stage):
    """Return the words of the person of the main case, whose name and address are protected."""

    def mark(*, is_protected):
        with stage.app.app_context():
            case = queries.by_id(stage.cases["main"])
            case.person.is_protected = is_protected
            case.person.user.phone = PHONE
            meetings = db.session.query(Meeting).filter_by(case_id=case.id).all()
            for meeting in meetings:
                meeting.show_place = is_protected
            home = [*marked(case.person.user.address), PHONE, PHONE.replace(" ", "")]
            places = [mark for meeting in meetings for mark in marked(meeting.place)]
            db.session.commit()
            db.session.remove()
        return Protected(*(re.compile("|".join(words)) for words in (home, [*home, *places])))

    yield mark(is_protected=True)
    stage.forgets = True
    mark(is_protected=False)


def marked(text):
    """Return the words of a text that are on the stage once."""
    return [f"{CANARY}{number}" for number in heard(text)]


def asked(stage, dice):
    """Yield who may read what there is: each address by each role, or a tenth of them."""
    known = stage.facts()
    everybody = list(stage.personas.values())
    for route in routes.found(stage.app):
        if route.method != "GET" or route.operation.startswith("public."):
            continue
        is_file = route.rule.rule.endswith((".pdf", ".ics", ".xlsx", ".csv"))
        seen = set()
        dice.shuffle(everybody)
        for persona in everybody:
            who = persona.fresh.caller
            may = [
                thing
                for thing in things(stage, known, route, persona.fresh)
                if expected(known, who, route, thing, stage.first_parts) is Wanted.LET_IN
            ]
            is_wanted = is_file or who.role in OUTSIDE or dice.random() <= TENTH
            if not may or who.role in seen or not is_wanted or (TENTH < 1 and is_file and seen):
                continue
            seen.add(who.role)
            for thing in may if soak.IS_FULL else dice.sample(may, 1):
                yield route, persona, thing


@pytest.mark.soak
def test_no_exit_tells_where_a_protected_person_is(stage, protected):
    dice, leaks, files, pages, read = soak.dice(), *(Counter() for _ in range(4))
    before, stage.forgets = stage.contents(), False
    for route, persona, thing in asked(stage, dice):
        role = persona.fresh.caller.role
        answer = stage.ask(persona.fresh, "GET", route.path(thing.id, stage.first_parts))
        read[role] += 1
        if answer.status_code != 200:
            continue
        words = said(answer)
        is_page = answer.mimetype == "text/html" and "/letters/" not in route.rule.rule
        (pages if is_page else files)[role] += 1
        if not is_page or role in OUTSIDE:
            hit = protected.anywhere.search(words)
        else:
            hit = protected.home.search(words) if role not in PERSONS_SIDE else None
        if hit:
            leaks[route.rule.rule, role, hit.group()] += 1
    print(
        f"T24: {files.total()} files and letters and {pages.total()} pages of a protected person, "
        f"{sum(pages[role] for role in OUTSIDE)} of them of relatives and guests, "
        f"{leaks.total()} tell where"
    )
    after = stage.contents()
    changed = [name for name in before if before[name] != after[name]]
    print(f"T17: {read.total()} pages read as {len(read)} roles, {len(changed)} tables changed")
    assert not leaks, "\n".join(map(str, leaks))
    assert not changed
    assert len(read) > (10 if soak.IS_FULL else 7)
    assert sum(pages[role] for role in OUTSIDE) > 5


def of_whom(stage, route, persona):
    """Return the mail and the address of who gets the file, which alone may stand in it."""
    who = stage.first_parts["user_id"] if "user_id" in route.rule.arguments else persona.user_id
    if not who:
        return re.compile("(?!)")  # what fetches without a login is told nobody's
    with stage.app.app_context():
        user = db.session.get_one(User, who)
        found = [user.email, *marked(user.address)]
        db.session.rollback()
    return re.compile("|".join(map(re.escape, found)))


@pytest.mark.soak
def test_no_file_tells_numbers_mails_or_addresses(stage):
    """Papers name whom they are about; what they never hold is a number, a mail or an address."""
    dice, leaks, kinds = soak.dice(), Counter(), Counter()
    for route, persona, thing in asked(stage, dice):
        ending = route.rule.rule.rpartition(".")[2]
        if ending not in {"pdf", "ics", "xlsx", "csv"}:
            continue
        answer = stage.ask(persona.fresh, "GET", route.path(thing.id, stage.first_parts))
        if answer.status_code != 200:
            continue
        words = of_whom(stage, route, persona).sub("", said(answer))
        kinds[ending] += 1
        leaks.update((route.rule.rule, hit) for hit in ANYBODYS.findall(words))
        if ending in {"xlsx", "csv", "ics"}:
            leaks.update((route.rule.rule, hit) for hit in re.findall("Kanariefugl", words))
        leaks.update((route.rule.rule, hit) for hit in A_PATIENT.findall(outside(answer)))
    print(f"T22: {dict(kinds)} files, {leaks.total()} numbers, mails or addresses in them")
    assert not leaks, "\n".join(map(str, leaks))
    assert set(kinds) >= {"pdf", "xlsx", "csv"}
