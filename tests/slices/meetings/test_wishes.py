"""What the person wishes help with: each line is a point of the agenda, and stays that point."""

from netmeet.accounts.models import User
from netmeet.cases.models import Case
from netmeet.cases.rules import MandateScope, RepresentationKind
from netmeet.cases.service import mandates
from netmeet.cases.service.network import Newcomer
from netmeet.core.access import Role
from netmeet.meetings import queries, service
from netmeet.meetings.models import AgendaItem, Meeting
from netmeet.meetings.rules import (
    ItemState,
    LifeArea,
    Question,
)
from netmeet.meetings.service.agenda import Point
from tests.slices.meetings.test_preparation import say
from tests.world import World, now


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


def test_no_more_than_fifty_points_without_a_line_are_remembered(world: World) -> None:
    meeting = world.meeting(world.case())
    say(world, meeting, Question.HELP, "\n".join(f"{n} " * 9 for n in range(60)))
    say(world, meeting, Question.HELP, "")
    row = queries.answer_to(meeting, Question.HELP)
    assert row is not None
    assert len(row.data["items"]) == 50


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
