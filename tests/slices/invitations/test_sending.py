from collections import Counter
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from netmeet.accounts.models import PersonalLink
from netmeet.cases import service as cases
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.core import calendar, ids
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.invitations import queries, service
from netmeet.invitations.queries import links
from netmeet.invitations.rules import AnswerValue, Delivery, MandateValue, Via
from netmeet.invitations.service.sending import Part
from netmeet.meetings import service as meetings
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import MeetingState
from netmeet.outbox.models import Message
from netmeet.outbox.rules import Channel, State
from tests.world import now


@pytest.fixture
def case(world):
    return world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])


@pytest.fixture
def meeting(world, case) -> Meeting:
    return world.meeting(case, invited=[])


def lead(world):
    return world.actor(world.lise)


def draft_all(world, meeting):
    for member in meeting.case.members:
        service.draft(meeting, member, by=lead(world), at=now())


def send(world, meeting, at=None):
    return service.send(meeting, version=meeting.version, by=lead(world), at=at or now())


def messages(kind=None):
    found = db.session.scalars(select(Message).order_by(Message.created_at)).all()
    return [message for message in found if kind in {None, message.kind}]


def test_a_draft_reaches_nobody(world, meeting):
    draft_all(world, meeting)
    assert len(meeting.current_invitations) == 4
    assert messages() == []
    assert all(i.sent_at is None for i in meeting.invitations)


def test_sending_gives_each_one_message_and_invites_the_meeting(world, meeting):
    draft_all(world, meeting)
    assert send(world, meeting) == 4
    assert meeting.state is MeetingState.INVITED
    assert Counter(m.kind for m in messages()) == {"invitations.invitation": 4}
    assert len({i.number for i in meeting.invitations}) >= 1
    assert all(1000 <= i.number <= 9999 for i in meeting.invitations)


