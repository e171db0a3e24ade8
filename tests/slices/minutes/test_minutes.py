"""Writing the minutes, and what each reader gets of them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, Scope
from netmeet.core import clock
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings.exports import minutes_data
from netmeet.meetings.models import AgendaItem
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    AnswerToPerson,
    Conclusion,
    ItemState,
    LifeArea,
    MeetingState,
    MinutesField,
    PointLack,
)
from netmeet.meetings.service import minutes, room
from tests.world import World, now


@pytest.fixture
def meeting(world: World):
    """A draft of minutes with a point of Mia's and one of Jonas'; the sister reads minutes."""
    case = world.case(
        relative=world.hanne,
        relative_scopes=(Scope.INVITE, Scope.AGENDA, Scope.MINUTES, Scope.NETWORK),
    )
    made = world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    world.item(made, "Jeg vil ikke tilbage til bostedet.", by=case.person.user)
    world.item(made, "Økonomi i januar", by=world.jonas, raised_as=Role.MUN)
    return made


@pytest.fixture
def item(meeting):
    return reading.points(meeting)[0]


def publish(meeting):
    meeting.published_at = now()
    meeting.comments_until = (now() + timedelta(days=3)).date()


def write(world, item, text="Jonas kan vise to steder.", version=0, field=MinutesField.TALKED):
    by = world.actor(world.lise)
    return minutes.write(item, field, text, by=by, at=now(), version=version)


def test_every_field_has_a_version_of_its_own(world, item):
    assert write(world, item) == 1
    assert write(world, item, "Jonas kan vise tre steder.", version=1) == 2
    assert write(world, item, "Lise ser det anderledes.", field=MinutesField.SEEN_DIFFERENTLY) == 1
    assert reading.written(item)["talked"] == reading.Written("Jonas kan vise tre steder.", 2)
    assert reading.written(item)["answer"] == reading.Written("", 0)


def test_a_stale_field_is_a_conflict_with_both_texts(world, item):
    write(world, item, "Det ene.")
    with pytest.raises(Conflict) as conflict:
        write(world, item, "Det andet.")
    assert list(conflict.value.mine.values()) == ["Det andet."]
    assert list(conflict.value.theirs.values()) == ["Det ene."]
    assert conflict.value.version == 1


def test_the_same_words_sent_twice_are_no_conflict(world, item):
    write(world, item, "Det ene.")
    write(world, item, "Det ene.")
    assert reading.written(item)["talked"].text == "Det ene."
    by = world.actor(world.lise)
    yes, no = AnswerToPerson.YES, AnswerToPerson.NO_BECAUSE
    for _twice in range(2):
        minutes.answer(item, kind=yes, text="Ja.", by=by, at=now(), version=0)
    with pytest.raises(Conflict):
        minutes.answer(item, kind=no, text="Ja.", by=by, at=now(), version=0)


def test_a_field_holds_only_what_matters_from_here_on(world, item):
    with pytest.raises(Refused):
        write(world, item, "x" * 601)
    assert write(world, item, "x" * 601, field=MinutesField.PERSON_SAYS) == 1


def test_nothing_is_written_after_the_minutes_are_sent_out(world, meeting, item):
    publish(meeting)
    with pytest.raises(Refused):
        write(world, item)


def test_the_persons_point_lacks_an_answer_and_an_answer_of_no_says_why(world, item):
    by = world.actor(world.lise)
    outcome = minutes.Outcome(conclusion=Conclusion.AGREED)
    minutes.conclude(item, outcome=outcome, by=by, at=now(), version=0)
    assert minutes.lacks(item) == {PointLack.ANSWER}
    no = AnswerToPerson.NO_BECAUSE
    version = minutes.answer(item, kind=no, text="", by=by, at=now(), version=0)
    assert minutes.lacks(item) == {PointLack.ANSWER_TEXT}
    minutes.answer(item, kind=no, text="Der er ingen.", by=by, at=now(), version=version)
    assert minutes.lacks(item) == set()


def test_a_closed_point_opens_again_when_its_answer_is_taken_away(world, item):
    by = world.actor(world.lise)
    outcome = minutes.Outcome(conclusion=Conclusion.AGREED)
    minutes.conclude(item, outcome=outcome, by=by, at=now(), version=0)
    minutes.answer(item, kind=AnswerToPerson.YES, text="", by=by, at=now(), version=0)
    room.close_if_complete(item, at=now())
    assert item.state is ItemState.CLOSED
    minutes.answer(item, kind=None, text="", by=by, at=now(), version=1)
    assert item.state is ItemState.OPEN


def test_only_the_persons_points_are_answered(world, meeting):
    other = reading.points(meeting)[1]
    with pytest.raises(Refused):
        minutes.answer(other, kind=None, text="", by=world.actor(world.lise), at=now(), version=0)


def test_who_decides_is_named(world, item):
    by = world.actor(world.lise)
    outcome = minutes.Outcome(conclusion=Conclusion.AWAITING, decider="Kim")
    with pytest.raises(Refused):
        minutes.conclude(item, outcome=outcome, by=by, at=now(), version=0)
    named = minutes.Outcome(conclusion=Conclusion.AWAITING, decider="jonas", until=clock.today())
    minutes.conclude(item, outcome=named, by=by, at=now(), version=0)
    assert item.decider is world.jonas
    assert PointLack.DECIDER not in minutes.lacks(item)


def test_a_stale_conclusion_shows_both_in_words(world, item):
    by = world.actor(world.lise)
    first = minutes.Outcome(conclusion=Conclusion.AWAITING, decider="Jonas", until=clock.today())
    minutes.conclude(item, outcome=first, by=by, at=now(), version=0)
    second = minutes.Outcome(conclusion=Conclusion.NOT_DEALT_WITH, reason="Tiden gik.")
    with pytest.raises(Conflict) as conflict:
        minutes.conclude(item, outcome=second, by=by, at=now(), version=0)
    assert "Tiden gik." in next(iter(conflict.value.mine.values()))
    assert "Jonas Holm" in next(iter(conflict.value.theirs.values()))


def test_a_collision_shows_who_is_to_decide_and_why_as_the_database_has_it(world, item):
    by = world.actor(world.lise)
    first = minutes.Outcome(conclusion=Conclusion.AWAITING, decider="Jonas", until=clock.today())
    minutes.conclude(item, outcome=first, by=by, at=now(), version=0)
    item.reason = "Tiden gik."
    db.session.flush()
    # As somebody else leaves it after the point was read here.
    other = update(AgendaItem).values(decider_id=world.lise.id, reason_sealed=None)
    db.session.execute(other, execution_options={"synchronize_session": False})
    with pytest.raises(Conflict):
        minutes.conclude(item, outcome=minutes.Outcome(), by=by, at=now(), version=0)
    assert (item.decider, item.reason) == (world.lise, "")


def test_a_stale_answer_shows_both_in_words(world, item):
    by = world.actor(world.lise)
    yes = AnswerToPerson.YES
    minutes.answer(item, kind=yes, text="Du ser to.", by=by, at=now(), version=0)
    with pytest.raises(Conflict) as conflict:
        minutes.answer(item, kind=None, text="Nej.", by=by, at=now(), version=0)
    assert next(iter(conflict.value.theirs.values())) == "ja Du ser to."


def test_who_leads_and_the_person_read_everything(world, meeting):
    meeting.items[0].is_hidden_from_private = True
    for user in (world.lise, meeting.case.person.user):
        data = minutes_data(meeting, reader=world.actor(user))
        assert len(data.points) == 2
        assert not data.is_extract


def test_the_sister_reads_published_minutes_without_what_is_hidden(world, meeting):
    reader = world.actor(world.hanne)
    assert minutes_data(meeting, reader=reader).points == []
    publish(meeting)
    meeting.items[0].is_hidden_from_private = True
    data = minutes_data(meeting, reader=reader)
    assert [point.title for point in data.points] == ["Økonomi i januar"]
    assert not data.is_extract


def test_staff_with_consent_for_one_area_read_an_extract(world):
    case = world.case(consent=())
    meeting = world.meeting(case, in_days=-1, state=MeetingState.MINUTES_DRAFT)
    first = world.item(meeting, "Bolig", by=case.person.user)
    world.item(meeting, "Medicin", by=case.person.user)
    first.life_area = LifeArea.HOUSING
    world_consent(world, case, areas=[LifeArea.HOUSING])
    data = minutes_data(meeting, reader=world.actor(world.jonas))
    assert [point.title for point in data.points] == ["Bolig"]
    assert data.is_extract


def world_consent(world, case, *, areas):
    """Let Jonas' municipality read agenda and minutes in these areas."""
    cases.grant_consent(
        case,
        by=world.actor(world.lise),
        at=now() - timedelta(seconds=1),
        scopes=(Scope.AGENDA, Scope.MINUTES),
        how=ConsentHow.ORAL,
        organisation_id=world.office.organisation_id,
        life_areas=areas,
    )


