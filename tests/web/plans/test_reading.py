"""The plan's pages: page one first, each reader their own, strangers nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from netmeet.cases.rules import Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.formats import pdf
from netmeet.plans import queries
from netmeet.plans.models import Goal
from netmeet.plans.rules import SectionKey
from netmeet.plans.service import sections
from tests.plan_world import agreed
from tests.reader import brought, mentions
from tests.world import now


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect what the database is asked; the log's lock on PostgreSQL asks nothing."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT") and "pg_advisory" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


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


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_whom_the_person_may_ring_is_a_tap_away(world, app):
    world.lise.phone = "00 00 12 01"
    made = agreed(world)
    made.send()
    plan_id = queries.of_case(made.case.id).id
    page = as_(world, app, made.mia).get(f"/plans/{plan_id}").text
    assert 'href="tel:00001201">00 00 12 01</a>' in page


def test_page_one_says_who_does_what_by_when_then_contacts_then_the_next_meeting(
    world, app, story, plan_id
):
    page = text(as_(world, app, world.lise).get(f"/plans/{plan_id}"))
    order = ["Hvem gør hvad hvornår", "Ansøger om midlertidig bolig", "Jonas Holm", "Kontakt"]
    order += ["Næste møde", "Det spurgte Mia om", "Det ser vi forskelligt på"]
    places = [page.index(said) for said in order]
    assert places == sorted(places)
    assert "Fra ønsket: Jeg vil ikke tilbage til bostedet." in page
    assert "Kommunen har ikke sagt ja endnu." in page
    assert story.case.id


def test_the_person_reads_it_in_plain_words_and_is_never_late(world, app, story, plan_id):
    page = text(as_(world, app, story.mia).get(f"/plans/{plan_id}"))
    assert "Min plan" in page
    assert "gerne inden" in page
    assert "Er det her din plan?" in page
    assert "Uddrag" not in page
    for word in ("§", "Udgave 1", "PDF", "handlinger"):
        assert word not in page


def test_a_relatives_page_always_carries_the_same_line(world, app, story, plan_id):
    page = text(as_(world, app, world.hanne).get(f"/plans/{plan_id}"))
    assert "Her står det, du må se." in page
    assert "Uddrag" not in page
    assert "Skriv" not in page
    assert story.case.id


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".pdf",
        "/answer",
        "/compare",
        "/versions/1",
        "/history",
        "/sections/d",
        "/goals",
        "/contest",
    ],
)
def test_a_stranger_finds_nothing(world, app, plan_id, path):
    answer = as_(world, app, world.stranger).get(f"/plans/{plan_id}{path}")
    assert answer.status_code == 404
    assert not mentions(answer.get_data(as_text=True), "Mia")


def test_opening_the_plan_of_a_case_without_one_makes_none(world, app):
    case = world.case()
    mia = case.person.user
    for user in (world.lise, mia):
        answer = as_(world, app, user).get(f"/cases/{case.id}/plan")
        assert answer.status_code == 200
    assert queries.of_case(case.id) is None
    answer = as_(world, app, mia).send(f"/cases/{case.id}/plan")
    assert answer.status_code == 303
    plan = queries.of_case(case.id)
    assert as_(world, app, mia).get(f"/cases/{case.id}/plan").location == f"/plans/{plan.id}"
    again = as_(world, app, world.lise).send(f"/cases/{case.id}/plan")
    assert again.location == f"/plans/{plan.id}"
    page = text(as_(world, app, world.lise).get(f"/plans/{plan.id}"))
    assert "Kladde" in page
    assert as_(world, app, mia).get(f"/plans/{plan.id}/compare").status_code == 404


def test_a_relative_sees_no_draft(world, app):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.PLAN])
    sections.begin(case, at=now())
    plan = queries.of_case(case.id)
    assert as_(world, app, world.hanne).get(f"/plans/{plan.id}").status_code == 404


def test_the_person_and_the_coordinator_see_what_somebody_else_sees(world, app, story, plan_id):
    path = f"/plans/{plan_id}/as/{world.hanne.id}"
    mine = as_(world, app, story.mia).get(path)
    assert "Det ser Hanne" in text(mine)
    assert "Ansøger om midlertidig bolig" in text(mine)
    assert as_(world, app, world.lise).get(path).status_code == 200
    assert as_(world, app, world.jonas).get(path).status_code == 404
    assert as_(world, app, world.lise).get(f"/plans/{plan_id}/as/{plan_id}").status_code == 404


def test_who_may_not_read_the_plan_is_shown_as_that(world, app):
    closed = agreed(world, relative_scopes=(Scope.INVITE,))
    closed.send()
    plan = queries.of_case(closed.case.id)
    page = text(as_(world, app, closed.mia).get(f"/plans/{plan.id}/as/{world.hanne.id}"))
    assert "Hanne kan ikke se planen." in page


def test_versions_are_shown_and_laid_beside_each_other(world, app, story, plan_id):
    lise = as_(world, app, world.lise)
    assert "udgave 1" in text(lise.get(f"/plans/{plan_id}/versions/1"))
    assert lise.get(f"/plans/{plan_id}/versions/9").status_code == 404
    assert "Det er den samme udgave." in text(lise.get(f"/plans/{plan_id}/compare"))
    mia = as_(world, app, story.mia)
    assert mia.get(f"/plans/{plan_id}/versions/1").status_code == 200
    assert mia.get(f"/plans/{plan_id}/compare?a=1&b=1").status_code == 200


def test_the_story_so_far_has_a_page_of_its_own(world, app, story, plan_id):
    path = f"/plans/{plan_id}/history"
    for reader in (story.mia, world.lise):
        browser = as_(world, app, reader)
        assert path in browser.get(f"/plans/{plan_id}").get_data(as_text=True)
        page = text(browser.get(path))
        assert "Sådan er det gået" in page
        assert "Ny udgave af planen" in page
        assert f'/plans/{plan_id}/versions/1"' in browser.get(path).get_data(as_text=True)
    relative = as_(world, app, world.hanne)
    assert path not in relative.get(f"/plans/{plan_id}").get_data(as_text=True)
    assert relative.get(path).status_code in {403, 404}


def test_the_page_asks_as_often_with_many_agreements(world, app, story, plan_id):
    browser = as_(world, app, world.lise)
    browser.get(f"/plans/{plan_id}")
    with counted() as few:
        browser.get(f"/plans/{plan_id}")
    for n in range(20):
        story.agree(f"Aftale {n}", world.jonas).published_at = now()
    db.session.commit()
    with counted() as many:
        browser.get(f"/plans/{plan_id}")
    assert len(few) == len(many) <= 12


def test_sections_are_written_and_a_stale_one_shows_both_texts(world, app, story, plan_id):
    lise = as_(world, app, world.lise)
    path = f"/plans/{plan_id}/sections/{SectionKey.SITUATION}"
    assert lise.get(path).status_code == 200
    assert lise.send(path, {"text": "Bolig: Første", "version": 0}).status_code == 303
    stale = lise.send(path, {"text": "Anden", "version": 0})
    assert stale.status_code == 409
    assert "Anden" in text(stale)
    assert "Første" in text(stale)
    typed = {"text": "Anden", "version": 0, "autosave": "1"}
    stale = lise.send(path, typed, headers={"Accept": "application/json"})
    assert brought(stale) == {"text": "Bolig: Første"}
    assert lise.get(f"/plans/{plan_id}/sections/x").status_code == 404
    assert as_(world, app, story.mia).get(path).status_code == 403
    assert "Første" in text(as_(world, app, story.mia).get(f"/plans/{plan_id}"))


def test_a_relative_who_reads_the_plan_may_not_touch_its_goals(world, app, story, plan_id):
    goal = Goal(plan_id=plan_id, words="Sove igen", begun_at=now())
    db.session.add(goal)
    hanne = as_(world, app, world.hanne)
    for path in (f"/goals/{goal.id}", f"/goals/{goal.id}/end", f"/goals/{goal.id}/score"):
        assert hanne.get(path).status_code == 403
    assert hanne.send(f"/goals/{goal.id}/reopen").status_code == 403


def test_goals_are_set_agreed_and_scored(world, app, story, plan_id):
    mia, lise = as_(world, app, story.mia), as_(world, app, world.lise)
    assert mia.get(f"/plans/{plan_id}/goals").status_code == 200
    empty = mia.send(f"/plans/{plan_id}/goals", {"words": "", "version": 0})
    assert empty.status_code == 422
    sent = mia.send(
        f"/plans/{plan_id}/goals", {"words": "Sove igen", "area": "health", "version": 0}
    )
    assert sent.status_code == 303
    goal = queries.facts(story.case, queries.of_case(story.case.id)).goals[0]
    goal_id, version = goal.id, goal.version
    for path in (f"/plans/{plan_id}/goals", f"/goals/{goal_id}", f"/goals/{goal_id}/score"):
        assert lise.get(path).status_code == 200
    agreed_on = {"agreed": "Søvnskema", "area": "health", "version": version}
    assert lise.send(f"/goals/{goal_id}", agreed_on).status_code == 303
    assert mia.get(f"/goals/{goal_id}/score").status_code == 200
    assert mia.send(f"/goals/{goal_id}/score", {}).status_code == 422
    assert mia.send(f"/goals/{goal_id}/score", {"value": "4"}).status_code == 303
    page = text(mia.get(f"/plans/{plan_id}"))
    assert "Sove igen" in page
    assert "Du siger 4 af 10" in page
    assert as_(world, app, world.jonas).get(f"/goals/{goal_id}/score").status_code == 403


def test_the_crisis_plan_is_the_persons(world, app, story, plan_id):
    mia = as_(world, app, story.mia)
    assert mia.get(f"/plans/{plan_id}/crisis").status_code == 200
    sent = mia.send(f"/plans/{plan_id}/crisis", {"text": "Ring til Hanne.", "version": 0})
    assert sent.status_code == 303
    assert "Hvis jeg får det dårligt" in text(mia.get(f"/plans/{plan_id}"))
    assert as_(world, app, world.jonas).get(f"/plans/{plan_id}/crisis").status_code == 403


TYPING = {"Accept": "application/json"}


def test_a_section_is_saved_as_one_types_and_a_stale_one_shows_both(world, app, story, plan_id):
    lise = as_(world, app, world.lise)
    path = f"/plans/{plan_id}/sections/{SectionKey.SITUATION}"
    assert "data-autosave" in lise.get(path).get_data(as_text=True)
    typed = {"text": "Mia sover lidt bedre.", "version": 0, "autosave": "1"}
    saved = lise.send(path, typed, headers=TYPING)
    assert saved.status_code == 200
    assert saved.json["version"] == 1
    assert saved.json["saved_at_text"].startswith("Gemt kl. ")
    stale = lise.send(path, {**typed, "text": "Mia sover ikke."}, headers=TYPING)
    assert stale.status_code == 409
    both = stale.get_data(as_text=True)
    assert "Mia sover lidt bedre." in both
    assert "Mia sover ikke." in both
    long = lise.send(path, {**typed, "text": "x" * 5000, "version": 1}, headers=TYPING)
    assert long.status_code == 422
    assert "for lang" in long.json["error"]


def test_staff_write_the_part_of_their_organisation_and_no_other(world, app, story, plan_id):
    jonas = as_(world, app, world.jonas)
    page = jonas.get(f"/plans/{plan_id}")
    assert "Indsatser i gang" in text(page)
    assert f"/plans/{plan_id}/sections/b" not in page.get_data(as_text=True)
    path = f"/plans/{plan_id}/sections/{SectionKey.EFFORTS}"
    assert "Frederiksberg Kommune skriver her." in text(jonas.get(path))
    sent = jonas.send(path, {"text": "Bolig: Bostøtte to timer om ugen.", "version": 0})
    assert sent.status_code == 303
    shown = text(jonas.get(f"/plans/{plan_id}"))
    assert "Bostøtte to timer om ugen." in shown
    assert jonas.get(f"/plans/{plan_id}/sections/b").status_code == 403
    ours = world.ward.organisation_id
    assert jonas.get(f"{path}?of={ours}").status_code == 403
    lise = as_(world, app, world.lise)
    theirs = f"{path}?of={world.office.organisation_id}"
    link = theirs.removeprefix("http://localhost")
    assert link in lise.get(f"/plans/{plan_id}").get_data(as_text=True)
    mended = lise.send(theirs, {"text": "Bolig: Bostøtte tre timer.", "version": 1})
    assert mended.status_code == 303
    assert "Bostøtte tre timer." in text(lise.get(f"/plans/{plan_id}"))
    assert lise.get(f"{path}?of={'0' * 16}").status_code == 403


def test_a_goal_is_reached_and_taken_up_again(world, app, story, plan_id):
    lise = as_(world, app, world.lise)
    lise.send(f"/plans/{plan_id}/goals", {"words": "Sove igen", "agreed": "", "area": ""})
    goal = db.session.scalars(select(Goal)).one()
    mia = as_(world, app, story.mia)
    asked = mia.get(f"/goals/{goal.id}/end")
    assert "Er du færdig med målet?" in text(asked)
    nothing = mia.send(f"/goals/{goal.id}/end", {"version": 1, "ended_on": "2026-01-02"})
    assert nothing.status_code == 422
    said = {"version": 1, "ended": "reached", "ended_on": "2026-01-02"}
    assert mia.send(f"/goals/{goal.id}/end", said).status_code == 303
    shown = text(mia.get(f"/plans/{plan_id}"))
    assert "Det har jeg nået, eller lagt væk" in shown
    assert "2. januar" in shown
    assert mia.send(f"/goals/{goal.id}/end", said).status_code == 409
    jonas = as_(world, app, world.jonas)
    assert jonas.send(f"/goals/{goal.id}/reopen", {"version": 2}).status_code == 403
    assert "Tag målet op igen" not in text(jonas.get(f"/plans/{plan_id}"))
    mia = as_(world, app, story.mia)
    assert mia.send(f"/goals/{goal.id}/reopen", {"version": 2}).status_code == 303
    assert "Det har jeg nået" not in text(mia.get(f"/plans/{plan_id}"))


def test_a_doctor_reads_nothing_of_a_plan_before_it_is_sent_out(world, app):
    ellen = world.staff("Ellen Brandt", world.office, role=Role.GP)
    case = world.case(staff=[world.jonas, ellen])
    plan = sections.begin(case, at=now())
    by = world.actor(case.person.user)
    sections.write(plan, SectionKey.ABOUT_ME, "Jeg holder af kaniner.", by=by, at=now(), version=0)
    plan_id = plan.id
    world.save()
    page = text(as_(world, app, world.jonas).get(f"/plans/{plan_id}"))
    assert "kaniner" in page
    doctor = as_(world, app, ellen)
    page = text(doctor.get(f"/plans/{plan_id}"))
    assert "Der er ingen plan endnu" in page
    assert "Skriv i planen" in page
    assert "kaniner" not in page
    assert doctor.get(f"/plans/{plan_id}.pdf").status_code == 404


def test_a_paper_that_cannot_be_printed_now_is_told_in_words(
    world, app, story, plan_id, monkeypatch, caplog
):
    press = pdf.Press(workers=1, seconds=0.001)
    monkeypatch.setattr(pdf, "_press", lambda: press)
    answer = as_(world, app, story.mia).get(f"/plans/{plan_id}.pdf")
    assert answer.status_code == 503
    assert "Papiret kunne ikke laves lige nu" in answer.text
    assert "plans.pdf it took too long" in caplog.text
