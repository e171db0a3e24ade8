"""The written questions after a meeting: who is asked, when, and who reads what."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from netmeet.cases import service as cases
from netmeet.cases.rules import MemberRole
from netmeet.cases.service import erasing
from netmeet.core import clock, resealing
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.exports import evaluation as exports
from netmeet.meetings.models import MeetingEvaluation
from netmeet.meetings.queries import evaluation as reading
from netmeet.meetings.rules import EvaluationQuestion, EvaluationRound, Side
from netmeet.meetings.service import evaluation as service
from netmeet.meetings.service.evaluation import Answers
from tests.evaluations import answered, held
from tests.world import now

Q, FIRST, LATER = EvaluationQuestion, EvaluationRound.FIRST, EvaluationRound.LATER
FIVE = (Q.MATTERED, Q.HEARD, Q.RIGHT_PEOPLE, Q.WHO_DOES_WHAT, Q.WILL_HAPPEN)


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne)


def own(world, meeting, user, *, days=0):
    today = clock.today() + timedelta(days=days)
    return reading.own(meeting, world.actor(user), today=today)


def say(world, meeting, user, *, days=0, version=0, text="", is_open=False, **steps):
    said = {Q(name): step for name, step in steps.items()}
    found = own(world, meeting, user, days=days)
    given = Answers(steps=said, text=text, is_open=is_open)
    return service.answer(found, given, at=now(), version=version)


def rows():
    return db.session.scalars(select(MeetingEvaluation)).all()


def staff(world, case, count):
    """Return so many nurses more, who are in the network."""
    found = [world.staff(f"Bo Nr{n}", world.ward, role=Role.REG) for n in range(count)]
    for user in found:
        place = cases.Place(
            role=MemberRole.REGIONAL_STAFF,
            organisation_id=world.ward.organisation_id,
            unit_id=world.ward.id,
        )
        cases.join(case, user, place=place, at=now())
    return found


# who is asked, and when ---------------------------------------------------------------------------


def test_nobody_is_asked_in_the_room_nor_on_the_day(world, case):
    meeting = held(world, case, days_ago=0, there=(world.jonas,))
    for user in (case.person.user, world.jonas):
        assert not own(world, meeting, user).is_open
        assert own(world, meeting, user, days=1).is_open


def test_before_it_was_held_nothing_is_open(world, case):
    meeting = world.meeting(case, in_days=-1)
    assert not own(world, meeting, case.person.user).is_open


def test_who_was_not_there_is_not_asked_but_the_person_is(world, case):
    meeting = held(world, case, there=(world.jonas,), person_came=False)
    assert own(world, meeting, world.jonas).is_open
    assert not own(world, meeting, world.lise).is_open
    assert not own(world, meeting, world.hanne).is_open
    mia = own(world, meeting, case.person.user)
    assert mia.questions == (Q.MATTERED, Q.WHO_DOES_WHAT, Q.WILL_HAPPEN)


def test_after_four_weeks_only_the_person_is_asked_one_thing_more(world, case):
    meeting = held(world, case, there=(world.jonas, world.hanne))
    assert own(world, meeting, case.person.user).questions == FIVE
    assert own(world, meeting, case.person.user, days=27).questions == (Q.HAPPENED,)
    assert not own(world, meeting, world.jonas, days=27).is_open
    assert not own(world, meeting, case.person.user, days=55).is_open


def test_who_acts_for_the_person_answers_for_themselves(world, case):
    guardian = world.user("Per Skov")
    place = cases.Place(role=MemberRole.GUARDIAN)
    cases.join(case, guardian, place=place, at=now())
    meeting = held(world, case)
    say(world, meeting, case.person.user, heard=1, text="Kun mit")
    found = own(world, meeting, guardian)
    assert found.side is Side.PROXY
    assert found.row is None
    assert Q.MATTERED in found.questions


def test_a_guest_answers_as_long_as_their_time_lasts(world, case):
    guest = world.user("Eva Nabo")
    cases.join(case, guest, place=cases.Place(role=MemberRole.GUEST), at=now())
    meeting = held(world, case, there=(guest,))
    found = own(world, meeting, guest)
    assert found.side is Side.STAFF
    assert found.last_day == meeting.starts_local.date() + timedelta(days=3)
    meeting.comments_until = clock.today() + timedelta(days=9)
    assert own(world, meeting, guest).last_day == meeting.comments_until
    assert own(world, meeting, case.person.user).last_day == clock.today() + timedelta(days=26)


# answering ----------------------------------------------------------------------------------------


def test_an_answer_is_kept_with_what_was_left_out_and_what_one_does_not_know(world, case):
    meeting = held(world, case)
    row = say(world, meeting, case.person.user, heard=5, mattered=0, text="Det var godt")
    assert (row.heard, row.mattered, row.right_people) == (5, 0, None)
    assert row.side is Side.PERSON
    assert row.text == "Det var godt"


def test_what_one_is_not_asked_is_not_kept(world, case):
    meeting = held(world, case, there=(world.hanne,))
    row = say(world, meeting, world.hanne, heard=4, mandate=5, mattered=5)
    assert (row.heard, row.mandate, row.mattered) == (4, None, None)


def test_at_least_one_question_is_answered(world, case):
    meeting = held(world, case)
    with pytest.raises(Refused) as no:
        say(world, meeting, case.person.user, text="Kun ord")
    assert no.value.field == "mattered"
    assert rows() == []


def test_answers_may_be_changed_until_it_closes_and_stay_one_row(world, case):
    meeting = held(world, case)
    first = say(world, meeting, case.person.user, heard=5, mattered=3)
    at, version = first.answered_at, first.version
    again = say(world, meeting, case.person.user, heard=1, version=version)
    assert again.id == first.id
    assert (again.heard, again.mattered, again.answered_at) == (1, None, at)
    with pytest.raises(Refused):
        say(world, meeting, case.person.user, days=55, happened=5)


def test_answers_given_elsewhere_meanwhile_are_not_lost(world, case):
    meeting = held(world, case)
    say(world, meeting, case.person.user, heard=5, text="Først")
    with pytest.raises(Conflict) as stale:
        say(world, meeting, case.person.user, heard=1, text="Siden", version=0)
    assert stale.value.theirs["Blev der lyttet til dig?"] == "Ja"
    assert stale.value.mine["Blev der lyttet til dig?"] == "Nej"
    assert (stale.value.theirs["Med dine egne ord"], rows()[0].heard) == ("Først", 5)


def test_that_the_coordinator_may_read_is_never_assumed_and_only_the_persons_to_say(world, case):
    meeting = held(world, case, there=(world.jonas,))
    mia, jonas = case.person.user, world.jonas
    row = say(world, meeting, mia, heard=5)
    assert row.is_open_to_coordinator is False
    row = say(world, meeting, mia, heard=5, is_open=True, version=row.version)
    assert row.is_open_to_coordinator is True
    assert say(world, meeting, jonas, heard=5, is_open=True).is_open_to_coordinator is False


def test_what_was_put_away_may_still_be_answered(world, case):
    meeting = held(world, case)
    mia = case.person.user
    service.put_away(own(world, meeting, mia), at=now())
    assert not own(world, meeting, mia).is_waiting
    row = say(world, meeting, mia, heard=4)
    assert (row.heard, len(rows())) == (4, 1)
    service.put_away(own(world, meeting, mia), at=now())
    assert own(world, meeting, mia).is_answered


# the quiet card -----------------------------------------------------------------------------------


def put_to(case, *, days=0):
    return reading.put_to(case, case.person.user_id, today=clock.today() + timedelta(days=days))


def test_the_newest_meeting_waits_until_it_is_answered_put_away_or_closed(world, case):
    meeting = held(world, case)
    held(world, case, days_ago=5)
    assert put_to(case).id == meeting.id
    assert put_to(case, days=-1) is not None
    service.put_away(own(world, meeting, case.person.user), at=now())
    assert put_to(case).id != meeting.id
    assert put_to(case, days=60) is None


def test_after_four_weeks_it_waits_once_more(world, case):
    meeting = held(world, case)
    say(world, meeting, case.person.user, heard=4)
    assert put_to(case) is None
    assert put_to(case, days=27).id == meeting.id


def test_nothing_waits_in_a_case_that_is_closed(world, case):
    held(world, case)
    case.state = "closed"
    assert put_to(case) is None


# reading ------------------------------------------------------------------------------------------


def read(world, meeting, user, *, days=0):
    return reading.answered(meeting, world.actor(user), today=clock.today() + timedelta(days=days))


def test_how_many_were_asked_and_answered_is_told_at_once(world, case):
    meeting = held(world, case, there=(world.jonas, world.lise))
    answered(meeting, world.jonas, Side.STAFF)
    found = read(world, meeting, world.lise)
    assert (found.asked, found.answered) == (3, 1)


def test_the_persons_answers_are_read_by_name_only_when_the_person_opened_them(world, case):
    meeting = held(world, case)
    row = answered(meeting, case.person.user, Side.PERSON, text="Hemmeligt")
    assert read(world, meeting, world.lise, days=60).named == []
    assert read(world, meeting, case.person.user).named == [row]
    row.is_open_to_coordinator = True
    db.session.flush()
    assert read(world, meeting, world.lise).named == [row]


def test_nobody_else_reads_what_the_person_opened_to_who_leads(world, case):
    guardian = world.user("Per Skov")
    cases.join(case, guardian, place=cases.Place(role=MemberRole.GUARDIAN), at=now())
    meeting = held(world, case)
    answered(meeting, case.person.user, Side.PERSON, is_open=True)
    assert read(world, meeting, guardian).named == []


def test_the_person_is_not_counted_among_the_others(world, case):
    nurses = staff(world, case, 4)
    meeting = held(world, case, there=tuple(nurses))
    for user in nurses:
        answered(meeting, user, Side.STAFF)
    answered(meeting, case.person.user, Side.PERSON)
    assert read(world, meeting, world.lise, days=60).counts == []


def test_the_others_are_counted_when_it_is_closed_and_five_have_answered(world, case):
    nurses = staff(world, case, 5)
    meeting = held(world, case, there=tuple(nurses))
    for number, user in enumerate(nurses):
        answered(meeting, user, Side.STAFF, step=5 if number else 1, text=f"Ord {9 - number}")
    early = read(world, meeting, world.lise)
    assert (early.counts, early.texts) == ([], [])
    found = read(world, meeting, world.lise, days=27)
    given = {5: 4, 4: 0, 3: 0, 2: 0, 1: 1, 0: 0}
    assert found.counts == [reading.Count(side=Side.STAFF, question=Q.HEARD, given=given)]
    assert found.texts == [f"Ord {n}" for n in range(5, 10)]


def test_ones_own_answer_does_not_help_to_tell_the_others(world, case):
    nurses = staff(world, case, 4)
    meeting = held(world, case, there=(*nurses, world.lise))
    for user in (*nurses, world.lise):
        answered(meeting, user, Side.STAFF)
    assert read(world, meeting, world.lise, days=60).counts == []


def test_a_question_that_few_have_answered_is_not_counted(world, case):
    nurses = staff(world, case, 5)
    meeting = held(world, case, there=tuple(nurses))
    for number, user in enumerate(nurses):
        asked = (Q.HEARD, Q.MANDATE) if number else (Q.HEARD,)
        answered(meeting, user, Side.STAFF, asked=asked)
    counts = read(world, meeting, world.lise, days=60).counts
    assert [one.question for one in counts] == [Q.HEARD]


def test_each_side_is_counted_by_itself_in_its_own_words(world, case):
    nurses = staff(world, case, 5)
    meeting = held(world, case, there=(*nurses, world.hanne))
    for user in nurses:
        answered(meeting, user, Side.STAFF)
    answered(meeting, world.hanne, Side.RELATIVE, step=1)
    (one,) = exports.counted(read(world, meeting, world.lise, days=60))
    assert (one.question, one.answers) == ("Blev der lyttet til borgeren?", "Ja 5")


def test_nothing_is_read_of_who_must_stay_unknown(world, case, monkeypatch):
    nurses = staff(world, case, 5)
    meeting = held(world, case, there=tuple(nurses))
    for user in nurses:
        answered(meeting, user, Side.STAFF, text="Ord")
    assert read(world, meeting, world.lise, days=60).texts
    unknown = frozenset({nurses[0].id})
    monkeypatch.setattr(type(case), "apart_from", lambda _case, _user_id: unknown)
    assert read(world, meeting, world.lise, days=60).texts == []


def test_the_person_closes_what_they_opened_also_when_the_round_is_over(world, case):
    meeting = held(world, case)
    row = answered(meeting, case.person.user, Side.PERSON, is_open=True)
    later = read(world, meeting, world.lise, days=60)
    assert later.named == [row]
    service.close(own(world, meeting, case.person.user, days=60), at=now())
    assert read(world, meeting, world.lise, days=60).named == []


def test_counts_are_told_in_words(world, case):
    nurses = staff(world, case, 5)
    meeting = held(world, case, there=tuple(nurses))
    for number, user in enumerate(nurses):
        answered(meeting, user, Side.STAFF, step=5 if number else 0)
    (one,) = exports.counted(read(world, meeting, world.lise, days=60))
    assert (one.question, one.answers) == ("Blev der lyttet til borgeren?", "Ja 4 · Ved ikke 1")


def test_reading_takes_as_many_queries_for_few_as_for_many(world, case):
    nurses = staff(world, case, 6)
    meeting = held(world, case, there=tuple(nurses))

    def asked():
        seen = []

        def note(*args):
            seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        read(world, meeting, world.lise, days=60)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    answered(meeting, nurses[0], Side.STAFF)
    few = asked()
    for user in nurses[1:]:
        answered(meeting, user, Side.STAFF)
    assert asked() <= few <= 3


def test_what_was_answered_goes_with_the_case(world, case):
    meeting = held(world, case, there=(world.jonas,))
    answered(meeting, case.person.user, Side.PERSON, text="Hemmeligt")
    answered(meeting, world.jonas, Side.STAFF)
    erasing.erase(case.id, at=now())
    assert rows() == []


def test_what_was_written_is_sealed_and_sealed_anew_with_another_key(world, case):
    answered(held(world, case), case.person.user, Side.PERSON, text="Hemmeligt")
    (kept,) = db.session.scalars(select(MeetingEvaluation.__table__.c.text_sealed)).all()
    assert b"Hemmeligt" not in bytes(kept)
    assert "meeting_evaluation.text" in {place.name for place in resealing.places()}
