"""*Det ser …*: the true page of somebody else, before and after the yes; and who has what."""

import re
from datetime import time, timedelta

from sqlalchemy import func, select

from netmeet.audit.models import AuditEvent
from netmeet.cases import queries, service
from netmeet.cases.models import Consent
from netmeet.cases.rules import Scope
from netmeet.core.db import db
from netmeet.invitations import queries as invitation_queries
from netmeet.invitations import service as invitations
from netmeet.invitations.models import WrittenInput
from netmeet.invitations.rules import AnswerValue, Via
from netmeet.meetings import queries as meetings
from netmeet.outbox import service as outbox
from netmeet.outbox.models import Message
from netmeet.outbox.rules import State
from netmeet.plans.service import sections
from netmeet.readiness import queries as readiness
from netmeet.readiness.rules import Lack
from netmeet.web.filters import local_day
from tests.plan_world import agreed
from tests.web.cases.reading import lix, longest_sentence, words_of
from tests.world import now

YES = {"limit": "all", "months": "3", "areas": []}


def sent_out(world, scopes):
    """Return the story with minutes and plan out, and a meeting to come."""
    story = agreed(world, relative_scopes=scopes)
    story.send(at=now(), caller=world.lise)
    coming = world.meeting(story.case, in_days=14, invited=[world.lise, story.mia])
    world.item(coming, "Hvem passer hunden", by=story.mia)
    db.session.commit()
    return story


def test_before_the_yes_the_person_sees_all_four_papers_as_they_would_be_seen(world, client):
    story = sent_out(world, ())
    case_id, hanne, mia = story.case.id, world.hanne.id, story.mia
    world.sign_in(client, mia)
    path = f"/cases/{case_id}/seen?of={hanne}"
    now_seen = words_of(client.get(path).text)
    for nothing in ("noget møde", "nogen dagsorden", "noget referat", "Ser ikke planen"):
        assert nothing in now_seen
    member = queries.by_id(case_id).member(hanne).id
    assert f"/cases/{case_id}/seen?of={hanne}" in client.get(f"/members/{member}/permit").text
    before = db.session.scalar(select(func.count()).select_from(Consent))
    scopes = ["invite", "network", "agenda", "minutes", "plan", "actions"]
    supposed = client.send(path, {**YES, "scopes": scopes})
    assert supposed.status_code == 200
    shown = words_of(supposed.text)
    assert "Det vil Hanne se" in shown
    for seen in ("Hvem passer hunden", "midlertidig bolig", "Inviteret", "lokale 2"):
        assert seen in shown
    assert f"Planen. Udgave 1, sendt ud {local_day(now())}." in shown
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Consent)) == before
    assert words_of(client.get(path).text) == now_seen


def test_the_preview_says_when_a_meeting_is_seen_only_by_who_is_invited(world, client):
    story = sent_out(world, ())
    case_id, hanne, mia = story.case.id, world.hanne, story.mia
    path = f"/cases/{case_id}/seen?of={hanne.id}"
    yes = {**YES, "scopes": ["invite", "agenda"]}
    said = (
        "Hanne er ikke inviteret. Hanne ser først mødet og dagsordenen, "
        "når Lise har sendt en invitation."
    )
    world.sign_in(client, mia)
    shown = words_of(client.send(path, yes).text)
    assert said in shown
    assert lix(said) <= 35
    case = queries.by_id(case_id)
    consent = {"by": world.actor(mia), "at": now(), "how": "digital", "recipient_id": hanne.id}
    service.grant_consent(case, scopes=[Scope.BASIC, Scope.INVITE, Scope.AGENDA], **consent)
    db.session.commit()
    assert "Ser ikke noget møde." in words_of(client.get(path).text)
    meeting = meetings.of_case(case_id)[0]
    coming = invitation_queries.meeting(meeting.id)
    invitations.draft(coming, case.member(hanne.id), by=world.actor(world.lise), at=now())
    db.session.commit()
    assert said not in words_of(client.send(path, yes).text)


def test_the_preview_tells_the_time_of_their_own_part(world, client):
    story = sent_out(world, (Scope.INVITE, Scope.AGENDA))
    coming = meetings.of_case(story.case.id)[0]
    meeting = invitation_queries.meeting(coming.id)
    member = meeting.case.member(world.hanne.id)
    own = invitations.draft(meeting, member, by=world.actor(world.lise), at=now())
    own.ask(why="", is_required=True, part_from=time(13, 15), part_to=time(13, 30))
    db.session.commit()
    world.sign_in(client, story.mia)
    shown = words_of(client.get(f"/cases/{story.case.id}/seen?of={world.hanne.id}").text)
    assert "kl. 13.15\u201313.30" in shown
    shown = words_of(client.get(f"/cases/{story.case.id}/seen?of={world.lise.id}").text)
    assert "kl. 13.00\u2013" in shown


def test_what_is_chosen_is_all_that_is_shown(world, client):
    story = sent_out(world, ())
    path = f"/cases/{story.case.id}/seen?of={world.hanne.id}"
    world.sign_in(client, story.mia)
    some = {**YES, "scopes": ["actions", "plan"], "limit": "some", "areas": ["housing"]}
    shown = words_of(client.send(path, some).text)
    assert "midlertidig bolig" in shown
    assert "Ringer dagen efter" not in shown
    assert "Hvem passer hunden" not in shown


