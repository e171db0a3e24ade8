"""Plan types, sections and what each reader sees."""

import pytest

from netmeet.cases.rules import Scope
from netmeet.plans import rules
from netmeet.plans.rules import PlanType, SectionKey


def test_only_the_plan_without_the_person_is_called_a_coordination_plan():
    called = [kind for kind in PlanType if rules.PLAN_NAMES[kind].staff == "Koordinationsplan"]
    assert called == [PlanType.COORDINATION_PLAN]
    assert set(rules.PLAN_NAMES) == set(PlanType)


def test_sections_are_the_fourteen_letters_in_order():
    assert [one.key for one in rules.SECTIONS] == list(SectionKey)
    assert {one.scope for one in rules.SECTIONS} <= set(Scope)


def test_paper_begins_with_who_does_what_contacts_and_next_meeting():
    order = [one.key for one in rules.paper_order()]
    assert order[:3] == [SectionKey.ACTIONS, SectionKey.TEAM, SectionKey.FOLLOW_UP]
    assert sorted(order) == sorted(SectionKey)


def test_who_may_see_what_is_on_the_persons_copy_alone():
    everything = frozenset(str(scope) for scope in Scope)
    others = {one.key for one in rules.visible_sections(everything, to_the_person=False)}
    persons = {one.key for one in rules.visible_sections(frozenset(), to_the_person=True)}
    assert persons - others == {SectionKey.SHARING}


def test_a_reader_sees_the_sections_of_their_scopes():
    seen = rules.visible_sections(frozenset({"crisis"}), to_the_person=False)
    assert [one.key for one in seen] == [SectionKey.CRISIS]


@pytest.mark.parametrize("line", ["Medicin: en gang om dagen", "behandling : en gang om dagen"])
def test_a_line_names_its_area_of_life_as_people_say_it(line):
    assert rules.split_area(line) == ("treatment", "en gang om dagen")
    assert rules.split_area("Kl. 8: en gang om dagen") == ("", "Kl. 8: en gang om dagen")


def test_silence_and_thinking_settle_nothing():
    assert rules.AcceptanceAnswer.UNANSWERED not in rules.SETTLED
    assert rules.AcceptanceAnswer.THINKING not in rules.SETTLED
    assert rules.AcceptanceAnswer.REJECTED not in rules.NEEDS_TEXT
