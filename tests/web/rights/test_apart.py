"""Parents who live apart never find each other: not on a page, not on paper."""

import re

import pytest

from netmeet.cases import queries, service
from netmeet.cases.rules import ConsentHow, MandateScope, RepresentationKind, Scope, birthday
from netmeet.cases.service import mandates, words
from netmeet.cases.service.network import Newcomer
from netmeet.core import clock, ids
from netmeet.core.db import db
from netmeet.invitations import service as invitations
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings.rules import MeetingState, Question
from netmeet.meetings.service import preparation
from netmeet.plans import exports as plans_exports
from netmeet.plans import queries as plans
from netmeet.plans.models import Plan
from netmeet.plans.rules import PlanType
from tests.slices.actions.making import agree
from tests.world import now

SECRET = re.compile(r"\bPer\b|\bDal\b|dal-hemmelig|Skjulby|87 65 43 21|stedfar")


@pytest.fixture
def noah(world):
    """Return the case of a boy of twelve whose parents live apart."""
    world.made["person:Noah Bo"] = service.create_person(
        name="Noah Bo", birth_date=birthday(clock.today(), -12), at=now()
    )
    case = world.case("Noah Bo", consent=())
    for name, mail in (("Eva Bo", "eva"), ("Per Dal", "dal-hemmelig")):
        mandate = mandates.Mandate(
            kind=RepresentationKind.CUSTODY_HOLDER,
            scopes={MandateScope.PERSONAL},
            document="Afgørelse 12",
            is_apart=True,
        )
        who = Newcomer(name=name, email=f"{mail}@example.org", phone="87 65 43 21")
        by = world.actor(world.lise)
        kin = "mor" if mail == "eva" else "stedfar"
        held = mandates.record(case, who, mandate, by=by, at=now(), relation=kin)
        world.made[name] = held.user
        held.user.address = "Hemmelig Allé 3, Skjulby"
    return case


def give_everything(world, case):
    """Let everything happen in which the father has a part."""
    father = world.made["Per Dal"]
    meeting = world.meeting(case, invited=[], in_days=3)
    by = world.actor(world.lise)
    for member in [m for m in case.members if not m.role.is_staff]:
        invitations.draft(meeting, member, by=by, at=now())
    invitations.send(meeting, version=meeting.version, by=by, at=now())
    own = meeting.invitation(father.id)
    invitations.answer(own, AnswerValue.YES, via=Via.LOGIN, by=father.id, at=now())
    agree(world, case, father, what="Henter i skolen")
    said = preparation.Said(text="Noah sover dårligt")
    preparation.answer(
        meeting, Question.MATTERS, by=world.actor(father), at=now(), said=said, version=0
    )
    words.tell_staff(case, "Ordene fra Skjulby", by=world.actor(father), at=now())
    service.grant_consent(
        case,
        by=world.actor(father),
        at=now(),
        scopes=[Scope.PLAN],
        how=ConsentHow.DIGITAL,
        organisation_id=world.office.organisation_id,
    )
    plan = Plan(
        case_id=case.id,
        case=case,
        kind=PlanType.SHARED,
        begun_at=now(),
        sections=[],
        goals=[],
        versions=[],
    )
    db.session.add(plan)
    db.session.flush()
    assert meeting.state is MeetingState.INVITED
    return meeting, plan


