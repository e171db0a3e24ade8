"""Minutes that were sent out: they become final by themselves, and are corrected in editions."""

from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from netmeet.cases.rules import Scope
from netmeet.cases.service import erasing
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import jobs
from netmeet.meetings.exports import minutes_data
from netmeet.meetings.models import ContestedLine, Correction, Journalised, Meeting, MinutesEntry
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    AnswerToPerson,
    Conclusion,
    ContestKind,
    MeetingState,
    MinutesField,
)
from netmeet.meetings.service import corrections, minutes
from netmeet.meetings.service.corrections import Wording
from netmeet.meetings.service.minutes import Outcome
from netmeet.plans.exports.journal import journal_text
from tests.world import World, now

NO_PLAN = {"is_extract": False, "actions": [], "next": None, "no_next": ""}
WHY = "Tallet var forkert."


@pytest.fixture
def meeting(world: World):
    """Minutes that were sent out two hours ago; the sister reads them."""
    case = world.case(relative=world.hanne, relative_scopes=(Scope.INVITE, Scope.MINUTES))
    made = world.meeting(case, in_days=-1, state=MeetingState.PUBLISHED)
    item = world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.item(made, "Økonomi", by=world.jonas, raised_as=Role.MUN)
    item.answer_kind = AnswerToPerson.YES
    texts = {MinutesField.TALKED: "Jonas kan vise to steder.", MinutesField.ANSWER: "Du ser dem."}
    for field, said in texts.items():
        row = {"item_id": item.id, "author_id": world.lise.id, "saved_at": now()}
        item.entries.append(MinutesEntry(field=field, text=said, **row))
    made.published_at = made.ended_at = now() - timedelta(hours=2)
    made.comments_until = clock.today() + timedelta(days=3)
    db.session.flush()
    return made


@pytest.fixture
def item(meeting):
    return reading.points(meeting)[0]


def correct(world, meeting, *wordings, reason=WHY, version=None, seen=None):
    """Correct as Lise and return the edition; the page was opened at the newest, or at ``seen``."""
    corrections.correct(
        meeting,
        wordings,
        reason=reason,
        by=world.actor(world.lise),
        at=now(),
        version=meeting.version if version is None else version,
        seen=meeting.edition if seen is None else seen,
    )
    return meeting.edition


def talked(item, text="Jonas kan vise tre steder."):
    return Wording(item=item, field=MinutesField.TALKED, text=text)


def answered(item, kind, text="Du ser dem."):
    return Wording(item=item, field=MinutesField.ANSWER, text=text, kind=kind)


def data(world, meeting, user):
    rows = reading.corrections(meeting)
    return minutes_data(meeting, reader=world.actor(user), corrections=rows)


def test_what_stood_there_is_kept_with_who_and_why(world, meeting, item):
    assert correct(world, meeting, talked(item)) == 2
    assert correct(world, meeting, answered(item, AnswerToPerson.IN_PART), reason="Nej.") == 3
    point = data(world, meeting, world.hanne).points[0]
    assert point.talked == "Jonas kan vise tre steder."
    assert point.answer_kind is AnswerToPerson.IN_PART
    kept = [(one.heading, one.was, one.who, one.why) for one in point.corrected]
    assert kept == [
        ("Vi talte om", "Jonas kan vise to steder.", "Lise Dam", WHY),
        ("Svar til Mia", "ja Du ser dem.", "Lise Dam", "Nej."),
    ]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE minutes_correction SET by_id = 'x'",
        "UPDATE minutes_correction SET edition = edition + 1",
        "UPDATE minutes_correction SET was_sealed = reason_sealed",
        "UPDATE minutes_correction SET reason_sealed = NULL",
        "DELETE FROM minutes_correction",
    ],
)
def test_the_database_itself_keeps_what_stood_there(world, meeting, item, attempt):
    correct(world, meeting, talked(item))
    world.save()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(text(attempt))
    db.session.rollback()
    assert [one.was for one in reading.corrections(meeting)] == ["Jonas kan vise to steder."]


