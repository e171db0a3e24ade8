"""Opening a case and gathering the network, in the browser."""

import re

import pytest
from sqlalchemy import select

from netmeet.accounts import queries as accounts
from netmeet.accounts.models import RateCount
from netmeet.cases import queries
from netmeet.cases.models import Person
from netmeet.cases.rules import MemberRole, Scope
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.reader import mentions
from tests.world import now

CPR = "0102030000"
YES = {
    "scopes": ["invite", "plan"],
    "limit": "all",
    "months": "12",
    "how": "oral",
    "asked_alone": "yes",
    "direction": "disclose",
    "purpose": "Netværksmødet",
}


def the_case(location):
    return queries.by_id(re.search(r"/cases/(\w{16})", location)[1])


def test_a_coordinator_opens_a_case_and_goes_on_to_the_network(world, client):
    world.sign_in(client, world.lise)
    assert client.get("/cases/new").status_code == 200
    form = {"name": "Omar Haddad", "birth_date": "1984-09-03", "cpr": "010203-0000"}
    form["municipality_id"] = ""
    answer = client.send("/cases/new", form)
    assert answer.status_code == 303
    case = the_case(answer.location)
    assert case.person.name == "Omar Haddad"
    assert case.lead_ids == {world.lise.id}
    page = client.get(answer.location)
    assert "Hvem er med omkring Omar?" in page.text
    assert CPR not in page.text


def test_what_is_missing_is_said_and_what_is_typed_stays(world, client):
    world.sign_in(client, world.lise)
    answer = client.send("/cases/new", {"name": "Omar", "birth_date": "", "cpr": "12"})
    assert answer.status_code == 422
    assert "Vælg fødselsdatoen." in answer.text
    assert "Skriv alle ti tegn." in answer.text
    assert 'value="Omar"' in answer.text
    form = {"name": "Omar", "birth_date": "2999-01-01", "municipality_id": ""}
    ahead = client.send("/cases/new", form)
    assert ahead.status_code == 422
    assert "fremme i tiden" in ahead.text


def test_a_search_finds_own_cases_and_looks_the_same_for_others_and_for_nobody(world, client):
    case = world.case()
    case.person.cpr_index = queries.sealed.keyring().index(CPR, kind="cpr")
    world.sign_in(client, world.lise)
    ask = {"cpr": CPR, "reason": "Indkaldt i dag"}
    assert f"/cases/{case.id}" in client.send("/cases/search", ask).text
    world.sign_in(client, world.stranger)
    known = client.send("/cases/search", ask)
    unknown = client.send("/cases/search", {**ask, "cpr": "0102030001"})
    assert known.status_code == unknown.status_code == 200
    tokens = r'(token" content|csrf_token" value|once" value)="[^"]*"'
    assert re.sub(tokens, "", known.text) == re.sub(tokens, "", unknown.text)
    assert client.send("/cases/search", {"cpr": CPR, "reason": ""}).status_code == 422


@pytest.mark.parametrize("number", ["0703921VJ4", "070392-1vj4", "010203-0000"])
def test_replacement_numbers_and_those_without_a_check_digit_are_taken_and_found(
    world, client, number
):
    world.sign_in(client, world.lise)
    form = {"name": "Omar Haddad", "birth_date": "1984-09-03", "cpr": number, "municipality_id": ""}
    assert client.send("/cases/new", form).status_code == 303
    found = client.send("/cases/search", {"cpr": number, "reason": "Indkaldt i dag"})
    assert "Omar Haddad" in found.text
    person = db.session.scalars(select(Person)).one()
    assert person.cpr == number.replace("-", "").upper()
    assert person.masked_cpr == f"{number[:6]}-****"
    almost = client.send("/cases/search", {"cpr": "0703921VJ5", "reason": "Indkaldt i dag"})
    assert "Omar Haddad" not in almost.text


def test_a_person_without_a_number_is_opened_and_never_found_by_one(world, client):
    world.sign_in(client, world.lise)
    form = {"name": "Omar Haddad", "birth_date": "1984-09-03", "cpr": "", "municipality_id": ""}
    assert client.send("/cases/new", form).status_code == 303
    person = db.session.scalars(select(Person)).one()
    assert (person.cpr, person.cpr_index, person.masked_cpr) == ("", None, "")


def test_thirty_searches_an_hour_are_enough(world, client):
    world.sign_in(client, world.lise)
    db.session.add(RateCount(key=f"cpr:{world.lise.id}", started_at=now(), count=30))
    ask = {"cpr": CPR, "reason": "Indkaldt i dag"}
    assert client.send("/cases/search", ask).status_code == 429


