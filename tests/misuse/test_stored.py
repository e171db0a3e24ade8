"""Somebody's words that want to be more than words, kept in every field there is.

T13 and T18-T20, T23 of ``security.md`` § 3: the demo, each text of it replaced.
"""

import re
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import String, func, select

from netmeet import cli
from netmeet.accounts.models import User
from netmeet.cli import tables
from netmeet.core.db import Base, db
from netmeet.organisations.models import Unit
from netmeet.outbox import channels
from netmeet.outbox import service as outbox
from netmeet.plans.exports import words
from netmeet.plans.rules import PlanType
from tests import letters, soak
from tests.access import facts, pages
from tests.misuse import exits, payloads, spoil, watch
from tests.services import ear

CONTEXTS = (
    "<body>{}</body>",
    '<body><p title="{}"></body>',
    "<body><p title='{}'></body>",
    "<body><input value={}></body>",
    "<body><textarea>{}</textarea></body>",
    "<title>{}</title><body></body>",
    '<body><a href="{}" autofocus>x</a></body>',
    "<body><!-- {} --></body>",
)
PRINTS = 5
"""Plan, crisis plan, minutes, letter, and the questions on paper."""
SORTS = 50
"""Of about a hundred sorts of pages, those that are opened in ``make test``."""
RENEWED = 100
"""After so many pages a fresh window is opened."""
EVERYBODY = 50
"""More than there are roles, and than there are things of a kind in most stories."""


def replaced(stage, write):
    """Let every field hold what ``write`` makes for it; return the facts and the fields' names."""
    with stage.app.app_context():
        names = spoil.every_text(write)
        known = facts.read()
        db.session.remove()
    return known, names


def test_no_field_with_words_is_forgotten():
    plain = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if type(column.type) is String or column.type.python_type is str
        if not column.foreign_keys and not column.name.endswith("id")
        if not getattr(column.type, "enums", ())
    }
    known = {name for name in plain if {name, name.split(".")[1]} & spoil.CODES}
    assert plain - known == spoil.PLAIN


@pytest.mark.soak
def test_the_watch_sees_every_way_where_nothing_is_escaped(chromium):
    dice = soak.dice()
    ways = dice.sample(payloads.LIVE, len(payloads.LIVE) if soak.IS_FULL else 4)
    asleep = []
    for way in ways:
        with watch.watching(chromium) as seen:
            for context in CONTEXTS:
                body = context.replace("{}", way.replace("{at}", "any.where"))
                seen.page.set_content(f"<!doctype html>{body}")
                seen.look()
                if seen.troubles:
                    break
            asleep += [] if seen.troubles else [way]
    print(f"T13: {len(ways)} ways to a script, {len(ways) - len(asleep)} seen where unescaped")
    assert not asleep


@pytest.mark.soak
def test_no_kept_text_runs_in_a_real_browser(stage, chromium):
    dice = stage.dice = soak.dice()
    known, names = replaced(stage, lambda at: payloads.markup(dice, at))
    roles, things = (0, EVERYBODY) if soak.IS_FULL else (3, 1)
    stage.admit()
    opened, people, done = 0, set(), set()
    with watch.served(stage.app) as address, watch.watching(chromium, address) as seen:
        seen.open("/post")
        doors = pages.doors(stage, known, dice, roles=roles, things=things, parts=stage.parts_for)
        for persona, path, sort in _some(list(doors), dice):
            if sort in done and not soak.IS_FULL:
                continue
            seen.become(persona.fresh.cookie)
            answer = seen.open(path, persona.name)
            assert answer.status != 500, path
            if answer.status == 200:
                opened += 1
                done.add(sort)
                people.add(persona.name)
            if opened % RENEWED == 0:
                seen.renew()
    unseen = sorted(names - seen.places)
    print(
        f"T13: {opened} pages of {len(done)} sorts as {len(people)} people, "
        f"{len(seen.places)} of {len(names)} fields shown, {sum(seen.ran.values())} scripts run, "
        f"{sum(seen.dialogs.values())} dialogs, {sum(seen.blocked.values())} violations, "
        f"{sum(seen.foreign.values())} foreign elements"
    )
    if soak.IS_FULL:
        print("T13: never shown:", ", ".join(unseen))
    assert not seen.troubles, "\n".join(map(str, seen.troubles))


