"""The guard, the transaction, the headers and the error pages, on routes made for the purpose."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from netmeet.audit.models import AuditEvent
from netmeet.core.db import db
from netmeet.core.permissions import Permission as P
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service import preparation
from netmeet.web import guard, headers

_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def _rows():
    return db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()


def test_a_view_without_an_operation_stops_the_start(app):
    bare = Flask("bare")
    bare.extensions["netmeet"] = app.extensions["netmeet"]
    bare.add_url_rule("/open", view_func=lambda: "open", endpoint="open")
    with pytest.raises(RuntimeError, match="open names no operation"):
        guard.check(bare)


def test_a_view_for_what_nobody_may_do_stops_the_start(app):
    bare = Flask("bare")
    bare.extensions["netmeet"] = app.extensions["netmeet"]
    view = guard.needs(P.AUDIT_MODIFY_OR_DELETE)(lambda: "done")
    bare.add_url_rule("/log", view_func=view, endpoint="log")
    with pytest.raises(RuntimeError, match=r"nobody may audit\.modify_or_delete"):
        guard.check(bare)


def test_only_a_public_operation_may_be_open():
    with pytest.raises(ValueError, match="not public"):
        guard.public(P.CASE_READ)


def test_a_stranger_gets_404_and_nothing_of_the_case(world, client):
    case = world.case("Mia Hemmelig")
    world.sign_in(client, world.stranger)
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 404
    assert "Hemmelig" not in answer.text


def test_the_404_of_a_case_that_is_there_equals_that_of_one_that_is_not(world, client):
    case = world.case()
    world.sign_in(client, world.stranger)
    there = client.get(f"/cases/{case.id}")
    not_there = client.get("/cases/0000000000000000")
    address = there.text.replace(case.id, "0000000000000000")
    assert _without_tokens(address) == _without_tokens(not_there.text)


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrf-token" content|name="csrf_token" value)="[^"]*"', r"\1", page)


def test_who_may_not_is_told_why_and_where_to_go(world, client):
    meeting = world.meeting(world.case())
    world.sign_in(client, world.jonas)
    refused = client.get(f"/meetings/{meeting.id}/chair")
    assert refused.status_code == 403
    assert "Det er ikke åbent for dig. Spørg koordinatoren" in refused.text
    assert "Du kan læse siden" not in refused.text


def test_a_denial_is_logged_after_the_roll_back(world, client):
    case = world.case()
    world.sign_in(client, world.stranger)
    client.get(f"/cases/{case.id}")
    (row,) = _rows()
    assert (row.operation, row.allowed, row.case_id) == ("case.read", False, case.id)
    assert row.user_id == world.stranger.id


def test_a_read_is_logged_once_with_who_what_and_as_whom(world, client):
    case = world.case()
    world.sign_in(client, world.lise)
    assert client.get(f"/cases/{case.id}").status_code == 200
    (row,) = [row for row in _rows() if row.operation == "case.read"]
    assert (row.allowed, row.case_id, row.role) == (True, case.id, "lead")


def test_without_a_login_a_reader_is_sent_to_it_and_a_writer_gets_401(world, client):
    case = world.case()
    answer = client.get(f"/cases/{case.id}")
    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=/cases/")
    assert client.send(f"/cases/{case.id}/tell", {"text": "x"}).status_code == 401


def test_every_answer_carries_the_same_headers(world, client):
    world.sign_in(client, world.lise)
    for path in ("/", "/login", "/nowhere", "/cases/0000000000000000", "/was"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == headers.POLICY
        assert {name: answer.headers[name] for name in _HEADERS} == _HEADERS


def test_a_post_without_a_token_is_refused_and_its_text_shown_for_copying(world, client):
    world.sign_in(client, world.lise)
    answer = client.post("/display", data={"text": "Det jeg skrev <b>her</b>"})
    assert answer.status_code == 400
    assert "Det jeg skrev &lt;b&gt;her&lt;/b&gt;" in answer.text


def test_a_replayed_cookie_is_worthless_after_logout(world, client):
    world.sign_in(client, world.lise)
    kept = client.get_cookie("netmeet").value
    client.send("/logout")
    client.set_cookie("netmeet", kept)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("stopped", "status"), [("called off", 409), ("no longer theirs", 404), ("a fault", 500)]
)
def test_what_somebody_wrote_stands_on_the_page_that_refuses_it(
    world, app, client, monkeypatch, stopped, status
):
    case = world.case()
    mia, meeting = case.person.user, world.meeting(case)
    world.sign_in(client, mia)
    if stopped == "called off":
        meeting.state = MeetingState.CANCELLED
    elif stopped == "no longer theirs":
        world.sign_in(client, world.stranger)
    else:
        monkeypatch.setattr(preparation, "answer", lambda *_all, **_more: 1 / 0)
    db.session.commit()
    sent = {"text": "Jeg vil ikke <tilbage>.", "go": "next", "version": "0"}
    answer = client.send(f"/meetings/{meeting.id}/prepare/matters", sent)
    assert answer.status_code == status
    assert "Jeg vil ikke &lt;tilbage&gt;." in answer.text


def test_what_nobody_signed_in_wrote_is_not_read_back(client):
    answer = client.send("/nowhere", {"text": "Hvem som helst"})
    assert answer.status_code == 404
    assert "Hvem som helst" not in answer.text
