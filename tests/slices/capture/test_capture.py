"""One line makes an agreement; doubt is asked."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale

from netmeet.actions.rules import ActionKind, DueDoubt, OwnerDoubt
from netmeet.actions.service import capture
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.rules import LifeArea, MeetingState
from tests.world import World, now

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SURE = "Jonas ansøger om midlertidig bolig fredag"


@pytest.fixture
def meeting(world: World):
    case = world.case(relative=world.hanne)
    made = world.meeting(case, state=MeetingState.INVITED)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    return made


def read(meeting, line, **choice):
    picked = capture.Choice(**choice)
    return capture.read(meeting.case, line, today=MONDAY, choice=picked)


def keep(world, meeting, line, item_id=None):
    by = world.actor(world.lise)
    return capture.keep(meeting, read(meeting, line), by=by, at=now(), item_id=item_id)


def test_owner_date_and_area_are_recognised(world, meeting):
    action = keep(world, meeting, SURE, item_id=meeting.items[0].id)
    assert action.what == "Ansøger om midlertidig bolig"
    assert action.owner is world.jonas
    assert action.due_on == action.first_due_on == FRIDAY
    assert action.life_area is LifeArea.HOUSING
    assert action.unit_id == world.office.id
    assert not action.is_persons


def test_what_the_person_does_is_the_persons_own(world, meeting):
    action = keep(world, meeting, "Mia ringer til sin søster i morgen")
    assert action.is_persons
    assert action.kind is ActionKind.OWN


def test_doubt_is_asked_and_a_choice_settles_it(world, meeting):
    reading = read(meeting, "Kommunen ansøger om bolig snart")
    assert reading.owner_doubt is OwnerDoubt.ORGANISATION
    assert [member.name for member in reading.owners] == ["Jonas Holm"]
    assert reading.due_doubt is DueDoubt.VAGUE
    assert not reading.is_sure
    chosen = read(
        meeting, "Kommunen ansøger om bolig snart", owner_id=world.jonas.id, due_on=FRIDAY
    )
    assert chosen.is_sure
    assert (chosen.owner.name, chosen.due_on) == ("Jonas Holm", FRIDAY)


def test_a_stranger_or_a_day_gone_settles_nothing(world, meeting):
    reading = read(
        meeting,
        "Kommunen ansøger om bolig",
        owner_id=world.stranger.id,
        due_on=MONDAY - timedelta(days=1),
    )
    assert reading.owner is None
    assert reading.due_on is None


def test_kept_in_doubt_it_lacks_what_was_in_doubt(world, meeting):
    action = keep(world, meeting, "Ansøger om bolig")
    assert action.owner_id is None
    assert action.due_on is None


def test_a_line_without_words_and_a_foreign_point_are_refused(world, meeting):
    with pytest.raises(Refused):
        keep(world, meeting, "Jonas fredag")
    with pytest.raises(Refused):
        keep(world, meeting, SURE + " og" * 200)
    with pytest.raises(Refused):
        keep(world, meeting, SURE, item_id="0" * 16)


def test_the_line_of_a_draft_reads_as_the_draft(world, meeting):
    action = keep(world, meeting, SURE)
    line = capture.line_of(action)
    again = read(meeting, line)
    assert (again.what, again.owner.user, again.due_on) == (
        action.what,
        action.owner,
        action.due_on,
    )


def test_the_line_of_a_draft_is_danish_whatever_the_reader_speaks(app, world, meeting):
    action = keep(world, meeting, SURE)
    action.due_on = date(2027, 6, 8)
    with force_locale("en"):
        line = capture.line_of(action)
    assert line.endswith(" tirsdag den 8. juni 2027")


def test_a_draft_is_rewritten_read_back_and_deleted(world, meeting):
    action = keep(world, meeting, SURE)
    capture.read_back(action, what="Ansøger om en bolig", at=now(), version=1)
    assert action.read_back_at is not None
    assert action.what == "Ansøger om en bolig"
    lise = read(meeting, "Lise ringer til Jonas i morgen")
    capture.rewrite(action, lise, by=world.actor(world.lise), version=2)
    assert action.owner is world.lise
    assert action.read_back_at is None
    with pytest.raises(Conflict):
        capture.rewrite(action, lise, by=world.actor(world.lise), version=2)
    with pytest.raises(Conflict):
        capture.read_back(action, what="Noget andet", at=now(), version=2)
    with pytest.raises(Refused):
        capture.read_back(action, what=" ", at=now(), version=3)
    capture.remove(action)
    assert capture.draft(meeting, action.id) is None


def test_nothing_is_changed_here_after_publication(world, meeting):
    action = keep(world, meeting, SURE)
    action.published_at = now()
    reading = read(meeting, SURE)
    for verb in (
        lambda: capture.rewrite(action, reading, by=world.actor(world.lise), version=1),
        lambda: capture.read_back(action, what="x", at=now(), version=1),
        lambda: capture.remove(action),
    ):
        with pytest.raises(Refused):
            verb()
    meeting.published_at = now()
    with pytest.raises(Refused):
        keep(world, meeting, SURE)
