from datetime import timedelta

import pytest

from netmeet.actions import service as actions
from netmeet.actions.models import Action
from netmeet.actions.rules import PersonsWord, Status
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.invitations import service as invite
from netmeet.invitations.rules import AnswerValue, MandateValue, Via
from netmeet.meetings import queries as meetings
from netmeet.meetings.models import PreparationAnswer
from netmeet.meetings.rules import (
    AgendaState,
    MeetingForm,
    MeetingState,
    PreparationMode,
    Purpose,
    Question,
)
from netmeet.meetings.service import preparation
from netmeet.readiness import queries, service
from netmeet.readiness.rules import Lack
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case):
    return world.meeting(case, state=MeetingState.INVITED, agenda=AgendaState.APPROVED)


def kinds(meeting):
    return [line.missing.kind for line in queries.lacks(meeting, at=now())]


def texts(meeting):
    return [line.text for line in queries.lacks(meeting, at=now())]


def say(meeting, user, value=AnswerValue.YES):
    invitation = meeting.invitation(user.id)
    invite.answer(invitation, value, via=Via.LOGIN, by=user.id, at=now())


def everybody_says_yes(world, case, meeting):
    for user in (world.jonas, world.hanne, case.person.user):
        say(meeting, user)


def action(case, **values):
    row = Action(
        case_id=case.id,
        case=case,
        what="Søge om bostøtte",
        created_at=now(),
        created_by_id=case.person.user_id,
        **values,
    )
    db.session.add(row)
    db.session.flush()
    return row


