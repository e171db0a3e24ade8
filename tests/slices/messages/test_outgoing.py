"""T22-T24: nothing that leaves the house tells who, where, or that it is about health."""

import html
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from netmeet.accounts import rules
from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.models import Person
from netmeet.cli import demo
from netmeet.core import clock, ids
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, Invitation, Meeting
from netmeet.outbox import channels
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from tests import letters
from tests.soak import IS_FULL, dice, figure
from tests.world import World, now

HEALTH = re.compile(
    r"psyki|diagnos|skizo|depress|angst|bipolar|misbrug|rusmid|medicin|selvskade|bostøtte|"
    r"netværksmøde|behandl|afdeling|distrikts|\bF-?ACT\b|\bOPUS\b",
    re.IGNORECASE,
)
CPR = re.compile(r"\b\d{6}[- ]?[0-9X]{4}\b")
NEUTRAL = {"mødeplan", "mødet", "møde", "the", "din", "dit", "kan", "har"}

VARIANTS = {"da": False, "en": False, "da, protected": True, "en, protected": True}


# What is written does not depend on the database.
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def told(app: Flask) -> Iterator[Flask]:
    """Return netmeet with the demo in it, every person's name and address protected."""
    with app.app_context():
        demo.load(clock.today())
        yield app
        db.session.rollback()


def _secrets() -> set[str]:
    """Return every word that must not leave: names, contacts, places and what is talked about."""
    texts: set[str] = set()
    for user in db.session.scalars(select(User)):
        texts |= {user.name, *user.name.split(), user.email, user.phone, user.address}
    for meeting in db.session.scalars(select(Meeting)):
        texts |= {meeting.purpose, meeting.place, meeting.greeter, meeting.video_link}
    texts |= {item.title for item in db.session.scalars(select(AgendaItem))}
    texts |= {action.what for action in db.session.scalars(select(Action))}
    texts |= {person.cpr for person in db.session.scalars(select(Person))}
    return {text.lower() for text in texts if len(text) > 2} - NEUTRAL


def _parts(letter: Letter) -> dict[str, str]:
    file = letter.calendar.decode().replace("\r\n ", "") if letter.calendar else ""
    return {
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "calendar": file,
        "message_id": letter.message_id + letter.in_reply_to,
    }


def _told_by(letter: Letter, secrets: re.Pattern[str], reader: User) -> list[str]:
    """Return what the letter gives away; the reader's own address and own word are theirs."""
    found = []
    for part, text in _parts(letter).items():
        plain = text.replace(reader.email, "").replace(reader.own_word or "\0", "")
        plain = re.sub(r"https?://\S+", "", plain)
        for pattern in (secrets, HEALTH, CPR):
            found += [f"{part}: {hit.group(0)}" for hit in pattern.finditer(plain)]
    return found


def _vary(variant: str, at_random: Random) -> None:
    lang, _sep, protected = variant.partition(", ")
    for user in db.session.scalars(select(User)):
        user.lang = lang
        user.address = user.address or f"Hemmelig Allé {at_random.randrange(10, 99)}, 1799 Skjulby"
    for person in db.session.scalars(select(Person)):
        person.is_protected = bool(protected)
    for meeting in db.session.scalars(select(Meeting)):
        meeting.show_place = bool(protected)
    db.session.flush()


@pytest.mark.soak
def test_no_outgoing_message_of_any_kind_gives_anything_away(told):
    at_random = dice()
    letters.add_what_the_stories_lack(told)
    kinds: Counter[str] = Counter()
    given_away = []
    for variant in VARIANTS:
        _vary(variant, at_random)
        words = sorted(_secrets(), key=len, reverse=True)
        pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE)
        for kind in sorted(outbox.kinds()):
            letters.let_it_be_news(kind)
            for message, letter in letters.written(kind, at_random, most=figure(20)):
                kinds[kind] += 1
                reader = db.session.get_one(User, message.user_id)
                hits = _told_by(letter, pattern, reader)
                given_away += [f"{kind} ({variant}) {hit}" for hit in hits]
    silent = sorted(set(outbox.kinds()) - set(kinds))
    print(
        f"T22/T24: {sum(kinds.values())} messages of {len(kinds)} kinds of {len(outbox.kinds())}, "
        f"{len(given_away)} words given away"
    )
    assert given_away == []
    assert silent == []


