"""The variants of ``domain.md`` § 2.6 about who else is there, and who decides for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from netmeet.cases import jobs, service
from netmeet.cases import queries as cases
from netmeet.cases.rules import ConsentHow, MandateScope, RepresentationKind, Scope, birthday
from netmeet.cases.service import mandates
from netmeet.cases.service.network import Newcomer
from netmeet.core import clock, ids
from netmeet.core.db import db
from netmeet.invitations import queries as invitations
from netmeet.meetings.rules import LifeArea, MeetingState
from netmeet.organisations.rules import Sector
from netmeet.outbox.models import Message
from tests.slices.actions.making import agree
from tests.web.variants.conftest import hold, settle, words
from tests.world import now

CUSTODY, GUARDIAN = RepresentationKind.CUSTODY_HOLDER, RepresentationKind.GUARDIAN
CHOICE = {"limit": "all", "months": "12"}


def acts_for(world, case, name, *, kind=CUSTODY, is_apart=False):
    """Return who acts for the person from now on."""
    mandate = mandates.Mandate(
        kind=kind, scopes={MandateScope.PERSONAL}, document="Afgørelse 12", is_apart=is_apart
    )
    who = Newcomer(name=name, email=f"{ids.new_id()}@example.org")
    held = mandates.record(case, who, mandate, by=world.actor(world.lise), at=now())
    world.save()
    return held.user


def noah(world, age, *, days=0):
    """Return the case of Noah, so many years and days old."""
    born = birthday(clock.today(), -age) + timedelta(days=days)
    made = service.create_person(name="Noah Bo", birth_date=born, at=now())
    world.made["person:Noah Bo"] = made
    return world.case("Noah Bo", consent=())


def consent_to(case, organisation_id):
    return next(c for c in case.consents if c.organisation_id == organisation_id)


def permit(client, consent, **chosen):
    return client.send(f"/permits/{consent.id}", {**CHOICE, **chosen})


def test_relative(world, as_):
    case = world.case(relative=world.hanne)
    made = world.meeting(case, invited=[])
    member = case.member(world.hanne.id).id
    mia, lise, hanne = as_(case.person.user), as_(world.lise), as_(world.hanne)
    # Nothing is open to her, and she may be heard all the same.
    assert "Der er ikke noget til dig lige nu" in words(hanne.get("/"))
    assert hanne.send(f"/cases/{case.id}/tell", {"text": "Mia sover ikke."}).status_code < 400
    assert "Mia sover ikke." in words(lise.get(f"/cases/{case.id}/told"))
    # The person picks: the meeting, a part of it, the agreements, and no more.
    chosen = {**CHOICE, "scopes": ["invite", "actions"]}
    assert mia.send(f"/members/{member}/permit", chosen).status_code == 303
    action = agree(world, cases.by_id(case.id), world.jonas, what="Ansøger om bolig").id
    world.save()
    lise.send(f"/meetings/{made.id}/invitations/add", {"user_id": world.hanne.id})
    (own,) = invitations.meeting(made.id).current_invitations
    part = {"why": "Du kender Mia.", "begins": "13:15", "ends": "13:30", "version": own.version}
    part = {f"{own.id}-{name}": value for name, value in part.items()}
    assert lise.send(f"/invitations/{own.id}", part).status_code == 303
    version = invitations.meeting(made.id).version
    assert (
        lise.send(f"/meetings/{made.id}/invitations/send", {"version": version}).status_code < 400
    )
    home = words(hanne.get("/"))
    assert "13.15" in home
    assert "Ansøger om bolig" in words(hanne.get(f"/actions/{action}"))
    assert hanne.get(f"/meetings/{made.id}/agenda").status_code in {403, 404}
    assert hanne.get(f"/cases/{case.id}/plan").status_code in {403, 404}


def test_consent_withdrawn_before(world, as_):
    case = world.case()
    made = world.meeting(case, in_days=3, state=MeetingState.INVITED)
    given = consent_to(case, world.office.organisation_id)
    mia, lise, jonas = as_(case.person.user), as_(world.lise), as_(world.jonas)
    assert mia.send(f"/permits/{given.id}/stop").status_code == 303
    kept = invitations.meeting(made.id)
    assert kept.invitation(world.jonas.id) is None
    assert jonas.get(f"/meetings/{made.id}/answer").status_code in {403, 404}
    found = words(lise.get(f"/meetings/{made.id}/readiness"))
    assert "Ingen fra kommunen har sagt ja endnu." in found
    told = db.session.scalars(select(Message).where(Message.user_id == world.jonas.id)).all()
    assert [one.kind for one in told] == ["invitations.withdrawn"]


def test_consent_withdrawn_after(world, as_, meeting):
    action = agree(world, cases.by_id(meeting.case_id), world.jonas, what="Ansøger om bolig")
    mia, lise, jonas = as_(world.made["mia"]), as_(world.lise), as_(world.jonas)
    here = {u.id: "in_person" for u in (world.made["mia"], world.lise, world.jonas)}
    hold(lise, meeting, here, participation="whole")
    plan = lise.get(f"/cases/{meeting.case_id}/plan").location
    assert jonas.get(plan).status_code == 200
    given = consent_to(cases.by_id(meeting.case_id), world.office.organisation_id)
    assert mia.send(f"/permits/{given.id}/stop").status_code == 303
    assert jonas.get(plan).status_code == 404
    assert jonas.get(f"/meetings/{meeting.id}/minutes").status_code in {403, 404}
    # What was sent lies in their records; the person sees who has which edition.
    assert "Jonas Holm" in words(mia.get(f"/cases/{meeting.case_id}/copies"))
    assert "venter" in words(lise.get(f"/actions/{action.id}")).lower()


def test_partial_consent(world, as_, meeting):
    mia, lise, jonas = as_(world.made["mia"]), as_(world.lise), as_(world.jonas)
    case = cases.by_id(meeting.case_id)
    given = consent_to(case, world.office.organisation_id)
    some = {"scopes": [s.value for s in (Scope.AGENDA, Scope.MINUTES, Scope.PLAN, Scope.ACTIONS)]}
    assert permit(mia, given, **some, limit="some", areas=["housing"]).status_code == 303
    made = invitations.meeting(meeting.id)
    money = world.item(made, "Min gæld", by=world.made["mia"])
    home = next(item for item in made.items if item.title.startswith("Jeg vil ikke"))
    money.life_area, home.life_area = LifeArea.ECONOMY, LifeArea.HOUSING
    world.save()
    here = {u.id: "in_person" for u in (world.made["mia"], world.lise)}
    hold(lise, meeting, here, participation="whole")
    theirs = words(jonas.get(f"/meetings/{meeting.id}/minutes"))
    assert "Uddrag" in theirs
    assert "Jeg vil ikke tilbage" in theirs
    assert "Min gæld" not in theirs
    own = words(mia.get(f"/meetings/{meeting.id}/minutes"))
    assert "Min gæld" in own
    assert "Uddrag" not in own


@pytest.mark.parametrize("both", [True, False])
def test_child_below_15(world, as_, both):
    case = noah(world, 12)
    mother = acts_for(world, case, "Eva Bo")
    father = acts_for(world, cases.by_id(case.id), "Per Dal") if both else None
    case = cases.by_id(case.id)
    made = world.meeting(case, invited=[case.person.user, mother])
    child, lise = as_(case.person.user), as_(world.lise)
    page = words(child.get(f"/meetings/{made.id}/prepare"))
    assert "Der er fem korte spørgsmål." in page
    assert "Hvad skal de voksne vide?" in words(child.get(f"/meetings/{made.id}/prepare/matters"))
    assert child.get(f"/meetings/{made.id}/prepare/who").status_code == 404
    fields = {"text": "Jeg vil ikke flytte skole.", "words": ["work"], "version": 0}
    assert child.send(f"/meetings/{made.id}/prepare/help", fields).status_code == 303
    agenda = words(child.get(f"/meetings/{made.id}/agenda"))
    assert "Jeg vil ikke flytte skole." in agenda
    assert "Skole eller arbejde" in agenda
    # Those with custody consent, both of them; what the child says is written beside it.
    given = service.grant_consent(
        cases.by_id(case.id),
        by=world.actor(mother),
        at=now(),
        scopes=[Scope.PLAN],
        how=ConsentHow.ORAL,
        organisation_id=world.office.organisation_id,
        childs_view="Det er fint.",
    )
    world.save()
    assert given.is_in_force(now()) is not both
    found = words(lise.get(f"/cases/{case.id}/consents"))
    if father is not None:
        assert "Venter på Per Dal." in found
        assert as_(father).send(f"/permits/{given.id}/assent").status_code < 400
        found = words(lise.get(f"/cases/{case.id}/consents"))
    assert "Barnet siger: Det er fint." in found


def test_young_person_of_15_to_17(world, as_):
    case = noah(world, 16)
    mother = acts_for(world, case, "Eva Bo")
    case = cases.by_id(case.id)
    made, member = world.meeting(case, invited=[case.person.user]), case.member(world.jonas.id).id
    person_id = case.person.user_id
    young, eva = as_(case.person.user), as_(mother)
    assert "Der er syv korte spørgsmål." in words(young.get(f"/meetings/{made.id}/prepare"))
    yes = {**CHOICE, "scopes": ["plan"]}
    assert eva.send(f"/members/{member}/permit", yes).status_code == 403
    assert young.send(f"/members/{member}/permit", yes).status_code == 303
    given = cases.consents_in_force(cases.by_id(case.id), now())
    assert [one.given_by for one in given] == [{person_id}]


def test_separated_parents(world, as_):
    case = noah(world, 12)
    eva = acts_for(world, case, "Eva Bo", is_apart=True)
    per = acts_for(world, cases.by_id(case.id), "Per Dal", is_apart=True)
    per.address, per.phone = "Hemmelig Allé 3", "87 65 43 21"
    case = cases.by_id(case.id)
    child = case.person.user
    made = world.meeting(case, invited=[child, eva, per, world.lise], in_days=0)
    made.state = MeetingState.INVITED
    for invitation in made.invitations:
        invitation.sent_at = invitation.asked_at = now()
    world.item(made, "Min skole", by=child)
    world.save()
    mother, father, lise = as_(eva), as_(per), as_(world.lise)
    own = {"input-text": "Jeg bor nu i Skive.", "version": 0}
    assert father.send(f"/meetings/{made.id}/answer/input", own).status_code < 400
    hidden = ("Per Dal", "Hemmelig", "87 65 43 21", "Skive")
    for path in ("/", f"/meetings/{made.id}", f"/meetings/{made.id}/answer"):
        found = words(mother.get(path, follow_redirects=True))
        assert not [one for one in hidden if one in found]
    at = f"/meetings/{made.id}"
    here = {"user_id": child.id, "mode": "in_person", "version": 0}
    lise.send(f"{at}/attendance", here)
    lise.send(f"{at}/room/start", {"without": "1"})
    settle(lise, made)
    lise.send(f"{at}/room/end", {"participation": "whole", "no_next_reason": "Ikke nu."})
    # What is shown beforehand as hers is what she will read, and nothing of the other's.
    preview = words(lise.get(f"{at}/send-out?reader={eva.id}"))
    assert "Referatet, som Eva" in preview
    assert not [one for one in hidden if one in preview]
    assert "Skive" in words(lise.get(f"{at}/send-out?reader={child.id}"))


def test_turning_18(world, as_):
    case = noah(world, 18, days=1)
    mother = acts_for(world, case, "Eva Bo")
    world.save()
    lise = as_(world.lise)
    found = words(lise.get(f"/cases/{case.id}/consents"))
    assert "Fylder 18" in found
    assert "Inviter voksenpsykiatrien og kommunens voksenområde i god tid." in found
    assert as_(mother).get(f"/cases/{case.id}").status_code == 200
    case_id, mother_id = case.id, mother.id
    db.session.commit()
    jobs.pass_day(now() + timedelta(days=1, hours=1))
    assert cases.by_id(case_id).member(mother_id) is None


def test_an_order_of_blanks_is_none(world, as_):
    case = world.case()
    mia, lise = as_(case.person.user), as_(world.lise)
    for order, is_told in (("Dom til behandling.", True), (" \n", False)):
        form = {"order": order, "version": cases.by_id(case.id).version}
        assert lise.send(f"/cases/{case.id}/order", form).status_code == 303
        assert ("Det har retten bestemt" in words(mia.get("/consents"))) is is_told


def test_forensic(world, as_):
    case = world.case()
    version, user = case.version, case.person.user
    mia, lise = as_(user), as_(world.lise)
    order = "Dom til behandling, fem år fra 2025."
    form = {"order": order, "version": version}
    assert lise.send(f"/cases/{case.id}/order", form).status_code == 303
    assert lise.send(f"/cases/{case.id}/order", {**form, "order": "Andet"}).status_code == 409
    assert order in words(mia.get("/consents"))
    advocate = {
        "role": "advocate",
        "name": "Bo Ravn",
        "relation": "bistandsværge",
        "email": "bo.ravn@example.org",
        "scopes": ["invite"],
        **CHOICE,
        "how": "oral",
        "asked_alone": "yes",
        "direction": "disclose",
        "purpose": "Tale for Mia på mødet.",
    }
    added = lise.send(f"/cases/{case.id}/team/relative", advocate)
    assert added.status_code == 303, words(added)
    assert "Bo Ravn" in words(lise.get(f"/cases/{case.id}/team"))
    made = world.meeting(cases.by_id(case.id), in_days=0, state=MeetingState.INVITED)
    world.item(made, "Hvor skal jeg bo?", by=user)
    world.save()
    here = {user.id: "in_person", world.lise.id: "in_person"}
    hold(lise, made, here, participation="whole")
    asked = words(mia.get("/"))
    assert "Retten har bestemt noget af det. Det gælder også, hvis du siger nej." in asked
    assert "Aftalerne gælder imens." not in asked


def test_lacking_capacity(world, as_):
    case = world.case(consent=())
    guardian = acts_for(world, case, "Ole Bo", kind=GUARDIAN)
    case = cases.by_id(case.id)
    made = world.meeting(case, invited=[case.person.user, guardian])
    member = case.member(world.jonas.id).id
    mia, ole = as_(case.person.user), as_(guardian)
    # The person's own view is asked for and stands first; the guardian says yes for them.
    said = {"text": "Jeg vil hjem.", "version": 0}
    assert mia.send(f"/meetings/{made.id}/prepare/matters", said).status_code == 303
    yes = {**CHOICE, "scopes": ["agenda", "plan"]}
    assert ole.send(f"/members/{member}/permit", yes).status_code == 303
    given = cases.consents_in_force(cases.by_id(case.id), now())
    assert [one.given_by for one in given] == [{guardian.id}]
    assert "Jeg vil hjem." in words(ole.get(f"/meetings/{made.id}/prepare/all"))


def test_several_municipalities(world, as_):
    case = world.case()
    made = world.meeting(case, in_days=3, state=MeetingState.INVITED)
    town = world.organisation("Rødovre Kommune", world.office.organisation.sector)
    version = case.version
    lise, jonas = as_(world.lise), as_(world.jonas)
    jonas.send(f"/meetings/{made.id}/answer", {"answer": "yes"})
    assert invitations.meeting(made.id).state is MeetingState.CONFIRMED
    lacks = "Ingen fra kommunen har sagt ja endnu."
    assert lacks not in words(lise.get(f"/meetings/{made.id}/readiness"))
    where = f"/cases/{case.id}/municipalities"
    own = world.office.organisation_id
    fields = {"municipality_id": town.id, "paying_id": own, "home_id": "", "version": version}
    assert "Rødovre Kommune" in words(lise.get(where))
    assert lise.send(where, fields).status_code == 303
    # Only somebody of the municipality that acts makes it a network meeting.
    assert lacks in words(lise.get(f"/meetings/{made.id}/readiness"))
    assert invitations.meeting(made.id).state is MeetingState.INVITED
    team = words(lise.get(f"/cases/{case.id}/team"))
    assert "Rødovre Kommune træffer afgørelser" in team
    assert "Frederiksberg Kommune betaler" in team
    stale = lise.send(where, {**fields, "municipality_id": own})
    assert stale.status_code == 409
    assert "Rødovre Kommune" in words(stale)


def test_a_municipality_that_has_ended_stands_there_until_another_is_chosen(world, as_):
    case, own = world.case(), world.office.organisation_id
    made = world.meeting(case, in_days=3, state=MeetingState.INVITED)
    town = world.organisation("Rødovre Kommune", Sector.MUNICIPALITY)
    town.valid_to, case.municipality_id = clock.today() - timedelta(days=1), town.id
    lise, jonas = as_(world.lise), as_(world.jonas)
    jonas.send(f"/meetings/{made.id}/answer", {"answer": "yes"})
    assert invitations.meeting(made.id).state is MeetingState.INVITED
    where = f"/cases/{case.id}/municipalities"
    fields = {"municipality_id": town.id, "paying_id": own, "home_id": own}
    version = cases.by_id(case.id).version
    assert lise.send(where, {**fields, "version": version}).status_code == 303
    found = cases.by_id(case.id)
    assert (found.municipality_id, found.paying_id, found.home_id) == (town.id, own, own)
    fields |= {"municipality_id": own, "version": found.version}
    assert lise.send(where, fields).status_code == 303
    assert invitations.meeting(made.id).state is MeetingState.CONFIRMED