def test_who_may_not_read_the_network_sees_only_themselves_among_those_present(world):
    case = world.case(relative=world.hanne, relative_scopes=(Scope.INVITE, Scope.MINUTES))
    meeting = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    for user in (world.lise, world.hanne, case.person.user):
        room.attend(meeting, user.id, mode="in_person", version=0)
    publish(meeting)
    for row in meeting.attendances:
        row.user = next(i.user for i in meeting.invitations if i.user_id == row.user_id)
    hers = minutes_data(meeting, reader=world.actor(world.hanne))
    assert [one.name for one in hers.participants] == ["Hanne Sørensen"]
    leads = minutes_data(meeting, reader=world.actor(world.lise))
    assert [one.is_person for one in leads.participants] == [True, False, False]


def test_participants_speak_in_time_and_the_person_always(world, meeting):
    jonas, mia = world.actor(world.jonas), world.actor(meeting.case.person.user)
    with pytest.raises(Refused):
        minutes.state(meeting, by=jonas, at=now(), text="Det var mandag.")
    publish(meeting)
    minutes.state(meeting, by=jonas, at=now(), text="Det var mandag.")
    with pytest.raises(Refused):
        minutes.state(meeting, by=jonas, at=now(), text=" ")
    late = now() + timedelta(days=9)
    with pytest.raises(Refused):
        minutes.state(meeting, by=jonas, at=late, text="Det var tirsdag.")
    minutes.state(meeting, by=mia, at=late, text="Sådan sagde jeg ikke.", disagrees=True)
    said = reading.statements(meeting.id)
    assert [(one.text, one.disagrees) for one in said] == [
        ("Det var mandag.", False),
        ("Sådan sagde jeg ikke.", True),
    ]
    shown = minutes_data(meeting, reader=mia, statements=said).statements
    assert [one.who for one in shown] == ["Jonas Holm", "Mia Sørensen"]


def test_who_reads_an_extract_sees_only_their_own_statements(world, meeting):
    publish(meeting)
    meeting.items[0].is_hidden_from_private = True
    for user in (world.jonas, world.hanne):
        minutes.state(meeting, by=world.actor(user), at=now(), text="Ord.")
    said = reading.statements(meeting.id)
    data = minutes_data(meeting, reader=world.actor(world.hanne), statements=said)
    assert [one.who for one in data.statements] == ["Hanne Sørensen"]


def test_an_organisation_files_the_minutes_once(world, meeting):
    jonas = world.actor(world.jonas)
    with pytest.raises(Refused):
        minutes.journalise(meeting, by=jonas, at=now())
    publish(meeting)
    for _ in range(2):
        minutes.journalise(meeting, by=jonas, at=now())
    filed = reading.journalised(meeting.id)
    assert [one.organisation.name for one in filed] == ["Frederiksberg Kommune"]


def test_somebody_without_an_organisation_files_nothing(world, meeting):
    publish(meeting)
    with pytest.raises(Refused):
        minutes.journalise(meeting, by=world.actor(world.hanne), at=now())
