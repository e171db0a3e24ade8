"""Every change of state of ``domain.md`` § 2.2 by the act that takes it: allowed, and refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions import jobs as following
from netmeet.actions.models import Action
from netmeet.cases import queries as cases
from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.meetings import jobs, rules
from netmeet.meetings.models import Meeting, MeetingRequest
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MeetingState as S
from netmeet.meetings.rules import MinutesField
from netmeet.meetings.rules import RequestState as R
from netmeet.outbox.models import Message
from tests.plan_world import agreed
from tests.web.variants.conftest import settle, words
from tests.world import now

NOTED = {"moved_why": "staff", "told_how": "phone", "asked_by": "region"}


def state(meeting):
    return db.session.get_one(Meeting, meeting.id, populate_existing=True).state


@pytest.fixture
def in_state(world):
    """Return a way to make a meeting of today that stands in a state."""

    def make(wanted, *, in_days=0):
        case = world.case()
        made = world.meeting(case, in_days=in_days, state=S.INVITED)
        world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
        world.made["mia"] = case.person.user
        made.state = wanted
        if wanted is S.PLANNED:
            for invitation in made.invitations:
                invitation.sent_at = None
        world.save()
        return made

    return make


def asked(world, case, *, as_):
    """Let the person ask for a meeting; return the request's id."""
    mia = as_(case.person.user)
    sent = mia.send(f"/cases/{case.id}/ask", {"about": "Hvor skal jeg bo?"})
    assert sent.status_code == 303, words(sent)
    return sent.location.rsplit("/", 1)[1]


def request_state(request_id):
    return db.session.get_one(MeetingRequest, request_id, populate_existing=True).state


NO = {"reason": "Der er holdt møde i går.", "alternative": "Ring til Lise på mandag."}


@pytest.mark.parametrize("begin", [R.REQUESTED, R.ASSESSED])
@pytest.mark.parametrize(
    ("act", "fields", "to"),
    [("accept", {}, R.ACCEPTED), ("decline", NO, R.DECLINED), ("withdraw", {}, R.WITHDRAWN)],
)
def test_requested_and_assessed_are_answered_once(world, as_, begin, act, fields, to):
    case = world.case()
    world.made["mia"] = case.person.user
    request_id = asked(world, case, as_=as_)
    lise, jonas, mia = as_(world.lise), as_(world.jonas), as_(world.made["mia"])
    path = f"/requests/{request_id}"
    if begin is R.ASSESSED:
        assert jonas.send(f"{path}/acknowledge").status_code == 403
        for _twice in range(2):
            assert lise.send(f"{path}/acknowledge").status_code == 303
        assert "Lise Dam har læst det og svarer dig." in words(mia.get(path))
    assert request_state(request_id) is begin
    who, other = (mia, lise) if act == "withdraw" else (lise, mia)
    assert other.send(f"{path}/{act}", fields).status_code in {403, 409}
    assert request_state(request_id) is begin
    assert who.send(f"{path}/{act}", fields).status_code == 303
    assert request_state(request_id) is to
    for again, more in (("accept", {}), ("decline", NO), ("acknowledge", {})):
        assert lise.send(f"{path}/{again}", more).status_code in {409, 422}
    assert mia.send(f"{path}/withdraw").status_code == 409
    assert request_state(request_id) is to


def test_only_who_still_may_ask_is_offered_to_take_it_back(world, as_):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    mia, hanne, case_id = as_(case.person.user), as_(world.hanne), case.id
    sent = hanne.send(f"/cases/{case_id}/ask", {"about": "Mia har det skidt."})
    assert sent.status_code == 303, words(sent)
    assert "Jeg vil ikke have mødet alligevel" in words(hanne.get(sent.location))
    assert "Jeg vil ikke have mødet alligevel" not in words(mia.get(sent.location))
    given = next(c for c in cases.by_id(case_id).consents if c.recipient_id == world.hanne.id)
    assert mia.send(f"/permits/{given.id}/stop").status_code == 303
    assert "Jeg vil ikke have mødet alligevel" not in words(hanne.get(sent.location))


