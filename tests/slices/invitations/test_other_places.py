"""Another place, form or link: told to those who know the old one, and nobody is asked anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.core.db import db
from netmeet.invitations import queries, service
from netmeet.invitations.rules import AnswerValue, Delivery, Via
from netmeet.meetings import service as meetings
from netmeet.meetings.rules import MeetingForm
from netmeet.outbox.models import Message
from tests.world import now


@pytest.fixture
def meeting(world):
    return world.meeting(world.case(), invited=[])


def lead(world):
    return world.actor(world.lise)


def draft_all(world, meeting):
    for member in meeting.case.members:
        service.draft(meeting, member, by=lead(world), at=now())


def send(world, meeting, at=None):
    return service.send(meeting, version=meeting.version, by=lead(world), at=at or now())


def messages(kind):
    return db.session.scalars(select(Message).where(Message.kind == kind)).all()


def edit(world, meeting, **more):
    kept = {
        "kind": meeting.kind,
        "purpose": meeting.purpose,
        "starts_local": meeting.starts_local,
        "minutes": meeting.minutes,
        "form": meeting.form,
        "place": meeting.place,
        "chair_id": meeting.chair_id,
    }
    details = meetings.Details(**{**kept, **more})
    meetings.edit(meeting, by=lead(world), at=now(), details=details, version=meeting.version)


@pytest.mark.parametrize(
    "more",
    [
        {"place": "Lokale 9"},
        {"form": MeetingForm.HYBRID},
        {"video_link": "https://video.example.org/9"},
    ],
    ids=str,
)
def test_another_place_is_told_and_asks_nobody_anew(world, meeting, more):
    draft_all(world, meeting)
    send(world, meeting)
    own = meeting.invitation(world.jonas.id)
    service.answer(own, AnswerValue.YES, via=Via.LINK, by=world.jonas.id, at=now())
    state = meeting.state
    edit(world, meeting, **more)
    assert {row.gets for row in queries.rows(meeting, at=now())} == {Delivery.CHANGED}
    assert queries.lacks_news(own)
    assert not queries.knows_old_time(own)
    send(world, meeting, at=now() + timedelta(minutes=1))
    told = messages("invitations.update")
    assert [one.facts["about"] for one in told] == ["place"] * 3
    assert queries.replies(meeting)[own.id].value is AnswerValue.YES
    assert meeting.state is state
    assert {row.gets for row in queries.rows(meeting, at=now())} == {Delivery.NOTHING}


def test_another_place_and_then_another_time_asks_anew(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    own = meeting.invitation(world.jonas.id)
    service.answer(own, AnswerValue.YES, via=Via.LINK, by=world.jonas.id, at=now())
    edit(world, meeting, place="Lokale 9")
    edit(world, meeting, starts_local=meeting.starts_local + timedelta(days=1))
    send(world, meeting, at=now() + timedelta(minutes=1))
    assert not [one for one in messages("invitations.update") if "about" in one.facts]
    assert queries.replies(meeting)[own.id].value is None


def test_who_was_not_told_before_is_told_only_as_it_is(world, meeting):
    draft_all(world, meeting)
    edit(world, meeting, place="Lokale 9")
    send(world, meeting)
    assert messages("invitations.update") == []
    assert len(messages("invitations.invitation")) == 3