def _paper(answer: TestResponse) -> str:
    """Return the words of the letter on the page, or of its file."""
    if answer.mimetype == "application/pdf":
        read = ["pdftotext", "-", "-"]
        return subprocess.run(
            read, input=answer.data, capture_output=True, check=True
        ).stdout.decode()
    sheet = answer.get_data(as_text=True).split('class="letter-sheet"')[1].split("</main>")[0]
    return html.unescape(re.sub(r"<[^>]+>", " ", sheet))


def _leader(meeting: Meeting) -> User:
    case = cases.by_id(meeting.case_id)
    return next(one.user for one in case.members if one.user_id in case.lead_ids)


def _own_words(invitation: Invitation, *, is_protected: bool) -> set[str]:
    """Return what the letter may hold: the recipient, to the person who comes, and where."""
    meeting = db.session.get_one(Meeting, invitation.meeting_id)
    reader = db.session.get_one(User, invitation.user_id)
    case = cases.by_id(meeting.case_id)
    own = {reader.name, *reader.name.split(), reader.own_word}
    own |= {m.user.phone for m in case.members if m.role.is_staff}
    is_person = reader.id == case.person.user_id
    if is_person:
        own |= {meeting.greeter, *(m.user.first_name for m in case.members)}
    if not is_protected:
        own.add(meeting.place)
    if not (is_protected and is_person):
        own.add(reader.address)
    return own - {""}


def _given_away(paper: str, own: set[str], secrets: set[str]) -> list[str]:
    mine = {part.lower() for text in own for part in (text, *text.split())}
    words = "|".join(rf"\b{re.escape(word)}\b" for word in secrets - mine)
    for text in sorted(own, key=len, reverse=True):
        paper = paper.replace(text, " ")
    known = (re.compile(words, re.IGNORECASE), HEALTH, CPR)
    return [hit.group(0) for pattern in known for hit in pattern.finditer(paper)]


@pytest.mark.soak
def test_no_letter_gives_anything_away(told, client, monkeypatch):
    """On paper too: the recipient's own name and address and, to the person, who comes."""
    monkeypatch.setattr(rules, "PDFS_A_MINUTE", 1_000)
    at_random, world, given_away, read = dice(), World(told), [], Counter()
    sent = list(db.session.scalars(select(Invitation).where(Invitation.sent_at.is_not(None))))
    for is_protected in (False, True):
        _vary("da, protected" if is_protected else "da", at_random)
        secrets = _secrets()
        at_random.shuffle(sent)
        for number, invitation in enumerate(sent if IS_FULL else sent[:10]):
            own = _own_words(invitation, is_protected=is_protected)
            world.sign_in(client, _leader(db.session.get_one(Meeting, invitation.meeting_id)))
            path = f"/meetings/{invitation.meeting_id}/letters/{invitation.user_id}"
            for where in (path, f"{path}.pdf") if number < figure(30) else (path,):
                answer = client.get(where)
                if answer.status_code == 200:
                    read[answer.mimetype, is_protected] += 1
                    paper = re.sub(r"https?://\S+", "", _paper(answer))
                    given_away += [f"{where} {hit}" for hit in _given_away(paper, own, secrets)]
    pages, files = (
        sum(n for (kind, _is), n in read.items() if kind == one)
        for one in ("text/html", "application/pdf")
    )
    print(f"T22: letters: {pages} pages and {files} files, {len(given_away)} words given away")
    assert given_away == []
    assert len(read) == 4


@pytest.mark.soak
@pytest.mark.parametrize("field", ["name", "own_word"])
def test_no_line_break_in_a_name_or_a_word_becomes_a_header(world, smtp_sink, field):
    at_random, tries, user = dice(), figure(100), world.hanne
    sent = 0
    for _n in range(tries):
        end = at_random.choice(["\r\n", "\n", "\r", "\x0b", "\u2028", "=?utf-8?q?=0D=0A?="])
        header = at_random.choice(["Bcc: thief@example.org", "Subject: x", "\r\n<b>x</b>"])
        setattr(user, field, f"solsort{end}{header}")
        facts = {"about": "x"}
        message = Message(key=ids.new_id(), kind="cases.news", user_id=user.id, facts=facts)
        channels.post(
            outbox.render(message, at=now()), url=smtp_sink.url, sender="moede@netmeet.example"
        )
        sent += 1
    print(f"T23: {sent} tries in {field}, {len(smtp_sink.messages)} mails")
    for received in smtp_sink.messages:
        assert received.recipients == (user.email,)
        assert received.message["Bcc"] is None
        assert len(received.message.get_all("Subject")) == 1
    assert len(smtp_sink.messages) == sent == tries