def test_the_person_reads_that_somebody_else_took_it_back(world, as_):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    mia, hanne = as_(case.person.user), as_(world.hanne)
    sent = hanne.send(f"/cases/{case.id}/ask", {"about": "Mia har det skidt."})
    assert hanne.send(f"{sent.location}/withdraw").status_code == 303
    assert "Hanne har fortrudt" in words(mia.get(sent.location))
    assert "Det skrev Hanne" in words(mia.get(sent.location))
    assert "Du har fortrudt" in words(hanne.get(sent.location))


def test_a_refused_request_without_a_reason_is_not_refused(world, as_):
    request_id = asked(world, world.case(), as_=as_)
    lise = as_(world.lise)
    for lacking in ("reason", "alternative"):
        fields = {**NO, lacking: " "}
        assert lise.send(f"/requests/{request_id}/decline", fields).status_code == 422
    assert request_state(request_id) is R.REQUESTED


def test_planned_becomes_invited(world, as_, in_state):
    made = in_state(S.PLANNED, in_days=3)
    path = f"/meetings/{made.id}/invitations/send"
    version = invitations.meeting(made.id).version
    assert as_(world.jonas).send(path, {"version": version}).status_code == 403
    lise = as_(world.lise)
    assert lise.send(path, {"version": version + 7}).status_code == 409
    assert state(made) is S.PLANNED
    assert lise.send(path, {"version": version}).status_code == 303
    assert state(made) in {S.INVITED, S.CONFIRMED}


def test_invited_becomes_confirmed_and_invited_again(world, as_, in_state):
    made = in_state(S.INVITED, in_days=3)
    jonas, path = as_(world.jonas), f"/meetings/{made.id}/answer"
    assert jonas.send(path, {"answer": "maybe"}).status_code == 303
    assert state(made) is S.INVITED
    assert jonas.send(path, {"answer": "yes"}).status_code == 303
    assert state(made) is S.CONFIRMED
    assert jonas.send(path, {"answer": "no"}).status_code == 303
    assert state(made) is S.INVITED


@pytest.mark.parametrize("begin", [S.PLANNED, S.INVITED, S.CONFIRMED])
@pytest.mark.parametrize(("verb", "to"), [("postpone", S.POSTPONED), ("cancel", S.CANCELLED)])
def test_what_lies_ahead_is_put_off_or_called_off(world, as_, in_state, begin, verb, to):
    made = in_state(begin, in_days=3)
    path = f"/meetings/{made.id}/{verb}"
    fields = {
        **NOTED,
        "reason": "Lokalet er lukket.",
        "version": invitations.meeting(made.id).version,
    }
    assert as_(world.jonas).send(path, fields).status_code == 403
    lise = as_(world.lise)
    assert lise.send(path, {**fields, "reason": " "}).status_code == 422
    assert state(made) is begin
    assert lise.send(path, fields).status_code == 303
    assert state(made) is to
    kept = invitations.meeting(made.id)
    assert kept.state_reason == "Lokalet er lukket."
    assert [item.title for item in kept.items] == ["Jeg vil ikke tilbage til bostedet."]


@pytest.mark.parametrize("begin", [S.INVITED, S.CONFIRMED])
def test_people_came_and_it_could_not_be_held(world, as_, in_state, begin):
    made = in_state(begin)
    path = f"/meetings/{made.id}/not-held"
    fields = {"reason": "Brandalarmen gik.", "version": invitations.meeting(made.id).version}
    assert as_(world.jonas).send(path, fields).status_code == 403
    lise = as_(world.lise)
    here = {"user_id": world.lise.id, "mode": "in_person", "version": 0}
    lise.send(f"/meetings/{made.id}/attendance", here)
    assert lise.send(path, {**fields, "reason": ""}).status_code == 422
    assert state(made) is begin
    assert lise.send(path, fields).status_code == 303
    assert state(made) is S.NOT_COMPLETED
    assert "Brandalarmen gik." in words(lise.get(f"/meetings/{made.id}"))
    mia = as_(world.made["mia"])
    page = words(mia.get(f"/meetings/{made.id}"))
    assert "Brandalarmen gik." in page
    assert "Mødet blev ikke holdt." in page
    assert "Dit møde har ikke fået en dag endnu" in words(mia.get("/"))
    assert "uden ny dato" in words(lise.get(f"/meetings/{made.id}/readiness"))
    # Another day it begins anew: who was here is forgotten, and whose calendar has it is told.
    assert reading.room(made.id).attendances == []
    version = invitations.meeting(made.id).version
    sent = lise.send(f"/meetings/{made.id}/invitations/send", {"version": version})
    assert sent.status_code == 303
    told = db.session.scalars(select(Message.kind).where(Message.user_id == world.jonas.id))
    assert "invitations.cancelled" in set(told)


