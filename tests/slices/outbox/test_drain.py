"""Sending what waits: once, at the right hour, again after a fault, never for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.core import ids
from netmeet.core.db import db
from netmeet.outbox import channels, exports, jobs, queries, rules, service
from netmeet.outbox.models import Attempt, Message
from netmeet.outbox.rules import State

SENDER = "moede@localhost"
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


@pytest.fixture
def send(smtp_sink):
    return channels.choose(mail_url=smtp_sink.url, sender=SENDER, is_demo=False)


def put(user, *, kind="accounts.code", at=NOON, **more):
    facts = {"code": "123456"} if kind == "accounts.code" else {}
    return service.put(key=ids.new_id(), kind=kind, user_id=user.id, at=at, facts=facts, **more)


def lines(received):
    return received.message.get_body(("plain",)).get_content().splitlines()


def attempts(message):
    statement = select(Attempt).where(Attempt.message_id == message.id).order_by(Attempt.at)
    return db.session.scalars(statement).all()


def test_a_code_arrives_and_a_second_drain_sends_nothing(world, smtp_sink, send):
    world.hanne.own_word = "solsort"
    message = put(world.hanne, at=NIGHT)
    assert jobs.drain(NIGHT, send) == 1
    assert jobs.drain(NIGHT, send) == 0
    received = smtp_sink.messages[0]
    text = lines(received)
    assert len(smtp_sink.messages) == 1
    assert received.recipients == (world.hanne.email,)
    assert received.message["Subject"] == "Din kode"
    assert "123456" in text
    assert "Dit eget ord: solsort" in text
    assert world.hanne.name not in received.raw.decode()
    assert message.state is State.SENT
    assert message.sent_at == NIGHT
    assert attempts(message)[0].content is None


def test_a_link_leads_to_its_page_until_it_is_ended(world, smtp_sink, send):
    subject = ids.new_id()
    accounts.send_link(world.hanne, purpose="case", subject_id=subject, at=NOON)
    token = db.session.scalars(select(Message)).one().facts["token"]
    jobs.drain(NOON, send)
    assert f"http://localhost/i/{token}" in lines(smtp_sink.messages[0])
    accounts.send_link(world.hanne, purpose="case", subject_id=subject, at=NOON)
    accounts.revoke_links(subject_id=subject, user_id=world.hanne.id, at=NOON)
    jobs.drain(NOON, send)
    states = set(db.session.scalars(select(Message.state)))
    assert states == {State.SENT, State.DROPPED}
    assert len(smtp_sink.messages) == 1


def test_the_language_is_the_receivers(world, smtp_sink, send):
    world.hanne.lang = "en"
    put(world.hanne)
    jobs.drain(NOON, send)
    html = smtp_sink.messages[0].message.get_body(("html",)).get_content()
    assert '<html lang="en">' in html


def test_nothing_is_sent_to_the_deactivated(world, smtp_sink, send):
    message = put(world.hanne)
    world.hanne.active = False
    jobs.drain(NOON, send)
    assert message.state is State.DROPPED
    assert smtp_sink.messages == []


def test_what_came_too_late_is_not_sent(world, smtp_sink, send):
    message = put(world.hanne, expires_at=NOON)
    jobs.drain(NOON, send)
    assert message.state is State.EXPIRED
    assert smtp_sink.messages == []


def test_what_is_for_later_waits(world, send):
    put(world.hanne, send_after=NOON + timedelta(seconds=1))
    assert jobs.drain(NOON, send) == 0
    assert jobs.drain(NOON + timedelta(seconds=1), send) == 1


def test_a_fault_is_tried_again_every_five_minutes_and_given_up_after_four_hours(
    world, smtp_sink, send
):
    smtp_sink.reply = "451 later"
    message = put(world.hanne)
    at = NOON
    for _ in range(rules.MOST_ATTEMPTS - 1):
        assert jobs.drain(at, send) == 1
        assert jobs.drain(at, send) == 0
        assert message.state is State.WAITING
        at += rules.RETRY_EVERY
    jobs.drain(at, send)
    assert message.state is State.FAILED
    assert len(attempts(message)) == rules.MOST_ATTEMPTS
    assert attempts(message)[0].error == "SMTPDataError 451"
    assert jobs.drain(at + timedelta(days=1), send) == 0


def test_after_the_fault_the_mail_arrives(world, smtp_sink, send):
    smtp_sink.reply = "451 later"
    put(world.hanne)
    jobs.drain(NOON, send)
    smtp_sink.reply = "250 OK"
    jobs.drain(NOON + rules.RETRY_EVERY, send)
    assert len(smtp_sink.messages) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("søren@example.org", "x y@example.org", "a@example.org, b@example.org", "nobody", "@"),
        *("a@b\r\nBcc: thief@example.org", "<a@example.org>", "a@[127.0.0.1", "a@example.org\0"),
        *("=?utf-8?q?a=0D=0ABcc:_x=40y?=@example.org", "a@" + "ø" * 300 + ".dk"),
    ],
)
def test_an_address_that_is_none_holds_up_nobody(world, smtp_sink, send, address):
    bad = put(world.hanne)
    world.hanne.email = address
    good = [put(world.lise, at=NOON + timedelta(seconds=n)) for n in range(1, rules.BATCH)]
    jobs.drain(NOON + timedelta(minutes=1), send)
    assert bad.state is State.FAILED
    assert attempts(bad)[0].error == "no address"
    assert {one.state for one in good} == {State.SENT}
    assert [one.recipients for one in smtp_sink.messages] == [(world.lise.email,)] * len(good)


def test_a_mail_that_cannot_be_made_is_tried_again_and_holds_up_nobody(world, send):
    failed = []

    def fails_once(letter):
        if not failed:
            failed.append(letter)
            raise RuntimeError(letter.to)
        return send(letter)

    first, second = put(world.hanne), put(world.lise, at=NOON + timedelta(seconds=1))
    jobs.drain(NOON + timedelta(minutes=1), fails_once)
    assert (first.state, second.state) == (State.WAITING, State.SENT)
    assert attempts(first)[0].error == "RuntimeError"
    jobs.drain(NOON + timedelta(minutes=7), fails_once)
    assert first.state is State.SENT


def test_a_domain_with_danish_letters_is_reached(world, smtp_sink, send):
    put(world.hanne)
    world.hanne.email = "hanne@blåbær.example"
    jobs.drain(NOON, send)
    assert smtp_sink.messages[0].recipients == ("hanne@xn--blbr-roah.example",)


@pytest.mark.usefixtures("world")
def test_somebody_without_an_address_is_given_up_at_once(send):
    user = accounts.create_user(name="Uden Adresse", at=NOON)
    message = put(user)
    jobs.drain(NOON, send)
    assert message.state is State.FAILED
    assert attempts(message)[0].error == "no address"


def test_a_message_nobody_can_write_does_not_hold_up_the_others(world, smtp_sink, send):
    odd = put(world.hanne, kind="nobody.writes_this")
    put(world.hanne)
    jobs.drain(NOON, send)
    assert odd.state is State.WAITING
    assert attempts(odd)[0].error == "KeyError"
    assert len(smtp_sink.messages) == 1


def test_reminders_and_news_wait_for_the_day(world, send):
    message = put(world.hanne, kind="reminders.action", at=NIGHT)
    jobs.drain(NIGHT, send)
    assert (message.state, message.tries) == (State.WAITING, 0)
    assert message.send_after == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-11-24T17:59", "2026-11-24T17:59"),
        ("2026-11-24T18:00", "2026-11-25T08:00"),
        ("2026-07-01T06:59", "2026-07-01T07:00"),
        ("2027-03-27T23:00", "2027-03-28T07:00"),
        ("2027-10-31T00:30", "2027-10-31T08:00"),
        ("2026-12-31T20:00", "2027-01-01T08:00"),
    ],
)
def test_the_day_is_from_9_to_19_in_copenhagen(at, leaves):
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert rules.next_daytime(instant) == datetime.fromisoformat(leaves).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("reminders.action", True),
        ("cases.news", True),
        ("meetings.news_agenda", True),
        ("plans.published", True),
        ("accounts.code", False),
        ("invitations.cancelled", False),
    ],
)
def test_which_kinds_wait_for_the_day(kind, waits):
    assert rules.waits_for_day(kind) is waits


def test_a_lease_keeps_others_off_until_it_runs_out(world):
    put(world.hanne)
    assert len(service.claim(at=NOON)) == 1
    assert service.claim(at=NOON + rules.LEASE) == []
    assert len(service.claim(at=NOON + rules.LEASE + timedelta(seconds=1))) == 1


def test_the_same_key_is_put_once_and_always_has_the_same_message_id(world):
    first = service.put(key="a:b:1", kind="x", user_id=world.hanne.id, at=NOON, facts={})
    again = service.put(key="a:b:1", kind="x", user_id=world.hanne.id, at=NOON, facts={})
    assert first is not None
    assert again is None
    assert exports.own_message_id("a:b:æ/1") == "<a.b...1@localhost>"


def test_the_demo_keeps_each_mail_for_the_page_post(world):
    keep = channels.choose(mail_url="", sender=SENDER, is_demo=True)
    put(world.hanne)
    jobs.drain(NOON, keep)
    kept = queries.sent()[0]
    assert kept.content["subject"] == "Din kode"
    assert b"123456" not in bytes(kept.content_sealed)
    assert queries.receivers() == [world.hanne.id]
    assert queries.sent(user_id=world.lise.id) == []
