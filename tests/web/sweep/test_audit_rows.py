"""Every operation leaves exactly one row of the log, allowed or denied (``security.md`` T26)."""

import contextvars
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.wrappers import Response

from netmeet.audit.models import AuditEvent
from netmeet.cases.models import AccessQuestion, LegalBasis, RelativeWord
from netmeet.core.access import Role
from netmeet.core.db import db, only_read
from netmeet.meetings.models import MeetingRequest
from tests import plan_world
from tests import world as worlds
from tests.soak import IS_FULL

TABLES = {
    "members": "team_member",
    "permits": "consent",
    "items": "agenda_item",
    "requests": "meeting_request",
    "laws": "legal_basis",
    "access-questions": "access_question",
    "i": "invitation",
    "lines": "contested_line",
    "mine": "session",
}
"""The table of an address' id where it is not called like the first part of the address."""
ALLOWED_AT_LEAST = 50
"""Operations that somebody did in the sweep; the others need more than an empty form."""


class PlainClient(FlaskClient):
    """Asks outside the test's application context and does not parse what it gets: it is much."""

    def open(self, *args, **kwargs):
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def story(world):
    """Return a case with a row of most kinds."""
    story = plan_world.agreed(world)
    story.send()
    at, case = worlds.now(), story.case
    common = {"case_id": case.id}
    db.session.add_all(
        [
            MeetingRequest(
                **common,
                author_id=story.mia.id,
                asked_as=Role.PAT,
                about="Bolig",
                requested_at=at,
                due_on=at.date(),
            ),
            RelativeWord(**common, author_id=world.hanne.id, text="Hun sover ikke", at=at),
            LegalBasis(
                **common,
                organisation_id=world.ward.organisation_id,
                paragraph="13c",
                scope_list="plan",
                necessity="Nødvendigt",
                recorded_at=at,
                recorded_by_id=world.lise.id,
            ),
            AccessQuestion(
                **common,
                about_user_id=world.lise.id,
                unit_id=world.ward.id,
                asked_at=at,
                words="Hvorfor",
                looks={"week": at.date().isoformat(), "times": []},
            ),
        ]
    )
    world.save()
    return story


def _people(world, story):
    """Return somebody of each kind who signs in."""
    ward = world.ward
    return [
        story.mia,
        world.hanne,
        world.lise,
        world.jonas,
        world.stranger,
        world.staff("Birte Vang", ward, role=Role.MGR, title="leder"),
        world.staff("Ole Bo", ward, role=Role.AUD, title="revisor"),
        world.staff("Ida Lund", ward, role=Role.ADM, title="administrator"),
        world.staff("Per Skov", ward, role=Role.COM, title="udvalg"),
    ]


def _ids(story):
    found = {}
    for mapper in db.Model.registry.mappers:
        table = mapper.local_table
        known = db.session.scalars(select(table.c.id).limit(1)).first()
        if known:
            found[table.name] = known
    found |= {"case": story.case.id, "meeting": story.meeting.id}
    db.session.rollback()
    return found


def _path(rule, ids):
    first = rule.rule.strip("/").partition("/")[0]
    table = TABLES.get(first, first.rstrip("s").replace("-", "_"))
    table = table if table in ids else "case"
    values = {name: 1 if name == "n" else ids[table] for name in rule.arguments}
    values |= {name: "matters" for name in rule.arguments if name == "question"}
    if "id" in rule.arguments:
        values["id"] = ids[table]
    built = rule.build(values, append_unknown=False)
    return built[1] if built else None


def _newest():
    found = db.session.scalar(select(AuditEvent.seq).order_by(AuditEvent.seq.desc()).limit(1)) or 0
    db.session.rollback()
    return found


def _rows_after(seq):
    found = [
        (row.operation, row.allowed, row.object_id)
        for row in db.session.scalars(select(AuditEvent).where(AuditEvent.seq > seq))
    ]
    db.session.rollback()
    return found


def _routes(app, method):
    skipped = {"static", "accounts.logout", "accounts.leave", "accounts.end_session"}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        operation = getattr(view, "operation", None)
        if method not in rule.methods or rule.endpoint in skipped or operation is None:
            continue
        if not operation.startswith("public."):
            yield rule, operation


def test_every_operation_leaves_one_row(world, client, story):
    people, ids = _people(world, story), _ids(story)
    people = people if IS_FULL else people[:7:3]
    world.save()
    asked, wrong, done = 0, [], set()
    only_read()
    for method in ("GET", "POST"):
        for person in people:
            if world.role_of(person) is None:
                # An earlier press took them out of the case, and their account with it.
                continue
            world.sign_in(client, person)
            token = client.token()
            plain = PlainClient(world.app, Response)
            plain.set_cookie("netmeet", client.get_cookie("netmeet").value)
            for rule, operation in _routes(world.app, method):
                path = _path(rule, ids)
                before = _newest()
                sent = {"data": {"csrf_token": token}} if method == "POST" else {}
                answer = plain.open(path, method=method, **sent)
                if answer.status_code == 400 or "/step-up" in answer.headers.get("Location", ""):
                    continue
                rows = _rows_after(before)
                asked += 1
                done |= {name for name, allowed, _id in rows if allowed}
                pairs = [(name, thing) for name, _allowed, thing in rows]
                own = [
                    name for name, _id in pairs if name == operation or rule.rule.startswith("/i/")
                ]
                if len(set(pairs)) != len(pairs) or (not own and operation != "room.follow"):
                    wrong.append((method, rule.rule, person.name, answer.status_code, rows))
    print(f"T26: {asked} requests, {len(done)} operations done, {len(wrong)} without one row")
    assert not wrong
    assert len(done) >= ALLOWED_AT_LEAST


def test_without_the_log_nothing_is_shown_or_done(world, client, story, monkeypatch):
    """An operation whose row cannot be written fails (ASVS 16.5.3)."""
    world.sign_in(client, world.lise)
    token, path = client.token(), f"/cases/{story.case.id}"

    def fails(_entries):
        message = "the log cannot be written"
        raise OSError(message)

    composed = replace(world.app.extensions["netmeet"], record=fails)
    monkeypatch.setitem(world.app.extensions, "netmeet", composed)
    world.save()
    with pytest.raises(OSError, match="cannot be written"):
        client.get(path)
    with pytest.raises(OSError, match="cannot be written"):
        client.post("/display", data={"csrf_token": token, "large_text": "1"})