def test_the_link_is_kept_as_a_digest_and_its_secret_sealed_in_the_message(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    message = messages()[0]
    link = links.landing(message.facts["token"], at=now())
    assert link is not None
    assert link.invitation is not None
    assert link.invitation.user_id == message.user_id
    stored = db.session.scalars(select(PersonalLink.token_hash)).all()
    assert message.facts["token"].encode() not in stored


def test_sending_twice_sends_nothing_new(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    with pytest.raises(Refused):
        send(world, meeting)
    assert len(messages()) == 4


def test_sending_a_page_that_is_stale_shows_both(world, meeting):
    draft_all(world, meeting)
    with pytest.raises(Conflict):
        service.send(meeting, version=meeting.version + 1, by=lead(world), at=now())


def test_nothing_is_sent_without_a_time_or_for_a_time_that_is_gone(world, meeting):
    draft_all(world, meeting)
    starts = meeting.starts_local
    meeting.starts_local = starts - timedelta(days=30)
    db.session.flush()
    with pytest.raises(Refused):
        send(world, meeting)
    meeting.starts_local = None
    db.session.flush()
    with pytest.raises(Refused):
        send(world, meeting)
    assert messages() == []


def test_who_the_person_has_not_said_yes_to_is_not_drafted(world):
    case = world.case(consent=())
    meeting = world.meeting(case, invited=[])
    jonas = case.member(world.jonas.id)
    with pytest.raises(Refused):
        service.draft(meeting, jonas, by=lead(world), at=now())


def test_whose_consent_ended_between_draft_and_sending_stops_the_sending(world, case, meeting):
    cases.grant_consent(
        case,
        by=world.actor(case.person.user),
        at=now(),
        scopes=[Scope.INVITE],
        how=ConsentHow.DIGITAL,
        recipient_id=world.hanne.id,
        valid_to=calendar.to_local(now()).date(),
    )
    draft_all(world, meeting)
    with pytest.raises(Refused):
        send(world, meeting, at=now() + timedelta(days=2))
    assert messages() == []


def test_withdrawn_consent_withdraws_the_invitation_and_tells_neutrally(world, case, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    token = next(m for m in messages() if m.user_id == world.hanne.id).facts["token"]
    consent = next(c for c in case.consents if c.recipient_id == world.hanne.id)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=now())
    assert meeting.invitation(world.hanne.id) is None
    assert [m.user_id for m in messages("invitations.withdrawn")] == [world.hanne.id]
    assert links.landing(token, at=now()) is None
    assert meeting.invitation(world.jonas.id) is not None


def test_an_organisations_consent_carries_its_staff(world, case, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    office = world.office.organisation_id
    consent = next(c for c in case.consents if c.organisation_id == office)
    cases.withdraw_consent(case, consent, by=world.actor(case.person.user), at=now())
    assert meeting.invitation(world.jonas.id) is None
    assert meeting.invitation(world.lise.id) is not None


def test_leaving_the_network_withdraws_an_unsent_draft_without_a_word(world, case, meeting):
    draft_all(world, meeting)
    cases.leave(case, case.member(world.hanne.id), at=now())
    assert meeting.invitation(world.hanne.id) is None
    assert messages() == []


def test_a_new_time_goes_to_those_who_know_the_old_one(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    service.answer(
        meeting.invitation(world.jonas.id),
        AnswerValue.YES,
        via=Via.LINK,
        by=world.jonas.id,
        at=now(),
    )
    meeting.starts_local += timedelta(days=1)
    meeting.sequence += 1
    rows = queries.rows(meeting, at=now())
    assert {row.gets for row in rows} == {Delivery.CHANGED}
    later = now() + timedelta(minutes=1)
    send(world, meeting, at=later)
    assert len(messages("invitations.update")) == 4
    reply = queries.replies(meeting)[meeting.invitation(world.jonas.id).id]
    assert reply.value is None, "an answer to the old time is none to the new one"


def test_cancelling_tells_those_who_were_told(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    meetings.cancel(
        meeting,
        by=lead(world),
        at=now(),
        reason="Mia er syg.",
        asked_by="person",
        version=meeting.version,
    )
    assert send(world, meeting, at=now() + timedelta(minutes=1)) == 4
    assert len(messages("invitations.cancelled")) == 4


def test_who_has_no_mail_gets_a_letter_that_nobody_mails(world, case, meeting):
    place = cases.Place(role=MemberRole.INTERPRETER, title="tolk")
    tolk = world.user("Amal Said")
    tolk.email = ""
    cases.join(case, tolk, place=place, at=now())
    draft_all(world, meeting)
    send(world, meeting)
    letter = next(m for m in messages() if m.user_id == tolk.id)
    assert (letter.channel, letter.state) == (Channel.LETTER, State.SENT)
    assert queries.letter_token(meeting.invitation(tolk.id)) == letter.facts["token"]


def test_numbers_differ_among_a_recipients_coming_meetings(world, case):
    seen = set()
    jonas = case.member(world.jonas.id)
    for _turn in range(12):
        meeting = world.meeting(case, invited=[])
        seen.add(service.draft(meeting, jonas, by=lead(world), at=now()).number)
    assert len(seen) == 12


def test_a_withdrawn_invitation_may_be_given_again_with_a_higher_file(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    hanne = meeting.invitation(world.hanne.id)
    first = queries.file_sequence(hanne)
    service.withdraw(hanne, by=lead(world), at=now())
    service.withdraw(hanne, by=lead(world), at=now())
    assert len(messages("invitations.withdrawn")) == 1
    withdrawn = int(messages("invitations.withdrawn")[0].facts["file"])
    again = service.draft(meeting, meeting.case.member(world.hanne.id), by=lead(world), at=now())
    assert again is hanne
    assert again.sent_at is None
    assert first < withdrawn < queries.file_sequence(again)


def test_the_persons_own_invitation_cannot_be_withdrawn(world, meeting):
    draft_all(world, meeting)
    own = meeting.invitation(meeting.case.person.user_id)
    with pytest.raises(Refused):
        service.withdraw(own, by=lead(world), at=now())


def test_nobody_is_put_on_the_list_twice(world, meeting):
    draft_all(world, meeting)
    with pytest.raises(Refused):
        draft_all(world, meeting)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (service.Part(why=" "), "why"),
        (service.Part(why="x", begins=now().time().replace(hour=9)), "begins"),
        (
            service.Part(
                why="x",
                begins=now().time().replace(hour=13),
                ends=now().time().replace(hour=12),
            ),
            "ends",
        ),
    ],
)
def test_a_part_that_makes_no_sense_is_refused(world, meeting, part, field):
    draft_all(world, meeting)
    invitation = meeting.invitation(world.jonas.id)
    with pytest.raises(Refused) as no:
        service.change(invitation, part=part, version=invitation.version, by=lead(world), at=now())
    assert no.value.field == field


def test_a_stale_reason_is_a_conflict(world, meeting):
    draft_all(world, meeting)
    invitation = meeting.invitation(world.jonas.id)
    with pytest.raises(Conflict) as both:
        service.change(
            invitation, part=service.Part(why="Min"), version=99, by=lead(world), at=now()
        )
    assert "Min" in both.value.mine.values()


def test_the_last_answer_counts_and_says_how_it_came(world, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    invitation = meeting.invitation(world.jonas.id)
    service.answer(invitation, AnswerValue.YES, via=Via.LINK, by=world.jonas.id, at=now())
    service.answer(invitation, AnswerValue.NO, via=Via.ENTERED, by=world.lise.id, at=now())
    reply = queries.replies(meeting)[invitation.id]
    assert (reply.value, reply.answer.via, reply.answer.by_id) == (
        AnswerValue.NO,
        Via.ENTERED,
        world.lise.id,
    )


def test_no_answer_counts_after_the_meeting_or_to_a_withdrawn_one(world, case):
    over = world.meeting(case, in_days=-1, state=MeetingState.INVITED)
    withdrawn = world.meeting(case, state=MeetingState.INVITED)
    withdrawn.invitation(world.jonas.id).withdraw(at=now())
    for meeting in (over, withdrawn):
        invitation = next(i for i in meeting.invitations if i.user_id == world.jonas.id)
        with pytest.raises(Refused):
            service.answer(invitation, AnswerValue.YES, via=Via.LINK, by=ids.new_id(), at=now())
        with pytest.raises(Refused):
            service.write(invitation, text="Skrevet bagefter.", version=0, at=now())
        item = world.item(meeting, "Midlertidig bolig", by=world.jonas)
        with pytest.raises(Refused):
            service.declare_mandate(invitation, item, value=MandateValue.YES, at=now())


def test_mandates_need_their_text(world, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    item = world.item(meeting, "Midlertidig bolig", by=world.jonas)
    invitation = meeting.invitation(world.jonas.id)
    for value in (MandateValue.ANSWER_IN_WRITING, MandateValue.SOMEBODY_ELSE):
        with pytest.raises(Refused):
            service.declare_mandate(invitation, item, value=value, at=now())
    service.declare_mandate(invitation, item, value=MandateValue.YES, at=now())
    service.declare_mandate(
        invitation, item, value=MandateValue.SOMEBODY_ELSE, who_can="Bo Lund", at=now()
    )
    mandate = queries.replies(meeting)[invitation.id].mandates[item.id]
    assert (mandate.value, mandate.who_can) == (MandateValue.SOMEBODY_ELSE, "Bo Lund")


def test_written_input_is_five_lines_at_most_and_versioned(world, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    invitation = meeting.invitation(world.jonas.id)
    with pytest.raises(Refused):
        service.write(invitation, text="\n".join("abcdef"), version=0, at=now())
    kept = service.write(invitation, text="Jeg kan vise to steder.", version=0, at=now())
    with pytest.raises(Conflict):
        service.write(invitation, text="Noget andet", version=kept.version + 1, at=now())
    service.write(invitation, text="Tre steder.", version=kept.version, at=now())
    assert queries.replies(meeting)[invitation.id].written.text == "Tre steder."


def test_a_deputy_needs_a_name_and_makes_the_own_answer_no(world, case):
    meeting = world.meeting(case, state=MeetingState.INVITED)
    invitation = meeting.invitation(world.jonas.id)
    by = world.actor(world.jonas)
    with pytest.raises(Refused):
        service.name_deputy(invitation, name=" ", email="", has_mandate=True, by=by, at=now())
    service.name_deputy(invitation, name="Bo Lund", email="", has_mandate=True, by=by, at=now())
    reply = queries.replies(meeting)[invitation.id]
    assert reply.value is AnswerValue.NO
    assert (reply.deputy.name, reply.deputy.has_mandate) == ("Bo Lund", True)


def test_consent_of_a_guest_and_mandate_of_a_guardian(world, case, meeting):
    for role, name in ((MemberRole.RESIDENCE, "Ea Rask"), (MemberRole.GUARDIAN, "Per Vang")):
        user = world.user(name)
        member = cases.join(case, user, place=cases.Place(role=role), at=now())
        with pytest.raises(Refused):
            service.draft(meeting, member, by=lead(world), at=now())
        cases.grant_consent(
            case,
            by=world.actor(case.person.user),
            at=now(),
            scopes=[Scope.INVITE],
            how=ConsentHow.DIGITAL,
            recipient_id=user.id,
        )
        service.draft(meeting, member, by=lead(world), at=now())


def test_who_is_asked_again_is_asked_to_the_same_part(world):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.INVITE])
    meeting, by = world.meeting(case), world.actor(world.lise)
    own, hanne = meeting.invitation(world.hanne.id), case.member(world.hanne.id)
    part = service.Part(
        why="Hanne har en nøgle.", is_required=False, begins=time(13, 15), ends=time(13, 30)
    )
    service.change(own, part=part, version=own.version, by=by, at=now())
    service.withdraw(own, by=by, at=now())
    again = service.draft(meeting, hanne, by=by, at=now())
    assert (again.part_from, again.part_to) == (time(13, 15), time(13, 30))
    assert (again.why, again.is_required) == ("Hanne har en nøgle.", False)
    service.withdraw(again, by=by, at=now())
    anew = service.draft(meeting, hanne, by=by, at=now(), part=service.Part(why="Boligen"))
    assert (anew.why, anew.part_from) == ("Boligen", None)


def test_who_comes_at_another_time_is_told_and_nobody_else(world, meeting):
    draft_all(world, meeting)
    send(world, meeting)
    jonas = meeting.invitation(world.jonas.id)
    part = Part(why="Om bolig", begins=time(13, 0), ends=time(13, 20))
    service.change(jonas, part=part, version=jonas.version, by=lead(world), at=now())
    told = {row.member.user_id: row.gets for row in queries.rows(meeting, at=now())}
    assert told.pop(world.jonas.id) is Delivery.CHANGED
    assert set(told.values()) == {Delivery.NOTHING}
    assert queries.file_sequence(jonas) == 1
    assert send(world, meeting, at=now() + timedelta(minutes=1)) == 1
    why = Part(why="Om bolig og penge", begins=time(13, 0), ends=time(13, 20))
    service.change(jonas, part=why, version=jonas.version, by=lead(world), at=now())
    with pytest.raises(Refused):
        send(world, meeting)
