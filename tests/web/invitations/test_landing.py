"""The personal link (T7): it identifies, shows nothing of anybody, and never admits."""

import base64
import random
import string

import pytest
from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from netmeet.accounts import service as accounts
from netmeet.audit.models import AuditEvent
from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.db import db
from netmeet.invitations import queries, service
from netmeet.invitations.models import Answer
from netmeet.meetings.models import PreparationAnswer
from netmeet.meetings.rules import MeetingState, Question
from netmeet.outbox.models import Message
from tests.soak import dice, figure
from tests.world import now

SECRETS = ("Mia", "Sørensen", "Jonas", "Hanne", "Lise", "bolig", "lokale", "sykiatri")


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    for member in case.members:
        service.draft(meeting, member, by=by, at=now())
    service.send(meeting, version=meeting.version, by=by, at=now())
    return meeting


def token_of(user):
    statement = select(Message).where(Message.user_id == user.id)
    return db.session.scalars(statement).one().facts["token"]


def answers():
    return db.session.scalars(select(Answer)).all()


def again(meeting):
    """Return the meeting as it is after a request."""
    return queries.meeting(meeting.id)


def main_of(answer):
    """The page without its foot: the demo's own words are no secret."""
    return answer.get_data(as_text=True)


def test_the_page_shows_time_and_number_and_nothing_of_anybody(world, client, meeting):
    page = client.get(f"/i/{token_of(world.jonas)}")
    text = main_of(page)
    assert page.status_code == 200
    assert str(again(meeting).invitation(world.jonas.id).number) in text
    assert "kl. 13.00" in text
    assert [word for word in SECRETS if word in text] == []


def test_opening_it_a_hundred_times_changes_nothing(world, client, meeting):
    token, version = token_of(world.jonas), meeting.version
    for _time in range(100):
        assert client.get(f"/i/{token}").status_code == 200
    assert answers() == []
    assert again(meeting).version == version
    assert again(meeting).invitation(world.jonas.id).opened_at is None
    assert client.get(f"/meetings/{meeting.id}/answer").status_code == 303, "it admits nobody"


@pytest.mark.parametrize("value", ["yes", "maybe", "no"])
def test_a_tap_records_that_and_only_that(world, client, meeting, value):
    token = token_of(world.jonas)
    answer = client.send(f"/i/{token}", {"answer": value, "via": "login", "text": "x"})
    assert (answer.status_code, answer.location) == (303, f"/i/{token}")
    (kept,) = answers()
    assert (kept.value, kept.via, kept.by_id) == (value, "link", world.jonas.id)
    assert "Du har svaret" in main_of(client.get(f"/i/{token}"))


def test_a_tap_without_a_form_token_or_with_nonsense_records_nothing(world, client, meeting):
    token = token_of(world.jonas)
    assert client.post(f"/i/{token}", data={"answer": "yes"}).status_code == 400
    assert client.send(f"/i/{token}", {"answer": "perhaps"}).status_code == 400
    assert answers() == []


def test_the_same_neutral_page_for_every_link_that_leads_nowhere(world, client, case, meeting):
    by = world.actor(world.lise)
    withdrawn, expired, cut = (token_of(u) for u in (world.hanne, world.jonas, world.lise))
    service.withdraw(meeting.invitation(world.hanne.id), by=by, at=now())
    expired = accounts.make_link(
        world.jonas,
        purpose="invitation",
        subject_id=meeting.invitation(world.jonas.id).id,
        at=now(),
        expires_at=now(),
    )
    foreign = accounts.make_link(
        world.stranger,
        purpose="invitation",
        subject_id=meeting.invitation(world.jonas.id).id,
        at=now(),
    )
    listed = accounts.make_link(world.stranger, purpose="case", subject_id=case.id, at=now())
    pages = set()
    for token in (withdrawn, expired, cut[:-1], "nothing", foreign, listed):
        answer = client.get(f"/i/{token}")
        assert answer.status_code == 404
        pages.add(main_of(answer).replace(token, ""))
        assert "Invitationen gælder ikke længere" in main_of(answer)
        assert client.send(f"/i/{token}", {"answer": "yes"}).status_code == 404
        assert client.send(f"/i/{token}/code").status_code == 404
    assert answers() == []
    denied = select(func.count(AuditEvent.id)).where(AuditEvent.allowed.is_(False))
    assert db.session.scalar(denied) >= 6


def test_a_changed_letter_never_opens(world, client, meeting):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance, token = random.Random(seed), token_of(world.jonas)
    for _time in range(20):
        place = chance.randrange(len(token))
        other = chance.choice([c for c in string.ascii_letters if c != token[place]])
        changed = token[:place] + other + token[place + 1 :]
        # The last character holds two bits that base64 ignores, but the digest is of the text.
        assert client.get(f"/i/{changed}").status_code == 404


