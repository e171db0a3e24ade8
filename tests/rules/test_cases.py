"""Consent, legal bases and roles."""

from datetime import date

from netmeet.cases import rules
from netmeet.cases.rules import MemberRole
from netmeet.core.access import Role
from netmeet.organisations.rules import Sector


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


def test_from_fifteen_the_young_person_consents_alone():
    born = date(2011, 12, 2)
    assert not rules.consents_alone(born, date(2026, 12, 1))
    assert rules.consents_alone(born, date(2026, 12, 2))
    assert rules.age_on(date(2012, 2, 29), date(2027, 2, 28)) == 14


def test_custody_ends_on_the_eighteenth_birthday_and_the_change_is_seen_half_a_year_before():
    born = date(2008, 11, 23)
    assert not rules.is_of_age(born, date(2026, 11, 22))
    assert rules.is_of_age(born, date(2026, 11, 23))
    assert rules.is_in_transition(born, date(2026, 5, 23))
    assert not rules.is_in_transition(born, date(2026, 5, 22))
    assert not rules.is_in_transition(born, date(2026, 11, 23))
    assert rules.comes_of_age(date(2008, 2, 29)) == date(2026, 3, 1)


def test_every_wording_somebody_said_yes_to_stands_unchanged():
    assert rules.CONSENT_TEXT_VERSION in rules.CONSENT_TEXTS
    known = {"2026-1": "d2c4666f67aecb6bc21efa6a0bd9dee7069c5f4ed1bd60eea6e410b5ad00a9b7"}
    assert {version: rules.text_hash(version) for version in rules.CONSENT_TEXTS} == known
