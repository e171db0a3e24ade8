"""A test client that reads every page as strictly as a browser and a screen reader would."""

import contextvars
import html
import json
import re
from collections import Counter
from typing import Any

import html5lib
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from netmeet.core.db import db

_HTML = "{http://www.w3.org/1999/xhtml}"
_UNLABELLED = frozenset({"hidden", "submit", "button", "image"})


def mentions(text: str, word: str) -> bool:
    """Tell whether the word stands in the text by itself, not by chance inside a random token."""
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


class StrictClient(FlaskClient):
    """Commits what the test made, asks, and parses the answer; every page must be sound."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask outside the test's own application context, so that nothing is shared with it."""
        if has_app_context():
            db.session.commit()
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        check(answer)
        return answer

    def token(self) -> str:
        """Return a CSRF token for the client's session."""
        answer = self.get("/login/token", headers={"Accept": "application/json"})
        token: str = answer.get_json()["csrf_token"]
        return token

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post a form with a good CSRF token."""
        return self.post(path, data={**(data or {}), "csrf_token": self.token()}, **kwargs)


def check(answer: TestResponse) -> None:
    """Assert that an HTML answer is sound: HTML5, one h1, a title, labels, unique ids."""
    if answer.mimetype != "text/html" or not answer.data or answer.status_code in {301, 302, 303}:
        return
    body = answer.get_data(as_text=True)
    is_page = "<html" in body
    parser = html5lib.HTMLParser(strict=is_page, namespaceHTMLElements=True)
    tree = parser.parse(body) if is_page else parser.parseFragment(body)
    elements = list(tree.iter())
    ids = Counter(e.get("id") for e in elements if e.get("id"))
    assert not [name for name, times in ids.items() if times > 1], "an id is used twice"
    assert not [e for e in elements if e.get("style") or any(k.startswith("on") for k in e.attrib)]
    labelled = {e.get("for") for e in elements if e.tag == f"{_HTML}label"}
    for field in elements:
        if field.tag in {f"{_HTML}input", f"{_HTML}textarea", f"{_HTML}select"}:
            named = field.get("aria-label") or field.get("aria-labelledby")
            quiet = field.get("type", "text") in _UNLABELLED
            assert quiet or named or field.get("id") in labelled, f"no label: {field.attrib}"
    if is_page:
        _check_page(tree, elements)


def _check_page(tree: Any, elements: list[Any]) -> None:
    assert tree.get("lang") in {"da", "en"}
    headings = [e for e in elements if e.tag == f"{_HTML}h1"]
    assert len(headings) == 1, f"{len(headings)} h1"
    titles = [e for e in elements if e.tag == f"{_HTML}title"]
    assert "".join(t.text or "" for t in titles).strip(), "no title"
    for script in (e for e in elements if e.tag == f"{_HTML}script"):
        assert script.get("src"), "inline script"
    assert not [e for e in elements if e.tag == f"{_HTML}style"], "inline style"


def brought(answer: Any) -> dict[str, Any]:
    """Return what a collision brings the form: what now stands in its fields, by name."""
    (found,) = re.findall(r'data-stored="([^"]*)"', answer.get_data(as_text=True))
    fields: dict[str, Any] = json.loads(html.unescape(found))
    return fields
