"""Pictures and papers are kept sealed, whole and few, and go with the case."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select, update

import config
from netmeet.cases import jobs
from netmeet.cases.models import Case
from netmeet.cases.rules import CaseState, Keeping, Scope
from netmeet.cases.service import erasing
from netmeet.cli import rotating
from netmeet.core import apart, resealing, sealed
from netmeet.core.db import Base, db, may_write
from netmeet.core.refusals import Refused
from netmeet.formats.files import kind_of
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import Attachment, FilePart, Meeting
from netmeet.meetings.models.files import digest_of
from netmeet.meetings.queries import files as queries
from netmeet.meetings.rules import FileKind, ItemState
from netmeet.meetings.service import files as service
from tests import hostile
from tests.world import World, now

TITLE = "Brevet fra kommunen"


@pytest.fixture
def meeting(world: World) -> Meeting:
    case = world.case(relative=world.hanne, relative_scopes=[Scope.FILES])
    world.made["mia"] = case.person.user
    return world.meeting(case)


def attach(world, meeting, content=None, *, by=None, most=10, **more):
    sent = service.Sent(content=content or hostile.jpeg(), title=TITLE, item_id=None, **more)
    actor = world.actor(by or world.made["mia"])
    return service.attach(meeting, sent, by=actor, at=now(), most=most)


def test_the_rules_know_the_kinds_that_are_taken():
    contents = (hostile.pdf(), hostile.jpeg(), hostile.png())
    assert {FileKind(kind_of(one)) for one in contents} == set(FileKind)


def test_it_is_kept_in_sealed_parts_bound_to_their_place(world, meeting):
    content = hostile.jpeg() + os.urandom(3 * service.PART)
    file_id = attach(world, meeting, content).id
    world.save()
    db.session.expunge_all()
    found = queries.by_id(file_id)
    assert (found.title, found.size) == (TITLE, len(content))
    assert queries.content(found) == content
    parts = db.session.scalars(select(FilePart).order_by(FilePart.n)).all()
    assert len(parts) == 4
    assert all(content[:64] not in bytes(part.body_sealed) for part in parts)
    first, second = parts[0], parts[1]
    first.body_sealed, second.body_sealed = second.body_sealed, first.body_sealed
    with pytest.raises(InvalidTag):
        _ = first.body


def test_a_part_that_is_missing_is_noticed(world, meeting):
    file_id = attach(world, meeting, hostile.jpeg() + bytes(2 * service.PART)).id
    world.save()
    db.session.delete(db.session.scalars(select(FilePart).where(FilePart.n == 1)).one())
    world.save()
    db.session.expunge_all()
    with pytest.raises(ValueError, match="part is missing"):
        queries.content(queries.by_id(file_id))


def test_what_tells_one_from_another_tells_nothing_without_the_key(world):
    world.save()
    content, ring = hostile.jpeg(), sealed.keyring()
    mine = digest_of(content)
    sealed.install(sealed.Keyring(keys=ring.keys, index_key=os.urandom(32)))
    assert digest_of(content) != mine
    sealed.install(ring)
    assert digest_of(content) == mine


def test_the_same_sent_twice_is_kept_once_and_ten_are_enough(world, meeting):
    first = attach(world, meeting)
    assert attach(world, meeting) is first
    assert attach(world, meeting, by=world.lise) is not first
    with pytest.raises(Refused) as no:
        attach(world, meeting, hostile.png(), most=2)
    assert no.value.field == "file"
    assert attach(world, meeting, most=2) is first


def test_a_list_asks_for_files_only_where_there_are_any(world, meeting):
    other = world.meeting(meeting.case)
    attach(world, meeting)
    world.save()
    mine, other = meetings.by_id(meeting.id), meetings.by_id(other.id)
    assert (mine.has_files, other.has_files) == (True, False)
    assert queries.of_meetings([other]) == []
    assert [file.title for file in queries.of_meetings([mine, other])] == [TITLE]


def test_what_belongs_to_a_point_that_was_taken_back_is_closed_to_relatives(world, meeting):
    item = world.item(meeting, "Hunden", by=world.made["mia"])
    file = attach(world, meeting)
    file.item = item
    hanne = world.actor(world.hanne)
    assert queries.may_read(file, hanne)
    item.state = ItemState.WITHDRAWN
    assert not queries.may_read(file, hanne)
    assert queries.may_read(file, world.actor(world.lise))


def test_who_sent_it_sees_it_in_the_list_also_without_a_consent(world):
    case = world.case(consent=[Scope.BASIC])
    meeting = world.meeting(case)
    mine = attach(world, meeting, by=world.jonas)
    theirs = attach(world, meeting, hostile.png(), by=world.lise)
    jonas = world.actor(world.jonas)
    assert queries.shown([mine, theirs], jonas) == [mine]
    assert not queries.may_read(mine, jonas)


def test_parents_who_live_apart_learn_nothing_of_each_others_files(world, meeting):
    file = attach(world, meeting, by=world.jonas)
    world.save()
    try:
        apart.hide({world.jonas.id})
        assert queries.by_id(file.id) is None
        assert queries.of_meetings([meetings.by_id(meeting.id)]) == []
    finally:
        apart.hide_nobody()
    assert queries.by_id(file.id) is not None


def test_it_is_sealed_anew_a_few_megabytes_at_a_time(world, meeting):
    attach(world, meeting, hostile.jpeg() + bytes(3 * service.PART))
    world.save()
    ring = sealed.keyring()
    newer = config.one_more_key(ring)
    sealed.install(newer)
    place = next(one for one in resealing.places() if one.name == "file_part.body")
    assert resealing.left(place) == 4
    assert resealing.reseal(place, after="", most=50).unreadable == []
    world.save()
    assert resealing.left(place) == 0
    largest = db.session.scalar(select(func.max(func.length(FilePart.body_sealed))))
    assert rotating._AT_ONCE * largest < 16 << 20  # noqa: SLF001 - what one batch holds
    sealed.install(sealed.Keyring(keys={2: newer.keys[2]}, index_key=ring.index_key))
    db.session.expunge_all()
    file = db.session.scalars(select(Attachment)).one()
    assert len(queries.content(file)) == file.size
    sealed.install(ring)


def test_it_goes_with_the_case(world, meeting, tmp_path):
    attach(world, meeting)
    case_id, person = meeting.case_id, world.made["mia"].id
    other = world.meeting(world.case("Omar Haddad"))
    attach(world, other, by=world.lise)
    other_id = other.id
    at = now() - timedelta(days=11 * 366)
    closed = update(Case).where(Case.id == case_id)
    db.session.execute(closed.values(state=CaseState.CLOSED, closed_at=at))
    erasing.note(case_id, Keeping.COPIED, "Sundhedsplatformen", at=now())
    db.session.commit()
    years = {"region": 10, "municipality": 5, "practice": 10, "other": 10}
    assert jobs.erase_due(now(), years=years, ledger=tmp_path / "erased.log") == 1
    kept = db.session.scalars(select(Attachment)).one()
    assert kept.meeting_id == other_id
    assert db.session.scalar(select(func.count()).select_from(FilePart)) == 1
    tables = Base.metadata.tables
    assert person not in db.session.scalars(select(tables["attachment"].c.author_id)).all()


def test_what_is_sent_at_once_is_kept_once_and_no_more_than_may(app, world, meeting):
    mia, meeting_id = world.actor(world.made["mia"]), meeting.id
    world.save()
    contents = [hostile.jpeg((8 + 8 * (n % 6), 8)) for n in range(24)]
    # SQLite lets one begin after the other; here all have read the meeting before anybody adds.
    is_sqlite = db.engine.dialect.name == "sqlite"
    ready = Barrier(1 if is_sqlite else 4)

    def send(content: bytes) -> None:
        with app.app_context():
            may_write()
            fresh = queries.for_adding(meeting_id)
            sent = service.Sent(content=content, title=TITLE, item_id=None)
            ready.wait(timeout=30)
            with suppress(Refused):
                service.attach(fresh, sent, by=mia, at=now(), most=3)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, contents))
    kept = db.session.scalars(select(Attachment)).all()
    assert len(kept) == len({file.digest for file in kept}) == 3
