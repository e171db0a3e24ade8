"""T22-T24: nothing that leaves the house tells who, where, or that it is about health."""

import html
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from netmeet.accounts import rules
from netmeet.accounts import service as accounts
from netmeet.accounts.models import UnitRole, User
from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.models import Case, Person
from netmeet.cli import demo
from netmeet.core import clock, ids
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, ContestedLine, Invitation, Meeting, MeetingRequest
from netmeet.meetings.rules import ContestKind, MeetingState
from netmeet.outbox import channels
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel, Letter
from netmeet.plans.models import Plan, PlanVersion
from tests.soak import IS_FULL, dice, figure
from tests.world import World, now

HEALTH = re.compile(
    r"psyki|diagnos|skizo|depress|angst|bipolar|misbrug|rusmid|medicin|selvskade|bostøtte|"
    r"netværksmøde|behandl|afdeling|distrikts|\bF-?ACT\b|\bOPUS\b",
    re.IGNORECASE,
)
CPR = re.compile(r"\b\d{6}[- ]?[0-9X]{4}\b")
NEUTRAL = {"mødeplan", "mødet", "møde", "the", "din", "dit", "kan", "har"}

_OF_ACTIONS = {"actions.news", "reminders.action", "reminders.own", "reminders.escalation"}
_OF_INVITATIONS = {"reminders.meeting_today", "reminders.meeting_tomorrow"}
_MANAGERS = select(UnitRole).where(UnitRole.role == Role.MGR)
_THINGS = {"meeting": Meeting, "request": MeetingRequest, "contested": ContestedLine}

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


def _add_what_the_stories_lack(app: Flask) -> None:
    """Give every open case a request, a contested line and a meeting nobody has prepared."""
    world = World(app)
    for case in [cases.by_id(one) for one in cases.open_ids()]:
        person, at = case.person.user, now()
        world.meeting(case, in_days=2, state=MeetingState.INVITED, invited=[person])
        known = {"case_id": case.id, "case": case, "due_on": clock.today()}
        db.session.add(
            MeetingRequest(author_id=person.id, asked_as=Role.PAT, requested_at=at, **known)
        )
        db.session.add(
            ContestedLine(
                line_kind="action", line_id=ids.new_id(), kind=ContestKind.MISTAKE, at=at, **known
            )
        )
    db.session.commit()


def _facts(kind: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield whom a message of the kind could be to, and what it could speak of."""
    if kind in _OF_ACTIONS:
        yield from _of_actions()
    elif kind.startswith("invitations.") or kind in _OF_INVITATIONS:
        for one in db.session.scalars(select(Invitation)):
            starts = db.session.get_one(Meeting, one.meeting_id).starts_local
            facts = {"invitation": one.id, "sequence": "99", "file": "1"}
            yield one.user_id, {**facts, "starts": starts.isoformat() if starts else ""}
    elif kind.startswith("accounts."):
        for user in db.session.scalars(select(User)):
            link = accounts.make_link(user, purpose="case", subject_id=user.id, at=now())
            yield user.id, {"code": "123456", "token": link}
    else:
        yield from _of_cases(ids.new_id())


def _of_actions() -> Iterator[tuple[str, dict[str, str]]]:
    managers = [role.user_id for role in db.session.scalars(_MANAGERS)]
    for one in db.session.scalars(select(Action)):
        facts = {"action": one.id, "due_on": str(one.due_on), "token": ids.new_id()}
        for user_id in [one.owner_id, *managers]:
            yield user_id or "", {**facts, "about": "owner"}


def _of_cases(token: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield for everybody in every case each thing of the case a message could speak of."""
    for case in [cases.by_id(one) for one in db.session.scalars(select(Case.id))]:
        facts = {"case_id": case.id, "token": token, "about": "x", "unit": case.unit_id or ""}
        for name, table in _THINGS.items():
            held = db.session.scalars(select(table).where(table.case_id == case.id)).all()
            if held:
                facts[name] = held[-1].id
            if name == "meeting" and held:
                starts = held[-1].starts_local
                facts["starts"] = starts.isoformat() if starts else ""
        versions = select(PlanVersion).join(PlanVersion.plan).where(Plan.case_id == case.id)
        for version in db.session.scalars(versions):
            facts["plan_version"] = version.id
        missing = dict.fromkeys((*_THINGS, "plan_version", "starts"), "")
        managers = [role.user_id for role in db.session.scalars(_MANAGERS)]
        for user_id in [*(m.user_id for m in case.members), *managers]:
            yield user_id, {**missing, **facts}


def _made(kind: str) -> list[Message]:
    """Return a message of the kind to everybody it could be for."""
    return [
        Message(
            id=(key := ids.new_id()),
            key=f"{kind}:{key}",
            kind=kind,
            user_id=user_id,
            case_id=facts.get("case_id"),
            channel=Channel.MAIL,
            address="",
            facts=facts,
            created_at=now(),
        )
        for user_id, facts in _facts(kind)
    ]


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


def _written(kind: str, at_random: Random, *, most: int) -> Iterator[tuple[Message, Letter]]:
    """Yield at most so many letters of the kind that would leave on one of the days around now."""
    made = _made(kind)
    at_random.shuffle(made)
    for message in made:
        if most == 0:
            return
        for days in (0, 1):
            at = message.created_at + timedelta(days=days)
            letter = outbox.render(message, at=at) if message.user_id else None
            if letter is not None:
                most -= 1
                yield message, letter
                break


@pytest.mark.soak
def test_no_outgoing_message_of_any_kind_gives_anything_away(told):
    at_random = dice()
    _add_what_the_stories_lack(told)
    kinds: Counter[str] = Counter()
    given_away = []
    for variant in VARIANTS:
        _vary(variant, at_random)
        words = sorted(_secrets(), key=len, reverse=True)
        pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE)
        for kind in sorted(outbox.kinds()):
            _let_it_be_news(kind)
            for message, letter in _written(kind, at_random, most=figure(20)):
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


def _let_it_be_news(kind: str) -> None:
    """Bring meetings and invitations to where such a message would leave."""
    for meeting in db.session.scalars(select(Meeting).where(Meeting.published_at.is_(None))):
        is_off = kind == "invitations.cancelled"
        meeting.state = MeetingState.CANCELLED if is_off else MeetingState.INVITED
    for invitation in db.session.scalars(select(Invitation)):
        invitation.withdrawn_at = now() if kind == "invitations.withdrawn" else None
    db.session.flush()
    db.session.expire_all()


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
