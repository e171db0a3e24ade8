import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netmeet.core.access import AccessBook, Actor, Role, anyone, stepped_up
from netmeet.core.permissions import Permission as P

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _actor(role=Role.REG, **facts):
    return Actor(user_id="u", name="Lise", role=role, at=NOW, **facts)


def _whole(**given):
    return {permission: given.get(permission.name, {}) for permission in P}


def test_default_is_no():
    book = AccessBook(_whole())
    assert not any(book.allows(_actor(role), p) for role in Role for p in P)


def test_a_missing_rule_stops_the_start():
    rules = _whole()
    del rules[P.CASE_READ]
    with pytest.raises(ValueError, match=r"case\.read"):
        AccessBook(rules)


def test_a_rule_given_twice_stops_the_start():
    with pytest.raises(ValueError, match=r"case\.read"):
        AccessBook(_whole(), {P.CASE_READ: {}})


def test_step_up_lasts_ten_minutes():
    book = AccessBook(_whole(CASE_CLOSE={Role.REG: [[anyone, stepped_up]]}))
    fresh = _actor(stepped_up_at=NOW - timedelta(minutes=10))
    stale = _actor(stepped_up_at=NOW - timedelta(minutes=10, seconds=1))
    assert book.allows(fresh, P.CASE_CLOSE)
    assert not book.allows(stale, P.CASE_CLOSE)
    assert book.allows_after_step_up(stale, P.CASE_CLOSE)


def test_who_coordinates_acts_as_lead_there_and_only_there():
    class Thing:
        lead_ids = frozenset({"u"})

    assert _actor().role_on(Thing()) is Role.LEAD
    assert _actor().role_on(object()) is Role.REG
    assert _actor(Role.MGR).role_on(Thing()) is Role.MGR


def test_the_rules_have_the_matrix_s_rows_and_say_no_where_it_does(app):
    path = Path(__file__).parents[2] / "policies" / "access_matrix.csv"
    book = app.extensions["netmeet"].book
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {row["operation"] for row in rows} == set(P)
    for row in rows:
        operation = P(row.pop("operation"))
        ways = book.ways(operation)
        denied = {role for role, cell in row.items() if cell == "-"}
        assert denied == {role.value for role in Role if not ways.get(role)}, operation


def test_who_acts_for_another_may_nothing_of_theirs_without_a_mandate():
    path = Path(__file__).parents[2] / "policies" / "access_matrix.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    of_nobody = {"-", "Y", "self", "tok"}
    without = {
        row["operation"]
        for row in rows
        if row["prox"] not in of_nobody
        and any("R" not in way.split("&") for way in row["prox"].split("+"))
    }
    assert without == {"private_note.read_write"}  # one's own notebook, which is of no case


def test_a_job_does_what_it_is_named_for_and_nothing_else():
    book = AccessBook(
        _whole(CASE_READ={Role.SYS: [[anyone]]}, PUBLIC_HEALTH={Role.SYS: [[anyone]]})
    )
    named, other = (_actor(Role.SYS, job=p) for p in (P.CASE_READ, P.RETENTION_EXECUTE))
    assert book.allows(named, P.CASE_READ)
    assert not book.allows(other, P.CASE_READ)
    assert not book.allows(_actor(Role.SYS), P.CASE_READ)
    assert book.allows(other, P.PUBLIC_HEALTH)
