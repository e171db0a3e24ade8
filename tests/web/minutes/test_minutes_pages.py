"""The minutes in the browser and on paper, for each reader."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.actions.models import Action
from netmeet.cases.rules import Scope
from netmeet.core import calendar, clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.meetings.models import AgendaItem, ContestedLine, MinutesEntry
from netmeet.meetings.rules import (
    AnswerToPerson,
    Conclusion,
    ContestKind,
    ItemState,
    MeetingState,
    MinutesField,
)
from netmeet.meetings.service import contest, room
from tests.reader import mentions
from tests.world import World, now

WORDS = "Jeg vil ikke tilbage til bostedet."


@pytest.fixture
def meeting(world: World):
    case = world.case(
        relative=world.hanne,
        relative_scopes=(Scope.INVITE, Scope.MINUTES, Scope.EXPORT, Scope.ACTIONS),
    )
    made = world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    first = world.item(made, WORDS, by=case.person.user)
    second = world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    left = world.item(made, "Ferie", by=world.jonas, raised_as=Role.MUN)
    left.state, left.reason = ItemState.NOT_TAKEN_UP, "Det venter til sommer."
    first.answer_kind, first.conclusion = AnswerToPerson.IN_PART, Conclusion.AWAITING
    first.decider, first.conclude_on = world.jonas, clock.today()
    second.conclusion, second.reason = Conclusion.NOT_DEALT_WITH, "Tiden gik."
    texts = {
        MinutesField.PERSON_SAYS: "Der er for meget larm.",
        MinutesField.TALKED: "Jonas kan vise to steder.",
        MinutesField.ANSWER: "Du ser to steder først.",
        MinutesField.SEEN_DIFFERENTLY: "Lise vil gerne have personale om natten.",
    }
    for field, text in texts.items():
        entry = MinutesEntry(
            item_id=first.id, field=field, text=text, author_id=world.lise.id, saved_at=now()
        )
        first.entries.append(entry)
    for item in (first, None):
        db.session.add(_action(world, made, item))
    for user in (case.person.user, world.lise, world.hanne):
        room.attend(made, user.id, mode="in_person", version=0)
    made.ended_at = now()
    return made


def _action(world, meeting, item: AgendaItem | None) -> Action:
    return Action(
        case_id=meeting.case_id,
        meeting_id=meeting.id,
        item_id=item.id if item is not None else None,
        what="Ansøger om bolig" if item is not None else "Ringer til banken",
        owner_id=world.jonas.id,
        due_on=clock.today(),
        created_at=now(),
        created_by_id=world.lise.id,
    )


def publish(meeting):
    meeting.published_at = now()
    meeting.comments_until = (now() + timedelta(days=3)).date()
    meeting.state = MeetingState.PUBLISHED


def page(client, meeting_id):
    return client.get(f"/meetings/{meeting_id}/minutes")


def test_who_writes_finishes_the_draft_in_fields(world, client, meeting):
    world.sign_in(client, world.lise)
    shown = page(client, meeting.id).text
    assert "Du ser to steder først.</textarea>" in shown
    assert "Glemte vi en aftale?" in shown
    assert "Gå til udsendelse" in shown
    for what in ("Ansøger om bolig", "Ringer til banken"):
        line = " ".join(shown.partition(f"Jonas Holm: {what}")[2].partition("<a")[0].split())
        assert line.startswith(f"· {calendar.day(clock.today())}")


def test_other_staff_read_the_draft_and_see_what_is_seen_differently(world, client, meeting):
    world.sign_in(client, world.jonas)
    shown = page(client, meeting.id).text
    assert "<textarea" not in shown
    for words in (WORDS, "Nogen ser det anderledes", "skal besluttes af Jonas Holm", "Tiden gik."):
        assert words in shown
    assert "Ringer til banken" in shown
    assert "Det venter til sommer." in shown


def test_relatives_find_nothing_before_the_minutes_are_sent_out(world, client, meeting):
    world.sign_in(client, world.hanne)
    assert page(client, meeting.id).status_code in {403, 404}
    publish(meeting)
    shown = page(client, meeting.id)
    assert shown.status_code == 200
    assert "Her står det, du må se." in shown.text
    assert "ddrag" not in shown.text


def test_the_person_reads_answers_and_may_see_it_differently(world, client, meeting):
    world.sign_in(client, meeting.case.person.user)
    draft = page(client, meeting.id).text
    assert "Teksten er ikke færdig endnu." in draft
    publish(meeting)
    assert "Svar til Mia" in page(client, meeting.id).text
    url = f"/meetings/{meeting.id}/disagree"
    assert client.send(url, {"text": "Sådan sagde jeg ikke."}).status_code == 303
    assert "Sådan sagde jeg ikke." in page(client, meeting.id).text
    assert client.send(url, {"text": ""}).status_code == 409


def test_the_person_may_say_something_without_seeing_it_differently(world, client, meeting):
    publish(meeting)
    world.sign_in(client, meeting.case.person.user)
    shown = page(client, meeting.id).text
    form = re.search(r'<form[^>]*action="(/meetings/\w+/statements)".*?</form>', shown, re.DOTALL)
    assert f'formaction="/meetings/{meeting.id}/disagree"' in form[0]
    assert client.send(form[1], {"text": "Tak for hjælpen."}).status_code == 303
    shown = page(client, meeting.id).text
    assert "Tak for hjælpen." in shown
    assert "ser det anderledes" not in shown.split("Tak for hjælpen.")[1].split("<form")[0]


def test_when_the_time_is_over_the_person_may_still_see_it_differently(world, client, meeting):
    publish(meeting)
    meeting.comments_until = clock.today() - timedelta(days=1)
    world.sign_in(client, meeting.case.person.user)
    shown = page(client, meeting.id).text
    assert "/statements" not in shown
    assert f"/meetings/{meeting.id}/disagree" in shown


def test_participants_comment_within_the_time(world, client, meeting):
    world.sign_in(client, world.jonas)
    url = f"/meetings/{meeting.id}/statements"
    assert client.send(url, {"text": "Det var mandag."}).status_code == 409
    publish(meeting)
    assert client.send(url, {"text": "Det var mandag."}).status_code == 303
    assert "Det var mandag." in page(client, meeting.id).text
    assert client.send(f"/meetings/{meeting.id}/disagree", {"text": "x"}).status_code == 403


def test_an_organisation_ticks_that_it_has_filed_them(world, client, meeting):
    publish(meeting)
    world.sign_in(client, world.jonas)
    assert "Ingen har journaliseret" in page(client, meeting.id).text
    assert client.send(f"/meetings/{meeting.id}/journalised").status_code == 303
    assert "Frederiksberg Kommune" in page(client, meeting.id).text


def test_after_publication_nobody_writes(world, client, meeting):
    publish(meeting)
    world.sign_in(client, world.lise)
    assert "<textarea" in page(client, meeting.id).text
    assert "Du ser to steder først.</textarea>" not in page(client, meeting.id).text


@pytest.mark.parametrize("name", ["minutes", "minutes.pdf"])
def test_a_stranger_finds_nothing(world, client, meeting, name):
    publish(meeting)
    world.sign_in(client, world.stranger)
    answer = client.get(f"/meetings/{meeting.id}/{name}")
    assert answer.status_code == 404
    assert not mentions(answer.text, "Mia")


def test_the_paper_is_a_pdf_without_a_name_in_its_file_name(world, client, meeting):
    publish(meeting)
    world.sign_in(client, world.lise)
    answer = client.get(f"/meetings/{meeting.id}/minutes.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert not mentions(answer.headers["Content-Disposition"], "Mia")


def test_staff_without_consent_see_the_meeting_and_not_its_minutes(world, client):
    case = world.case(consent=())
    meeting = world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    publish(meeting)
    world.sign_in(client, world.jonas)
    assert page(client, meeting.id).status_code == 403


def test_what_the_person_says_is_wrong_stands_beside_its_line(world, client, meeting):
    publish(meeting)
    first, person, meeting_id = meeting.items[0], meeting.case.person.user, meeting.id
    action = db.session.scalars(select(Action).where(Action.item_id == first.id)).one()
    lines = {
        "item": (first.id, "Lise vil gerne have personale om natten."),
        "action": (action.id, action.what),
    }
    for kind, (line_id, line) in lines.items():
        contest.contest(
            meeting.case,
            at=now(),
            line_kind=kind,
            line_id=line_id,
            line=line,
            kind=ContestKind.MISTAKE,
            words=f"Nej, ikke {kind}.",
            due_on=clock.today(),
        )
    world.save()
    world.sign_in(client, world.lise)
    shown = client.get(f"/meetings/{meeting_id}/minutes").text
    differs = shown.index("Lise vil gerne have personale om natten.")
    assert differs < shown.index("Nej, ikke item.") < shown.index("Økonomi i januar")
    assert shown.index(action.what) < shown.index("Nej, ikke action.")
    assert shown.count("Mia siger: Det er en fejl.") == 2
    for said in db.session.scalars(select(ContestedLine)):
        said.answer, said.answered_at = "Det er rettet.", now()
    world.save()
    assert "Nej, ikke item." not in client.get(f"/meetings/{meeting_id}/minutes").text
    world.sign_in(client, person)
    mine = client.get(f"/meetings/{meeting_id}/minutes").text
    assert mine.count("Det er rettet.") == 2


def test_who_may_not_read_the_point_reads_no_word_about_it(world, client, meeting):
    publish(meeting)
    first = meeting.items[0]
    first.is_hidden_from_private = True
    contest.contest(
        meeting.case,
        at=now(),
        line_kind="item",
        line_id=first.id,
        line=first.title,
        kind=ContestKind.HURTS,
        words="Det var ikke sådan.",
        due_on=clock.today(),
    )
    world.save()
    world.sign_in(client, world.hanne)
    assert "Det var ikke sådan." not in client.get(f"/meetings/{meeting.id}/minutes").text
    world.sign_in(client, world.lise)
    assert "Det var ikke sådan." in client.get(f"/meetings/{meeting.id}/minutes").text
