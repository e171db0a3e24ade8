"""K16 and K16b: what persons and staff answer after meetings, by people, small counts hidden."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.indicators import exports as overviews
from netmeet.indicators import rules
from netmeet.indicators.exports import evaluation as exports
from netmeet.indicators.queries import Filter
from netmeet.indicators.queries import evaluation as queries
from netmeet.indicators.rules import HIDDEN, NOTHING
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, Side, evaluation
from tests.evaluations import answered, held

QUARTER = exports.newest_settled(clock.today())
DAY = QUARTER.begins + timedelta(days=20)
Q = EvaluationQuestion
FOUR = evaluation.MIRRORED


def meetings(world, count, *, on=DAY):
    """Return one meeting each of so many people, with the nurse of each."""
    found = []
    for n in range(count):
        case = world.case(f"Kari Nordmann {n}")
        nurse = world.staff(f"Bo Nr{n}", world.ward, role=Role.REG)
        found.append((held(world, case, on=on), case.person.user, nurse))
    return found


def voices(world, **facts):
    return queries.of_unit(world.ward.id, QUARTER, **facts)


def figures(world, **facts):
    return [one.share.figure for one in exports.named(voices(world, **facts), QUARTER)]


def test_every_held_meeting_counts_in_the_response_and_steps_in_the_answers(world):
    (meeting, mia, nurse), *_silent = meetings(world, 2)
    answered(meeting, mia, Side.PERSON, step=4, asked=(Q.HEARD,))
    answered(meeting, nurse, Side.STAFF, step=3, asked=(Q.HEARD, Q.MANDATE))
    later = EvaluationRound.LATER
    answered(meeting, mia, Side.PERSON, step=2, asked=(Q.HAPPENED,), which=later)
    found = voices(world)
    assert sorted(one.is_so for one in found.answered) == [False, True]
    assert [one.is_so for one in found.experienced] == [True]
    assert [one.is_so for one in found.staffs] == [False]
    assert [one.is_so for one in found.happened] == [False]
    assert found.believed == []


def test_do_not_know_and_what_was_put_away_are_no_answers(world):
    (meeting, mia, _nurse), (other, omar, _) = meetings(world, 2)
    answered(meeting, mia, Side.PERSON, step=evaluation.DO_NOT_KNOW)
    answered(other, omar, Side.PERSON, step=5).answered_at = None
    db.session.flush()
    found = voices(world)
    assert found.experienced == []
    assert sorted(one.is_so for one in found.answered) == [False, True]


def test_who_acts_for_the_person_and_relatives_are_not_counted_as_the_person(world):
    ((meeting, _mia, nurse),) = meetings(world, 1)
    answered(meeting, nurse, Side.PROXY)
    answered(meeting, world.hanne, Side.RELATIVE)
    found = voices(world)
    assert (found.experienced, found.staffs) == ([], [])
    assert [one.is_so for one in found.answered] == [False]


def test_other_quarters_other_units_and_what_is_narrowed_away_are_left_out(world):
    meetings(world, 1, on=QUARTER.before.ends)
    assert voices(world).answered == []
    ((meeting, _mia, _nurse),) = meetings(world, 1)
    meeting.kind = "kip"
    db.session.flush()
    assert len(voices(world).answered) == 1
    assert len(voices(world, kind="kip").answered) == 1
    assert voices(world, kind="quick").answered == []
    assert voices(world, initiative="F-ACT").answered == []
    assert queries.of_unit("nobody", QUARTER).answered == []


def test_it_is_counted_by_people_and_four_are_hidden(world):
    for meeting, person, _nurse in meetings(world, 4):
        answered(meeting, person, Side.PERSON, asked=FOUR)
    response, persons, *_rest = figures(world)
    assert (response.under, persons.under) == (HIDDEN, HIDDEN)


def test_five_people_are_shown_with_how_many_of_them_answered(world):
    for meeting, person, _nurse in meetings(world, 5):
        answered(meeting, person, Side.PERSON, asked=FOUR)
    response, persons, staff, *_rest = figures(world)
    assert (response.over, response.under) == ("5", "5")
    assert (persons.over, persons.under, persons.percent) == ("20", "20", "100 %")
    assert staff.percent == NOTHING


def test_staff_are_hidden_where_few_of_them_said_it_of_however_many_people(world):
    for meeting, _person, _nurse in meetings(world, 6):
        answered(meeting, world.lise, Side.STAFF, asked=FOUR)
    assert figures(world)[2].under == HIDDEN


def test_the_gap_stands_beside_the_staffs_and_only_where_both_are_shown(world):
    made = meetings(world, 10)
    for n, (meeting, person, nurse) in enumerate(made):
        answered(meeting, nurse, Side.STAFF, step=5)
        answered(meeting, person, Side.PERSON, step=5 if n < 5 else 2)
    remarks = [one.remark for one in exports.named(voices(world), QUARTER)]
    assert remarks == ["", "", "De faglige ligger 50 procentpoint over borgerne.", "", ""]


def test_nothing_is_told_while_somebody_may_answer_yet(world):
    for meeting, person, _nurse in meetings(world, 5):
        answered(meeting, person, Side.PERSON)
    found = voices(world)
    first = evaluation.last_day(QUARTER.ends, EvaluationRound.FIRST)
    later = evaluation.last_day(QUARTER.ends, EvaluationRound.LATER)
    assert exports.settled(found, QUARTER, today=first).answered == ()
    day_after = exports.settled(found, QUARTER, today=first + timedelta(days=1))
    assert (len(day_after.answered), day_after.happened) == (5, ())
    assert exports.settled(found, QUARTER, today=later + timedelta(days=1)) == found


def test_the_manager_sees_the_newest_quarter_that_is_settled(world):
    for meeting, person, _nurse in meetings(world, 5):
        answered(meeting, person, Side.PERSON, asked=FOUR)
    wanted = Filter(unit_id=world.ward.id)
    shown = overviews.overview(wanted, page=1, today=clock.today(), at=world.actor(world.lise).at)
    told = {one.name: one for one in shown.indicators}
    persons = told["Borgernes svar om mødet: ja, eller ja for det meste"]
    assert (persons.figure.percent, persons.remark) == ("100 %", overviews.quarter_words(QUARTER))
    response = told["Møder, hvor borgeren har svaret på spørgsmålene bagefter"]
    assert response.figure.percent == "100 %"


def test_it_takes_one_query_whatever_the_size(world):
    def asked():
        seen = []

        def note(*args):
            seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        queries.voices(Meeting.case_id.is_not(None))
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    for meeting, person, nurse in meetings(world, 6):
        answered(meeting, person, Side.PERSON)
        answered(meeting, nurse, Side.STAFF)
    assert asked() == 1


@pytest.mark.parametrize(
    ("about", "said", "shown"),
    [(("20", 75), (HIDDEN, None), HIDDEN), ((HIDDEN, None), ("20", None), HIDDEN)],
)
def test_of_two_shares_of_the_same_the_one_that_shows_less_is_shown(about, said, shown):
    one, other = (
        rules.Share(rules.Figure(over=HIDDEN, under=under, percent=NOTHING), value)
        for under, value in (about, said)
    )
    assert rules.the_more_hidden(one, other).figure.under == shown
