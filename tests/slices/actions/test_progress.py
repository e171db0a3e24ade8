import pytest
from sqlalchemy import select

from netmeet.actions import exports, queries, service
from netmeet.actions.rules import ActionKind, PersonsWord, Status, WaitingFor
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.outbox.models import Message
from tests.slices.actions.making import agree, own
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne)


@pytest.fixture
def action(world, case):
    return agree(world, case, world.jonas)


def told():
    return {message.user_id for message in db.session.scalars(select(Message))}


def report(world, action, status, user=None, **facts):
    service.report(
        action,
        status=status,
        by=world.actor(user or world.jonas),
        at=now(),
        version=action.version,
        **facts,
    )


def test_what_is_done_is_closed_and_may_be_taken_up_again(world, action):
    report(world, action, Status.DONE)
    assert action.closed_at is not None
    assert not action.is_live
    report(world, action, Status.IN_PROGRESS)
    assert action.closed_at is None
    changes = queries.history(action)
    assert [change.became for change in changes] == ["in_progress", "done"]
    assert changes[0].by.name == "Jonas Holm"


@pytest.mark.parametrize("status", [Status.NOT_POSSIBLE, Status.DROPPED])
def test_giving_up_says_why(world, action, status):
    with pytest.raises(Refused) as no:
        report(world, action, status)
    assert no.value.field == "comment"
    report(world, action, status, comment="Der er ingen ledige boliger.")
    assert action.closed_at is not None


def test_a_step_that_is_none_is_refused(world, action):
    report(world, action, Status.DONE)
    with pytest.raises(Refused):
        report(world, action, Status.WAITING)


def test_a_stale_report_shows_both_texts(world, action):
    stale = action.version
    report(world, action, Status.IN_PROGRESS, comment="Jeg har ringet.")
    with pytest.raises(Conflict) as both:
        service.report(
            action,
            status=Status.DONE,
            by=world.actor(world.lise),
            at=now(),
            version=stale,
            comment="Det er klaret.",
        )
    assert list(both.value.mine.values()) == ["Sket", "Det er klaret."]
    assert list(both.value.theirs.values()) == ["I gang", "Jeg har ringet."]


def test_what_it_waits_for_is_known(world, action):
    report(world, action, Status.WAITING, waits_for=WaitingFor.DECISION)
    assert queries.asked([action])[action.id].waits_for is WaitingFor.DECISION
    report(world, action, Status.IN_PROGRESS)
    assert queries.asked([action])[action.id].waits_for is None


def test_the_persons_word_stands_beside_the_report_and_is_told(world, case, action):
    report(world, action, Status.DONE)
    service.said(
        action, PersonsWord.NO, by=world.actor(case.person.user), at=now(), words="Ingen har ringet"
    )
    assert action.status is Status.DONE
    assert action.persons_word is PersonsWord.NO
    assert told() == {world.jonas.id, world.lise.id}


def test_what_the_coordinator_writes_down_the_person_is_told(world, case, action):
    service.said(action, PersonsWord.YES, by=world.actor(world.lise), at=now())
    assert told() == {world.jonas.id, case.person.user_id}


def test_changing_ones_mind_tells_once_a_day(world, case, action):
    for word in PersonsWord:
        service.said(action, word, by=world.actor(case.person.user), at=now())
    assert len(list(db.session.scalars(select(Message)))) == 2


def test_nobody_asks_whether_the_person_did_it(world, case):
    with pytest.raises(Refused):
        service.said(own(world, case), PersonsWord.NO, by=world.actor(world.lise), at=now())


def test_help_is_asked_of_the_coordinator(world, case):
    action = own(world, case)
    by = world.actor(case.person.user)
    service.ask_for_help(action, by=by, at=now(), version=action.version)
    assert told() == {world.lise.id}
    assert queries.asked([action])[action.id].wants_help
    assert action.is_live


def test_help_is_for_what_the_person_does(world, case, action):
    by = world.actor(case.person.user)
    with pytest.raises(Refused):
        service.ask_for_help(action, by=by, at=now(), version=action.version)


def test_a_relative_says_yes_first(world, case):
    action = agree(world, case, world.hanne, what="Kører med til lægen")
    with pytest.raises(Refused):
        report(world, action, Status.DONE, user=world.hanne)
    service.confirm(action, by=world.actor(world.hanne), at=now())
    report(world, action, Status.DONE, user=world.hanne)
    with pytest.raises(Refused):
        service.decline(action, by=world.actor(world.hanne), at=now())


def test_a_relatives_no_is_told_to_the_coordinator(world, case):
    action = agree(world, case, world.hanne)
    service.decline(action, by=world.actor(world.hanne), at=now())
    assert not action.is_live
    assert told() == {world.lise.id}


def test_agreed_is_not_granted(world, case):
    action = agree(world, case, world.jonas, kind=ActionKind.APPLICATION)
    assert exports.granted(action) == "Kommunen har ikke sagt ja endnu."
    report(world, action, Status.DONE)
    assert "ikke sagt ja" in exports.granted(action)
    assert exports.granted(agree(world, case, world.jonas)) == ""
    regional = agree(world, case, world.lise, kind=ActionKind.NEEDS_DECISION)
    assert exports.granted(regional) == "Der er ikke sagt ja endnu."


def test_what_one_owes_is_grouped_by_date_and_the_persons_is_never_late(world, case):
    late = agree(world, case, world.jonas, in_days=-3)
    later = agree(world, case, world.jonas, in_days=30)
    done = agree(world, case, world.jonas)
    report(world, done, Status.DONE)
    owed = exports.owed(queries.mine(world.actor(world.jonas)), today=clock.today())
    assert [line.id for line in owed.overdue] == [late.id]
    assert [line.id for line in owed.later] == [later.id]
    assert [line.id for line in owed.ended] == [done.id]
    mine = own(world, case, in_days=-3)
    lines = exports.lines([mine], today=clock.today())
    assert lines[0].shown == Status.NOT_STARTED


def test_the_person_is_asked_about_what_is_said_to_be_done(world, case, action):
    report(world, action, Status.DONE)
    mine = own(world, case)
    waiting = agree(world, case, world.lise)
    agreed = exports.agreed(queries.of_case(case.id), today=clock.today())
    assert [line.id for line in agreed.asked] == [action.id]
    assert [line.id for line in agreed.own] == [mine.id]
    assert [line.id for line in agreed.others] == [waiting.id]


def test_drafts_are_nobodys_debt(world, case):
    draft = agree(world, case, world.jonas, published_at=None)
    assert queries.mine(world.actor(world.jonas)) == []
    assert queries.by_id(draft.id) is None
