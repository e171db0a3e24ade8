"""Organisations as data, and the region's from the CSV files."""

import csv
from datetime import date

import pytest

from netmeet.cli import reference
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.organisations import queries, service
from netmeet.organisations.rules import CommitteeKind, OrganisationKind, Sector
from netmeet.organisations.service import Period

TODAY = date(2026, 12, 1)
pytestmark = pytest.mark.usefixtures("world")
ALWAYS = Period(valid_from=date(2007, 1, 1))


def test_the_region_is_loaded_once_and_twice_changes_nothing():
    made = reference.load(TODAY)
    assert made == 46 + 273 + 9
    copenhagen = queries.organisation_by_code("101")
    copenhagen.name = "København, omdøbt"
    db.session.flush()
    assert reference.load(TODAY) == 0
    assert queries.organisation_by_code("101").name == "København, omdøbt"


def test_there_are_29_municipalities_nine_centres_and_nine_committees():
    reference.load(TODAY)
    assert len(queries.municipalities(TODAY)) == 29
    assert len(queries.organisations(TODAY, kind=OrganisationKind.CENTRE)) == 9
    assert len(queries.committees(TODAY, kind=CommitteeKind.COMMON)) == 1
    for kind in (CommitteeKind.ADULT, CommitteeKind.YOUTH):
        local = queries.committees(TODAY, kind=kind)
        assert {committee.area for committee in local} == {"byen", "midt", "nord", "syd"}
        covered = {o.code for c in local for o in c.organisations if o.kind == "municipality"}
        assert len(covered) == 29


def test_every_municipality_has_the_offices_a_meeting_asks_for():
    reference.load(TODAY)
    for town in queries.municipalities(TODAY):
        names = " ".join(unit.name for unit in queries.units(TODAY, organisation_id=town.id))
        for word in ("Jobcenter", "Rusmiddelcenter", "PPR", "Bostøtte", "Udskrivning"):
            assert word in names, (town.name, word)


def test_every_row_says_where_it_comes_from():
    for file in reference.DATA.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text):
                if file.name in {"organisations.csv", "units.csv", "committees.csv"}:
                    assert row["source"], row


def test_what_has_ended_is_left_out_of_lists_and_of_loading():
    service.save_organisation(
        code="x1",
        name="Gammel Kommune",
        kind=OrganisationKind.MUNICIPALITY,
        sector=Sector.MUNICIPALITY,
        period=Period(valid_from=date(2000, 1, 1), valid_to=date(2006, 12, 31)),
    )
    assert queries.municipalities(date(2006, 12, 31))
    assert not queries.municipalities(date(2007, 1, 1))


def test_saving_again_changes_the_row_of_that_code():
    for name in ("Team A", "Team B"):
        service.save_organisation(
            code="c1",
            name="Center",
            kind=OrganisationKind.CENTRE,
            sector=Sector.REGION,
            period=ALWAYS,
        )
        unit = service.save_unit(code="u1", name=name, organisation_code="c1", period=ALWAYS)
        service.save_committee(
            code="k1", name=name, kind=CommitteeKind.COMMON, members=["c1"], period=ALWAYS
        )
    assert queries.unit_by_code("u1") is unit
    assert unit.name == "Team B"
    assert queries.committee_by_code("k1").name == "Team B"
    assert queries.organisation(unit.organisation_id).code == "c1"


def test_an_unknown_organisation_and_a_period_that_ends_first_are_refused():
    with pytest.raises(Refused, match="ingen organisation"):
        service.save_unit(code="u1", name="Team", organisation_code="nobody", period=ALWAYS)
    wrong = Period(valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1))
    with pytest.raises(Refused, match="slutdagen"):
        service.save_organisation(
            code="c2",
            name="Center",
            kind=OrganisationKind.CENTRE,
            sector=Sector.REGION,
            period=wrong,
        )


def test_a_unit_named_as_its_organisation_is_said_once(world):
    practice = world.organisation("Lægehuset ved Bækken", Sector.PRACTICE)
    doctors = world.unit("Lægerne", practice)
    assert doctors.place == "Lægerne, Lægehuset ved Bækken"
    doctors.name = practice.name
    assert doctors.place == "Lægehuset ved Bækken"
