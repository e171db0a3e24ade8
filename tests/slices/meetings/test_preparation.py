"""The person's answers are theirs: kept, counted, confirmed and shown in words."""

import pytest
from sqlalchemy import select

from netmeet.core import apart
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries, service
from netmeet.meetings.exports import questions
from netmeet.meetings.forms import prepare
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import (
    AgendaState,
    MeetingState,
    PreparationMode,
    Question,
)
from netmeet.meetings.service.preparation import Said
from netmeet.outbox.models import Message
from tests.world import World, now


def say(world: World, meeting: Meeting, question: Question, text: str, **more: object) -> None:
    by = world.actor(more.pop("by", meeting.case.person.user))
    row = queries.answer_to(meeting, question)
    version = more.pop("version", row.version if row else 0)
    service.preparation.answer(
        meeting,
        question,
        by=by,
        at=now(),
        said=Said(text=text, data=more),
        version=version,
    )


def test_an_answer_is_kept_and_counted(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.MATTERS, "At bo for mig selv", words=["housing"])
    progress = queries.progress(meeting)
    assert (progress.answered, progress.total, progress.next) == (1, 7, Question.HELP)
    assert progress.is_begun
    assert progress.unconfirmed == 0


def test_a_skipped_question_is_passed_but_not_answered(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = world.actor(meeting.case.person.user)
    service.preparation.skip(meeting, Question.MATTERS, by=mia, at=now(), version=0)
    progress = queries.progress(meeting)
    assert (progress.answered, progress.next) == (0, Question.HELP)
    say(world, meeting, Question.MATTERS, "Ro", version=0)
    row = queries.answer_to(meeting, Question.MATTERS)
    assert row is not None
    service.preparation.skip(meeting, Question.MATTERS, by=mia, at=now(), version=row.version)
    assert queries.progress(meeting).answered == 1


@pytest.mark.parametrize("question", Question)
def test_every_answer_with_a_tapped_word_may_be_changed(world: World, question: Question) -> None:
    meeting = world.meeting(world.case())
    offered = [value for value, _label in questions.asked(question, meeting, now()).taps[:1]]
    for text in ("Kaffe", "Te"):
        say(world, meeting, question, text, words=offered)
    row = queries.answer_to(meeting, question)
    assert row is not None
    assert row.text == "Te"


def test_a_collision_names_nobody_who_must_stay_unknown(world: World) -> None:
    meeting = world.meeting(world.case(relative=world.hanne))
    about = {"who": {world.hanne.id: "come", world.jonas.id: "not"}}
    say(world, meeting, Question.WHO, "", **about)
    apart.hide({world.hanne.id})
    shown = questions.with_choices(
        Conflict(mine={}, theirs={}, version=1), meeting, Question.WHO, Said(data=about)
    )
    apart.hide_nobody()
    assert list(shown.theirs.values()) == ["Jonas Holm skal ikke komme."]
    assert shown.mine == shown.theirs
    brought = prepare.laid_out(Said(data=about), members=[world.jonas.id])
    assert {name for name in brought if name.startswith("who-")} == {f"who-{world.jonas.id}"}


def test_the_persons_own_save_confirms_what_a_helper_wrote(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig", by=world.lise)
    say(world, meeting, Question.HELP, "En ny bolig")
    assert meeting.items[0].confirmed_at is not None


def test_a_helpers_text_waits_for_the_persons_yes(world: World) -> None:
    meeting = world.meeting(world.case(), agenda=AgendaState.APPROVED)
    say(world, meeting, Question.HELP, "En ny bolig", by=world.lise)
    row = queries.answer_to(meeting, Question.HELP)
    assert row is not None
    assert (row.mode, row.confirmed_at) == (PreparationMode.HELPER, None)
    assert meeting.items[0].confirmed_at is None
    assert meeting.items[0].author_id == meeting.case.person.user_id
    assert meeting.agenda_state is AgendaState.SHARED
    assert queries.progress(meeting).unconfirmed == 1
    with pytest.raises(Refused):
        service.preparation.confirm(meeting, by=world.actor(world.lise), at=now())
    service.preparation.confirm(meeting, by=world.actor(meeting.case.person.user), at=now())
    assert queries.progress(meeting).unconfirmed == 0
    assert meeting.items[0].confirmed_at is not None


def test_a_helper_who_changes_the_persons_words_needs_a_new_yes(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.MATTERS, "Ro")
    say(world, meeting, Question.MATTERS, "Ro", by=world.lise)
    row = queries.answer_to(meeting, Question.MATTERS)
    assert row is not None
    assert row.confirmed_at is not None
    say(world, meeting, Question.MATTERS, "Ro og fred", by=world.lise)
    assert row.confirmed_at is None


def test_a_stale_answer_gets_both_texts(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.MATTERS, "Fra telefonen")
    with pytest.raises(Conflict) as both:
        say(world, meeting, Question.MATTERS, "Fra computeren", version=0)
    assert (both.value.mine, both.value.theirs) == (
        {"Dit svar": "Fra computeren"},
        {"Dit svar": "Fra telefonen"},
    )
    with pytest.raises(Conflict):
        say(world, meeting, Question.HELP, "Aldrig gemt", version=3)


def test_a_stale_answer_shows_what_makes_it_hard_too(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.PRACTICAL, "", hard="At der er mange.")
    with pytest.raises(Conflict) as both:
        say(world, meeting, Question.PRACTICAL, "", version=0, hard="Larm.", helps="Ro.")
    label = "Hvad kan gøre det svært for dig?"
    assert (both.value.mine[label], both.value.theirs[label]) == ("Larm.", "At der er mange.")
    assert both.value.mine["Hvad hjælper dig?"] == "Ro."


def test_a_held_meeting_takes_no_answers(world: World) -> None:
    meeting = world.meeting(world.case(), state=MeetingState.HELD)
    with pytest.raises(Refused):
        say(world, meeting, Question.MATTERS, "For sent")


def test_asking_to_be_called_tells_who_leads_once_a_day(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = world.actor(meeting.case.person.user)
    for _ in range(2):
        service.preparation.choose_way(meeting, PreparationMode.CALL, by=mia, at=now())
    told = db.session.scalars(select(Message)).all()
    assert [(m.kind, m.user_id) for m in told] == [("meetings.news_call_me", world.lise.id)]
    assert queries.wants_call(meeting)
    assert queries.progress(meeting).answered == 0
    service.preparation.choose_way(meeting, PreparationMode.PAPER, by=mia, at=now())
    assert not queries.wants_call(meeting)


def test_everything_told_is_read_in_words(world: World) -> None:
    case = world.case(relative=world.hanne)
    meeting = world.meeting(case)
    say(world, meeting, Question.WHO, "", who={world.hanne.id: "part", world.jonas.id: "not"})
    say(world, meeting, Question.WITHOUT_ME, "Kun med Hanne", choice="only_if")
    say(world, meeting, Question.PRACTICAL, "", words=["breaks"], hard="Larm", helps="Ro")
    say(world, meeting, Question.NOT_TALK, "Min far", by=world.lise)
    told = {t.asked.question: t for t in questions.told(meeting, now())}
    assert told[Question.WHO].lines == [
        "Jonas Holm skal ikke komme.",
        "Hanne Sørensen må komme til en del af mødet.",
    ]
    assert told[Question.WITHOUT_ME].lines == ["Kun på en betingelse.", "Kun med Hanne"]
    assert told[Question.PRACTICAL].lines == [
        "Pauser undervejs",
        "Det kan gøre det svært: Larm",
        "Det hjælper: Ro",
    ]
    assert told[Question.NOT_TALK].helper == "Lise Dam"
    assert told[Question.NOT_TALK].asked.readers == "Kun Lise Dam kan læse det."
    assert told[Question.MATTERS].lines == []


def test_who_leads_is_named_together() -> None:
    assert questions.together([]) == ""
    assert questions.together(["Lise"]) == "Lise"
    assert questions.together(["Lise", "Jonas", "Rune"]) == "Lise, Jonas og Rune"


def test_the_same_words_sent_twice_are_no_conflict(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.MATTERS, "Ro", words=["housing"])
    say(world, meeting, Question.MATTERS, "Ro", words=["housing"], version=0)
    row = queries.answer_to(meeting, Question.MATTERS)
    assert row is not None
    assert row.text == "Ro"
    with pytest.raises(Conflict):
        say(world, meeting, Question.MATTERS, "Ro", words=["economy"], version=0)
