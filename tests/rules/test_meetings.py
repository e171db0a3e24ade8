"""States, deadlines and points of a meeting."""

from datetime import date

import pytest

from netmeet.meetings import rules
from netmeet.meetings.rules import MeetingKind, MeetingState, Mover
from netmeet.organisations.rules import Sector


def test_every_state_has_a_way_on_unless_it_is_finished():
    assert set(rules.NEXT) == set(MeetingState)
    ends = {state for state, steps in rules.NEXT.items() if not steps}
    # What was agreed may be taken up again, and minutes corrected, when all of it has ended.
    assert ends == rules.FINISHED - {MeetingState.CLOSED}
    back = {MeetingState.PUBLISHED, MeetingState.FOLLOW_UP}
    assert set(rules.NEXT[MeetingState.CLOSED]) == back


def test_every_state_can_be_reached_from_a_request_and_end():
    reached = {MeetingState.REQUESTED}
    for _ in MeetingState:
        reached |= {to for state in reached for to in rules.NEXT[state]}
    assert reached == set(MeetingState)


def test_nothing_leads_back_across_publication():
    after = {MeetingState.PUBLISHED}
    for _ in MeetingState:
        after |= {to for state in after for to in rules.NEXT[state]}
    assert after == {
        MeetingState.PUBLISHED,
        MeetingState.FINAL,
        MeetingState.FOLLOW_UP,
        MeetingState.CLOSED,
    }


def test_only_the_chair_publishes():
    for mover in Mover:
        may = rules.may_move(MeetingState.MINUTES_DRAFT, MeetingState.PUBLISHED, by=mover)
        assert may == (mover is Mover.CHAIR)


def test_a_step_that_is_none_is_refused():
    assert not rules.may_move(MeetingState.REQUESTED, MeetingState.HELD, by=Mover.CHAIR)
    with pytest.raises(KeyError):
        rules.needs_reason(MeetingState.REQUESTED, MeetingState.HELD)


@pytest.mark.parametrize(
    "to",
    [
        MeetingState.DECLINED,
        MeetingState.POSTPONED,
        MeetingState.CANCELLED,
        MeetingState.NOT_COMPLETED,
    ],
)
def test_a_no_or_a_delay_always_says_why(to: MeetingState):
    ways = [state for state, steps in rules.NEXT.items() if to in steps]
    assert ways
    assert all(rules.needs_reason(state, to) for state in ways)


def test_the_person_may_postpone_and_cancel():
    for to in (MeetingState.POSTPONED, MeetingState.CANCELLED):
        assert rules.may_move(MeetingState.INVITED, to, by=Mover.PERSON)
    assert not rules.may_move(MeetingState.REQUESTED, MeetingState.DECLINED, by=Mover.PERSON)


def test_a_refused_request_says_why():
    assert set(rules.REQUEST_NEXT) == set(rules.RequestState)
    for steps in rules.REQUEST_NEXT.values():
        for to, step in steps.items():
            assert step.reason == (to is rules.RequestState.DECLINED)


def test_deadlines_count_working_days_over_christmas():
    assert rules.request_deadline(date(2026, 12, 21)) == date(2026, 12, 29)
    assert rules.publication_deadline(date(2026, 12, 23)) == date(2026, 12, 28)
    assert rules.comment_deadline(date(2026, 12, 23)) == date(2026, 12, 29)
    assert rules.decision_deadline(date(2026, 11, 23)) == date(2026, 11, 30)
    assert rules.new_date_deadline(date(2026, 11, 23)) == date(2026, 12, 7)


def test_days_left_to_agree_on_a_date_fall_below_nothing():
    asked = date(2026, 11, 23)
    assert rules.date_agreed_latest(asked, today=asked) == 5
    assert rules.date_agreed_latest(asked, today=date(2026, 11, 30)) == 0
    assert rules.date_agreed_latest(asked, today=date(2026, 12, 2)) == -2


def test_the_next_meeting_is_due_as_the_kind_says():
    held = date(2026, 8, 31)
    assert rules.next_meeting_latest(rules.KINDS[MeetingKind.KIP], held) == date(2027, 2, 28)
    assert rules.next_meeting_latest(rules.KINDS[MeetingKind.DISCHARGE], held) == date(2026, 10, 12)
    assert rules.next_meeting_latest(rules.KINDS[MeetingKind.OUTPATIENT], held) is None


def test_every_kind_has_its_defaults_and_discharges_their_first_contacts():
    assert set(rules.KINDS) == set(MeetingKind)
    assert rules.KINDS[MeetingKind.DISCHARGE].first_contact_days == (3, 7)
    assert rules.KINDS[MeetingKind.QUICK].minutes == 20
    assert len(rules.KINDS[MeetingKind.QUICK].standing_points) == 3


def test_an_interpreter_takes_half_as_long_again():
    kind = rules.KINDS[MeetingKind.OUTPATIENT]
    assert kind.minutes_with(interpreter=True) == 90
    assert kind.minutes_with(interpreter=False) == 60


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        ([Sector.REGION, Sector.MUNICIPALITY], ()),
        ([Sector.REGION, Sector.REGION], (Sector.MUNICIPALITY,)),
        ([Sector.MUNICIPALITY, None], (Sector.REGION,)),
        ([Sector.PRACTICE, Sector.OTHER, None], (Sector.REGION, Sector.MUNICIPALITY)),
    ],
)
def test_a_network_meeting_needs_region_and_municipality(present, missing):
    assert rules.composition(present) == missing


def test_the_persons_points_come_first_and_groups_keep_their_order():
    assert rules.agenda_order([False, True, False, True]) == [1, 3, 0, 2]


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        ({"is_persons": False, "conclusion": None}, {"conclusion"}),
        ({"is_persons": False, "conclusion": "agreed"}, set()),
        ({"is_persons": True, "conclusion": "agreed"}, {"answer"}),
        ({"is_persons": True, "conclusion": "agreed", "answer": "yes"}, set()),
        ({"is_persons": True, "conclusion": "agreed", "answer": "in_part"}, {"answer_text"}),
        ({"is_persons": True, "conclusion": "agreed", "answer": "no_because"}, {"answer_text"}),
        (
            {
                "is_persons": True,
                "conclusion": "agreed",
                "answer": "no_because",
                "answer_text": "Der er ikke plads.",
            },
            set(),
        ),
        ({"is_persons": False, "conclusion": "awaiting"}, {"decider", "date"}),
        ({"is_persons": False, "conclusion": "deferred"}, {"date"}),
        (
            {"is_persons": False, "conclusion": "deferred", "until": date(2026, 12, 1)},
            set(),
        ),
        ({"is_persons": False, "conclusion": "not_dealt_with", "reason": " "}, {"reason"}),
    ],
)
def test_a_point_is_closed_only_when_nothing_is_missing(facts, lacks):
    facts["conclusion"] = facts["conclusion"] and rules.Conclusion(facts["conclusion"])
    if "answer" in facts:
        facts["answer"] = rules.AnswerToPerson(facts["answer"])
    assert rules.may_close_point(**facts) == lacks