@pytest.mark.soak
def test_a_link_with_one_bit_changed_never_opens(world, client, meeting):
    """T7: and whoever tries a thousand of them learns of no link that there is one."""
    chance, times, token = dice(), figure(1_000), token_of(world.jonas)
    secret, statuses = base64.urlsafe_b64decode(token + "="), set()
    browser = FlaskClient(world.app, Response)
    world.save()
    for _time in range(times):
        changed = bytearray(secret)
        place = chance.randrange(len(secret) * 8)
        changed[place // 8] ^= 1 << place % 8
        guess = base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("=")
        statuses.add(browser.get(f"/i/{guess}").status_code)
    print(f"T7: pages of links with one bit changed: {times}, statuses: {statuses}")
    assert statuses == {404}
    assert client.get(f"/i/{token}").status_code == 200


def test_a_link_used_twice_keeps_the_last_answer_and_admits_nobody(world, client, meeting):
    token = token_of(world.jonas)
    for value in ("yes", "no"):
        assert client.send(f"/i/{token}", {"answer": value}).status_code == 303
    assert {(one.value, one.by_id) for one in answers()} == {("no", world.jonas.id)}
    assert client.get("/account").status_code == 303
    assert client.get(f"/meetings/{meeting.id}/answer").status_code == 303


def test_a_passed_on_link_opens_nothing_to_who_is_somebody_else(world, client, case, meeting):
    """In a browser where another has signed in it stays a link: neutral, and no way in."""
    token = token_of(world.jonas)
    world.sign_in(client, world.stranger)
    text = main_of(client.get(f"/i/{token}"))
    assert [word for word in SECRETS if word in text] == []
    assert client.send(f"/i/{token}", {"answer": "yes"}).status_code == 303
    for path in (f"/meetings/{meeting.id}/answer", f"/meetings/{meeting.id}", f"/cases/{case.id}"):
        assert client.get(path).status_code == 404
    assert client.get("/account").status_code == 200
    assert world.stranger.name in client.get("/account").text


def test_asking_for_a_code_remembers_who_and_where(world, client, meeting):
    answer = client.send(f"/i/{token_of(world.jonas)}/code")
    assert (answer.status_code, answer.location) == (307, "/code")
    with client.session_transaction() as browser:
        assert browser["link_user"] == world.jonas.id
        assert browser["link_next"] == f"/meetings/{meeting.id}/answer"


@pytest.mark.parametrize("purpose", ["case", "action"])
def test_links_of_other_purposes_show_only_the_way_to_a_code(world, client, case, purpose):
    token = accounts.make_link(world.hanne, purpose=purpose, subject_id=case.id, at=now())
    page = client.get(f"/i/{token}")
    assert page.status_code == 200
    assert "Få en kode" in main_of(page)
    assert [word for word in SECRETS if word in main_of(page)] == []
    assert client.send(f"/i/{token}", {"answer": "yes"}).status_code == 400
    client.send(f"/i/{token}/code")
    with client.session_transaction() as browser:
        wanted = "/" if purpose == "case" else f"/actions/{case.id}"
        assert browser["link_next"] == wanted


def test_the_person_s_link_leads_to_what_they_may_begin_to_say(world, client, case):
    mia, ahead = case.person.user, world.meeting(case, state=MeetingState.CANCELLED)
    token = accounts.make_link(mia, purpose="case", subject_id=case.id, at=now())
    world.meeting(case, in_days=-3, state=MeetingState.HELD)

    def leads_to():
        client.send(f"/i/{token}/code")
        with client.session_transaction() as browser:
            return browser["link_next"]

    assert leads_to() == "/"
    ahead.state = MeetingState.PLANNED
    db.session.commit()
    assert leads_to() == f"/meetings/{ahead.id}/prepare"
    said = {"question": Question.MATTERS, "text": "Ro", "author_id": mia.id, "saved_at": now()}
    db.session.add(PreparationAnswer(meeting_id=ahead.id, **said))
    db.session.commit()
    assert leads_to() == "/"


def test_after_the_meeting_the_page_takes_no_answer(world, client, case):
    meeting = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    subject = meeting.invitation(world.jonas.id).id
    token = accounts.make_link(world.jonas, purpose="invitation", subject_id=subject, at=now())
    page = client.get(f"/i/{token}")
    assert page.status_code == 200
    assert "Kan du være med" not in main_of(page)
    assert client.send(f"/i/{token}", {"answer": "yes"}).status_code == 422


def test_a_guests_link_ends_with_the_window(world, client, case):
    guest = world.user("Ea Rask")
    cases.join(case, guest, place=cases.Place(role=MemberRole.INTERPRETER), at=now())
    tokens = {}
    for days, expected in ((-2, 200), (-5, 404)):
        meeting = world.meeting(case, in_days=days, state=MeetingState.INVITED)
        subject = meeting.invitation(guest.id).id
        token = accounts.make_link(guest, purpose="invitation", subject_id=subject, at=now())
        tokens[token] = expected
    assert {token: client.get(f"/i/{token}").status_code for token in tokens} == tokens
