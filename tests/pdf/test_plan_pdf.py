"""The plan on paper: PDF/UA-1 for both validators, page one first, cut as the page is."""

import subprocess

import page
import pytest

from netmeet.cases.rules import Scope
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.plans import queries
from netmeet.plans.rules import SectionKey
from netmeet.plans.service import sections
from tests.plan_world import OPEN_TO_HANNE, agreed
from tests.services import verapdf
from tests.world import now


@pytest.fixture
def story(world):
    made = agreed(world, relative_scopes=(*OPEN_TO_HANNE, Scope.EXPORT))
    plan = sections.begin(made.case, at=now())
    by = made.actor(made.mia)
    sections.write(plan, SectionKey.CRISIS, "Ring til Hanne.", by=by, at=now(), version=0)
    goal = sections.add_goal(plan, by=by, at=now(), words="Sove igen", agreed="", area="health")
    sections.score(goal, on=clock.today(), value=3)
    world.lise.phone = "00 00 12 01"
    db.session.commit()
    db.session.expire_all()
    made.reload_case()
    made.send()
    return made


def as_(world, app, user):
    browser = app.test_client()
    world.sign_in(browser, user)
    return browser


def words(body, *options):
    run = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", *options, "-", "-"],  # noqa: S607 - PATH decides
        input=body,
        capture_output=True,
        check=True,
    )
    return " ".join(run.stdout.decode().split())


def printed(world, app, user, path):
    answer = as_(world, app, user).get(path)
    assert answer.status_code == 200, path
    assert answer.content_type == "application/pdf"
    assert "Mia" not in answer.headers["Content-Disposition"]
    return answer.data


def test_every_copy_is_accessible_for_both_validators(world, app, story, tmp_path):
    plan_id = queries.of_case(story.case.id).id
    for user in (story.mia, world.lise, world.hanne):
        body = printed(world, app, user, f"/plans/{plan_id}.pdf")
        assert page.validate_pdf_bytes(body, profile="ua1").failures == []
    (tmp_path / "plan.pdf").write_bytes(printed(world, app, story.mia, f"/plans/{plan_id}.pdf"))
    assert verapdf.validate(tmp_path / "plan.pdf") == []


def test_page_one_is_who_what_when_contacts_and_the_next_meeting(world, app, story):
    plan_id = queries.of_case(story.case.id).id
    body = printed(world, app, world.lise, f"/plans/{plan_id}.pdf?version=1")
    first = words(body, "-l", "1")
    wanted = ("Ansøger om midlertidig bolig", "Jonas Holm", "senest", "Kontakt", "00 00 12 01")
    for said in (*wanted, "Næste møde"):
        assert said in first
    assert "Det spurgte Mia om" not in first
    assert "Det spurgte Mia om" in words(body, "-f", "2")


def test_paper_holds_no_more_than_the_page(world, app, story):
    plan_id = queries.of_case(story.case.id).id
    hers = words(printed(world, app, world.hanne, f"/plans/{plan_id}.pdf"))
    assert "Ring til Hanne." not in hers
    assert "Uddrag" not in hers
    by_lise = as_(world, app, world.lise)
    copy = by_lise.get(f"/plans/{plan_id}.pdf?reader={world.hanne.id}")
    assert "Ring til Hanne." not in words(copy.data)
    assert by_lise.get(f"/plans/{plan_id}.pdf?reader={world.stranger.id}").status_code == 404
    assert by_lise.get(f"/plans/{plan_id}.pdf?version=9").status_code == 404
    jonas = as_(world, app, world.jonas)
    assert jonas.get(f"/plans/{plan_id}.pdf?reader={story.mia.id}").status_code == 404


def test_the_crisis_plan_fits_the_wallet(world, app, story):
    plan_id = queries.of_case(story.case.id).id
    body = printed(world, app, story.mia, f"/plans/{plan_id}/crisis.pdf")
    assert page.validate_pdf_bytes(body, profile="ua1").failures == []
    assert "Ring til Hanne." in words(body)
    assert f"{world.lise.name}: 00 00 12 01" in words(body)
    by_lise = as_(world, app, world.lise).get(f"/plans/{plan_id}/crisis.pdf")
    assert by_lise.status_code == 403 or "00 00 12 01" not in words(by_lise.data)
    answer = as_(world, app, world.hanne).get(f"/plans/{plan_id}/crisis.pdf")
    assert answer.status_code == 403