def test_a_plan_not_sent_out_is_called_a_draft(world, client):
    story = agreed(world, relative_scopes=())
    sections.begin(story.case, at=now())
    db.session.commit()
    world.sign_in(client, story.mia)
    shown = words_of(client.get(f"/cases/{story.case.id}/seen?of={world.lise.id}").text)
    assert "Planen. Kladde. Planen er ikke sendt ud endnu." in shown


def test_what_was_written_beforehand_stands_within_the_minutes(world, client):
    story = sent_out(world, ())
    lines = {"text": "Mia sover bedre.", "at": now()}
    db.session.add(WrittenInput(invitation_id=story.meeting.invitations[0].id, **lines))
    db.session.commit()
    world.sign_in(client, world.lise)
    page = client.get(f"/cases/{story.case.id}/seen?of={world.jonas.id}").text
    assert re.search(r"<h2>Referatet</h2>\s*<section[^>]*>\s*<h3[^>]*>Skrevet før mødet</h3>", page)


def test_the_preview_equals_what_is_seen_after_the_yes(world, client):
    story = sent_out(world, ())
    path = f"/cases/{story.case.id}/seen?of={world.hanne.id}"
    given = [Scope.BASIC, Scope.PLAN, Scope.ACTIONS]
    world.sign_in(client, story.mia)
    supposed = words_of(client.send(path, {**YES, "scopes": [s.value for s in given]}).text)
    case = queries.by_id(story.case.id)
    service.grant_consent(
        case,
        by=world.actor(story.mia),
        at=now(),
        scopes=given,
        how="digital",
        recipient_id=world.hanne.id,
    )
    db.session.commit()
    seen = words_of(client.get(path).text)
    assert supposed.partition("Mødet.")[2] == seen.partition("Mødet.")[2]


def test_only_the_person_and_the_coordinator_look_as_others(world, client):
    story = sent_out(world, ())
    case_id, hanne = story.case.id, world.hanne.id
    path = f"/cases/{case_id}/seen?of={hanne}"
    users = (world.jonas, world.hanne, world.stranger)
    lise = world.lise
    for user in users:
        world.sign_in(client, user)
        assert client.get(path).status_code in {403, 404}
        assert client.send(path, {**YES, "scopes": ["plan"]}).status_code in {403, 404}
        assert client.get(f"/cases/{case_id}/copies").status_code in {403, 404}
    world.sign_in(client, lise)
    assert client.get(path).status_code == 200
    office = {**YES, "recipient": f"person:{hanne}", "scopes": ["plan"]}
    page = client.send(f"/cases/{case_id}/seen", office)
    assert "Det vil Hanne se" in page.text
    stranger = client.send(f"/cases/{case_id}/seen", {**YES, "scopes": ["invite"]})
    assert "Det vil de se" in stranger.text


def test_the_person_reads_who_has_which_version_also_of_those_who_see_no_more(world, client):
    story = sent_out(world, (Scope.BASIC, Scope.PLAN, Scope.ACTIONS))
    case_id, hanne, mia = story.case.id, world.hanne, story.mia
    for message in db.session.scalars(select(Message).where(Message.kind == "plans.published")):
        outbox.settle(message, State.SENT, at=now())
    db.session.commit()
    world.sign_in(client, hanne)
    plan = re.search(r"/plans/\w+", client.get(f"/cases/{case_id}/plan").location)[0]
    assert client.get(plan).status_code == 200
    found = queries.by_id(case_id)
    (given,) = [c for c in found.consents if c.recipient_id == hanne.id]
    service.withdraw_consent(found, given, by=world.actor(mia), at=now())
    db.session.commit()
    world.sign_in(client, mia)
    assert f"/cases/{case_id}/copies" in client.get("/consents").text
    text = words_of(client.get(f"/cases/{case_id}/copies").text)
    assert re.search(r"Hanne Sørensen, søster.*Udgave 1.*Fik besked.*Læste den", text)
    assert "Kan ikke se nye udgaver" in text
    assert lix(text) <= 35
    assert longest_sentence(text) <= 15


def test_a_yes_taken_back_withdraws_calls_and_counts_anew(world):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    meeting = world.meeting(case, invited=[])
    by = world.actor(world.lise)
    for member in case.members:
        invitations.draft(meeting, member, by=by, at=now())
    invitations.send(meeting, version=meeting.version, by=by, at=now())
    for user in (world.lise, world.jonas):
        own = meeting.invitation(user.id)
        invitations.answer(own, AnswerValue.YES, via=Via.LOGIN, by=user.id, at=now())
    before = {line.missing.kind for line in readiness.lacks(meeting, at=now())}
    (given,) = [c for c in case.consents if c.organisation_id == world.office.organisation_id]
    later = now() + timedelta(seconds=1)
    service.withdraw_consent(case, given, by=world.actor(case.person.user), at=later)
    assert meeting.invitation(world.jonas.id) is None
    message = db.session.scalars(
        select(Message).where(Message.kind == "invitations.withdrawn")
    ).one()
    letter = outbox.render(message, at=later)
    assert "trukket tilbage" in letter.text
    assert "samtykke" not in letter.text.lower()
    after = {line.missing.kind for line in readiness.lacks(meeting, at=later)}
    assert Lack.MUNICIPALITY in after - before
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == 0
