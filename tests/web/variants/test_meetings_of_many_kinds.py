"""The variants of ``domain.md`` § 2.6 about how a meeting is held, put off or decided."""

from datetime import timedelta

import pytest

from netmeet.accounts.models import User
from netmeet.cases.rules import MemberRole
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MeetingForm, MeetingState, Purpose
from tests.web.variants.conftest import hold, words

YES = {
    "scopes": ["invite"],
    "limit": "all",
    "months": "12",
    "how": "oral",
    "asked_alone": "yes",
    "direction": "disclose",
    "purpose": "Mia vil forstå, hvad der bliver sagt.",
}


def lacking(client, meeting):
    return words(client.get(f"/meetings/{meeting.id}/readiness"))


def planned(client, case_id, chair, **more):
    """Plan a meeting as who leads does, and return it."""
    fields = {
        "purpose": "Hvor skal Mia bo?",
        "kind": "outpatient",
        "minutes": "",
        "form": "in_person",
        "place": "Lokale 2",
        "chair": chair.id,
        "minute_taker": "",
        "date": "",
        "time": "",
        **more,
    }
    made = client.send(f"/cases/{case_id}/meetings/new", fields)
    assert made.status_code == 303, words(made)
    return invitations.meeting(made.location.rsplit("/", 1)[1])


def test_interpreter(world, as_):
    case = world.case()
    case.person.interpreter = "arabisk"
    lise = as_(world.lise)
    made = planned(lise, case.id, world.lise)
    assert made.minutes == 90
    assert "Der er ikke inviteret en tolk." in lacking(lise, made)
    who = {**YES, "role": "interpreter", "name": "Sami Nour", "email": "sami@example.org"}
    path = f"/cases/{case.id}/team/relative"
    family = lise.send(path, {**who, "relation": "søn"})
    assert family.status_code == 422
    assert "En tolk er aldrig et barn, en ven eller en i familien." in words(family)
    added = lise.send(path, who)
    assert added.status_code == 303, words(added)
    team = invitations.meeting(made.id).case.members
    sami = next(m for m in team if m.role is MemberRole.INTERPRETER)
    lise.send(f"/meetings/{made.id}/invitations/add", {"user_id": sami.user_id})
    assert "Vi mangler svar fra tolken." in lacking(lise, made)
    told = as_(db.session.get_one(User, sami.user_id))
    assert told.get(f"/cases/{case.id}/plan").status_code in {403, 404}


def test_virtual_or_hybrid(world, as_, meeting):
    lise, jonas, mia = as_(world.lise), as_(world.jonas), as_(world.made["mia"])
    link = "https://video.example.org/rum/88"
    made = invitations.meeting(meeting.id)
    made.form = MeetingForm.HYBRID
    world.save()
    assert "Der mangler et link til video." in lacking(lise, meeting)
    made = invitations.meeting(meeting.id)
    made.video_link = link
    world.save()
    assert link in mia.get("/").get_data(as_text=True)
    screen = words(lise.get(f"/meetings/{meeting.id}/room"))
    assert "Slå beskeder fra" in screen
    here = {world.made["mia"].id: "phone", world.lise.id: "in_person", world.jonas.id: "video"}
    hold(lise, meeting, here, participation="whole")
    read = words(jonas.get(f"/meetings/{meeting.id}/minutes"))
    assert "telefon" in read
    assert "video" in read


def test_decision_maker_missing(world, as_, meeting):
    lise, mia = as_(world.lise), as_(world.made["mia"])
    made = reading.room(meeting.id)
    point = reading.points(made)[0]
    point.purpose = Purpose.DECIDE
    world.save()
    assert "Punkt 1 skal besluttes, og ingen inviteret kan beslutte det." in lacking(lise, meeting)
    here = {u.id: "in_person" for u in (world.made["mia"], world.lise, world.jonas)}
    for user_id, mode in here.items():
        fields = {"user_id": user_id, "mode": mode, "version": 0}
        lise.send(f"/meetings/{meeting.id}/attendance", fields)
    lise.send(f"/meetings/{meeting.id}/room/start")
    outcome = {"conclusion": "awaiting", "version": 0}
    lise.send(f"/points/{point.id}/outcome", outcome)
    lise.send(f"/points/{point.id}/answer", {"kind": "yes", "version": 0})
    later = (clock.today() + timedelta(days=28)).isoformat()
    ending = {"participation": "whole", "next_on": later}
    refused = lise.send(f"/meetings/{meeting.id}/room/end", ending)
    assert refused.status_code == 422
    assert "Punkt 1 mangler" in words(refused)
    by = calendar.add_working_days(clock.today(), 5)
    full = {**outcome, "decider": "Jonas Holm", "until": by.isoformat(), "version": 1}
    assert lise.send(f"/points/{point.id}/outcome", full).status_code == 303
    assert lise.send(f"/meetings/{meeting.id}/room/end", ending).status_code == 303
    page = words(mia.get(f"/meetings/{meeting.id}/minutes"))
    assert f"skal besluttes af Jonas Holm, der svarer senest {calendar.day(by)}" in page


