"""Bad inputs into every field of every form: no error, no echo, nothing that was not asked for
(T4, T10)."""

from collections import Counter
from urllib.parse import urlencode

import pytest

from netmeet.core.db import db
from tests.access import effects, pages, share
from tests.access.canary import CANARY
from tests.access.pages import BAD

EVERY = 13_000
MASS = 1_000
"""On each of two databases."""

MARKUP = (
    f"<{BAD}>",
    f'"><{BAD} x="',
    f"'><img src=x {BAD}=1>",
    f'" {BAD}="1',
    f"' onmouseover='{BAD}",
    f"</textarea><{BAD}>",
    f"</title></style></script><{BAD}>",
    f"<script {BAD}>alert(1)</script>",
    f"<svg onload=alert(1) {BAD}>",
    f"javascript:alert('{BAD}')",
    f"data:text/html,<{BAD}>",
    f"&lt;{BAD}&gt;<{BAD}/>",
    f"{{{{ 7919*7907 }}}}<{BAD}>",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "${7919*7907}#{7919*7907}<%= 7919*7907 %>",
)
ODD = (
    *("", " ", "\t", "\n", "\r\n", "\x00", "\x0b", "\x1b[2J", "\x7f", "\ud800", "\udfff\ud800"),
    *("a\x00b", "\u202ecod.exe", "\u2066x\u2069", "\u200b", "\ufeff", "\uffff", "\U0010ffff"),
    *("æøåÆØÅ", "A\u030a", "e" + "\u0301" * 5000, "👩‍👩‍👧‍👦", "ﷺ" * 500, "🇩🇰" * 300),
    *("x" * 10_000, "x" * 200_000, "\n" * 5000, "a " * 5000, "9" * 400, "-" * 300),
    *("' OR '1'='1", "'; DROP TABLE user; --", '" OR 1=1 --', '1); DELETE FROM "case"; --'),
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1+1", "=cmd|' /C calc'!A0"),
    *("X\r\nBcc: b1bad@example.org", "x\r\nSet-Cookie: b1bad=1", "x\n\nbody", "=?utf-8?q?x?="),
    *("../../etc/passwd", "..\\..\\x", "/", "//evil.example", "https://evil.example", "/\\evil"),
    *("0", "-0", "-1", "1", "00", "1.5", "1e309", "NaN", "inf", "0x10", "1_000", "٣", "½", "--1"),
    *(str(2**31), str(2**63), str(2**64), str(-(2**63)), str(10**30), "1" * 4400),
    *("2026-02-29", "2026-13-01", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01"),
    *("2028-02-29", "2027-03-28", "1000-01-01", "31-12-2026", "2026-12-3", "i morgen", "2026-W01"),
    *("24:00", "23:60", "02:30", "-1:00", "12", "12:00:00", "99:99", "2027-03-28T02:30"),
    *("true", "false", "null", "None", "[]", "{}", '{"a":1}', "undefined", "on", "off", "y"),
    *("010190-1234", "311299-9999", "0000000000", "x@", "@x", "a@b@c", "a@b\r\nc", "ø@æ.dk"),
    *("0" * 16, "z" * 16, "lead", "adm", "sys", "__class__", "__proto__", "constructor", "%00"),
    *("%s%n%x", "${jndi:ldap://x}", "`id`", "$(id)", "| id", "\\", "\\\\", '\\"', "'", '"', "`"),
)
NAMED = frozenset({"patient_id", "org_id", "version_id", "consent", "is_admin", "admin", "sid"})
"""Names that a careless program would take, beside the columns' own."""
_ANSWER = {200, 303, 304, 307, 400, 403, 404, 409, 413, 422, 429}


@pytest.fixture
def forms(stage, dice):
    """Return every form on the stage; nothing that is sent is kept."""
    known = stage.facts()
    return [*pages.forms(stage, known, dice), *pages.unprinted(stage, known, dice)]


def _spoilt(form, dice, ids):
    """Return the form's data with one field spoilt."""
    data = dict(form.fields)
    name = dice.choice(list(data) or ["x"])
    way = dice.random()
    if way < 0.05:
        data.pop(name, None)
    elif way < 0.15:
        data[name] = [data.get(name, ""), dice.choice([*MARKUP, *ODD])]
    elif way < 0.25:
        data[name] = dice.choice(ids)
    else:
        data[name] = dice.choice(MARKUP if way < 0.5 else ODD)
    return name, data


def _send(stage, form, data):
    """Return the answer to the data as a careless program would encode it."""
    sent = urlencode(data, doseq=True, encoding="utf-8", errors="surrogatepass")
    seat = stage.personas[form.persona].fresh
    if form.method == "GET":
        return stage.ask(seat, "GET", f"{form.action}?{sent}")
    kind = "application/x-www-form-urlencoded"
    return stage.ask(seat, "POST", form.action, sent, content_type=kind)


def _wrong(answer):
    """Return what is wrong with an answer to bad input, ``""`` when nothing is."""
    if answer.status_code not in _ANSWER:
        return f"{answer.status_code}"
    heads = {name.lower() for name, _ in answer.headers}
    if BAD in answer.headers.get("Set-Cookie", "") or "bcc" in heads:
        return "a header"
    location = answer.headers.get("Location", "/")
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        return f"sent to {location}"
    body = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    if "62615533" in body:
        return "a template ran"
    return " ".join(pages.read(body).bad) if BAD in body else ""


@pytest.mark.soak
def test_no_bad_input_makes_an_error_or_becomes_markup(stage, forms, dice):
    ids = [one for known in stage.ids.values() for one in known]
    wrong, tally, fields = Counter(), Counter(), set()
    for _ in range(share.figure(EVERY, part=25)):
        form = dice.choice(forms)
        name, data = _spoilt(form, dice, ids)
        answer = _send(stage, form, data)
        tally[answer.status_code] += 1
        fields.add((form.method, form.action.rsplit("/", 1)[-1], name))
        if said := _wrong(answer):
            wrong[form.persona, form.action, name, ascii(data.get(name))[:60], said] += 1
        if tally.total() % 2000 == 0:
            stage.admit()
    print(
        f"T10: {tally.total()} inputs into {len(forms)} forms, {len(fields)} fields, "
        f"{dict(sorted(tally.items()))}, {wrong.total()} wrong"
    )
    assert not wrong, "\n".join(map(str, wrong))


def _guess(name, stage, persona):
    """Return a value that would do harm if the column of that name took it."""
    if name.endswith("_id"):
        return stage.personas["pat_other" if persona.endswith("_far") else "rel_far"].user_id
    if name.startswith(("is_", "has_", "needs_")):
        return "1"
    known = {"role": "adm", "state": "closed", "status": "done", "id": stage.ids["case"][-1]}
    return known.get(name, "2020-01-01" if name.endswith(("_at", "_on", "_to")) else "7")


@pytest.mark.soak
def test_what_a_form_does_not_name_changes_nothing(stage, dice):
    """Each form posted with a value for every column of every table that it does not name.

    More than was written without them is an effect; that a bad value is refused is none.
    """
    known = stage.facts()
    forms = pages.forms(stage, known, dice)
    columns = {column.name for table in db.metadata.sorted_tables for column in table.c}
    names = columns | NAMED
    wrong, done, acted = Counter(), 0, 0
    stage.watches, stage.letters = True, []
    for _ in range(share.figure(MASS, part=15)):
        form = dice.choice(forms)
        foreign = {name: _guess(name, stage, form.persona) for name in names - form.fields.keys()}
        seen = []
        for data in (form.fields, {**foreign, **form.fields}):
            with effects.heard(stage) as written:
                _send(stage, form, data)
            seen.append(+written)
        done += 1
        acted += bool(seen[1])
        if more := seen[1] - seen[0]:
            wrong[form.persona, form.action, str(sorted(map(str, more))[:4])] += 1
        if done % 500 == 0:
            stage.admit()
    told = [one for one in stage.letters if CANARY in one]
    print(
        f"T4: {done} posts with {len(names)} foreign names, {acted} that act, {len(wrong)} effects;"
        f" T3: {len(stage.letters)} mails, {len(told)} with canaries"
    )
    assert not wrong, "\n".join(map(str, wrong))
    assert not told
