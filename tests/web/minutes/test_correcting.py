"""Correcting minutes in the browser: one page, one reason, a new edition everybody is told of."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions.rules import Status
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import MinutesField
from netmeet.meetings.service import minutes
from netmeet.outbox.models import Message
from netmeet.plans import queries as plans
from netmeet.plans.exports import RENDERERS
from netmeet.plans.models import PlanVersion
from netmeet.plans.rules import AcceptanceAnswer
from netmeet.plans.service import answers
from netmeet.readiness import queries as readiness
from tests.plan_world import agreed
from tests.world import now

WHY = "Det var tre steder."


def as_(world, app, user):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.fixture
def story(world):
    made = agreed(world)
    made.send(at=now(), caller=world.lise)
    db.session.execute(Message.__table__.delete())
    db.session.commit()
    return made


def form(story, **fields):
    """Return what the page sends: every field as it stands, but for these of the first point."""
    meeting = reading.room(story.meeting.id)
    sent = {"version": meeting.version, "seen": meeting.edition}
    sent |= {"reason": fields.pop("reason", WHY)}
    for item in reading.points(meeting):
        sent |= {f"{item.id}-{field.value}": item.text(field) for field in MinutesField}
        sent[f"{item.id}-kind"] = item.answer_kind.value if item.answer_kind else ""
        sent[f"{item.id}-conclusion"] = item.conclusion.value if item.conclusion else ""
    first = reading.points(meeting)[0].id
    return sent | {f"{first}-{name}": value for name, value in fields.items()}


def path(story):
    return f"/meetings/{story.meeting.id}/correct"


def versions():
    return db.session.scalars(select(PlanVersion).order_by(PlanVersion.n)).all()


def test_the_corrected_minutes_say_what_stood_there_on_page_and_to_the_person(world, app, story):
    lise = as_(world, app, world.lise)
    assert "Ret referatet" in text(lise.get(f"/meetings/{story.meeting.id}/minutes"))
    answer = lise.send(path(story), form(story, talked="Vi så på tre steder."))
    assert answer.status_code == 303
    for user in (world.lise, story.mia):
        page = text(as_(world, app, user).get(f"/meetings/{story.meeting.id}/minutes"))
        assert "Udgave 2, rettet" in page
        assert "Vi så på tre steder." in page
        assert f"af Lise Dam under ”Vi talte om”: {WHY}" in page
    record = text(lise.get(f"/meetings/{story.meeting.id}/journal"))
    assert "Udgave 2, rettet" in record


def test_how_a_point_ended_is_corrected_too(world, app, story):
    lise = as_(world, app, world.lise)
    page = lise.get(path(story)).text
    assert re.search(r'value="agreed" checked', page)
    nothing = lise.send(path(story), form(story, conclusion=""))
    assert "Der er ikke rettet noget endnu." in text(nothing)
    later = clock.today() + timedelta(days=9)
    waits = {"conclusion": "awaiting", "decider": "jonas", "until": later.isoformat()}
    assert lise.send(path(story), form(story, **waits)).status_code == 303
    for user in (world.lise, story.mia):
        page = text(as_(world, app, user).get(f"/meetings/{story.meeting.id}/minutes"))
        day = calendar.day(later)
        assert f"skal besluttes af Jonas Holm, der svarer senest {day}." in page
        assert f"af Lise Dam under ”Sådan blev det”: {WHY}" in page
        assert "Før stod der: ”aftalt”" in page


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        ({"conclusion": "awaiting", "decider": "Jonas Holm"}, "Vælg en dag."),
        ({"conclusion": "awaiting", "until": "2030-01-07"}, "Skriv, hvem der svarer."),
        ({"conclusion": "deferred"}, "Vælg en dag."),
        ({"conclusion": "not_dealt_with"}, "Skriv hvorfor."),
        (
            {"conclusion": "awaiting", "decider": "Ingen", "until": "2030-01-07"},
            "Skriv hele navnet på en, der er med i netværket.",
        ),
    ],
)
def test_how_a_point_ended_is_told_whole(world, app, story, ended, said):
    refused = as_(world, app, world.lise).send(path(story), form(story, talked="Nyt.", **ended))
    assert (refused.status_code, said in text(refused)) == (422, True)
    assert "Nyt." in refused.text
    assert reading.room(story.meeting.id).edition == 1


def test_the_person_is_asked_about_the_plan_again(world, app, story):
    plan = plans.of_case(story.meeting.case_id)
    answers.answer(
        plan.newest,
        said=AcceptanceAnswer.ACCEPTED,
        by=world.actor(story.mia),
        at=now(),
    )
    db.session.commit()
    before = versions()[-1].content
    assert "Mia bliver spurgt om planen igen, hvis den ændrer sig." in text(
        as_(world, app, world.lise).get(path(story))
    )
    as_(world, app, world.lise).send(path(story), form(story, answer="Du ser tre steder først."))
    db.session.expire_all()
    old, new = plans.of_case(story.meeting.case_id).versions
    assert (new.n, new.acceptance, new.reason) == (2, None, f"Referatet er rettet: {WHY}")
    assert new.content["wishes"][0]["answer"] == "Du ser tre steder først."
    assert {**new.content, "wishes": old.content["wishes"]} == before
    assert new.comments_until == story.meeting.comments_until


def test_everybody_who_reads_is_told_once(world, app, story):
    sent = form(story, answer="Du ser tre steder først.")
    answer = as_(world, app, world.lise).send(path(story), sent)
    assert answer.location == f"/meetings/{story.meeting.id}/journal"
    told = db.session.scalars(select(Message)).all()
    assert {one.kind for one in told} == {"plans.published"}
    assert len({one.user_id for one in told}) == len(told)
    assert story.mia.id in {one.user_id for one in told}


def test_what_the_plan_does_not_say_leaves_the_plan_and_its_answer_alone(world, app, story):
    as_(world, app, world.lise).send(path(story), form(story, talked="Vi så på tre steder."))
    assert len(versions()) == 1
    told = db.session.scalars(select(Message)).all()
    assert {one.kind for one in told} == {"plans.corrected"}
    assert world.hanne.id not in {one.user_id for one in told}  # she reads the plan alone


def test_a_call_that_was_promised_and_what_was_done_outlive_a_correction(world, app, story):
    plan = plans.of_case(story.meeting.case_id)
    said = AcceptanceAnswer.REJECTED
    answers.answer(plan.newest, said=said, by=world.actor(story.mia), at=now())
    kept = next(iter(plans.facts(plan.case, plan).actions))
    kept.status, kept.closed_at = Status.DONE, now()
    db.session.commit()
    as_(world, app, world.lise).send(path(story), form(story, answer="Du ser tre steder."))
    assert len(versions()) == 2
    assert story.meeting.case_id in plans.calls_owed([story.meeting.case_id])
    db.session.expire_all()
    plan = plans.of_case(story.meeting.case_id)
    assert kept.id in {one.id for one in plans.facts(plan.case, plan).actions}


def test_older_minutes_leave_the_plan_alone_and_tell_who_reads_them(world, app, story):
    newest = versions()[-1]
    story.reload_case()
    newer = world.meeting(story.case, in_days=-1)
    db.session.add(
        PlanVersion(
            plan_id=newest.plan_id,
            n=2,
            meeting_id=newer.id,
            published_at=now(),
            published_by_id=world.lise.id,
            comments_until=newest.comments_until,
            content={**newest.content, "meeting_id": newer.id},
        )
    )
    db.session.commit()
    lise = as_(world, app, world.lise)
    assert "bliver spurgt om planen igen" not in text(lise.get(path(story)))
    lise.send(path(story), form(story, talked="Vi så på tre steder."))
    assert len(versions()) == 2
    told = db.session.scalars(select(Message)).all()
    assert {one.kind for one in told} == {"plans.corrected"}
    letter = RENDERERS["plans.corrected"](told[0], now())
    assert "tre steder" not in f"{letter.subject}{letter.text}{letter.html}"
    closed = next(one for one in told if one.user_id == world.jonas.id)
    story.case.member(world.jonas.id).left_at = now()
    db.session.commit()
    assert RENDERERS["plans.corrected"](closed, now()) is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"talked": "Noget nyt", "reason": ""}, "Skriv noget her."),
        ({}, "Der er ikke rettet noget endnu."),
        ({"talked": "x" * 601}, "Skriv det kortere, højst 600 tegn."),
        ({"kind": "maybe", "talked": "Noget nyt"}, "Vælg et af svarene."),
        ({"talked": "x" * 4001}, "Der er noget at rette i et felt længere nede."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(world, app, story, fields, says):
    answer = as_(world, app, world.lise).send(path(story), form(story, **fields))
    assert answer.status_code == 422
    assert says in text(answer)
    assert fields.get("talked", "") in answer.get_data(as_text=True)
    assert len(versions()) == 1
    assert db.session.scalars(select(Message)).all() == []


def test_a_stale_page_shows_both_texts(world, app, story):
    lise = as_(world, app, world.lise)
    opened = form(story, talked="Det andet.")
    lise.send(path(story), form(story, talked="Det ene."))
    answer = lise.send(path(story), opened)
    assert answer.status_code == 409
    assert "Det ene." in text(answer)
    assert "Det andet." in text(answer)


def test_who_only_reads_them_is_told_why_not_and_a_stranger_nothing(world, app, story):
    for user, status in ((world.jonas, 403), (story.mia, 403), (world.hanne, 404)):
        browser = as_(world, app, user)
        assert browser.get(path(story)).status_code == status
        assert browser.send(path(story), form(story, talked="Nej")).status_code == status
    assert len(versions()) == 1


def test_it_takes_a_fresh_proof(world, app, story):
    lise = app.test_client()
    world.sign_in(lise, world.lise, by="demo")
    assert lise.get(path(story)).location.startswith("/step-up")


def test_a_draft_is_written_where_it_stands(world, app):
    made = agreed(world)
    answer = as_(world, app, world.lise).get(path(made))
    assert answer.location == f"/meetings/{made.meeting.id}/minutes"


def test_the_coordinator_sees_that_somebody_wrote_until_it_is_answered(world, app, story):
    def rows():
        found = readiness.day(world.actor(world.lise), clock.today(), calls_owed=plans.calls_owed)
        return [row.kind for row in found.rows]

    assert "said" not in rows()
    minutes.state(story.meeting, by=world.actor(story.mia), at=now(), text="Det var tre steder.")
    db.session.commit()
    assert rows() == ["said"]
    assert "Der er skrevet til referatet." in text(as_(world, app, world.lise).get("/"))
    as_(world, app, world.lise).send(path(story), form(story, talked="Vi så på tre steder."))
    assert "said" not in rows()