def _some(doors, dice):
    """Yield who opens what and its sort: all of it, or some sorts where a tenth is asked for."""
    told = [(persona, path, pages.shape(path)) for persona, path in doors]
    sorts = sorted({sort for _persona, _path, sort in told})
    chosen = set(sorts if soak.IS_FULL else dice.sample(sorts, SORTS))
    yield from (one for one in told if one[2] in chosen)


def _files(stage, known, dice, *endings):
    """Yield the files somebody gets: each sort once where a tenth is asked for, else for all."""
    doors = pages.doors(stage, known, dice, endings=endings, parts=stage.parts_for)
    done = set()
    for persona, path in doors:
        sort = pages.shape(path)
        if sort in done and not soak.IS_FULL:
            continue
        answer = stage.ask(persona.fresh, "GET", path)
        if answer.status_code == 200:
            done.add(sort)
            yield path, answer


# T18: every other way out ------------------------------------------------------------------------


def _answers(stage, opened, dice):
    """Yield what somebody reads after sending a form as it stood on one of the pages."""
    forms = pages.sorts_of_forms(opened)
    dice.shuffle(forms)
    for form in forms if soak.IS_FULL else forms[:40]:
        seat = stage.personas[form.persona].fresh
        answer = stage.ask(seat, "POST", form.action, form.fields)
        if answer.status_code == 303 and answer.location.startswith("/"):
            kept = answer.headers.get("Set-Cookie", "").partition(";")[0].partition("=")[2]
            after = replace(seat, cookie=kept or seat.cookie)
            answer = stage.ask(after, "GET", answer.location)
        if answer.mimetype == "text/html":
            yield form.action, answer.get_data(as_text=True)


@pytest.mark.soak
def test_no_kept_text_acts_in_a_title_a_notice_or_an_answer(stage):
    dice = stage.dice = soak.dice()
    known, _names = replaced(stage, lambda at: payloads.markup(dice, at))
    stage.admit()
    wrong, said = Counter(), 0
    opened = list(pages.opened(stage, known, dice, parts=stage.parts_for))
    for persona, path, body in opened:
        found = pages.read(body)
        wrong += Counter((path, one) for one in found.bad)
        if persona.fresh.caller.role in {"pat", "prox", "rel"} and payloads.CALL in found.title:
            wrong[path, found.title] += 1
    stage.forgets = False
    for path, body in _answers(stage, opened, dice):
        said += payloads.CALL in body
        wrong += Counter((path, one) for one in pages.read(body).bad)
    print(
        f"T18: {len(opened)} page titles, {said} answers that name a kept text, {len(wrong)} active"
    )
    assert not wrong, "\n".join(map(str, wrong))
    assert said > 5


@pytest.mark.soak
def test_no_kept_text_acts_in_a_letter_or_a_file(stage):
    dice = stage.dice = soak.dice()
    known, _names = replaced(stage, lambda at: payloads.markup(dice, at))
    stage.admit()
    wrong, kinds, files, named = Counter(), Counter(), Counter(), 0
    with stage.app.app_context():
        letters.add_what_the_stories_lack(stage.app)
        for kind in _kinds(dice):
            letters.let_it_be_news(kind)
            for _message, letter in letters.written(kind, dice, most=soak.figure(10)):
                kinds[kind] += 1
                files[".ics"] += letter.calendar is not None
                named += payloads.CALL in letter.subject + letter.text + letter.html
                wrong += Counter((kind, said) for said in exits.of_letter(letter))
        db.session.rollback()
    for path, answer in _files(stage, known, dice, ".pdf", ".ics", ".xlsx", ".csv"):
        ending = path[path.rindex(".") :]
        files[ending] += 1
        named += payloads.CALL.encode() in answer.data
        wrong += Counter((path, said) for said in _READ[ending](answer.data))
    print(
        f"T18: {kinds.total()} letters of {len(kinds)} kinds, "
        + ", ".join(f"{count} {ending}" for ending, count in sorted(files.items()))
        + f", {named} that name a kept text, {len(wrong)} active"
    )
    assert not wrong, "\n".join(map(str, wrong))
    assert len(kinds) == len(_kinds(dice))