def test_one_parent_finds_nothing_of_the_other_on_any_page(world, client, noah):
    meeting, plan = give_everything(world, noah)
    mother, child, case_id = world.made["Eva Bo"], noah.person.user, noah.id
    pages = [
        "/",
        "/consents",
        "/consents/new",
        "/access-log",
        f"/cases/{case_id}",
        f"/cases/{case_id}/team",
        f"/cases/{case_id}/told",
        f"/cases/{case_id}/copies",
        f"/cases/{case_id}/seen?of={mother.id}",
        f"/meetings/{meeting.id}",
        f"/meetings/{meeting.id}/agenda",
        f"/meetings/{meeting.id}/answer",
        f"/meetings/{meeting.id}/prepare",
        f"/meetings/{meeting.id}/prepare/all",
        f"/plans/{plan.id}",
        f"/plans/{plan.id}.pdf",
        f"/meetings/{meeting.id}.ics",
    ]
    father_id = world.made["Per Dal"].id
    world.sign_in(client, mother)
    opened, found = 0, []
    for page in pages:
        answer = client.get(page, follow_redirects=True)
        opened += answer.status_code == 200
        text = re.sub(
            r'(href|action|content|src|value)="[^"]*"', "", answer.get_data().decode("latin-1")
        )
        found += [f"{page}: {hit.group(0)}" for hit in SECRET.finditer(text) if ".pdf" not in page]
    print(f"apart: {opened} pages opened, {len(found)} words of the other parent")
    assert found == []
    assert opened >= 13
    answers = client.get(f"/meetings/{meeting.id}/prepare/all").text
    assert "Noah sover dårligt" in answers
    assert "har skrevet det" not in answers
    hidden = client.get(f"/cases/{case_id}/seen?of={father_id}")
    assert hidden.status_code == 404
    world.sign_in(client, child)
    assert "Per Dal" in client.get("/consents").text


def test_who_sees_as_one_parent_does_not_see_the_other(world, client, noah):
    _meeting, plan = give_everything(world, noah)
    plan_id = plan.id
    world.sign_in(client, world.lise)
    path = f"/cases/{noah.id}/seen?of={world.made['Eva Bo'].id}"
    page = client.get(path)
    assert page.status_code == 200
    assert not re.search(r"Per Dal|Skjulby|stedfar", page.text)
    db.session.remove()
    held = plans.by_id(plan_id)
    readers = {member.name: reader for member, reader in plans.readers(held.case, at=now())}
    facts = plans.facts(held.case, held)
    shown = plans_exports.living(held, facts, reader=readers["Eva Bo"])
    assert not re.search(r"Per Dal|stedfar", str(shown))
    assert "Den anden forælder" in str(shown)
    assert re.search(r"Per Dal", str(plans_exports.living(held, facts, reader=readers["Per Dal"])))


def test_the_other_parents_yes_is_asked_for_and_given_on_their_own_page(world, client, noah):
    give_everything(world, noah)
    case_id, mother = noah.id, world.made["Eva Bo"]
    world.sign_in(client, mother)
    page = client.get("/consents")
    assert "Det gælder først, når du også siger ja." in page.text
    path = re.search(r"/permits/\w+/assent", page.text)[0]
    assert client.send(path).location == "/consents"
    (given,) = queries.consents_in_force(queries.by_id(case_id), now())
    assert given.organisation_id == world.office.organisation_id


def test_the_coordinator_writes_down_who_acts_and_ends_it(world, client):
    case = world.case(relative=world.hanne)
    path = f"/cases/{case.id}/mandates"
    world.sign_in(client, world.lise)
    assert "Ingen handler for borgeren." in client.get(path).text
    form = {
        "who": "",
        "name": "Ole Bo",
        "relation": "bror",
        "email": f"{ids.new_id()}@example.org",
        "kind": "guardian",
        "scopes": ["personal"],
        "document": "Beskikkelse, journal 12",
    }
    assert client.get(f"{path}/new").status_code == 200
    assert client.send(f"{path}/new", {**form, "name": ""}).status_code == 422
    assert client.send(f"{path}/new", {**form, "document": ""}).status_code == 422
    assert client.send(f"{path}/new", {**form, "kind": "custody_holder"}).status_code == 422
    assert client.send(f"{path}/new", form).location == path
    page = client.get(path)
    assert "Beskikkelse, journal 12" in page.text
    end = re.search(r"/mandates/\w+/end", page.text)[0]
    assert client.send(end).location == path
    assert "Ingen handler for borgeren." in client.get(path).text
    world.sign_in(client, world.stranger)
    assert client.get(path).status_code == 404
