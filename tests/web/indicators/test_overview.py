import pytest

from netmeet.actions import queries as actions
from netmeet.core.access import Role
from netmeet.core.db import db
from tests.slices.actions.making import agree, own

WORDS = ("Mia", "Sørensen", "bostøtte")


@pytest.fixture
def case(world):
    return world.case()


@pytest.fixture
def action(world, case):
    return agree(world, case, world.jonas, in_days=-20)


@pytest.fixture
def gerda(world, client, action):
    world.sign_in(client, world.manager)
    return client


def test_the_page_begins_with_where_to_help_and_holds_nothing_about_patients(gerda):
    text = gerda.get("/overview").text
    assert text.index("Her kan du hjælpe") < text.index("Det har enheden lovet")
    assert "over 14 dage" in text
    assert "Giv til en anden" in text
    assert "Jonas Holm" in text
    assert [word for word in WORDS if word in text] == []


def test_nothing_to_count_is_a_dash_and_an_empty_unit_a_sentence(world, client):
    world.sign_in(client, world.manager)
    text = client.get("/overview").text
    assert "Ingen åbne aftaler her." in text
    assert "0 %" not in text


def test_small_counts_are_hidden_in_the_figures_and_not_in_the_list(gerda):
    text = gerda.get("/overview").text
    assert "1 åben aftale." in text
    assert "&lt;5" in text


def test_the_manager_gives_it_to_another_and_reads_no_title(world, gerda, action):
    rikke = world.staff("Rikke Lund", world.office, role=Role.MUN)
    page = gerda.get(f"/actions/{action.id}/owner?next=/overview")
    assert page.status_code == 200
    assert [word for word in WORDS if word in page.text] == []
    assert "Rikke Lund" in page.text
    data = {"to": rikke.id, "version": action.version, "next": "/overview"}
    answer = gerda.send(f"/actions/{action.id}/owner", data)
    assert (answer.status_code, answer.location) == (303, "/overview")
    assert actions.by_id(action.id).owner_id == rikke.id


def test_the_manager_may_not_read_or_report(gerda, action):
    assert gerda.get(f"/actions/{action.id}").status_code == 404
    assert gerda.get("/actions").status_code == 404
    data = {"status": "done", "version": action.version}
    assert gerda.send(f"/actions/{action.id}/status", data).status_code == 404


def test_another_units_agreement_is_not_there(world, gerda, case):
    other = agree(world, case, world.lise)
    assert gerda.get(f"/actions/{other.id}/owner").status_code == 404
    mine = own(world, case)
    assert gerda.get(f"/actions/{mine.id}/owner").status_code == 404


@pytest.mark.parametrize("path", ["/overview", "/overview/actions.xlsx", "/overview/actions.csv"])
def test_only_managers_see_it(world, client, case, path):
    mia = case.person.user
    world.sign_in(client, world.jonas)
    assert client.get(path).status_code == 404
    world.sign_in(client, mia)
    assert client.get(path).status_code == 404


def test_the_files_hold_the_same_rows(gerda):
    csv = gerda.get("/overview/actions.csv")
    assert csv.mimetype == "text/csv"
    text = csv.data.decode("utf-8-sig")
    assert text.splitlines()[0].count(";") == 5
    assert "Jonas Holm" in text
    assert [word for word in WORDS if word in text] == []
    assert gerda.get("/overview/actions.xlsx").data.startswith(b"PK")


def test_it_is_narrowed_by_the_address_and_unknown_words_mean_all(world, gerda, case):
    case.initiative = "F-ACT"
    agree(world, world.case("Omar Haddad"), world.jonas)
    db.session.flush()
    assert "1 åben aftale." in gerda.get("/overview?initiative=F-ACT").text
    assert "2 åbne aftaler" in gerda.get("/overview?initiative=nope&kind=nope&period=x").text
    assert "Ingen åbne aftaler" in gerda.get("/overview?kind=kip").text


def test_a_long_list_has_pages(world, gerda, case):
    for days in range(60):
        agree(world, case, world.jonas, in_days=days)
    first, second = gerda.get("/overview").text, gerda.get("/overview?page=2").text
    assert "page=2" in first
    assert "page=1" in second
    assert gerda.get("/overview?page=99").status_code == 200