def _kinds(dice):
    """Return every kind of message, or some by chance where a tenth is asked for."""
    every = sorted(outbox.kinds())
    return every if soak.IS_FULL else dice.sample(every, 10)


_TITLES = frozenset(
    {"Brev", "Referat", "Spørgsmål før dit møde", "Min kriseplan"}
    | {words.name_of(kind, to_person=to_person) for kind in PlanType for to_person in (True, False)}
)
_READ = {
    ".pdf": lambda file: exits.of_pdf(file, names=_TITLES),
    ".ics": exits.of_calendar,
    ".xlsx": exits.of_book,
    ".csv": lambda file: [] if exits.table_of_csv(file) else ["csv: nothing"],
}


# T19: spreadsheets -------------------------------------------------------------------------------


def _formulas(dice, only=None):
    """Return what makes a text with one of the beginnings."""
    counted = iter(range(10**6))

    def write(at):
        if at == "user.email":  # what an address may begin with
            return f"{dice.choice('=+-|%')}{next(counted)}@example.org"
        return (only or dice.choice(payloads.FORMULAS)) + at

    return write


def _round(name, folder):
    """Write the list, read it back in, and return its rows before and after."""
    file = folder / f"{name}.csv"
    before = list(tables.TABLES[name].rows())
    for verb in ("export", "import"):
        done = CliRunner().invoke(cli.main, (verb, name, str(file)))
        assert done.exit_code == 0, done.output
    db.session.expire_all()
    return file.read_bytes(), before, list(tables.TABLES[name].rows())


@pytest.mark.soak
def test_no_exported_cell_is_a_formula_and_every_text_comes_back(stage, tmp_path):
    dice = stage.dice = soak.dice()
    cells, wrong = 0, Counter()
    for only in payloads.FORMULAS if soak.IS_FULL else (None,):
        known, _names = replaced(stage, _formulas(dice, only))
        stage.admit()
        with stage.app.app_context():
            names = {*db.session.scalars(select(Unit.name)), ""}
            names |= {user.name for user in db.session.scalars(select(User))}
        for path, answer in _files(stage, known, dice, ".xlsx", ".csv"):
            is_book = path.endswith(".xlsx")
            read = exits.table_of_book if is_book else exits.table_of_csv
            wrong += Counter(exits.of_book(answer.data) if is_book else ())
            for _ref, unit, owner, *_rest in read(answer.data)[1:]:
                for cell in (unit, owner):
                    cells += 1
                    text = cell if is_book else cell.removeprefix("'")
                    wrong[path, cell] += text not in names
                    wrong[path, cell] += not is_book and _runs(cell)
        with stage.app.app_context():
            spoil.codes((only,) if only else payloads.FORMULAS, dice)
            spoil.let_be_known()
            people = db.session.scalar(select(func.count(User.id)))
            for name in tables.TABLES:
                file, before, after = _round(name, tmp_path)
                wrong[name, "changed"] += not set(before) <= set(after)
                for cell in (cell for row in exits.table_of_csv(file)[1:] for cell in row):
                    cells += 1
                    wrong[name, cell] += _runs(cell)
            assert db.session.scalar(select(func.count(User.id))) == people
    wrong = +wrong
    print(
        f"T19: {cells} cells, {len(payloads.FORMULAS)} beginnings, {len(wrong)} formulas or changed"
    )
    assert not wrong, "\n".join(map(ascii, wrong))


