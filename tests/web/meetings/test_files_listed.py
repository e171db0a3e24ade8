"""Where a picture or a paper beside a meeting is told of."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select

from netmeet.audit.models import AuditEvent
from netmeet.cases import queries as cases_queries
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.rules import MeetingState
from netmeet.meetings.service import files as service
from tests import hostile, plan_world
from tests.web.meetings.sending import OWN, TITLE, fresh, only, publish, send, text
from tests.world import now

Counting = Callable[[], AbstractContextManager[list[str]]]


def test_each_fetch_is_one_row_of_the_log_and_told_to_the_person(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    send(client, meeting, hostile.jpeg())
    file = only()
    world.sign_in(client, world.jonas)
    for _ in range(2):
        client.get(f"/files/{file.id}")
    world.sign_in(client, world.stranger)
    client.get(f"/files/{file.id}")
    reads = select(AuditEvent).where(AuditEvent.operation == "file.read").order_by(AuditEvent.seq)
    rows = db.session.scalars(reads).all()
    assert [(row.user_id, row.allowed) for row in rows] == [
        (world.jonas.id, True),
        (world.jonas.id, True),
        (world.stranger.id, False),
    ]
    assert {(row.object_kind, row.object_id) for row in rows} == {("attachment", file.id)}
    world.sign_in(client, world.made["mia"])
    page = text(client.get("/access-log"))
    assert "har læst papirerne ved møderne to gange." in page
    assert "prøvede at se papirerne ved møderne, men fik ikke lov." in page


def test_the_case_minutes_plan_and_preview_list_it(world, client, meeting):
    world.sign_in(client, world.made["mia"])
    send(client, meeting, hostile.jpeg(), point=world.made["point"])
    seen = text(client.get(f"/cases/{meeting.case_id}/seen?of={world.hanne.id}"))
    assert TITLE in seen
    assert "Ser ingen billeder" not in seen
    world.sign_in(client, world.lise)
    assert TITLE in text(client.get(f"/cases/{meeting.case_id}"))
    case = fresh(meeting.id).case
    cases.withdraw_consent(
        case,
        next(c for c in case.consents if c.recipient_id == world.hanne.id),
        by=world.actor(world.made["mia"]),
        at=now(),
    )
    world.sign_in(client, world.made["mia"])
    seen = text(client.get(f"/cases/{meeting.case_id}/seen?of={world.hanne.id}"))
    assert TITLE not in seen
    assert "Ser ingen billeder eller papirer." in seen
    supposed = {"scopes": ["files"], "recipient": f"user:{world.hanne.id}"}
    assert TITLE in text(client.send(f"/cases/{meeting.case_id}/seen", supposed))
    publish(meeting)
    for where in (f"/meetings/{meeting.id}/minutes",):
        page = text(client.get(where))
        assert f"Hører til ”{OWN}”." in page
        assert TITLE in page
    paper = client.get(f"/meetings/{meeting.id}/minutes.pdf")
    assert paper.mimetype == "application/pdf"


def test_pages_without_files_ask_for_nothing_more(world, client, meeting, counting: Counting):
    paths = (f"/meetings/{meeting.id}", f"/meetings/{meeting.id}/agenda")
    paths += (f"/cases/{meeting.case_id}",)
    world.sign_in(client, world.lise)
    sent = {}
    for path in paths:
        client.get(path)
        with counting() as before:
            assert client.get(path).status_code == 200
        sent[path] = len(before)
        assert "title_sealed FROM attachment" not in " ".join(before)
    for side in range(3):
        assert send(client, meeting, hostile.jpeg((side * 8 + 8, 8))).status_code == 303
    for path in paths:
        with counting() as after:
            assert client.get(path).status_code == 200
        assert len(after) == sent[path] + 1, path


def test_who_is_invited_is_led_there_from_the_invitation(world, client, meeting):
    for user, is_led in ((world.jonas, True), (world.made["mia"], True), (world.hanne, False)):
        world.sign_in(client, user)
        page = text(client.get(f"/meetings/{meeting.id}/answer"))
        assert (f'href="/meetings/{meeting.id}/files"' in page) is is_led


def test_what_was_sent_out_is_listed_with_the_plan_and_in_the_journal(world, client):
    story = plan_world.agreed(world)
    sent = service.Sent(content=hostile.pdf(), title=TITLE, item_id=story.item_id)
    service.attach(story.meeting, sent, by=story.actor(story.mia), at=now(), most=10)
    meeting_id, mia = story.meeting.id, story.mia
    world.save()
    world.sign_in(client, world.lise)
    assert TITLE in text(client.get(f"/meetings/{meeting_id}/send-out?reader={mia.id}"))
    assert TITLE not in text(client.get(f"/meetings/{meeting_id}/send-out?reader={world.hanne.id}"))
    plan_id = story.send().plan_id
    assert f"{TITLE} (PDF, Mia Sørensen)" in text(client.get(f"/meetings/{meeting_id}/journal"))
    for user, status in ((world.lise, 200), (mia, 200), (world.hanne, 403)):
        world.sign_in(client, user)
        page = client.get(f"/plans/{plan_id}/history")
        assert page.status_code == status
        assert (TITLE in text(page)) is (status == 200)


def test_a_doctors_pages_ask_no_more_the_more_meetings_there_are(world, client, meeting, counting):
    ellen = world.staff("Ellen Brandt", world.office, role=Role.GP)
    case = cases_queries.by_id(meeting.case_id)
    world._join_staff(case, ellen, at=now())  # noqa: SLF001 - as the world's own cases do
    scopes = (Scope.BASIC, Scope.FILES, Scope.PLAN, Scope.AGENDA)
    by, how = world.actor(world.made["mia"]), ConsentHow.DIGITAL
    office = world.office.organisation_id
    cases.grant_consent(case, by=by, at=now(), scopes=scopes, how=how, organisation_id=office)
    world.save()

    def count():
        world.sign_in(client, ellen)
        client.get(f"/cases/{case_id}")
        with counting() as asked:
            page = text(client.get(f"/cases/{case_id}"))
        return len(asked), page

    def put(where):
        item_id = world.item(where, OWN, by=world.made["mia"]).id
        sent = service.Sent(content=hostile.pdf(), title=TITLE, item_id=item_id)
        service.attach(where, sent, by=by, at=now(), most=10)
        world.save()

    case_id = case.id

    def put_many(*days):
        for later in days:
            put(world.meeting(cases_queries.by_id(case_id), in_days=later))

    put(fresh(meeting.id))
    put_many(30)
    first, _page = count()
    put_many(40, 50)
    more, page = count()
    assert page.count(TITLE) == 4
    assert more == first


def test_the_plans_history_asks_no_more_the_more_meetings_have_files(world, client, counting):
    story = plan_world.agreed(world)
    mia, case_id = story.mia, story.case.id
    plan_id = story.send().plan_id

    def count(*days):
        for before in days:
            case = cases_queries.by_id(case_id)
            held = world.meeting(case, in_days=-before, state=MeetingState.INVITED)
            sent = service.Sent(content=hostile.pdf(), title=TITLE, item_id=None)
            service.attach(held, sent, by=world.actor(mia), at=now(), most=10)
            held.state, held.published_at = MeetingState.PUBLISHED, now()
        world.save()
        world.sign_in(client, mia)
        client.get(f"/plans/{plan_id}/history")
        with counting() as asked:
            page = text(client.get(f"/plans/{plan_id}/history"))
        return len(asked), page.count(TITLE)

    few, some = count(10, 20)
    same, more = count(30, 40, 50)
    assert (some, more) == (2, 5)
    assert same == few
