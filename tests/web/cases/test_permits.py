"""Who may see what: the person's page, staff's page, stopping, and the law."""

import re

import pytest

from netmeet.cases import queries, service
from netmeet.cases.rules import ConsentHow, MemberRole, Scope
from netmeet.cases.service import network
from netmeet.core import calendar, clock
from netmeet.core.db import db
from netmeet.invitations import queries as invited
from netmeet.invitations import service as invitations
from netmeet.meetings import queries as meetings
from netmeet.meetings.rules import MeetingState
from netmeet.outbox.models import Message
from tests.reader import mentions
from tests.slices.actions.making import agree
from tests.web.cases.reading import lix, longest_sentence, words_of
from tests.world import now

CHOICE = {"scopes": ["invite", "actions"], "limit": "some", "areas": ["housing"], "months": "3"}
RECORDED = {
    **CHOICE,
    "how": "written",
    "asked_alone": "no",
    "direction": "both",
    "purpose": "Udskrivning",
}


@pytest.fixture
def case(world):
    return world.case(
        consent=(), relative=world.hanne, relative_scopes=[Scope.INVITE, Scope.ACTIONS]
    )


def law(world, case):
    return network.record_law(
        case,
        by=world.actor(world.lise),
        at=now(),
        organisation_id=world.office.organisation_id,
        paragraph="13c",
        scopes={Scope.PLAN},
        necessity="Kommunen skal finde en bolig.",
    )


def test_the_person_reads_each_recipient_in_a_sentence(world, client, case):
    law(world, case)
    world.sign_in(client, case.person.user)
    page = client.get("/consents")
    text = words_of(page.text)
    assert "Hanne Sørensen, søster" in text
    assert "Må komme til mødet. Ser aftalerne." in text
    assert "Det her må deles uden dit ja" in text
    assert "Psykiatriloven § 13 c" in text
    assert "Personalet i dit netværk kan se, hvad du har sagt ja til." in text
    assert "Ingen får at vide hvorfor." in text
    assert f"/seen?of={world.hanne.id}" in page.text
    assert "samtykke" not in text.lower()


