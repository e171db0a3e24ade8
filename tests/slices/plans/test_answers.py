"""The person answers: to the plan, and of a line that it is wrong."""

from datetime import date

import pytest
from sqlalchemy import func, select

from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.rules import AgreedHow, ContestKind
from netmeet.outbox.models import Message
from netmeet.plans import exports, queries
from netmeet.plans.rules import AcceptanceAnswer, PlanType
from netmeet.plans.service import answers
from tests.plan_world import agreed
from tests.world import now

A = AcceptanceAnswer


def sent(world):
    story = agreed(world)
    story.send()
    return story, queries.of_case(story.case.id)


def count(kind):
    return db.session.scalar(select(func.count()).where(Message.kind == kind))


def say(story, plan, said, *, by=None, words="", row_version=0, how=AgreedHow.DIGITAL):
    return answers.answer(
        plan.newest,
        by=by or story.actor(story.mia),
        at=now(),
        said=said,
        words=words,
        how=how,
        row_version=row_version,
    )


def test_a_no_needs_no_words_and_the_staff_are_told(world):
    story, plan = sent(world)
    row = say(story, plan, A.REJECTED)
    assert (row.answer, row.words) == (A.REJECTED, "")
    assert count("plans.answered") == 2


def test_thinking_is_an_answer_that_nobody_is_told(world):
    story, plan = sent(world)
    assert say(story, plan, A.THINKING).told_at is None
    assert count("plans.answered") == 0


def test_yes_but_says_what(world):
    story, plan = sent(world)
    with pytest.raises(Refused):
        say(story, plan, A.ACCEPTED_BUT)
    assert say(story, plan, A.ACCEPTED_BUT, words="Ikke om natten").words == "Ikke om natten"


def test_an_answer_may_be_changed_but_not_over_a_newer_one(world):
    story, plan = sent(world)
    row = say(story, plan, A.THINKING)
    db.session.commit()
    plan = queries.of_case(story.case.id)
    say(story, plan, A.ACCEPTED, row_version=row.version)
    with pytest.raises(Conflict):
        say(story, plan, A.REJECTED, row_version=1)


def test_what_the_coordinator_writes_down_the_person_is_told(world):
    story, plan = sent(world)
    row = say(story, plan, A.ACCEPTED, by=story.actor(world.lise), how=AgreedHow.ORAL)
    assert row.how == AgreedHow.ORAL
    assert count("plans.recorded") == 1
    message = db.session.scalars(select(Message).where(Message.kind == "plans.recorded")).one()
    assert message.user_id == story.mia.id
    assert exports.RENDERERS["plans.recorded"](message, now()) is not None


@pytest.mark.parametrize("kind", [PlanType.DISCHARGE_AGREEMENT, PlanType.COORDINATION_PLAN])
def test_by_law_a_no_never_promises_that_nothing_happens(world, kind):
    del world
    said = exports.leads_to(kind, coordinator="Lise", today=date(2026, 12, 1))
    assert "ringer Lise til dig senest fredag den 4. december" in said
    assert "sker ikke noget" not in said
    assert said != exports.leads_to(PlanType.SHARED, coordinator="Lise", today=date(2026, 12, 1))


def line_of(plan, story):
    facts = queries.facts(plan.case, plan)
    content = exports.freeze(facts, kind=plan.kind, at=now())
    shown = exports.cut(content, case=plan.case, reader=story.actor(story.mia))
    return shown["actions"][0]["line"]


def contest(plan, line, words="Det er kommunen."):
    return answers.contest(
        plan,
        at=now(),
        line_kind=line["kind"],
        line_id=line["id"],
        line=line["text"],
        kind=ContestKind.MISTAKE,
        words=words,
    )


def test_a_contested_line_is_printed_beside_until_it_is_answered(world):
    story, plan = sent(world)
    said = contest(plan, line_of(plan, story))
    assert count("plans.contested") == 1

    def beside(user):
        facts = queries.facts(plan.case, plan)
        content = exports.freeze(facts, kind=plan.kind, at=now())
        shown = exports.cut(
            content, case=plan.case, reader=story.actor(user), contested=facts.contested
        )
        return [one["words"] for action in shown["actions"] for one in action["contested"]]

    assert beside(world.jonas) == ["Det er kommunen."]
    by = story.actor(world.lise)
    answers.answer_contested(said, by=by, at=now(), text="Du har ret.", version=said.version)
    assert beside(world.jonas) == []
    assert beside(story.mia) == ["Det er kommunen."]
    assert count("plans.contest_answered") == 1
    for kind in ("plans.contested", "plans.contest_answered"):
        message = db.session.scalars(select(Message).where(Message.kind == kind)).one()
        assert exports.RENDERERS[kind](message, now()) is not None


def test_the_same_line_is_contested_once_and_answered_in_words(world):
    story, plan = sent(world)
    line = line_of(plan, story)
    said = contest(plan, line)
    with pytest.raises(Refused):
        contest(plan, line)
    with pytest.raises(Refused):
        answers.answer_contested(
            said, by=story.actor(world.lise), at=now(), text=" ", version=said.version
        )