def test_the_network_shows_contact_to_staff_and_names_to_the_person(world, client):
    case = world.case(relative=world.hanne)
    world.jonas.phone = "38 21 00 00"
    mia = case.person.user
    world.sign_in(client, world.lise)
    assert "38 21 00 00" in client.get(f"/cases/{case.id}/team").text
    world.sign_in(client, mia)
    page = client.get(f"/cases/{case.id}/team").text
    assert "Jonas Holm" in page
    assert "38 21 00 00" not in page
    world.sign_in(client, world.hanne)
    assert client.get(f"/cases/{case.id}/team").status_code == 404
    world.sign_in(client, world.stranger)
    assert client.get(f"/cases/{case.id}/team").status_code == 404


def test_the_network_takes_as_many_queries_for_many_as_for_few(world, client, count_queries):
    few = world.case("Mia Sørensen")
    many = world.case("Omar Haddad", relative=world.hanne)
    for name in ("Rie Bo", "Ib Juhl", "Eva Lund"):
        world.add_relative(many, world.user(name), scopes=[Scope.BASIC])
    world.sign_in(client, world.lise)
    counts = []
    for case in (few, many):
        with count_queries() as asked:
            client.get(f"/cases/{case.id}/team")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_a_colleague_is_added_with_the_persons_yes(world, client):
    case = world.case(staff=[], consent=())
    held = world.role_of(world.jonas)
    world.sign_in(client, world.lise)
    base = f"/cases/{case.id}/team/colleague"
    assert "Vis kolleger" in client.get(base).text
    listed = client.get(f"{base}?organisation={world.office.organisation_id}")
    assert "Jonas Holm" in listed.text
    assert "Hvad må de" in client.get(f"{base}?who={held.id}").text
    form = {**YES, "who": held.id, "reach": "organisation", "scopes": ["plan"]}
    assert client.send(base, {"who": held.id}).status_code == 403
    assert client.send(f"{base}/consent", {**form, "how": ""}).status_code == 422
    answer = client.send(f"{base}/consent", form)
    assert answer.status_code == 303
    read = queries.by_id(case.id)
    assert read.member(world.jonas.id).role is MemberRole.MUNICIPAL_STAFF
    (given,) = read.consents
    assert given.organisation_id == world.office.organisation_id
    assert given.scopes == {Scope.BASIC, Scope.NETWORK, Scope.PLAN}
    assert given.asked_alone
    assert client.send(f"{base}/consent", form).status_code == 422


def test_a_colleague_is_added_by_anybody_on_a_yes_that_holds(world, client):
    case = world.case()
    colleague = world.staff("Ida Boe", world.office, role=Role.MUN, title="bostøtte")
    held = world.role_of(colleague)
    world.sign_in(client, world.jonas)
    base = f"/cases/{case.id}/team/colleague"
    assert "Grundlaget er på plads" in client.get(f"{base}?who={held.id}").text
    assert client.send(base, {"who": held.id}).status_code == 303
    assert queries.by_id(case.id).member(colleague.id) is not None
    assert client.send(base, {"who": held.id}).status_code == 422
    assert client.send(base, {"who": "nobody"}).status_code == 422


def test_who_does_not_coordinate_is_told_who_can_record_the_yes(world, client):
    case = world.case(consent=())
    other = world.unit("Jobcenter X", world.organisation("X Kommune", "municipality"))
    held = world.role_of(world.staff("Per Dal", other, role=Role.MUN, title="konsulent"))
    world.sign_in(client, world.jonas)
    page = client.get(f"/cases/{case.id}/team/colleague?who={held.id}")
    assert "Koordinatoren skal skrive ned" in page.text


def test_a_staff_guest_is_added_by_mail_name_and_place(world, client):
    case = world.case(staff=[], consent=())
    world.sign_in(client, world.lise)
    base = f"/cases/{case.id}/team/guest"
    assert client.get(base).status_code == 200
    form = {
        **YES,
        "name": "Bo Lind",
        "email": "bo@example.org",
        "title": "læge",
        "place": "Lægehuset",
        "role": "gp",
        "organisation_id": "",
    }
    for none in ("bo", "søren@example.org", "a@b.dk, c@d.dk"):
        assert client.send(base, {**form, "email": none}).status_code == 422
    assert client.send(base, {**form, "scopes": []}).status_code == 422
    assert queries.by_id(case.id).consents == []
    assert client.send(base, form).status_code == 303
    read = queries.by_id(case.id)
    (guest,) = [m for m in read.members if m.is_staff_guest]
    assert (guest.role, guest.place) == (MemberRole.GP, "Lægehuset")
    assert read.consents[0].recipient_id == guest.user_id


