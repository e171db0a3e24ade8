"""How a meeting begins: who is here, and what the person said of a meeting without them."""

import pytest

from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.queries import with_answers
from netmeet.meetings.rules import Question
from netmeet.meetings.service import preparation
from netmeet.meetings.service.preparation import Said
from tests.web.room.holding import page
from tests.world import now


def come(client, meeting_id, user_id):
    """Note that somebody is here."""
    here = {"user_id": user_id, "mode": "in_person", "version": 0, "next": "/"}
    client.send(f"/meetings/{meeting_id}/attendance", here)


def say_of_absence(world, meeting_id, choice, text=""):
    """Let Mia say whether it may be held without her."""
    meeting = with_answers(meeting_id)
    by = world.actor(meeting.case.person.user)
    said = Said(text=text, data={"choice": choice})
    preparation.answer(meeting, Question.WITHOUT_ME, by=by, at=now(), said=said, version=0)
    world.save()


@pytest.mark.parametrize(
    ("choice", "text", "told"),
    [
        ("no", "", "Mia er her ikke og har svaret: Nej, vent på mig."),
        ("only_if", "Hvis Hanne er der.", "Kun på en betingelse. Hvis Hanne er der."),
        ("", "", "Mia er her ikke og har ikke sagt ja til, at mødet holdes uden."),
    ],
)
def test_it_does_not_begin_without_the_person_unasked(world, client, meeting, choice, text, told):
    if choice:
        say_of_absence(world, meeting.id, choice, text)
    world.sign_in(client, world.lise)
    come(client, meeting.id, world.lise.id)
    asked = client.send(f"/meetings/{meeting.id}/room/start")
    assert asked.status_code == 422
    assert told in asked.text
    assert f"/meetings/{meeting.id}/postpone" in asked.text
    assert "Punkt 1" not in page(client, meeting.id).text
    begun = client.send(f"/meetings/{meeting.id}/room/start", {"without": "1"})
    assert begun.status_code == 303
    assert "Punkt 1 af 2" in page(client, meeting.id).text


def test_who_takes_the_minutes_is_not_told_what_the_person_answered(world, client, meeting):
    say_of_absence(world, meeting.id, "no")
    found = reading.room(meeting.id)
    found.minute_taker_id = world.jonas.id
    world.sign_in(client, world.jonas)
    come(client, meeting.id, world.jonas.id)
    asked = client.send(f"/meetings/{meeting.id}/room/start")
    assert asked.status_code == 422
    assert "Mia er her ikke. Hør mødelederen, om I må begynde." in asked.text
    assert "vent på mig" not in asked.text


def test_it_begins_without_the_person_who_has_said_yes_to_that(world, client, meeting):
    say_of_absence(world, meeting.id, "yes")
    world.sign_in(client, world.lise)
    come(client, meeting.id, world.lise.id)
    assert client.send(f"/meetings/{meeting.id}/room/start").status_code == 303