def test_the_day_of_who_has_left_the_network_can_be_corrected(world, meeting, item):
    item.conclusion, item.decider = Conclusion.AWAITING, world.jonas
    item.conclude_on = clock.today() + timedelta(days=9)
    db.session.flush()
    meeting.case.member(world.jonas.id).left_at = now()
    to = clock.today() + timedelta(days=12)
    ended = Outcome(conclusion=Conclusion.AWAITING, decider="Jonas Holm", until=to)
    correct(world, meeting, Wording(item=item, field=MinutesField.CONCLUSION, outcome=ended))
    assert (item.conclude_on, item.decider) == (to, world.jonas)


def test_how_a_point_ended_is_kept_in_danish_whoever_corrects_it(world, meeting, item):
    item.conclusion = Conclusion.AGREED
    db.session.flush()
    decided = Outcome(conclusion=Conclusion.DECIDED)
    with force_locale("en"):
        correct(world, meeting, Wording(item=item, field=MinutesField.CONCLUSION, outcome=decided))
    assert [one.was for one in reading.corrections(meeting)] == ["aftalt"]


def test_a_reason_of_what_was_chosen_before_is_not_filed(world, meeting, item):
    item.conclusion, item.reason = Conclusion.AGREED, "Ingen tid"
    assert "Ingen tid" not in journal_text(data(world, meeting, world.lise), NO_PLAN)
    item.conclusion = Conclusion.NOT_DEALT_WITH
    assert "Ingen tid" in journal_text(data(world, meeting, world.lise), NO_PLAN)


def test_what_stood_there_goes_with_its_case(world, meeting, item):
    correct(world, meeting, talked(item))
    world.save()
    erasing.erase(meeting.case_id, at=now())
    world.save()
    assert db.session.scalars(select(Correction)).all() == []


def test_only_what_is_new_is_a_correction(world, meeting, item):
    same = answered(item, AnswerToPerson.YES)
    correct(world, meeting, same, talked(item))
    assert [one.field for one in reading.corrections(meeting)] == [MinutesField.TALKED]
    with pytest.raises(Refused, match="ikke rettet noget"):
        correct(world, meeting, same, talked(item))
    assert meeting.edition == 2


def test_a_field_that_was_empty_may_be_written(world, meeting, item):
    said = Wording(item=item, field=MinutesField.SEEN_DIFFERENTLY, text="Hanne er uenig.")
    correct(world, meeting, said)
    assert data(world, meeting, world.lise).points[0].seen_differently == "Hanne er uenig."
    assert data(world, meeting, world.lise).points[0].corrected[0].was == ""


def test_it_is_not_corrected_without_a_reason(world, meeting, item):
    with pytest.raises(Refused) as no:
        correct(world, meeting, talked(item), reason=" ")
    assert no.value.field == "reason"
    assert item.text(MinutesField.TALKED) == "Jonas kan vise to steder."


def test_a_field_holds_only_what_matters(world, meeting, item):
    with pytest.raises(Refused, match="kortere"):
        correct(world, meeting, talked(item, "x" * 601))


def test_a_draft_is_not_corrected_but_written(world, meeting, item):
    meeting.published_at, meeting.state = None, MeetingState.MINUTES_DRAFT
    with pytest.raises(Refused, match="kladden"):
        correct(world, meeting, talked(item))


def test_of_two_who_correct_the_second_is_shown_both_texts(world, meeting, item):
    opened = meeting.version
    correct(world, meeting, talked(item, "Det ene."))
    with pytest.raises(Conflict) as conflict:
        correct(world, meeting, talked(item, "Det andet."), version=opened)
    heading = f"{item.title}: Vi talte om"
    assert conflict.value.mine == {heading: "Det andet."}
    assert conflict.value.theirs == {heading: "Det ene."}


def test_what_another_corrected_meanwhile_is_not_undone_by_an_older_page(world, meeting, item):
    opened, other = meeting.version, reading.points(meeting)[1]
    correct(world, meeting, talked(item, "Det nye."))
    old_page = (talked(item, "Jonas kan vise to steder."), talked(other, "Penge."))
    with pytest.raises(Conflict) as conflict:
        correct(world, meeting, *old_page, version=opened, seen=1)
    assert conflict.value.mine == {"Økonomi: Vi talte om": "Penge."}
    correct(world, meeting, *old_page, seen=1)
    assert item.text(MinutesField.TALKED) == "Det nye."
    assert other.text(MinutesField.TALKED) == "Penge."


