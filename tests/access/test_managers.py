"""What managers and committees are given: six fields of an agreement, and no small number (T6)."""

import io
import re
import zipfile

import html5lib
import pytest
from sqlalchemy import update

from netmeet.accounts.models import User
from netmeet.actions.models import Action
from netmeet.core.db import db
from tests import soak
from tests.access.canary import CANARY
from tests.access.test_sweep import text_of
from tests.slices.actions.making import agree
from tests.world import now

FIELDS = ["Nummer", "Enhed", "Ansvarlig", "Frist", "Status", "Dage over fristen"]
_REF = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
ROUNDS = 40


def _tables(body):
    """Return the tables of a page by caption: their rows of texts, the headings first."""
    page = html5lib.parse(body, namespaceHTMLElements=False)
    found = {}
    for table in page.iter("table"):
        caption = "".join(table.find("caption").itertext()).strip()
        found[caption] = [
            [" ".join("".join(cell.itertext()).split()) for cell in row] for row in table.iter("tr")
        ]
    return found


def _sheet(body):
    """Return the rows of an Excel file, each a list of its cells' texts or numbers."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        page = book.read("xl/worksheets/sheet1.xml").decode()
    texts = re.findall(r"<si><t[^>]*>(.*?)</t></si>", strings, re.DOTALL)
    cells = re.compile(r'<c [^>]*?(t="s")?><v>(.*?)</v></c>')
    return [
        [texts[int(value)] if is_text else value for is_text, value in cells.findall(row)]
        for row in re.findall(r"<row .*?</row>", page, re.DOTALL)
    ]


def _addresses(known, who):
    """Return every page and file somebody of an office may have."""
    by_role = {
        "mgr": ["/", "/overview", "/overview/actions.csv", "/overview/actions.xlsx"],
        "com": ["/", "/committee"],
        "aud": ["/", "/access-questions", "/audit"],
        "adm": ["/", "/users", "/organisation"],
    }
    actions = known.rows["action"] if who.role == "mgr" else ()
    asked = known.rows["access_question"] if who.role in {"mgr", "aud"} else ()
    cases = known.rows["case"] if who.role == "mgr" else ()
    return [
        *by_role[who.role],
        *(f"/actions/{one}/owner" for one in actions),
        *(f"/access-questions/{one}" for one in asked),
        *(f"/cases/{one}/coordinator" for one in cases),
    ]


@pytest.mark.soak
def test_offices_are_told_six_fields_and_nobodys_name(stage):
    known, told, rows = stage.facts(), 0, 0
    firsts = {name.split()[0] for name in _people(stage, known)}
    for persona in stage.personas.values():
        who = persona.fresh.caller
        if who.role not in {"mgr", "com", "aud", "adm"}:
            continue
        for path in _addresses(known, who):
            answer = stage.ask(persona.fresh, "GET", path)
            if answer.status_code != 200:
                continue
            said = text_of(answer)
            told += 1
            assert CANARY not in said, (persona.name, path)
            assert not firsts & set(re.findall(r"[A-ZÆØÅ][a-zæøå]+", said)), (persona.name, path)
        if who.role == "mgr":
            rows += _six_fields(stage, persona)
    print(f"T6: {told} pages and files of offices, {rows} rows of six fields, 0 persons named")
    assert rows


def _people(stage, known):
    """Return the names of whom the cases are about."""
    with stage.app.app_context():
        ids = [known.person_id(case) for case in known.rows["case"].values()]
        found = [db.session.get(User, one).name for one in ids]
        db.session.rollback()
    return found


def _six_fields(stage, persona):
    """Check page and files of the unit's agreements; return how many rows they hold."""
    page = stage.ask(persona.fresh, "GET", "/overview").get_data(as_text=True)
    listed = next((t for c, t in _tables(page).items() if c.startswith("Åbne aftaler")), [])
    csv = stage.ask(persona.fresh, "GET", "/overview/actions.csv").get_data(as_text=True)
    lines = [line.split(";") for line in csv.removeprefix("\ufeff").splitlines()]
    book = _sheet(stage.ask(persona.fresh, "GET", "/overview/actions.xlsx").data)
    for rows in filter(None, (listed, lines, book)):
        assert [cell.strip('"') for cell in rows[0]] == FIELDS
        assert all(len(row) == len(FIELDS) for row in rows)
        assert all(_REF.fullmatch(row[0].strip('"')) for row in rows[1:])
    assert len(lines) == len(book)
    return len(lines) - 1


@pytest.mark.soak
def test_no_figure_tells_of_one_to_four(world, client, dice):
    """Whatever a unit owes, no figure is a number from one to four or gives one away."""
    case, gerda = world.case(), world.manager
    owed, checked = [], 0
    for _ in range(soak.figure(ROUNDS)):
        for one in dice.sample(owed, min(len(owed), dice.randrange(4))):
            owed.remove(one)
            db.session.execute(update(Action).where(Action.id == one).values(closed_at=now()))
        for _ in range(dice.randrange(4)):
            days = dice.choice([-40, -20, -3, 5])
            owed.append(agree(world, case, world.jonas, in_days=days).id)
        world.save()
        world.sign_in(client, gerda)
        tables = _tables(client.get("/overview").text)
        for row in tables["Enhedens tal"][1:]:
            over, under = row[1], row[2]
            checked += 1
            assert not _gives_away(over, under), row
        trend = tables["Over datoen ved slutningen af hver måned"][1:]
        assert all(row[1] not in {"1", "2", "3", "4"} for row in trend)
    print(f"T6: {checked} figures of random units, 0 that tell of one to four")


def _gives_away(over, under):
    """Tell whether a figure, or what is left of the whole, is a number from one to four."""
    few = {str(n) for n in range(1, 5)}
    if over in few or under in few:
        return True
    return over.isdigit() and under.isdigit() and str(int(under) - int(over)) in few