def test_why_it_was_put_off_once_is_no_reason_why_it_was_not_held(world, as_, in_state):
    made = in_state(S.INVITED)
    made.moved_by, made.moved_why, made.told_how = "region", "staff", "not_yet"
    world.save()
    fields = {"reason": "Brandalarmen gik.", "version": invitations.meeting(made.id).version}
    assert as_(world.lise).send(f"/meetings/{made.id}/not-held", fields).status_code == 303
    found = invitations.meeting(made.id)
    assert (found.moved_by, found.moved_why, found.told_how) == ("", "", "")


def test_before_its_day_a_meeting_is_not_noted_as_not_held(world, as_, in_state):
    made = in_state(S.INVITED, in_days=2)
    fields = {"reason": "Ingen kom.", "version": invitations.meeting(made.id).version}
    refused = as_(world.lise).send(f"/meetings/{made.id}/not-held", fields)
    assert refused.status_code == 422
    assert "Udsæt eller aflys det i stedet." in words(refused)


@pytest.mark.parametrize("begin", [S.POSTPONED, S.NOT_COMPLETED])
def test_what_was_put_off_is_planned_anew_or_called_off(world, as_, in_state, begin):
    for verb in ("edit", "cancel"):
        made = in_state(begin, in_days=3)
        found = invitations.meeting(made.id)
        fields = {
            "kind": found.kind,
            "purpose": found.purpose,
            "minutes": found.minutes,
            "form": found.form.value,
            "place": found.place,
            "chair": found.chair_id,
            "minute_taker": "",
            "date": (clock.today() + timedelta(days=9)).isoformat(),
            "time": "10:00",
            "version": found.version,
            **NOTED,
            "reason": "Der er fundet en anden vej.",
        }
        assert as_(world.jonas).send(f"/meetings/{made.id}/{verb}", fields).status_code == 403
        assert state(made) is begin
        assert as_(world.lise).send(f"/meetings/{made.id}/{verb}", fields).status_code == 303
        assert state(made) is (S.PLANNED if verb == "edit" else S.CANCELLED)


@pytest.mark.parametrize("begin", [S.INVITED, S.CONFIRMED])
def test_a_meeting_is_held_written_and_sent_out(world, as_, in_state, begin):
    made = in_state(begin)
    lise, jonas, at = as_(world.lise), as_(world.jonas), f"/meetings/{made.id}"
    for user in (world.made["mia"], world.lise, world.jonas):
        fields = {"user_id": user.id, "mode": "in_person", "version": 0}
        lise.send(f"{at}/attendance", fields)
    lise.send(f"{at}/room/start")
    ending = {"participation": "whole", "no_next_reason": "Mia vil ikke have flere."}
    assert lise.send(f"{at}/room/end", ending).status_code == 422
    assert jonas.send(f"{at}/room/end", ending).status_code == 403
    assert state(made) is begin
    settle(lise, made)
    assert lise.send(f"{at}/room/end", ending).status_code == 303
    assert state(made) is S.MINUTES_DRAFT
    version = reading.room(made.id).version
    assert jonas.send(f"{at}/send-out", {"version": version}).status_code == 404
    assert lise.send(f"{at}/send-out", {"version": version + 7}).status_code == 409
    assert state(made) is S.MINUTES_DRAFT
    assert lise.send(f"{at}/send-out", {"version": version}).status_code == 303
    assert state(made) is S.PUBLISHED


