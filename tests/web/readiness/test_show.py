import pytest
from flask import render_template

from netmeet.core import calendar
from netmeet.invitations import queries as invitations
from netmeet.meetings.rules import AgendaState, MeetingState
from netmeet.plans import queries as plans
from netmeet.readiness import queries
from tests.reader import mentions
from tests.world import now


@pytest.fixture
def meeting(world):
    return world.meeting(world.case(), in_days=2, state=MeetingState.INVITED)


def path(meeting, tail=""):
    return f"/meetings/{meeting.id}/readiness{tail}"


def test_the_list_is_shown_worst_first_with_a_link_each(world, client, meeting):
    world.sign_in(client, world.lise)
    text = client.get(path(meeting)).get_data(as_text=True)
    first = text.index("Ingen fra kommunen har sagt ja endnu.")
    assert first < text.index("Vi mangler svar fra Jonas Holm.")
    assert f"/meetings/{meeting.id}/invitations" in text


def test_a_meeting_is_held_all_the_same_for_a_reason(world, client, meeting):
    world.sign_in(client, world.lise)
    version = meeting.version
    where = path(meeting, "/composition")
    assert client.send(where, {"version": version, "reason": " "}).status_code == 422
    fields = {"version": version, "reason": "Jonas skriver sit svar."}
    assert client.send(where, fields).status_code == 303
    assert client.send(where, fields).status_code == 409
    kept = invitations.meeting(meeting.id)
    assert kept.composition_reason == "Jonas skriver sit svar."
    text = client.get(path(meeting)).get_data(as_text=True)
    assert "Jonas skriver sit svar." in text
    assert "Ingen fra kommunen" not in text


def test_only_who_leads_reads_it(world, client, meeting):
    world.sign_in(client, world.jonas)
    assert client.get(path(meeting)).status_code == 403
    world.sign_in(client, world.stranger)
    answer = client.get(path(meeting))
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_the_day_is_drawn_with_a_row_a_person(world, app, meeting):
    world.meeting(world.case("Omar Haddad"), in_days=12)
    world.meeting(
        world.case("Karin Lund"),
        in_days=12,
        state=MeetingState.INVITED,
        agenda=AgendaState.APPROVED,
    )
    world.case("Eva Holst")
    day = queries.day(
        world.actor(world.lise), calendar.to_local(now()).date(), calls_owed=plans.calls_owed
    )
    with app.test_request_context("/"):
        text = render_template("readiness/_day.html", day=day)
    assert "1 ting kan ikke vente" in text
    assert "12.04.91" in text
    assert "Denne uge (1)" in text
    assert "Venter på andre (1)" in text
    assert "Ingen opgaver lige nu (1)" in text


def test_an_empty_day_says_what_to_do(world, app):
    day = queries.day(
        world.actor(world.jonas), calendar.to_local(now()).date(), calls_owed=plans.calls_owed
    )
    with app.test_request_context("/"):
        text = render_template("readiness/_day.html", day=day)
    assert "Du koordinerer ingen forløb endnu." in text