@pytest.mark.parametrize("kind", [None, AnswerToPerson.NO_BECAUSE, AnswerToPerson.IN_PART])
def test_the_person_keeps_an_answer_to_each_of_their_points(world, meeting, item, kind):
    with pytest.raises(Refused, match="skal have et svar"):
        correct(world, meeting, answered(item, kind, ""))
    assert item.answer_kind is AnswerToPerson.YES


def test_what_the_person_said_of_a_line_stays_beside_it_when_it_is_corrected(world, meeting, item):
    said = ContestedLine(
        case_id=meeting.case_id,
        line_kind="item",
        line_id=item.id,
        line="Jonas kan vise to steder.",
        kind=ContestKind.MISTAKE,
        words="Tre.",
        at=now(),
        due_on=clock.today(),
    )
    db.session.add(said)
    db.session.flush()
    correct(world, meeting, talked(item))
    assert said.line == "Jonas kan vise tre steder."


def test_a_correction_opens_nothing_to_guests_anew(world, meeting, item):
    later = now() + timedelta(days=10)
    meeting.comments_until = clock.today() - timedelta(days=1)
    assert not meeting.is_open_to_guests(later)
    meeting.comments_until = clock.today() - timedelta(days=1)
    correct(world, meeting, talked(item))
    meeting.comments_until = clock.today() + timedelta(days=30)
    assert not meeting.is_open_to_guests(later)


def test_an_edition_may_be_commented_on_like_the_first(world, meeting, item):
    meeting.comments_until = clock.today() - timedelta(days=1)
    mia = world.actor(meeting.case.person.user)
    with pytest.raises(Refused):
        minutes.state(meeting, by=mia, at=now(), text="Nej")
    correct(world, meeting, talked(item))
    assert meeting.comments_until > clock.today()
    assert minutes.state(meeting, by=mia, at=now(), text="Nu passer det").text == "Nu passer det"


def test_final_minutes_that_are_corrected_are_out_again(world, meeting, item):
    meeting.state, meeting.final_at = MeetingState.FINAL, now()
    first = meeting.published_at
    correct(world, meeting, talked(item))
    assert (meeting.state, meeting.final_at) == (MeetingState.PUBLISHED, None)
    assert meeting.published_at == first


@pytest.mark.parametrize(("days", "state"), [(0, MeetingState.PUBLISHED), (-1, MeetingState.FINAL)])
def test_they_are_final_the_day_after_the_last_for_comments(world, meeting, days, state):
    meeting.comments_until = clock.today() + timedelta(days=days)
    meeting_id = meeting.id
    db.session.commit()
    for _twice in range(2):
        jobs.finish(now())
    found = db.session.get(Meeting, meeting_id)
    assert found.state is state
    assert (found.final_at is None) is (state is MeetingState.PUBLISHED)


def test_a_draft_does_not_become_final(world, meeting):
    meeting.comments_until, meeting.state = clock.today() - timedelta(days=9), MeetingState.HELD
    corrections.finish(meeting, at=now())
    assert meeting.state is MeetingState.HELD


def test_an_organisation_files_what_was_corrected_anew(world, meeting, item):
    jonas = world.actor(world.jonas)
    before = now() - timedelta(hours=1)
    minutes.journalise(meeting, by=jonas, at=before)
    minutes.journalise(meeting, by=jonas, at=now())
    assert [row.at for row in reading.journalised(meeting.id)] == [before]
    correct(world, meeting, talked(item))
    minutes.journalise(meeting, by=jonas, at=now())
    (row,) = db.session.scalars(select(Journalised)).all()
    assert row.at > meeting.corrected_at


def test_a_hidden_point_s_correction_is_hidden_as_well(world, meeting, item):
    other = reading.points(meeting)[1]
    other.is_hidden_from_private = True
    correct(world, meeting, talked(other, "Noget om penge."), talked(item))
    hers = data(world, meeting, world.hanne)
    told = [(one.was, one.why) for point in hers.points for one in point.corrected]
    assert told == [("Jonas kan vise to steder.", "")]
    assert hers.edition == 2
    correct(world, meeting, talked(other, "Noget andet om penge."))
    assert data(world, meeting, world.hanne).edition == 2
    assert data(world, meeting, world.lise).edition == 3