def _runs(cell):
    """Tell whether a spreadsheet might take the CSV cell for a formula."""
    hidden = "[\\s\\x00-\\x1f\\u200b\\u2060\\ufeff\\u202e]*"
    return bool(re.match(rf"{hidden}[=+\-@|%＝＋－＠﹦⁼]|[\t\r\n\0]", cell))  # noqa: RUF001 - as they are


# T20: nothing is fetched into a PDF --------------------------------------------------------------


_PRINTED = re.compile(r"[/#]([a-z_]+\.[a-z_]+?)(?:['#]|2x)")


@pytest.mark.soak
def test_no_printed_text_fetches_anything(stage, tmp_path):
    dice = stage.dice = soak.dice()
    secret = tmp_path / "planted.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>planted-4711</text></svg>")
    printed, shown, wrong = Counter(), set(), Counter()
    with ear.listening() as (address, heard):
        for only in payloads.FETCHES.values() if soak.IS_FULL else (None,):

            def write(at, only=only):
                where = dice.choice([f"{address}/{at}", f"{secret.as_uri()}#{at}"])
                return (only or dice.choice([*payloads.FETCHES.values()])).format(at=where)

            known, names = replaced(stage, write)
            stage.admit()
            for path, answer in _files(stage, known, dice, ".pdf"):
                printed[pages.shape(path)] += 1
                shown |= names & set(_PRINTED.findall(exits.words(answer.data)))
                wrong += Counter((path, said) for said in exits.of_pdf(answer.data, names=_TITLES))
                wrong[path, "the secret"] += exits.holds(answer.data, b"planted-4711")
    print(
        f"T20: {len(payloads.FETCHES)} constructs, {printed.total()} PDFs of {len(printed)} sorts, "
        f"{len(shown)} fields printed, "
        f"{len(heard)} requests, {sum(w == 'the secret' for _p, w in +wrong)} secrets"
    )
    assert heard == []
    assert not +wrong, "\n".join(map(str, +wrong))
    assert len(printed) == PRINTS
    assert len(shown) > (3 if soak.IS_FULL else 0)  # by chance a tenth prints few of them


# T23: mail headers -------------------------------------------------------------------------------

_HEADERS = {
    *("From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type"),
}


@pytest.mark.soak
def test_no_name_or_word_becomes_a_header_or_a_recipient(stage, smtp_sink):
    dice = stage.dice = soak.dice()
    sent, wrong = [], Counter()

    def write(at):
        return f"{next(told)}@example.org" if at == "user.email" else dice.choice(payloads.BREAKS)

    told = iter(range(10**6))
    replaced(stage, write)
    with stage.app.app_context():
        letters.add_what_the_stories_lack(stage.app)
        kinds = _kinds(dice)
        for kind in kinds:
            letters.let_it_be_news(kind)
            most = -(-soak.figure(200) // len(kinds))
            for message, letter in letters.written(kind, dice, most=most):
                sent.append(db.session.get_one(User, message.user_id).email)
                channels.post(letter, url=smtp_sink.url, sender="moede@netmeet.example")
                wrong += Counter((kind, said) for said in exits.of_letter(letter))
        db.session.rollback()
    for to, received in zip(sent, smtp_sink.messages, strict=True):
        mail = received.message
        wrong["a recipient"] += received.recipients != (to,) or str(mail["To"]) != to
        wrong["a header"] += bool(set(mail.keys()) - _HEADERS) or len(mail.keys()) > len(_HEADERS)
        wrong["two subjects"] += len(mail.get_all("Subject")) != 1
        wrong["a part"] += {part.get_content_type() for part in mail.walk()} > _PARTS
    wrong = +wrong
    print(f"T23: {len(sent)} mails of {len(kinds)} kinds, {len(wrong)} extra headers or recipients")
    assert not wrong, "\n".join(map(str, wrong))


_PARTS = {
    *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"),
    "application/ics",
}
