"""The variants of ``domain.md`` § 2.6 in which the person is not at the table."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.cases import queries as reading
from netmeet.cases import service as cases
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.meetings.rules import MeetingKind, MeetingState, Participation
from netmeet.outbox.models import Message
from tests.web.variants.conftest import hold, words
from tests.world import now

OFF = {
    "asked_by": "person",
    "moved_why": "person",
    "reason": "Mia kan ikke.",
    "told_how": "phone",
}


def says_no(mia, meeting):
    said = mia.send(f"/meetings/{meeting.id}/answer", {"answer": "no"})
    assert said.location.endswith(f"/meetings/{meeting.id}/instead")
    return mia.get(said.location)


def wants(client, meeting, wish):
    return client.send(f"/meetings/{meeting.id}/instead", {"instead": wish})


def lacking(client, meeting):
    return words(client.get(f"/meetings/{meeting.id}/readiness"))


def test_person_unable_to_attend(world, as_, meeting):
    mia, lise, jonas = (as_(world.made["mia"]), as_(world.lise), as_(world.jonas))
    page = words(says_no(mia, meeting))
    assert "Du behøver ikke sige hvorfor." in page
    for way in ("På telefon, på video, til en del af mødet", "Hold mødet uden mig"):
        assert way in page
    assert "Må det holdes uden Mia?" in lacking(lise, meeting)

    wants(mia, meeting, "other_day")
    by = calendar.day(calendar.add_working_days(clock.today(), 5))
    assert f"Lise finder en ny dag senest {by}." in words(
        mia.get(f"/meetings/{meeting.id}/instead")
    )
    assert f"Mia vil gerne have en anden dag, senest {by}." in lacking(lise, meeting)

    wants(mia, meeting, "without_me")
    assert "Må det holdes uden Mia?" not in lacking(lise, meeting)
    assert "anden dag" not in lacking(lise, meeting)
    here = {world.lise.id: "in_person", world.jonas.id: "video"}
    hold(lise, meeting, here, participation=Participation.COULD_NOT.value)
    assert "kunne ikke være med" in words(jonas.get(f"/meetings/{meeting.id}/minutes"))

    home = words(mia.get("/"))
    assert "Er det her din plan?" in home
    plan = mia.get("/").get_data(as_text=True)
    answer = plan[plan.index("/plans/") :].split('"')[0]
    version = mia.get(answer).get_data(as_text=True)
    mia.send(answer, {"answer": "accepted", "version": _hidden(version, "version")})
    assert "Mia har svaret:" in words(jonas.get(answer.rsplit("/", 1)[0]))
    told = select(Message.user_id).where(Message.kind == "plans.answered")
    assert set(db.session.scalars(told)) == {world.lise.id, world.jonas.id}


def _hidden(page, name):
    part = page[page.index(f'name="{name}"') :]
    return part[part.index('value="') + 7 :].split('"')[0]


def test_person_not_willing_but_consents(world, as_, meeting):
    mia, lise, jonas = (as_(world.made["mia"]), as_(world.lise), as_(world.jonas))
    says_no(mia, meeting)
    wants(mia, meeting, "without_me")
    own = "Jeg orker det ikke, men jeg vil have en anden bolig."
    mia.send(f"/meetings/{meeting.id}/answer/input", {"input-text": own, "version": 0})
    here = {world.lise.id: "in_person", world.jonas.id: "in_person"}
    hold(lise, meeting, here, participation=Participation.CHOSE_NOT.value)
    read = words(jonas.get(f"/meetings/{meeting.id}/minutes"))
    assert "har valgt ikke at være med" in read
    assert own in read
    paper = jonas.get(f"/meetings/{meeting.id}/minutes.pdf")
    assert paper.status_code == 200


def test_what_was_written_beforehand_stays_when_its_writer_leaves(world, as_, meeting):
    mia, lise, jonas = (as_(world.made["mia"]), as_(world.lise), as_(world.jonas))
    own = {"input-text": "Boligen er fundet.", "version": 0}
    jonas.send(f"/meetings/{meeting.id}/answer/input", own)
    here = {world.made["mia"].id: "in_person", world.lise.id: "in_person"}
    hold(lise, meeting, here, participation=Participation.WHOLE.value)
    place = reading.by_id(meeting.case_id).member(world.jonas.id).id
    assert lise.send(f"/members/{place}/remove").status_code == 303
    assert "Boligen er fundet." in words(mia.get(f"/meetings/{meeting.id}/minutes"))


def test_what_was_written_by_who_was_taken_off_the_list_is_not_read(world, as_, meeting):
    lise, jonas = as_(world.lise), as_(world.jonas)
    own = {"input-text": "Boligen er fundet.", "version": 0}
    jonas.send(f"/meetings/{meeting.id}/answer/input", own)
    assert "Boligen er fundet." in words(lise.get(f"/meetings/{meeting.id}/chair"))
    invitation = invitations.meeting(meeting.id).invitation(world.jonas.id)
    assert lise.send(f"/invitations/{invitation.id}/withdraw").status_code == 303
    assert "Boligen er fundet." not in words(lise.get(f"/meetings/{meeting.id}/chair"))


def test_person_refuses_the_meeting(world, as_, meeting):
    mia, lise, jonas = (as_(world.made["mia"]), as_(world.lise), as_(world.jonas))
    page = words(says_no(mia, meeting))
    assert "Ingen holder mødet uden dit ja. Lise taler med dig om resten." in page
    wants(mia, meeting, "no_meeting")
    assert "Mia vil ikke have mødet. Det kan ikke holdes uden et ja." in lacking(lise, meeting)
    here = {"user_id": world.lise.id, "mode": "in_person", "version": 0}
    lise.send(f"/meetings/{meeting.id}/attendance", here)
    refused = lise.send(f"/meetings/{meeting.id}/room/start", {"without": "1"})
    assert refused.status_code == 422
    assert "Mia har sagt nej til mødet." in words(refused)
    assert jonas.get(f"/meetings/{meeting.id}/instead").status_code == 403

    mia.send(f"/meetings/{meeting.id}/answer", {"answer": "yes"})
    assert lise.send(f"/meetings/{meeting.id}/room/start", {"without": "1"}).status_code == 303


def test_person_refuses_the_meeting_before_a_discharge(world, as_, meeting):
    mia, lise = as_(world.made["mia"]), as_(world.lise)
    meeting.kind = MeetingKind.DISCHARGE
    world.save()
    page = words(says_no(mia, meeting))
    assert "Lægen kan lave en plan for tiden efter udskrivningen." in page
    assert "du må skrive, hvad du mener" in page
    wants(mia, meeting, "no_meeting")
    assert "Mia vil ikke have mødet." in lacking(lise, meeting)
    _set_kind(lise, meeting, MeetingKind.DISCHARGE_WITHOUT)
    found = lacking(lise, meeting)
    assert "Mia vil ikke have mødet." not in found
    assert "Der står ikke, hvilken lov planen uden borgerens deltagelse bygger på." in found
    cases.record_legal_basis(
        reading.by_id(meeting.case_id),
        by=world.actor(world.lise),
        at=now(),
        organisation_id=world.office.organisation_id,
        paragraph="13c",
        scopes=[Scope.PLAN],
        necessity="Kommunen skal finde en bolig.",
    )
    world.save()
    assert "hvilken lov" not in lacking(lise, meeting)
    here = {"user_id": world.lise.id, "mode": "in_person", "version": 0}
    lise.send(f"/meetings/{meeting.id}/attendance", here)
    assert lise.send(f"/meetings/{meeting.id}/room/start", {"without": "1"}).status_code == 303


def _set_kind(client, meeting, kind):
    found = invitations.meeting(meeting.id)
    fields = {
        "kind": kind.value,
        "purpose": found.purpose,
        "minutes": found.minutes,
        "form": found.form.value,
        "place": found.place,
        "chair": found.chair_id,
        "minute_taker": "",
        "date": found.starts_local.date().isoformat(),
        "time": found.starts_local.time().isoformat("minutes"),
        "version": found.version,
    }
    assert client.send(f"/meetings/{meeting.id}/edit", fields).status_code == 303


@pytest.mark.parametrize("wish", ["other_day", "other_way", "without_me"])
def test_what_the_person_wants_instead_ends_with_a_new_time(world, as_, meeting, wish):
    mia, lise = as_(world.made["mia"]), as_(world.lise)
    says_no(mia, meeting)
    wants(mia, meeting, wish)
    fields = {**OFF, "version": _version(meeting)}
    assert lise.send(f"/meetings/{meeting.id}/postpone", fields).status_code == 303
    kept = invitations.meeting(meeting.id)
    assert kept.state is MeetingState.POSTPONED
    assert kept.instead is None


def test_who_asked_stands_there_already_when_the_person_did(world, as_, meeting):
    mia, lise = as_(world.made["mia"]), as_(world.lise)
    says_no(mia, meeting)
    pages = [f"/meetings/{meeting.id}/{verb}" for verb in ("postpone", "cancel")]
    assert not any(" checked" in lise.get(page).get_data(as_text=True) for page in pages)
    wants(mia, meeting, "other_way")
    assert not any(" checked" in lise.get(page).get_data(as_text=True) for page in pages)
    wants(mia, meeting, "other_day")
    for page in pages:
        body = lise.get(page).get_data(as_text=True)
        chosen = re.findall(r'<input(?=[^>]*checked)[^>]*value="(\w+)"', body)
        assert chosen == ["person", "person"]


def test_a_no_to_the_meeting_itself_outlives_a_new_time(world, as_, meeting):
    mia, lise = as_(world.made["mia"]), as_(world.lise)
    says_no(mia, meeting)
    wants(mia, meeting, "no_meeting")
    fields = {**OFF, "version": _version(meeting)}
    lise.send(f"/meetings/{meeting.id}/postpone", fields)
    assert invitations.meeting(meeting.id).is_refused


def _version(meeting):
    return invitations.meeting(meeting.id).version


def test_what_the_person_wants_is_written_down_for_them(world, as_, meeting):
    lise, mia = as_(world.lise), as_(world.made["mia"])
    page = words(lise.get(f"/meetings/{meeting.id}/instead"))
    assert "Skriv først ind, at Mia ikke kommer." in page
    assert wants(lise, meeting, "other_day").status_code == 422
    says_no(mia, meeting)
    page = words(lise.get(f"/meetings/{meeting.id}/instead"))
    assert "Hvad vil Mia i stedet?" in page
    assert "Jeg vil ikke have mødet" not in page
    # To say no to all of it is the person's alone; who is told so calls it off.
    assert wants(lise, meeting, "no_meeting").status_code == 422
    assert wants(lise, meeting, "other_day").status_code == 303
    assert wants(lise, meeting, "nonsense").status_code == 303
    assert invitations.meeting(meeting.id).instead == "other_day"


def test_only_who_has_said_no_is_asked_what_instead(world, as_, meeting):
    mia = as_(world.made["mia"])
    for answer in (None, "yes", "maybe"):
        if answer:
            mia.send(f"/meetings/{meeting.id}/answer", {"answer": answer})
        refused = wants(mia, meeting, "no_meeting")
        assert refused.status_code == 422
        assert "Svar først nej til at komme." in words(refused)
    assert not invitations.meeting(meeting.id).is_refused


def test_another_wish_takes_back_that_it_may_be_held_without_them(world, as_, meeting):
    mia, lise = as_(world.made["mia"]), as_(world.lise)
    says_no(mia, meeting)
    wants(mia, meeting, "without_me")
    assert "Ja, hold mødet uden mig." in words(lise.get(f"/meetings/{meeting.id}/prepare/all"))
    wants(mia, meeting, "other_day")
    assert "Ja, hold mødet uden mig." not in words(lise.get(f"/meetings/{meeting.id}/prepare/all"))


def test_another_answer_takes_back_the_wish(world, as_, meeting):
    mia = as_(world.made["mia"])
    says_no(mia, meeting)
    wants(mia, meeting, "without_me")
    fields = {"choice": "no", "text": "", "version": 1}
    assert mia.send(f"/meetings/{meeting.id}/prepare/without_me", fields).status_code == 303
    assert invitations.meeting(meeting.id).instead is None
    assert "Må det holdes uden Mia?" not in lacking(as_(world.lise), meeting)


def test_the_promised_day_does_not_slide(world, as_, meeting):
    mia = as_(world.made["mia"])
    says_no(mia, meeting)
    wants(mia, meeting, "other_day")
    made = invitations.meeting(meeting.id)
    made.instead_at -= timedelta(days=4)
    by = calendar.day(calendar.add_working_days(clock.today() - timedelta(days=4), 5))
    world.save()
    assert f"finder en ny dag senest {by}." in words(mia.get(f"/meetings/{meeting.id}/instead"))


def test_after_the_meeting_nothing_is_chosen_instead(world, as_, meeting):
    mia = as_(world.made["mia"])
    says_no(mia, meeting)
    made = invitations.meeting(meeting.id)
    made.state, made.ended_at = MeetingState.HELD, now()
    world.save()
    late = wants(mia, meeting, "other_day")
    assert late.status_code == 422
    assert "Mødet er holdt eller aflyst." in words(late)
