"""The person's answers are theirs; lines about help become points of the agenda."""

import pytest
from sqlalchemy import select

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.cases.rules import MandateScope, RepresentationKind
from netmeet.cases.service import mandates
from netmeet.cases.service.network import Newcomer
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import queries, service
from netmeet.meetings.exports import questions
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import (
    AgendaState,
    ItemState,
    LifeArea,
    MeetingState,
    PreparationMode,
    Question,
)
from netmeet.meetings.service.agenda import Point
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


def test_each_line_and_word_about_help_is_a_point_of_the_persons(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig\n\n- Færre piller", words=["economy"])
    points = queries.agenda_for(meeting, world.actor(world.lise)).persons
    assert [p.title for p in points] == ["En ny bolig", "Færre piller", "Penge"]
    assert points[2].life_area is LifeArea.ECONOMY
    assert all(p.raised_as is Role.PAT and p.confirmed_at for p in points)
    say(world, meeting, Question.HELP, "En ny bolig i januar", words=[])
    left = queries.agenda_for(meeting, world.actor(world.lise)).persons
    assert [p.title for p in left] == ["En ny bolig i januar"]
    assert left[0] is points[0]
    say(world, meeting, Question.HELP, "En ny bolig i januar\nRo", words=[])
    again = queries.agenda_for(meeting, world.actor(world.lise)).persons
    assert [p.title for p in again] == ["En ny bolig i januar", "Ro"]
    assert len(meeting.items) == 4


@pytest.mark.parametrize("question", Question)
def test_every_answer_with_a_tapped_word_may_be_changed(world: World, question: Question) -> None:
    meeting = world.meeting(world.case())
    offered = [value for value, _label in questions.asked(question, meeting, now()).taps[:1]]
    for text in ("Kaffe", "Te"):
        say(world, meeting, question, text, words=offered)
    row = queries.answer_to(meeting, question)
    assert row is not None
    assert row.text == "Te"


def test_a_line_that_did_not_change_leaves_its_point_as_the_person_made_it(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = world.actor(meeting.case.person.user)
    say(world, meeting, Question.HELP, "En ny bolig\nRo")
    home, peace = meeting.items
    point = Point(title="En ny bolig i Valby")
    service.agenda.edit(home, by=mia, at=now(), point=point, version=home.version)
    service.agenda.withdraw(peace, by=mia)
    say(world, meeting, Question.HELP, "En ny bolig\nRo\nPenge")
    titles = [p.title for p in queries.agenda_for(meeting, mia).persons]
    assert titles == ["En ny bolig i Valby", "Penge"]


def points(world: World, meeting: Meeting) -> list[AgendaItem]:
    return list(queries.agenda_for(meeting, world.actor(world.lise)).persons)


def test_a_line_put_before_others_leaves_their_points_to_them(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig\nRo")
    home, peace = meeting.items
    home.minutes, peace.decider_id = 25, world.lise.id
    say(world, meeting, Question.HELP, "Færre piller\nEn ny bolig\nRo om natten")
    told = points(world, meeting)
    assert [p.title for p in told] == ["Færre piller", "En ny bolig", "Ro om natten"]
    assert told[1:] == [home, peace]
    say(world, meeting, Question.HELP, "Ro om natten\nEn ny bolig")
    assert set(points(world, meeting)) == {home, peace}
    assert (home.title, home.minutes) == ("En ny bolig", 25)
    assert (peace.title, peace.decider_id) == ("Ro om natten", world.lise.id)


def test_what_is_saved_while_one_types_in_front_of_a_line_leaves_its_point_to_it(
    world: World,
) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig")
    (home,) = meeting.items
    for text in ("FæEn ny bolig", "Færre pillerEn ny bolig", "Færre piller\nEn ny bolig"):
        say(world, meeting, Question.HELP, text)
    pills, last = points(world, meeting)
    assert (pills.title, last) == ("Færre piller", home)
    assert home.title == "En ny bolig"


def test_another_wish_never_gets_the_point_of_one_that_was_taken_back(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "Penge\nBolig")
    money, home = meeting.items
    money.decider_id = world.jonas.id
    say(world, meeting, Question.HELP, "")
    assert points(world, meeting) == []
    say(world, meeting, Question.HELP, "Min søster\nBolig")
    told = points(world, meeting)
    assert told[1] is home
    assert told[0] not in {money, home}
    say(world, meeting, Question.HELP, "Min søster\nBolig\nPenge")
    assert set(points(world, meeting)) == {money, *told}


def test_a_line_of_a_point_that_was_dealt_with_may_become_another(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig")
    meeting.items[0].state = ItemState.CLOSED
    say(world, meeting, Question.HELP, "En ny bolig i Valby")
    assert [(p.title, p.state) for p in meeting.items] == [
        ("En ny bolig", ItemState.CLOSED),
        ("En ny bolig i Valby", ItemState.OPEN),
    ]


def test_a_point_withdrawn_on_the_agenda_stays_so_while_one_types_at_its_line(
    world: World,
) -> None:
    meeting = world.meeting(world.case())
    mia = world.actor(meeting.case.person.user)
    say(world, meeting, Question.HELP, "Bolig")
    service.agenda.withdraw(meeting.items[0], by=mia)
    for text in ("FæBolig", "Færre piller\nBolig", "Færre piller\nBolig nu"):
        say(world, meeting, Question.HELP, text)
    assert [p.title for p in points(world, meeting)] == ["Færre piller"]


def test_two_equal_lines_that_are_put_back_are_two_points(world: World) -> None:
    meeting = world.meeting(world.case())
    for text in ("Bolig", "", "Bolig\nBolig", "Bolig i Valby\nBolig til Kim"):
        say(world, meeting, Question.HELP, text)
    assert [p.title for p in points(world, meeting)] == ["Bolig i Valby", "Bolig til Kim"]


def test_of_two_lines_the_likest_keeps_its_point(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "Bolig\nBolig i Valby")
    _home, valby = meeting.items
    say(world, meeting, Question.HELP, "Bolig i Valby nu")
    assert points(world, meeting) == [valby]


def test_a_letter_in_common_makes_no_wish_another(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "Bolig")
    home = meeting.items[0]
    for text in ("B", "Bedre medicin"):
        say(world, meeting, Question.HELP, text)
    (told,) = points(world, meeting)
    assert (told.title, told is home) == ("Bedre medicin", False)


def test_lines_that_stay_keep_the_order_they_got_on_the_agenda(world: World) -> None:
    meeting = world.meeting(world.case())
    mia = world.actor(meeting.case.person.user)
    say(world, meeting, Question.HELP, "En ny bolig\nRo")
    home, peace = meeting.items
    home.position, peace.position = peace.position, home.position
    say(world, meeting, Question.HELP, "En ny bolig\nFærre piller\nRo")
    titles = [p.title for p in queries.agenda_for(meeting, mia).persons]
    assert titles == ["Færre piller", "Ro", "En ny bolig"]


def guardian(world: World, case: Case) -> User:
    """Return who is the person's guardian from now on."""
    who = Newcomer(name="Ole Værge", email="ole@example.org")
    mandate = mandates.Mandate(
        kind=RepresentationKind.GUARDIAN, scopes={MandateScope.PERSONAL}, document="Bevilling 7"
    )
    return mandates.record(case, who, mandate, by=world.actor(world.lise), at=now()).user


def test_a_guardians_lines_are_theirs_and_the_persons_stay_the_persons(world: World) -> None:
    case = world.case()
    ole = guardian(world, case)
    meeting = world.meeting(case)
    mia = case.person.user
    say(world, meeting, Question.HELP, "En ny bolig\nRo")
    say(world, meeting, Question.HELP, "Færre piller\nEn ny bolig\nRo til at sove", by=ole)
    told = {item.title: (item.raised_as, item.author_id) for item in meeting.items}
    assert told == {
        "Færre piller": (Role.PROX, ole.id),
        "En ny bolig": (Role.PAT, mia.id),
        "Ro til at sove": (Role.PROX, ole.id),
    }
    say(world, meeting, Question.HELP, "Færre piller\nEn ny bolig\nRo til at sove længe")
    told = {item.title: (item.raised_as, item.author_id) for item in meeting.items}
    assert told["Færre piller"] == (Role.PROX, ole.id)
    assert told["Ro til at sove længe"] == (Role.PAT, mia.id)


def test_what_a_guardian_types_in_front_of_the_persons_line_leaves_it_the_persons(
    world: World,
) -> None:
    case = world.case()
    ole, mia = guardian(world, case), world.actor(case.person.user)
    meeting = world.meeting(case)
    say(world, meeting, Question.HELP, "En ny bolig")
    (home,) = meeting.items
    service.agenda.edit(
        home, by=mia, at=now(), point=Point(title="Bolig i Valby"), version=home.version
    )
    say(world, meeting, Question.HELP, "En ny bolig\nRo")
    for text in ("Færre pillerEn ny bolig\nRo", "Færre piller\nEn ny bolig\nRo"):
        say(world, meeting, Question.HELP, text, by=ole)
    told = {item.title: item.raised_as for item in meeting.items}
    assert told == {"Færre piller": Role.PROX, "En ny bolig": Role.PAT, "Ro": Role.PAT}


def test_the_persons_own_save_confirms_what_a_helper_wrote(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig", by=world.lise)
    say(world, meeting, Question.HELP, "En ny bolig")
    assert meeting.items[0].confirmed_at is not None


def test_a_point_that_is_closed_is_left_alone(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig")
    meeting.items[0].state = ItemState.CLOSED
    say(world, meeting, Question.HELP, "")
    assert meeting.items[0].title == "En ny bolig"
    assert meeting.items[0].state is ItemState.CLOSED


def test_a_new_line_is_a_point_of_its_own_where_another_was_dealt_with(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "En ny bolig")
    meeting.items[0].state = ItemState.CLOSED
    say(world, meeting, Question.HELP, "")
    say(world, meeting, Question.HELP, "Ro")
    assert [(p.title, p.state) for p in meeting.items] == [
        ("En ny bolig", ItemState.CLOSED),
        ("Ro", ItemState.OPEN),
    ]


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
