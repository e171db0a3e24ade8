"""Whoever is not in a case learns nothing from any address of it (``security.md`` T2, T3)."""

import contextvars
import random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind
from netmeet.cases.models import AccessQuestion, LegalBasis, RelativeWord
from netmeet.cases.rules import Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import MeetingRequest, MinutesEntry, PreparationAnswer
from netmeet.meetings.rules import MinutesField, Question
from netmeet.plans.models import Goal, Plan, PlanSection, PlanVersion
from netmeet.plans.rules import SectionKey
from tests import world as worlds

CANARY = "Kanariefugl"
SEED = 20261123
TABLES_A_ROUTE = 3
FEWEST = 300
# Of these the address' id is one's own account, session or the like, and nobody's case.
OWN = ("accounts.",)


@pytest.fixture
def full_case(world):
    """Return a case with a row of every kind, each text of it marked."""
    case = world.case(f"Mia {CANARY}", relative=world.hanne, relative_scopes=tuple(Scope))
    meeting = world.meeting(case)
    meeting.purpose = f"{CANARY} formål"
    item = world.item(meeting, f"{CANARY} punkt", by=case.person.user)
    at, lise = worlds.now(), world.lise
    plan = Plan(case_id=case.id, case=case, begun_at=at)
    db.session.add(plan)
    db.session.flush()
    rows = [
        Action(
            case_id=case.id,
            meeting_id=meeting.id,
            what=f"{CANARY} aftale",
            kind=ActionKind.TASK,
            owner_id=lise.id,
            due_on=at.date(),
            created_at=at,
            created_by_id=lise.id,
            published_at=at,
        ),
        MeetingRequest(
            case_id=case.id,
            author_id=lise.id,
            asked_as=Role.REG,
            about=f"{CANARY} ønske",
            requested_at=at,
            due_on=at.date(),
        ),
        MinutesEntry(
            item_id=item.id,
            field=MinutesField.TALKED,
            text=f"{CANARY} referat",
            author_id=lise.id,
            saved_at=at,
        ),
        PreparationAnswer(
            meeting_id=meeting.id,
            question=Question.MATTERS,
            text=f"{CANARY} svar",
            author_id=case.person.user_id,
            saved_at=at,
        ),
        RelativeWord(case_id=case.id, author_id=world.hanne.id, text=f"{CANARY} ord", at=at),
        LegalBasis(
            case_id=case.id,
            organisation_id=world.ward.organisation_id,
            paragraph="13c",
            scope_list="plan",
            necessity=f"{CANARY} nødvendigt",
            recorded_at=at,
            recorded_by_id=lise.id,
        ),
        AccessQuestion(
            case_id=case.id, about_user_id=lise.id, asked_at=at, words=f"{CANARY} hvorfor"
        ),
        PlanSection(
            plan_id=plan.id,
            key=SectionKey.SITUATION,
            text=f"{CANARY} situation",
            author_id=lise.id,
            saved_at=at,
        ),
        Goal(plan_id=plan.id, words=f"{CANARY} mål", begun_at=at),
        PlanVersion(
            plan_id=plan.id,
            n=1,
            published_at=at,
            published_by_id=lise.id,
            comments_until=at.date(),
            content={"title": f"{CANARY} plan"},
        ),
    ]
    db.session.add_all(rows)
    world.save()
    return case


def _every_id():
    """Return the ids of all rows, by table."""
    found = {}
    for mapper in db.Model.registry.mappers:
        ids = db.session.scalars(select(mapper.local_table.c.id)).all()
        if ids:
            found[mapper.local_table.name] = list(ids)
    # What only reads holds SQLite's write lock here too: let the requests have it.
    db.session.commit()
    return found


def _addresses(app, ids, *, sample):
    """Return method, endpoint and address for every route with an id and an id of every table."""
    for rule in app.url_map.iter_rules():
        if "id" not in rule.arguments or rule.endpoint.startswith(OWN):
            continue
        for table in sample.sample(sorted(ids), min(TABLES_A_ROUTE, len(ids))):
            known = ids[table]
            values = {name: 1 if name == "n" else known[-1] for name in rule.arguments}
            values |= {name: "matters" for name in rule.arguments if name == "question"}
            values["id"] = sample.choice(known)
            built = rule.build(values, append_unknown=False)
            assert built is not None, rule.endpoint
            path = built[1]
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, rule.endpoint, table, path


class PlainClient(FlaskClient):
    """Asks outside the test's application context and does not parse what it gets: it is much."""

    def open(self, *args, **kwargs):
        return contextvars.Context().run(super().open, *args, **kwargs)


def _plain(client):
    """Return a plain client with the same cookie."""
    plain = PlainClient(client.application, client.response_wrapper)
    plain.set_cookie("netmeet", client.get_cookie("netmeet").value)
    return plain


PERSONAS = ("curious colleague", "another person", "relative of another", "manager")


def _persona(world, which):
    other = world.case("Omar Haddad")
    if which == "curious colleague":
        return world.stranger
    if which == "another person":
        return other.person.user
    if which == "manager":
        return world.manager
    sister = world.user("Zahra Haddad")
    world.add_relative(other, sister, scopes=tuple(Scope))
    return sister


@pytest.mark.parametrize("which", PERSONAS)
def test_a_stranger_learns_nothing_from_any_address(world, client, full_case, which):
    who = _persona(world, which)
    world.save()
    mine = {who.id} | {role.id for role in [world.role_of(who)]}
    ids = _every_id()
    case_ids = {
        table: [i for i in known if i not in mine]
        for table, known in ids.items()
        if set(known) - mine
    }
    sample = random.Random(SEED)
    print(f"seed {SEED}")
    world.sign_in(client, who)
    token, client = client.token(), _plain(client)
    asked = 0
    leaks = []
    for method, endpoint, table, path in _addresses(world.app, case_ids, sample=sample):
        if method == "GET":
            answer = client.get(path)
        else:
            answer = client.post(path, data={"csrf_token": token})
        asked += 1
        if CANARY in answer.text or CANARY in str(answer.headers):
            leaks.append((method, endpoint, table, answer.status_code))
    print(f"{asked} requests")
    assert not leaks
    assert asked > FEWEST


def test_no_address_of_the_case_answers_a_curious_colleague(world, client, full_case):
    world.sign_in(client, world.stranger)
    token, client = client.token(), _plain(client)
    tables = {
        "case": [full_case.id],
        "meeting": _every_id()["meeting"],
        "plan": _every_id()["plan"],
        "action": _every_id()["action"],
    }
    wrong = []
    for method, endpoint, table, path in _addresses(world.app, tables, sample=random.Random(SEED)):
        if method == "GET":
            answer = client.get(path)
        else:
            answer = client.post(path, data={"csrf_token": token})
        if answer.status_code != 404:
            wrong.append((method, endpoint, table, answer.status_code))
    assert not wrong