def test_a_meeting_with_all_its_answers_is_ready(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    assert kinds(meeting) == []


def test_an_answered_no_is_ready_and_never_asked_again(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    say(meeting, world.hanne, AnswerValue.NO)
    assert kinds(meeting) == []


def test_the_municipality_must_have_said_yes(world, case, meeting):
    assert kinds(meeting)[0] is Lack.MUNICIPALITY
    say(meeting, world.jonas, AnswerValue.MAYBE)
    assert Lack.MUNICIPALITY in kinds(meeting)
    say(meeting, world.jonas, AnswerValue.NO)
    (line,) = (
        each for each in queries.lacks(meeting, at=now()) if each.missing.kind is Lack.MUNICIPALITY
    )
    assert line.missing.waits is False, "nobody is left to wait for"
    assert line.text == "Ingen fra kommunen har sagt ja endnu."
    assert line.endpoint == "invitations.edit"


def test_who_leads_counts_for_the_region_unless_they_say_no(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    assert kinds(meeting) == []
    say(meeting, world.lise, AnswerValue.NO)
    assert kinds(meeting) == [Lack.REGION]


def test_a_reason_overrides_the_composition(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    say(meeting, world.jonas, AnswerValue.NO)
    by = world.actor(world.lise)
    with pytest.raises(Refused):
        service.override_composition(meeting, reason=" ", version=meeting.version, by=by, at=now())
    with pytest.raises(Conflict):
        service.override_composition(meeting, reason="x", version=99, by=by, at=now())
    service.override_composition(
        meeting, reason="Jonas skriver.", version=meeting.version, by=by, at=now()
    )
    assert kinds(meeting) == []


def test_unanswered_invitations_are_named_as_missing_answers(world, case, meeting):
    assert "Vi mangler svar fra Jonas Holm." in texts(meeting)
    assert "Vi mangler svar fra Hanne Sørensen." in texts(meeting)
    assert not [text for text in texts(meeting) if "Lise" in text]


def test_a_point_to_decide_needs_somebody_invited_who_may(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    world.item(meeting, "Velkomst", by=world.lise)
    item = world.item(meeting, "Bolig", by=world.jonas, raised_as=Role.MUN)
    item.purpose = Purpose.DECIDE
    assert texts(meeting) == ["Punkt 2 skal besluttes, og ingen inviteret kan beslutte det."]
    item.decider_id, item.decider = world.stranger.id, world.stranger
    assert kinds(meeting) == [Lack.DECISION]
    item.decider_id, item.decider = world.jonas.id, world.jonas
    assert texts(meeting) == ["Vi mangler svar fra Jonas Holm om punkt 2."]
    invitation = meeting.invitation(world.jonas.id)
    invite.declare_mandate(
        invitation, item, value=MandateValue.SOMEBODY_ELSE, who_can="Bo Lund", at=now()
    )
    assert texts(meeting) == ["Punkt 2 skal besluttes af Bo Lund, som ikke er inviteret."]
    invite.declare_mandate(
        invitation, item, value=MandateValue.ANSWER_IN_WRITING, written="Ja.", at=now()
    )
    assert kinds(meeting) == []


def test_a_decider_who_says_no_or_phones_in(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    item = world.item(meeting, "Bolig", by=world.jonas, raised_as=Role.MUN)
    item.purpose, item.decider_id, item.decider = Purpose.DECIDE, world.jonas.id, world.jonas
    say(meeting, world.jonas, AnswerValue.NO)
    assert Lack.DECISION in kinds(meeting)
    item.phone_at = meeting.starts_local.time()
    assert Lack.DECISION not in kinds(meeting)


def test_an_interpreter_is_invited_and_answers(world, case):
    case.person.interpreter = "arabisk"
    meeting = world.meeting(case, state=MeetingState.INVITED, agenda=AgendaState.APPROVED)
    everybody_says_yes(world, case, meeting)
    assert texts(meeting) == ["Der er ikke inviteret en tolk."]
    tolk = world.user("Amal Said")
    cases.join(case, tolk, place=cases.Place(role=MemberRole.INTERPRETER), at=now())
    other = world.meeting(case, state=MeetingState.INVITED, agenda=AgendaState.APPROVED)
    everybody_says_yes(world, case, other)
    assert texts(other) == ["Vi mangler svar fra tolken."]
    say(other, tolk)
    assert kinds(other) == []


def test_consent_is_asked_for_as_an_answer_and_a_withdrawn_one_is_an_answer(world):
    case = world.case(relative=world.hanne)
    meeting = world.meeting(
        case,
        state=MeetingState.INVITED,
        agenda=AgendaState.APPROVED,
        invited=[case.person.user, world.lise, world.jonas],
    )
    say(meeting, world.jonas)
    say(meeting, case.person.user)
    (line,) = queries.lacks(meeting, at=now())
    assert (line.text, line.label) == ("Vi mangler svar fra Mia om Hanne.", "Spørg Mia")
    assert (line.endpoint, line.subject_id) == ("cases.case_consents", case.id)
    by = world.actor(case.person.user)
    consent = cases.grant_consent(
        case,
        by=by,
        at=now(),
        scopes=[Scope.INVITE],
        how=case.consents[0].how,
        recipient_id=world.hanne.id,
    )
    cases.withdraw_consent(case, consent, by=by, at=now())
    assert kinds(meeting) == []


@pytest.mark.parametrize(
    ("agenda", "expected"),
    [
        (AgendaState.DRAFT, [Lack.AGENDA_UNSEEN]),
        (AgendaState.SHARED, [Lack.AGENDA]),
        (AgendaState.NO_POSITION, []),
    ],
)
def test_the_agenda_is_seen_and_answered(world, case, meeting, agenda, expected):
    everybody_says_yes(world, case, meeting)
    meeting.agenda_state = agenda
    assert kinds(meeting) == expected


def test_time_place_and_sending(world, case):
    meeting = world.meeting(case, agenda=AgendaState.APPROVED)
    assert texts(meeting) == ["4 invitationer er ikke sendt."]
    meeting.starts_local = None
    meeting.place = ""
    assert kinds(meeting) == [Lack.TIME, Lack.PLACE]
    meeting.form, meeting.place = MeetingForm.VIDEO, "x"
    assert kinds(meeting) == [Lack.TIME, Lack.LINK]
    meeting.form = MeetingForm.HYBRID
    assert texts(meeting)[1:] == ["Der mangler et link til video."]
    meeting.video_link = "https://video.example"
    assert kinds(meeting) == [Lack.TIME]
    meeting.place = ""
    assert texts(meeting)[1:] == ["Der mangler et sted."]


def test_a_meeting_that_is_going_on_lacks_nothing(case, meeting):
    assert kinds(meeting)
    meeting.started_at = now()
    assert kinds(meeting) == []
    meeting.ended_at = now()
    assert kinds(meeting)


def test_one_unsent_invitation_and_one_who_knows_only_the_old_time(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    meeting.invitation(world.hanne.id).sent_at = None
    assert "Én invitation er ikke sendt." in texts(meeting)
    meeting.sequence += 1
    assert "4 invitationer er ikke sendt." in texts(meeting)


def test_nobody_is_invited_and_no_new_date(world, case):
    meeting = world.meeting(case, invited=[], agenda=AgendaState.APPROVED)
    assert texts(meeting) == ["Ingen er inviteret endnu."]
    meeting.state = MeetingState.POSTPONED
    assert texts(meeting) == ["Mødet er udsat uden ny dato."]


def test_the_persons_no_comes_first_until_it_is_said_whether_to_meet_without(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    say(meeting, case.person.user, AnswerValue.NO)
    assert texts(meeting)[0] == "Mia har svaret nej til mødet. Må det holdes uden Mia?"
    asked = PreparationAnswer(
        meeting_id=meeting.id,
        question=Question.WITHOUT_ME,
        author_id=world.lise.id,
        saved_at=now(),
        skipped=True,
    )
    db.session.add(asked)
    db.session.flush()
    assert Lack.PERSON_AWAY in kinds(meeting)
    asked.skipped = False
    db.session.flush()
    assert texts(meeting) == []


def test_who_would_rather_be_called_is_called(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    by = world.actor(case.person.user)
    loaded = meetings.by_id(meeting.id)
    preparation.choose_way(loaded, PreparationMode.CALL, by=by, at=now())
    assert texts(meeting) == ["Mia vil gerne ringes op før mødet."]
    preparation.choose_way(loaded, PreparationMode.SELF, by=by, at=now())
    assert texts(meeting) == []


@pytest.mark.parametrize("word", [PersonsWord.PARTLY, PersonsWord.NO])
def test_what_the_person_says_has_not_happened_waits_for_somebody(world, case, meeting, word):
    everybody_says_yes(world, case, meeting)
    done = {"published_at": now(), "closed_at": now(), "status": Status.DONE}
    first = action(case, **done, status_at=now() - timedelta(hours=2))
    assert texts(meeting) == []
    first.persons_word, first.persons_word_at = word, now() - timedelta(hours=1)
    db.session.flush()
    assert first.is_doubted
    assert texts(meeting) == ["Mia siger, at én aftale ikke er sket."]
    action(
        case, **done, status_at=None, persons_word=word, persons_word_at=now() - timedelta(hours=1)
    )
    assert texts(meeting) == ["Mia siger, at 2 aftaler ikke er sket."]
    by = world.actor(world.jonas)
    actions.report(first, status=Status.DONE, by=by, at=now(), version=first.version)
    assert not first.is_doubted
    assert texts(meeting) == ["Mia siger, at én aftale ikke er sket."]


def test_agreements_from_last_time_without_a_word(world, case, meeting):
    everybody_says_yes(world, case, meeting)
    first = action(case, published_at=now())
    assert texts(meeting) == ["Én aftale fra sidst har ingen status."]
    action(case, published_at=now())
    action(case)
    action(case, published_at=now(), is_persons=True)
    action(case, published_at=now(), closed_at=now())
    assert texts(meeting) == ["2 aftaler fra sidst har ingen status."]
    first.status_at = now() - timedelta(days=1)
    assert texts(meeting) == ["Én aftale fra sidst har ingen status."]


def stop_and_say_yes_again(world, case, *, scopes=(Scope.INVITE,)):
    (given,) = [c for c in case.consents if c.recipient_id == world.hanne.id]
    mia = world.actor(case.person.user)
    cases.withdraw_consent(case, given, by=mia, at=now())
    cases.grant_consent(
        case,
        by=mia,
        at=now(),
        scopes=scopes,
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
    )


def test_who_may_come_again_is_named_until_they_are_on_the_list(world, case, meeting):
    before = kinds(meeting)
    stop_and_say_yes_again(world, case)
    (line,) = [one for one in queries.lacks(meeting, at=now()) if one.missing.kind is Lack.AGAIN]
    assert line.text == "Hanne må komme med igen. Det har Mia sagt ja til."
    assert line.label == "Tag Hanne med"
    assert line.missing.about_id == world.hanne.id
    assert Lack.AGAIN not in before
    lise = world.actor(world.lise)
    invite.draft(meeting, case.member(world.hanne.id), by=lise, at=now())
    assert Lack.AGAIN not in kinds(meeting)


def test_who_was_left_out_on_purpose_is_not_asked_for_when_a_yes_is_renewed(world, case, meeting):
    lise = world.actor(world.lise)
    invitation = meeting.invitation(world.jonas.id)
    invite.withdraw(invitation, by=lise, at=now() - timedelta(hours=2))
    cases.grant_consent(
        case,
        by=lise,
        at=now() - timedelta(hours=1),
        scopes=tuple(Scope),
        how=ConsentHow.ORAL,
        organisation_id=world.office.organisation_id,
    )
    assert Lack.AGAIN not in kinds(meeting)


def test_who_the_coordinator_took_off_the_list_is_not_asked_for_again(world, case, meeting):
    own = meeting.invitation(world.hanne.id)
    invite.withdraw(own, by=world.actor(world.lise), at=now())
    assert Lack.AGAIN not in kinds(meeting)
    stop_and_say_yes_again(world, case, scopes=(Scope.PLAN,))
    assert Lack.AGAIN not in kinds(meeting)