def test_a_relative_is_added_when_they_may_come(world, client):
    case = world.case()
    world.sign_in(client, world.lise)
    base = f"/cases/{case.id}/team/relative"
    assert client.get(f"{base}?role=interpreter").status_code == 200
    form = {**YES, "name": "Hanne Sørensen", "role": "relative", "relation": "søster"}
    refused = client.send(base, {**form, "scopes": ["plan"]})
    assert refused.status_code == 422
    assert "må komme med til mødet" in refused.text
    assert len(queries.by_id(case.id).members) == 3
    assert client.send(base, {**form, "limit": "some"}).status_code == 422
    assert client.send(base, {**form, "limit": "some", "areas": ["housing"]}).status_code == 303
    sister = queries.by_id(case.id).members[-1]
    assert (sister.name, sister.relation) == ("Hanne Sørensen", "søster")


def test_a_place_is_ended_by_the_coordinator_or_by_oneself(world, client):
    case = world.case(relative=world.hanne, relative_scopes=[Scope.BASIC])
    jonas, hanne = case.member(world.jonas.id).id, case.member(world.hanne.id).id
    coordinator = case.coordinator.id
    world.sign_in(client, world.jonas)
    assert client.send(f"/members/{hanne}/remove-relative").status_code == 403
    world.sign_in(client, world.hanne)
    assert client.send(f"/members/{jonas}/leave").status_code == 404
    assert client.send(f"/members/{hanne}/leave").status_code == 303
    world.sign_in(client, world.lise)
    assert client.send(f"/members/{hanne}/remove-relative").status_code == 404
    assert client.send(f"/members/{jonas}/remove").status_code == 303
    assert client.send(f"/members/{coordinator}/remove").status_code == 409
    assert len(queries.by_id(case.id).members) == 2


def test_the_person_removes_a_relative(world, client):
    case = world.case(relative=world.hanne)
    hanne = case.member(world.hanne.id).id
    world.sign_in(client, case.person.user)
    answer = client.send(f"/members/{hanne}/remove-relative")
    assert answer.location == "/consents"


def test_a_stale_contact_form_is_a_409_with_both_texts(world, client):
    case = world.case()
    path = f"/members/{case.member(world.jonas.id).id}/contact"
    world.sign_in(client, world.lise)
    page = client.get(path)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)[1]
    form = {"version": version, "is_contact": "y", "reachable": "kl. 9", "stand_in": "Ida"}
    assert client.send(path, form).status_code == 303
    stale = client.send(path, {**form, "reachable": "kl. 10"})
    assert stale.status_code == 409
    assert "kl. 9" in stale.text
    assert "kl. 10" in stale.text
    long = client.send(path, {**form, "reachable": "x" * 600})
    assert long.status_code == 422


def test_coordination_is_handed_over_with_a_reason(world, client):
    case = world.case()
    jonas = case.member(world.jonas.id).id
    path = f"/cases/{case.id}/coordinator"
    world.sign_in(client, world.jonas)
    assert client.get(path).status_code == 403
    world.sign_in(client, world.lise)
    assert client.get(path).status_code == 200
    assert client.send(path, {"to": jonas, "reason": ""}).status_code == 422
    done = client.send(path, {"to": jonas, "reason": "Mia er udskrevet"})
    assert done.status_code == 303
    assert queries.by_id(case.id).lead_ids == {world.jonas.id}


def test_the_units_manager_hands_over_without_being_told_whom_it_is_about(world, client):
    case = world.case()
    jonas = case.member(world.jonas.id).id
    boss = world.staff("Birte Vang", world.ward, role=Role.MGR, title="leder")
    world.sign_in(client, boss)
    page = client.get(f"/cases/{case.id}/coordinator")
    assert page.status_code == 200
    assert not mentions(page.text, "Mia")
    done = client.send(f"/cases/{case.id}/coordinator", {"to": jonas, "reason": "Ferie"})
    assert done.location == "/"


@pytest.mark.parametrize("by", ["mail", "letter", "pigeon"])
def test_a_personal_link_leaves_by_mail_or_as_a_letter(world, client, by):
    case = world.case(relative=world.hanne)
    path = f"/members/{case.member(world.hanne.id).id}/link"
    world.sign_in(client, world.lise)
    answer = client.send(path, {"by": by})
    assert answer.status_code == (303 if by == "pigeon" else 200)
    if by == "letter":
        assert "/i/" in answer.text
        assert "<svg" in answer.text
        assert "Siden spørger om en kode. Ring" in answer.text
        world.hanne.email = ""
        answer = client.send(path, {"by": by})
        digits = re.search(r"(\d{4}) (\d{4})</strong>", answer.text)
        assert accounts.is_letter_code(world.hanne.id, "".join(digits.groups()), at=now())
    if by == "mail":
        assert "får en mail" in answer.text
        assert "/i/" not in answer.text
        world.hanne.email = ""
        assert client.send(path, {"by": by}).status_code == 422