def test_the_person_stops_after_being_asked_once(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    path = f"/permits/{given.id}/stop"
    world.sign_in(client, case.person.user)
    asked = client.get(path)
    assert "kan du ikke få igen" in asked.text
    assert "skal så ikke med til mødet" not in asked.text
    assert "har lovet at gøre, venter" not in asked.text
    assert queries.consent_by_id(given.id).is_in_force(now())
    assert client.send(path).location == f"/consents?stopped={given.id}"
    ended = queries.consent_by_id(given.id)
    assert not ended.is_in_force(now())
    assert ended.withdrawal.how is ConsentHow.DIGITAL
    assert client.send(path).status_code == 303
    assert "Ingen må se noget endnu." in client.get("/consents").text


def test_what_ends_is_said_before_the_person_stops_and_as_it_happens(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    meeting = world.meeting(case, state=MeetingState.INVITED)
    agree(world, case, world.hanne)
    path, meeting_id, hanne = f"/permits/{given.id}/stop", meeting.id, world.hanne.id
    world.sign_in(client, case.person.user)
    text = words_of(client.get(path).text)
    told = "Hanne Sørensen skal så ikke med til mødet og får besked om det."
    assert told in text
    assert "Det, Hanne Sørensen har lovet at gøre, venter så." in text
    assert "Vi siger ikke hvorfor." in text
    assert lix(text) <= 35
    assert meetings.by_id(meeting_id).invitation(hanne) is not None
    client.send(path)
    assert meetings.by_id(meeting_id).invitation(hanne) is None
    kinds = {one.kind for one in db.session.query(Message).filter_by(user_id=hanne)}
    assert "invitations.withdrawn" in kinds


def test_who_may_come_and_is_not_invited_stands_with_who_can_invite_them(world, client, case):
    meeting = world.meeting(case, invited=[world.lise])
    day = calendar.day(meeting.starts_local.date(), today=clock.today())
    case_id, meeting_id, hanne = case.id, meeting.id, world.hanne.id
    world.sign_in(client, case.person.user)
    said = f"Lise kan invitere Hanne til mødet {day}."
    text = words_of(client.get("/consents").text)
    assert said in text
    assert "Kommer til mødet" not in text
    assert lix(text) <= 35
    meeting = invited.meeting(meeting_id)
    hanne = queries.by_id(case_id).member(hanne)
    invitations.draft(meeting, hanne, by=world.actor(world.lise), at=now())
    db.session.commit()
    text = words_of(client.get("/consents").text)
    assert said not in text
    assert "Må komme til mødet." in text


def test_without_a_day_or_a_meeting_no_day_is_named(world, client, case):
    meeting, mia = world.meeting(case, invited=[world.lise]), case.person.user
    meeting.starts_local = None
    world.sign_in(client, mia)
    assert "Lise kan invitere Hanne til mødet." in words_of(client.get("/consents").text)
    meeting = meetings.by_id(meeting.id)
    meeting.state = MeetingState.CANCELLED
    db.session.commit()
    assert "kan invitere" not in client.get("/consents").text


def test_an_invitation_that_was_not_sent_is_no_news(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    world.meeting(case)
    world.sign_in(client, case.person.user)
    assert "Invitationen til mødet" not in client.get(f"/permits/{given.id}/stop").text


def test_a_receipt_says_what_has_ended_and_leads_back(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    given_id = given.id
    world.sign_in(client, case.person.user)
    at_first = f"/consents?stopped={given_id}"
    assert "Det er stoppet" not in client.get(at_first).text
    page = client.get(client.send(f"/permits/{given_id}/stop").location)
    text = words_of(page.text)
    assert "Det er stoppet" in text
    assert "Hanne Sørensen ser ikke længere aftalerne." in text
    assert "Hanne Sørensen kan ikke længere komme til mødet." in text
    assert f'href="/permits/{given_id}"' in page.text
    assert "Hvad må Hanne Sørensen?" in client.get(f"/permits/{given_id}").text
    assert client.send(f"/permits/{given_id}", CHOICE).status_code == 303
    assert "Det er stoppet" not in client.get(at_first).text
    assert "Det er stoppet" not in client.get("/consents?stopped=x").text


def test_of_staff_the_receipt_names_only_the_yes(world, client):
    case = world.case()
    given = next(c for c in case.consents if c.organisation_id == world.office.organisation_id)
    world.sign_in(client, case.person.user)
    page = client.get(client.send(f"/permits/{given.id}/stop").location)
    assert "gælder ikke længere." in words_of(page.text)


def test_the_person_changes_what_somebody_may(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    world.sign_in(client, case.person.user)
    page = client.get(f"/permits/{given.id}")
    assert "Hvad må Hanne Sørensen?" in page.text
    assert "Hente planen" not in page.text
    nothing = client.send(f"/permits/{given.id}", {**CHOICE, "scopes": []})
    assert nothing.status_code == 422
    assert "Vælg mindst én ting." in nothing.text
    assert client.send(f"/permits/{given.id}", {**CHOICE, "areas": []}).status_code == 422
    assert client.send(f"/permits/{given.id}", CHOICE).status_code == 303
    (new,) = queries.consents_in_force(queries.by_id(case.id), now())
    assert new.life_areas == {"housing"}
    assert new.scopes == {Scope.BASIC, Scope.INVITE, Scope.ACTIONS}
    assert "Ser aftalerne om bolig." in words_of(client.get("/consents").text)


def test_who_may_nothing_stands_there_and_can_be_given_something(world, client):
    case = world.case(consent=(), relative=world.hanne)
    member, mia = case.member(world.hanne.id).id, case.person.user
    world.sign_in(client, mia)
    text = words_of(client.get("/consents").text)
    assert "Hanne Sørensen, søster. Ser ikke noget." in text
    assert "Jonas Holm, sagsbehandler. Ser dit navn" in text
    path = f"/members/{member}/permit"
    assert "Hvad må Hanne Sørensen?" in client.get(path).text
    assert client.send(path, {**CHOICE, "scopes": []}).status_code == 422
    assert client.send(path, {**CHOICE, "months": ""}).status_code == 422
    assert client.send(path, CHOICE).status_code == 303
    assert "Ser aftalerne om bolig." in words_of(client.get("/consents").text)


def test_changing_takes_a_fresh_proof_of_who_one_is(world, client, case):
    (given,) = queries.consents_in_force(case, now())
    world.sign_in(client, case.person.user, by="demo")
    answer = client.send(f"/permits/{given.id}", CHOICE)
    assert answer.location.startswith("/step-up")


def test_the_person_adds_somebody(world, client, case):
    mia = case.person.user.email
    world.sign_in(client, case.person.user)
    assert client.get("/consents/new").status_code == 200
    form = {**CHOICE, "name": "Ida Bo", "relation": "min veninde", "email": "ida@example.org"}
    assert client.send("/consents/new", {**form, "name": ""}).status_code == 422
    own = client.send("/consents/new", {**form, "email": mia})
    assert own.status_code == 422
    assert client.send("/consents/new", form).status_code == 303
    friend = queries.by_id(case.id).members[-1]
    assert (friend.role, friend.relation) == (MemberRole.RELATIVE, "min veninde")


@pytest.mark.usefixtures("case")
def test_nobody_else_has_the_persons_page(world, client):
    for user in (world.lise, world.hanne, world.stranger):
        world.sign_in(client, user)
        assert client.get("/consents").status_code == 404
        assert client.get("/consents/new").status_code == 404
        assert client.get("/access-log").status_code == 404


def test_staff_see_what_holds_and_what_is_still_to_be_asked(world, client, case):
    law(world, case)
    world.sign_in(client, world.jonas)
    page = client.get(f"/cases/{case.id}/consents")
    assert "Hanne Sørensen" in page.text
    assert "Vi mangler svar om" in page.text
    assert "Kommunen skal finde en bolig." in page.text
    assert "Skriv et ja ned" not in page.text
    world.sign_in(client, world.stranger)
    assert client.get(f"/cases/{case.id}/consents").status_code == 404


def test_a_relative_sees_the_same_page_with_nothing_given_and_with_everything_taken_back(
    world, client
):
    case = world.case(relative=world.hanne)
    path = f"/cases/{case.id}/consents"
    mia = case.person.user
    world.sign_in(client, world.hanne)
    never = words_of(client.get(path).text)
    assert "Der er ikke noget til dig lige nu." in never
    assert not mentions(never, "Mia")
    network.agree(
        queries.by_id(case.id),
        network.Yes(scopes=[Scope.INVITE], months=3, how=ConsentHow.DIGITAL, asked_alone=False),
        by=world.actor(mia),
        at=now(),
        recipient_id=world.hanne.id,
    )
    given = client.get(path)
    assert "Her står det, du må se." in given.text
    stop = re.search(r"/permits/\w+/stop", given.text)[0]
    assert "Vil du ikke være med mere?" in client.get(stop).text
    assert client.send(stop).location == "/"
    assert words_of(client.get(path).text) == never


def test_the_coordinator_writes_a_yes_down_and_takes_it_back(world, client, case):
    path = f"/cases/{case.id}/consents/new"
    office = world.office.organisation_id
    world.sign_in(client, world.jonas)
    assert client.get(path).status_code == 403
    world.sign_in(client, world.lise)
    assert client.get(path).status_code == 200
    to_all = {**RECORDED, "recipient": f"organisation:{office}"}
    assert client.send(path, {**to_all, "asked_alone": ""}).status_code == 422
    assert client.send(path, {**to_all, "scopes": []}).status_code == 422
    assert client.send(path, to_all).status_code == 303
    to_one = {**RECORDED, "recipient": f"person:{world.jonas.id}"}
    assert client.send(path, to_one).status_code == 303
    given = [c for c in queries.by_id(case.id).consents if c.organisation_id == office]
    assert given[0].how is ConsentHow.WRITTEN
    assert not given[0].asked_alone
    assert given[0].direction == "both"
    stop = f"/permits/{given[0].id}/stop"
    assert "ikke se mere?" in client.get(stop).text
    assert client.send(stop).location == f"/cases/{case.id}/consents"
    assert queries.consent_by_id(given[0].id).withdrawal.how is ConsentHow.ORAL


def test_before_stopping_it_is_said_who_goes_on_seeing(world, client, case):
    mia, lise = case.person.user, world.lise
    given = {"by": world.actor(mia), "at": now(), "how": ConsentHow.DIGITAL, "scopes": [Scope.PLAN]}
    of_office, of_ward = world.office.organisation_id, world.ward.organisation_id
    to_ward = service.grant_consent(case, organisation_id=of_ward, **given).id
    to_office = service.grant_consent(case, organisation_id=of_office, **given).id
    db.session.commit()
    world.sign_in(client, mia)
    stays = "Lise Dam koordinerer og kan stadig læse det hele."
    assert stays in words_of(client.get(f"/permits/{to_ward}/stop").text)
    name = "Jonas Holm kan stadig se navnet, og hvem der er med."
    assert name in words_of(client.get(f"/permits/{to_office}/stop").text)
    law(world, queries.by_id(case.id))
    db.session.commit()
    lawful = "Jonas Holm ser stadig det, en lov giver lov til."
    assert lawful in words_of(client.get(f"/permits/{to_office}/stop").text)
    to_jonas = service.grant_consent(
        queries.by_id(case.id), recipient_id=world.jonas.id, **given
    ).id
    db.session.commit()
    world.sign_in(client, lise)
    shown = words_of(client.get(f"/permits/{to_jonas}/stop").text)
    assert "Jonas Holm ser stadig det, der er sagt ja til for Frederiksberg Kommune." in shown
    hannes = next(c.id for c in queries.by_id(case.id).consents if c.recipient_id == world.hanne.id)
    assert "stadig" not in client.get(f"/permits/{hannes}/stop").text


def test_a_law_is_written_down_with_why_and_ended(world, client, case):
    path = f"/cases/{case.id}/law"
    form = {
        "organisation_id": world.ward.organisation_id,
        "paragraph": "41(2)1",
        "scopes": ["plan"],
        "necessity": "Behandlingen går videre.",
    }
    world.sign_in(client, world.lise)
    assert client.get(path).status_code == 200
    assert client.send(path, {**form, "necessity": ""}).status_code == 422
    empty = client.send(path, {"necessity": "", "organisation_id": ""})
    assert empty.status_code == 422
    for said in ("Vælg hvem.", "Vælg mindst én ting.", "Skriv, hvorfor det er nødvendigt."):
        assert said in empty.text
    assert client.send(path, {**form, "scopes": []}).status_code == 422
    assert client.send(path, form).status_code == 303
    (basis,) = queries.by_id(case.id).legal_bases
    assert client.send(f"/laws/{basis.id}/end").status_code == 303
    assert queries.legal_basis_by_id(basis.id).ended_at is not None


@pytest.mark.parametrize("paragraph", ["13c", "41(2)1", "41(2)2", "43(2)1", "43(2)2", "28", "11c"])
def test_every_law_is_explained_in_plain_words(world, client, paragraph):
    case = world.case(consent=())
    network.record_law(
        case,
        by=world.actor(world.lise),
        at=now(),
        organisation_id=world.office.organisation_id,
        paragraph=paragraph,
        scopes={Scope.PLAN},
        necessity="Nu.",
    )
    world.sign_in(client, case.person.user)
    assert client.get("/consents").status_code == 200


def test_the_persons_pages_are_easy_to_read(world, client, case):
    law(world, case)
    (given,) = queries.consents_in_force(case, now())
    network.agree(
        case,
        network.Yes(
            scopes=list(Scope),
            months=12,
            how=ConsentHow.ORAL,
            asked_alone=True,
            life_areas=["housing", "economy"],
        ),
        by=world.actor(world.lise),
        at=now(),
        organisation_id=world.office.organisation_id,
    )
    case_id, mia = case.id, case.person.user
    world.sign_in(client, mia)
    pages = ["/consents", "/consents/new", f"/permits/{given.id}", f"/permits/{given.id}/stop"]
    texts = {page: words_of(client.get(page).text) for page in pages}
    world.sign_in(client, world.hanne)
    for page in (f"/cases/{case_id}/tell", f"/cases/{case_id}/told"):
        texts[page] = words_of(client.get(page).text)
    for page, text in texts.items():
        assert lix(text) <= 30, page
        assert longest_sentence(text) <= 15, page


def test_the_pages_take_as_many_queries_for_many_as_for_few(world, client, count_queries):
    cases = [world.case("Mia Sørensen"), world.case("Omar Haddad")]
    for name in ("Rie Bo", "Ib Juhl", "Eva Lund"):
        world.add_relative(cases[1], world.user(name), scopes=[Scope.BASIC, Scope.PLAN])
    people = [case.person.user for case in cases]
    counts = []
    for user in people:
        world.sign_in(client, user)
        with count_queries() as asked:
            client.get("/consents")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
    db.session.rollback()
