"""The mails of the slice say that something waits, and nothing else."""

import pytest
from sqlalchemy import select

from netmeet.core.db import db
from netmeet.meetings import service
from netmeet.meetings.exports import RENDERERS
from netmeet.meetings.service.requests import Wish
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Letter
from tests.reader import mentions
from tests.world import World, now


def letter(message: Message | None) -> Letter | None:
    assert message is not None
    return RENDERERS[message.kind](message, now())


def put(world: World, kind: str, user_id: str, **facts: str) -> Message | None:
    del world
    return outbox.put(key=f"{kind}:{user_id}", kind=kind, user_id=user_id, at=now(), facts=facts)


def test_it_names_the_number_the_link_and_the_own_word(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = meeting.case.person.user
    mia.own_word = "hvalros"
    made = letter(put(world, "meetings.news_agenda", mia.id, meeting=meeting.id))
    assert made is not None
    assert made.to == mia.email
    number = meeting.invitation(mia.id)
    assert number is not None
    assert made.subject == f"Du har en besked om møde {number.number} (hvalros)"
    for body in (made.text, made.html):
        assert f"/meetings/{meeting.id}" in body
        assert "hvalros" in body
        assert not mentions(body, "Mia")
        assert meeting.purpose not in body


def test_a_request_leads_to_its_page_without_its_words(world: World) -> None:
    case = world.case()
    mia = world.actor(case.person.user)
    request = service.requests.ask(case, by=mia, at=now(), wish=Wish(about="Min medicin"))
    message = db.session.scalars(select(Message)).one()
    made = letter(message)
    assert made is not None
    assert made.subject == "Du har en besked"
    assert f"/requests/{request.id}" in made.text
    assert "medicin" not in made.text + made.html


@pytest.mark.parametrize("kind", sorted(RENDERERS))
def test_news_of_something_gone_is_dropped(world: World, kind: str) -> None:
    gone = put(world, kind, world.lise.id, meeting="0" * 16, request="0" * 16)
    assert letter(gone) is None


def test_who_cannot_be_reached_gets_no_mail(world: World) -> None:
    meeting = world.meeting(world.case())
    world.lise.active = False
    message = put(world, "meetings.news_call_me", world.lise.id, meeting=meeting.id)
    assert letter(message) is None
