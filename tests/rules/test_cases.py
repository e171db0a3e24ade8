"""Consent, legal bases and roles."""

from datetime import date

from netmeet.cases import rules
from netmeet.cases.rules import MemberRole, Paragraph
from netmeet.core.access import Role
from netmeet.organisations.rules import Sector
from netmeet.plans.rules import PlanType


def test_a_consent_lasts_a_year_at_most():
    assert rules.latest_end(date(2026, 12, 1)) == date(2027, 12, 1)
    assert rules.latest_end(date(2028, 2, 29)) == date(2029, 2, 28)
    assert rules.renewal_on(date(2027, 12, 1)) == date(2027, 11, 1)


def test_every_role_acts_in_a_column_of_the_matrix():
    assert {role.access for role in MemberRole} == {
        *(Role.PAT, Role.PROX, Role.REL, Role.REG, Role.MUN, Role.GP, Role.EXT, Role.INTP)
    }
    assert {role for role in MemberRole if role.is_staff} == {
        *(MemberRole.REGIONAL_STAFF, MemberRole.MUNICIPAL_STAFF, MemberRole.GP)
    }


def test_only_employees_count_for_the_composition():
    assert MemberRole.REGIONAL_STAFF.sector is Sector.REGION
    assert MemberRole.MUNICIPAL_STAFF.sector is Sector.MUNICIPALITY
    counted = {Sector.REGION, Sector.MUNICIPALITY}
    assert sum(role.sector in counted for role in MemberRole) == 2
    assert MemberRole.RELATIVE.sector is None


def test_13c_carries_only_the_two_plans_of_the_psychiatry_act():
    carried = {kind for kind in PlanType if rules.basis_fits(Paragraph.PSYCHIATRY_13C, kind)}
    assert carried == {PlanType.DISCHARGE_AGREEMENT, PlanType.COORDINATION_PLAN}
    assert rules.basis_fits(Paragraph.HEALTH_43_2_2, PlanType.SHARED)


def test_every_legal_basis_has_its_danish_name():
    assert set(rules.LAWS) == set(Paragraph)
    assert all("§" in law.name for law in rules.LAWS.values())
    assert rules.LAWS[Paragraph.HEALTH_43_2_2].inform_person


def test_from_fifteen_the_young_person_consents_alone():
    born = date(2011, 12, 2)
    assert not rules.consents_alone(born, date(2026, 12, 1))
    assert rules.consents_alone(born, date(2026, 12, 2))
    assert rules.age_on(date(2012, 2, 29), date(2027, 2, 28)) == 14
