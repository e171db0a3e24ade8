"""Answering the plan, and saying that a line is wrong."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from netmeet.audit.models import AuditEvent
from netmeet.core.db import db
from netmeet.plans import queries
from tests.plan_world import agreed
from tests.world import now


@pytest.fixture
def story(world):
    made = agreed(world)
    made.send()
    return made


@pytest.fixture
def plan_id(story):
    return queries.of_case(story.case.id).id


def as_(world, app, user):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser


def given(story):
    return queries.of_case(story.case.id).newest.acceptance


def test_nothing_is_chosen_beforehand(world, app, story, plan_id):
    page = as_(world, app, story.mia).get(f"/plans/{plan_id}/answer").get_data(as_text=True)
    assert "Er det her din plan?" in page
    assert "aria-pressed" not in page
    assert "checked" not in page
    assert "Siger du nej, ringer Lise til dig senest" in page


def test_a_no_is_taken_without_words_and_may_be_changed(world, app, story, plan_id):
    mia = as_(world, app, story.mia)
    assert mia.send(f"/plans/{plan_id}/answer", {"answer": "rejected"}).status_code == 303
    row = given(story)
    assert row.answer == "rejected"
    page = mia.get(f"/plans/{plan_id}/answer").get_data(as_text=True)
    assert "Du har svaret nej. Lise ringer til dig senest" in page
    stale = mia.send(f"/plans/{plan_id}/answer", {"answer": "accepted", "version": 0})
    assert stale.status_code == 409
    assert "Nej, det er ikke min plan" in stale.text
    assert "Der står ikke noget." not in stale.text
    again = {"answer": "accepted", "version": row.version}
    assert mia.send(f"/plans/{plan_id}/answer", again).status_code == 303
    assert "ja" in as_(world, app, world.jonas).get(f"/plans/{plan_id}").get_data(as_text=True)


def test_a_call_that_did_not_come_is_not_promised_again(world, app, story, plan_id):
    mia = as_(world, app, story.mia)
    mia.send(f"/plans/{plan_id}/answer", {"answer": "rejected"})
    with time_machine.travel(now() + timedelta(days=10)):
        page = as_(world, app, story.mia).get(f"/plans/{plan_id}/answer").text
    assert "Lise ville ringe senest" in page
    assert "Ring selv, hvis det ikke er sket." in page
    row = given(story)
    said = {"answer": "rejected", "how": "oral", "version": row.version}
    assert as_(world, app, world.lise).send(f"/plans/{plan_id}/answer", said).status_code == 303
    assert "ringe" not in mia.get(f"/plans/{plan_id}/answer").text.split("<form")[0]


def test_yes_but_asks_for_words_and_keeps_them(world, app, story, plan_id):
    mia = as_(world, app, story.mia)
    pressed = mia.send(f"/plans/{plan_id}/answer", {"answer": "accepted_but"})
    assert pressed.status_code == 303
    asked = mia.get(pressed.location).get_data(as_text=True)
    assert "Hvad skal være anderledes?" in asked
    assert "Fejl" not in asked
    empty = {"answer": "accepted_but", "words": ""}
    asked = mia.send(f"/plans/{plan_id}/answer", empty)
    assert asked.status_code == 422
    assert "Skriv, hvad der skal være anderledes." in asked.get_data(as_text=True)
    said = {"answer": "accepted_but", "words": "Ikke om natten"}
    assert mia.send(f"/plans/{plan_id}/answer", said).status_code == 303
    assert given(story).words == "Ikke om natten"
    assert mia.send(f"/plans/{plan_id}/answer", {"answer": "unanswered"}).status_code == 422


def test_the_coordinator_writes_down_what_was_said(world, app, story, plan_id):
    lise = as_(world, app, world.lise)
    assert lise.get(f"/plans/{plan_id}/answer").status_code == 200
    said = {"answer": "thinking", "how": "oral"}
    assert lise.send(f"/plans/{plan_id}/answer", said).status_code == 303
    assert given(story).how == "oral"
    assert as_(world, app, world.jonas).get(f"/plans/{plan_id}/answer").status_code == 403


def test_a_line_is_contested_and_answered(world, app, story, plan_id):
    mia, lise = as_(world, app, story.mia), as_(world, app, world.lise)
    page = mia.get(f"/plans/{plan_id}").get_data(as_text=True)
    links = re.findall(r'href="(/plans/\w+/contest\?[^"]+)"', page)
    path = html.unescape(links[0])
    assert "Ansøger om midlertidig bolig" in mia.get(path).get_data(as_text=True)
    assert mia.head(path).status_code == 200
    where = dict(part.split("=") for part in path.partition("?")[2].split("&"))
    missing = mia.send(f"/plans/{plan_id}/contest", where)
    assert missing.status_code == 422
    said = {**where, "kind": "mistake", "words": "Det er kommunen."}
    assert mia.send(f"/plans/{plan_id}/contest", said).status_code == 303
    assert mia.send(f"/plans/{plan_id}/contest", said).status_code == 422
    assert mia.send(f"/plans/{plan_id}/contest", {**said, "n": "7"}).status_code == 404
    seen = as_(world, app, world.jonas).get(f"/plans/{plan_id}").get_data(as_text=True)
    assert "Det er kommunen." in seen
    assert "/contested/" not in seen
    (to_answer,) = re.findall(r'href="(/contested/\w+)"', lise.get(f"/plans/{plan_id}").text)
    assert lise.get(to_answer).status_code == 200
    assert lise.send(to_answer, {"text": "", "version": 1}).status_code == 422
    assert lise.send(to_answer, {"text": "Du har ret.", "version": 1}).status_code == 303
    assert "Du har ret." in mia.get(f"/plans/{plan_id}").get_data(as_text=True)
    done = {row.operation for row in db.session.scalars(select(AuditEvent)) if row.allowed}
    assert {"line.contest_own", "line.answer_contest"} <= done
    assert as_(world, app, world.jonas).get(to_answer).status_code == 404