@pytest.fixture
def sent(world):
    """Return the id of a meeting whose minutes were sent out, with one open agreement."""
    story = agreed(world)
    story.send()
    return story.meeting


def test_published_minutes_become_final_are_followed_up_and_end(sent):
    jobs.finish(now())
    following.follow_up(now())
    assert state(sent) is S.PUBLISHED
    later = now() + timedelta(days=30)
    jobs.finish(later)
    assert state(sent) is S.FINAL
    following.follow_up(later)
    following.follow_up(later)
    assert state(sent) is S.FOLLOW_UP
    for action in db.session.query(Action).filter_by(meeting_id=sent.id):
        action.closed_at = now()
    db.session.commit()
    following.follow_up(later)
    assert state(sent) is S.CLOSED


def test_what_is_taken_up_again_is_followed_up_again(sent):
    later = now() + timedelta(days=30)
    made = db.session.get_one(Meeting, sent.id)
    made.state = S.CLOSED
    db.session.commit()
    following.follow_up(later)
    assert state(sent) is S.FOLLOW_UP


def test_minutes_corrected_meanwhile_are_left_alone(sent, monkeypatch):
    made = db.session.get_one(Meeting, sent.id)
    made.state = S.FINAL
    db.session.commit()
    found = following.queries.by_id

    def corrected_meanwhile(meeting_id):
        meeting = found(meeting_id)
        meeting.state = S.PUBLISHED
        return meeting

    monkeypatch.setattr(following.queries, "by_id", corrected_meanwhile)
    following.follow_up(now() + timedelta(days=30))
    assert state(sent) is S.PUBLISHED


def test_final_minutes_with_nothing_open_end_at_once(sent):
    for action in db.session.query(Action).filter_by(meeting_id=sent.id):
        action.closed_at = now()
    db.session.commit()
    later = now() + timedelta(days=30)
    jobs.finish(later)
    following.follow_up(later)
    assert state(sent) is S.CLOSED


def opened(meeting_id):
    """Return what the page of corrections sends, with another text at the first point."""
    meeting = reading.room(meeting_id)
    shown = {"version": meeting.version, "seen": meeting.edition}
    for item in reading.points(meeting):
        shown |= {f"{item.id}-{field.value}": item.text(field) for field in MinutesField}
        shown[f"{item.id}-kind"] = item.answer_kind.value if item.answer_kind else ""
    return {**shown, f"{reading.points(meeting)[0].id}-talked": "To steder."}


@pytest.mark.parametrize("begin", [S.PUBLISHED, S.FINAL, S.FOLLOW_UP, S.CLOSED])
def test_what_was_sent_out_is_only_corrected(world, as_, sent, begin):
    made = db.session.get_one(Meeting, sent.id)
    made.state = begin
    db.session.commit()
    lise, at = as_(world.lise), f"/meetings/{sent.id}"
    version = reading.room(sent.id).version
    fields = {**NOTED, "reason": "Fortrudt.", "version": version}
    for verb in ("postpone", "cancel", "not-held"):
        assert lise.send(f"{at}/{verb}", fields).status_code in {409, 422}
    assert lise.send(f"{at}/room/start").status_code in {303, 409, 422}
    assert state(sent) is begin
    new = opened(sent.id)
    assert lise.send(f"{at}/correct", {**new, "reason": ""}).status_code == 422
    assert state(sent) is begin
    corrected = lise.send(f"{at}/correct", {**new, "reason": "Der var to."})
    assert corrected.status_code == 303, words(corrected)
    assert state(sent) is S.PUBLISHED


@pytest.mark.parametrize("ended", sorted(rules.FINISHED - {S.CLOSED}))
def test_what_was_called_off_stays_so(world, as_, in_state, ended):
    made = in_state(ended)
    lise, at = as_(world.lise), f"/meetings/{made.id}"
    fields = {**NOTED, "reason": "Alligevel.", "version": invitations.meeting(made.id).version}
    for verb in ("postpone", "cancel", "not-held", "room/start"):
        assert lise.send(f"{at}/{verb}", fields).status_code in {409, 422}
    assert state(made) is ended
