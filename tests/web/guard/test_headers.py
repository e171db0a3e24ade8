"""T15 and T17: the same headers on every route and status; no change without a form token."""

import hashlib

import pytest
from flask import abort, redirect
from sqlalchemy import select
from werkzeug.routing import Rule

from netmeet.core.access import Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from tests.soak import IS_FULL, dice

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
EXACT = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
PARTS = {
    "IdConverter": "0" * 16,
    "IntegerConverter": 1,
    "UnicodeConverter": "x",
    "AnyConverter": "person",
    "PathConverter": "css/nowhere.css",
}
EVERY_METHOD = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
METHODS = EVERY_METHOD if IS_FULL else ("GET", "PUT")
WRITING = ("POST", "PUT", "PATCH", "DELETE")


def address(adapter, rule: Rule) -> str:
    """Return an address of the route that leads to nothing."""
    converters = rule._converters.items()  # noqa: SLF001 - werkzeug tells it nowhere else
    parts = {name: PARTS[type(part).__name__] for name, part in converters}
    return adapter.build(rule.endpoint, parts)


def routes(app):
    """Return an address of every route but the static files; a third of them in ``make test``."""
    adapter = app.url_map.bind("localhost")
    rules = app.url_map.iter_rules()
    found = sorted({address(adapter, rule) for rule in rules if rule.endpoint != "static"})
    return found if IS_FULL else dice().sample(found, len(found) // 3)


def lacking(answer) -> dict[str, str | None]:
    """Return the headers that are not exactly as they must be."""
    return {
        name: answer.headers.get(name)
        for name, wanted in EXACT.items()
        if answer.headers.getlist(name) != [wanted]
    }


@pytest.mark.soak
def test_every_route_and_method_answers_with_the_same_headers(app, world, client):
    world.sign_in(client, world.lise)
    stranger = app.test_client()
    statuses, wrong, asked = set(), [], 0
    for path in routes(app):
        for method in METHODS:
            for browser in (client, stranger) if IS_FULL or method == "GET" else (stranger,):
                answer = browser.open(path, method=method)
                asked += 1
                statuses.add(answer.status_code)
                if found := lacking(answer):
                    wrong.append((method, path, found))
    print(f"T15: requests: {asked}, statuses: {sorted(statuses)}, wrong headers: {len(wrong)}")
    assert wrong == []
    assert {303, 404, 405} <= statuses


def refused():
    raise Refused("Det kan ikke lade sig gøre.")


def broken():
    message = "a bug"
    raise RuntimeError(message)


def test_every_status_answers_with_the_same_headers(app, world, client, monkeypatch):
    """The statuses that a sweep does not meet by itself."""
    case = world.case()
    world.sign_in(client, world.lise)
    stranger = app.test_client()
    answers = {
        401: stranger.send(f"/cases/{case.id}/tell", {"text": "x"}),
        413: client.post("/display", data=b"x" * 9 * 1024 * 1024),
        422: client.send("/account", {"email": "no address"}),
        404: client.get("/static/css/nowhere.css"),
    }
    pia = world.staff("Pia Torp", world.ward, role=Role.ADM)
    world.sign_in(client, pia)
    answers[403] = client.get(f"/users/{pia.id}")
    for _try in range(6):
        answers[429] = stranger.send("/login", {"email": "a@example.org", "password": "x"})
    monkeypatch.setattr(app, "testing", False)
    for status, view in ((409, refused), (500, broken)):
        monkeypatch.setitem(app.view_functions, "pages.was", view)
        answers[status] = stranger.get("/was")
    got = {wanted: answer.status_code for wanted, answer in answers.items()}
    wrong = {wanted: lacking(answer) for wanted, answer in answers.items() if lacking(answer)}
    print(f"T15: statuses: {sorted(got)}, wrong headers: {len(wrong)}")
    assert wrong == {}
    assert got == {wanted: wanted for wanted in answers}


def refuses(status):
    """Return a view that answers so, whoever asks."""

    def view(**_parts):
        if status == 409:
            raise Refused("Det kan ikke lade sig gøre.")
        if status == 500:
            raise RuntimeError("a bug")
        if status in {200, 302}:
            return redirect("/") if status == 302 else "<p>x</p>"
        return abort(status)

    return view


STATUSES = (200, 302, 400, 403, 404, 405, 409, 413, 429, 500)


@pytest.mark.soak
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_route_answers_with_the_same_headers_whatever_the_status(app, client, monkeypatch):
    """Each view is replaced in turn by one that answers with the status."""
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", 0)
    chance, wrong, asked = dice(), [], 0
    adapter = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    for rule in rules if IS_FULL else chance.sample(rules, len(rules) // 5):
        method = "GET" if "GET" in rule.methods else "POST"
        for status in STATUSES if IS_FULL else chance.sample(STATUSES, 4):
            monkeypatch.setitem(app.view_functions, rule.endpoint, refuses(status))
            answer = client.open(address(adapter, rule), method=method)
            asked += 1
            if answer.status_code != status or lacking(answer):
                wrong.append((rule.rule, status, answer.status_code, lacking(answer)))
        monkeypatch.undo()
        monkeypatch.setattr(app, "testing", False)
        monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", 0)
    print(
        f"T15: {asked} answers of {len(rules)} routes with the statuses {STATUSES}, "
        f"{len(wrong)} wrong"
    )
    assert wrong == []


@pytest.mark.soak
def test_no_route_takes_a_change_without_a_form_token(app, world, client):
    """T17: every writing method on every route; the tables are as before."""
    world.case()
    world.sign_in(client, world.lise)
    before, passed, asked = contents(), [], 0
    for path in routes(app):
        for method in WRITING if IS_FULL else ("POST",):
            answer = client.open(path, method=method, data={"text": "x", "csrf_token": "forged"})
            asked += 1
            if answer.status_code not in {400, 404, 405}:
                passed.append((method, path, answer.status_code))
    print(f"T17: writing requests without a token: {asked}, taken: {len(passed)}")
    assert passed == []
    assert contents() == before


def contents() -> str:
    """Return a digest of every table but the access log and the logins."""
    found = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        if table.name in {"audit_event", "session"}:
            continue
        for row in db.session.execute(select(table).order_by(*table.primary_key)):
            found.update(repr(tuple(row)).encode())
    return found.hexdigest()