def test_professional_sends_regrets(world, as_):
    case = world.case()
    made = world.meeting(case, in_days=3, state=MeetingState.INVITED)
    world.save()
    lise, jonas = as_(world.lise), as_(world.jonas)
    at = f"/meetings/{made.id}"
    jonas.send(f"{at}/answer", {"answer": "no"})
    assert "Ingen fra kommunen har sagt ja endnu." in lacking(lise, made)
    jonas.send(f"{at}/deputy", {"deputy-name": "Bo Lund", "deputy-has_mandate": "y"})
    assert "Bo Lund er nævnt som stedfortræder" in lacking(lise, made)
    own = invitations.meeting(made.id).invitation(world.jonas.id)
    assert lise.send(f"/invitations/{own.id}/deputy/invite").status_code < 400


@pytest.mark.parametrize(("verb", "state"), [("postpone", "postponed"), ("cancel", "cancelled")])
def test_cancelled_or_postponed(world, as_, verb, state):
    case = world.case()
    made, user = world.meeting(case, in_days=3, state=MeetingState.INVITED), case.person.user
    version, path = made.version, f"/meetings/{made.id}/{verb}"
    lise, mia = as_(world.lise), as_(user)
    form = {
        "asked_by": "municipality",
        "moved_why": "decider",
        "reason": "Den, der bestemmer, er på ferie.",
        "version": version,
    }
    refused = lise.send(path, form)
    assert refused.status_code == 422
    assert "Vælg et svar." in words(refused)
    assert "Den, der bestemmer, er på ferie." in words(refused)
    by = calendar.day(calendar.add_working_days(clock.today(), 10))
    if verb == "postpone":
        assert f"En ny tid skal være aftalt senest {by}." in words(refused)
    assert lise.send(path, {**form, "told_how": "not_yet"}).status_code == 303
    kept = invitations.meeting(made.id)
    assert (kept.state.value, kept.moved_by, kept.moved_why) == (state, "municipality", "decider")
    page = words(lise.get(f"/meetings/{made.id}"))
    assert "Mia har ikke fået det at vide endnu." in page
    assert "Den, der kan beslutte, mangler" in page
    assert "på ferie" in words(mia.get(f"/meetings/{made.id}"))
    assert lise.send(f"/meetings/{made.id}/told", {"how": "not_yet"}).status_code == 303
    assert "ikke fået det at vide" in words(lise.get(f"/meetings/{made.id}"))
    assert lise.send(f"/meetings/{made.id}/told", {"how": "phone"}).status_code == 303
    assert "ikke fået det at vide" not in words(lise.get(f"/meetings/{made.id}"))
    assert invitations.meeting(made.id).told_how == "phone"


def test_what_the_person_puts_off_counts_against_nobody(world, as_):
    made = world.meeting(world.case(), in_days=3, state=MeetingState.INVITED)
    world.save()
    lise = as_(world.lise)
    for by, counted in (("person", 0), ("region", 1)):
        form = {
            "asked_by": by,
            "moved_why": "staff",
            "reason": "En anden dag.",
            "told_how": "phone",
            "date": "2031-03-03",
            "time": "10:00",
            "version": invitations.meeting(made.id).version,
        }
        assert lise.send(f"/meetings/{made.id}/postpone", form).status_code == 303
        assert invitations.meeting(made.id).postponed == counted


def test_acute(world, as_):
    case = world.case()
    lise = as_(world.lise)
    made = planned(lise, case.id, world.lise, kind="quick", form="phone", place="")
    assert made.minutes == 20
    assert "Der mangler et sted." not in lacking(lise, made)
