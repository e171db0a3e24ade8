"""Sending out: side by side, one button, then the text for the record."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from netmeet.accounts import service as accounts
from netmeet.core.db import db
from netmeet.meetings.rules import Conclusion
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel
from netmeet.plans import queries, rules
from netmeet.plans.models import PlanVersion
from tests.plan_world import agreed


@pytest.fixture(autouse=True)
def _no_weekend(monkeypatch):
    """Tests run on every day; what a Friday asks for has tests of its own."""
    monkeypatch.setattr(rules, "_LATE_BEFORE_REST", rules.time.max)
    monkeypatch.setattr(rules.calendar, "is_working_day", lambda _day: True)


def as_(world, app, user):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def versions():
    return db.session.scalars(select(PlanVersion)).all()


def test_each_tab_is_the_true_page_of_one_recipient(world, app):
    story = agreed(world)
    story.meeting.invitations[0].sent_at = story.meeting.created_at
    path = f"/meetings/{story.meeting.id}/send-out"
    lise = as_(world, app, world.lise)
    first = text(lise.get(path))
    assert "Referatet, som Mia ser det" in first
    assert "Kommet til Ansøger om midlertidig bolig (Jonas Holm" in first
    hers = text(lise.get(f"{path}?reader={world.hanne.id}"))
    assert "Referatet er ikke åbent." in hers
    assert "Planen, som Hanne (søster) ser den" in hers
    assert "Uddrag" not in hers
    assert "4 får en mail" in hers
    assert versions() == []


def test_one_button_sends_and_shows_the_text_for_the_record(world, app):
    story = agreed(world)
    version = story.meeting.version
    path = f"/meetings/{story.meeting.id}/send-out"
    lise = as_(world, app, world.lise)
    answer = lise.send(path, {"version": version})
    assert answer.status_code == 303
    journal = lise.get(answer.location)
    assert "1. Ansøger om midlertidig bolig" in journal.get_data(as_text=True)
    assert "Kommunen har ikke sagt ja endnu." in text(journal)
    assert 'data-copy="journal-text"' in journal.get_data(as_text=True)
    assert lise.get(path).location == answer.location
    assert lise.send(path, {"version": version + 1}).status_code in {409, 422}
    assert len(versions()) == 1


@pytest.mark.parametrize(
    ("ended", "says"),
    [
        (Conclusion.AWAITING, "skal besluttes af Jonas Holm, der svarer senest"),
        (Conclusion.DEFERRED, "udsat til"),
    ],
)
def test_the_record_gets_the_answer_and_who_owes_one_by_when(world, app, ended, says):
    story = agreed(world)
    item = story.meeting.items[0]
    item.conclusion, item.conclude_on = ended, date(2027, 3, 1)
    item.decider_id = world.jonas.id
    db.session.flush()
    lise = as_(world, app, world.lise)
    page = lise.send(
        f"/meetings/{story.meeting.id}/send-out", {"version": story.meeting.version}
    ).location
    record = text(lise.get(page))
    assert "- Svar: delvist. Du ser to steder først." in record
    assert f"- Konklusion: {says} mandag den 1. marts 2027" in record


def test_an_agreement_without_a_date_is_listed_and_nothing_is_sent(world, app):
    story = agreed(world)
    story.agree("Jonas finder en bolig", world.jonas, in_days=None)
    version = story.meeting.version
    lise = as_(world, app, world.lise)
    path = f"/meetings/{story.meeting.id}/send-out"
    assert "vælg en dato" in text(lise.get(path))
    answer = lise.send(path, {"version": version})
    assert answer.status_code == 422
    assert "Hver aftale skal have én ansvarlig og en dato." in text(answer)
    assert "Jonas finder en bolig" in text(answer)
    assert versions() == []
    assert db.session.scalars(select(Message)).all() == []


def test_a_stale_page_sends_nothing(world, app):
    story = agreed(world)
    lise = as_(world, app, world.lise)
    version = story.meeting.version
    answer = lise.send(f"/meetings/{story.meeting.id}/send-out", {"version": version + 1})
    assert answer.status_code == 409
    assert versions() == []


def test_publishing_asks_for_the_password_again(world, app):
    story = agreed(world)
    lise = as_(world, app, world.lise)
    meeting_id, version = story.meeting.id, story.meeting.version
    with lise.session_transaction() as browser:
        secret = browser["sid"]
    accounts.queries.session_by_secret(secret).stepped_up_at = None
    db.session.commit()
    answer = lise.send(f"/meetings/{meeting_id}/send-out", {"version": version})
    assert answer.status_code == 303
    assert "/step-up" in answer.location
    assert versions() == []


def test_only_who_leads_sends_and_strangers_find_nothing(world, app):
    story = agreed(world)
    path = f"/meetings/{story.meeting.id}/send-out"
    assert as_(world, app, world.jonas).get(path).status_code == 403
    assert as_(world, app, world.hanne).get(path).status_code == 404
    stranger = as_(world, app, world.stranger)
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"/meetings/{story.meeting.id}/journal").status_code == 404


def test_who_gets_a_letter_has_their_own_copy_to_print(world, app):
    story = agreed(world)
    story.mia.channel = Channel.LETTER
    db.session.flush()
    made = story.send()
    lise = as_(world, app, world.lise)
    page = lise.get(f"/meetings/{story.meeting.id}/journal").get_data(as_text=True)
    assert f"/plans/{made.plan_id}.pdf?reader={story.mia.id}" in page
    assert "text/html" in lise.get(f"/plans/{made.plan_id}").content_type
    assert queries.of_case(story.case.id) is not None
