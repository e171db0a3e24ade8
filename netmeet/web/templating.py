"""How templates are made ready."""

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, g, url_for
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf


class Templates(Environment):
    """Flask's environment, whose templates look up what all share in one step.

    Jinja lets what all share change after a template has been loaded, and pays for it at every
    import and include. Here it is complete before the first page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows, and ``d`` over it."""
        return {**self.globals, **(d or {})}


def install(app: Flask) -> None:
    """Give templates what they ask for many times a page, found once.

    After Flask-WTF's and before the first page: what all templates share is then complete.
    """
    app.jinja_env.globals.update(
        csrf_token=_csrf_token,
        asset=_asset(app.static_url_path or ""),
        url_for=_addresses(app),
    )


def _csrf_token() -> str:
    """Return the token of every form of the page."""
    if "form_token" not in g:
        g.form_token = generate_csrf()
    token: str = g.form_token
    return token


_PART = re.compile(r"<(?:(?:oid|int):)?(\w+)>")
_PLAIN = re.compile(r"[0-9A-Za-z_-]+", re.ASCII)


def _addresses(app: Flask) -> Callable[..., str]:
    """Return Flask's ``url_for`` with a short way for what pages are full of.

    That is a view with one address whose parts are plain letters and digits, and nothing else
    asked for; netmeet stands at the root of its host.
    """
    known: dict[str, tuple[str, frozenset[str]] | None] = {}

    def pattern(endpoint: str) -> tuple[str, frozenset[str]] | None:
        rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint}
        if len(rules) != 1:
            return None
        (rule,) = rules
        shaped = _PART.sub(r"{\1}", rule)
        return None if "<" in shaped else (shaped, frozenset(_PART.findall(rule)))

    def address(endpoint: str, /, **parts: Any) -> str:
        if endpoint not in known:
            known[endpoint] = pattern(endpoint)
        found = known[endpoint]
        if None in parts.values():
            parts = {name: value for name, value in parts.items() if value is not None}
        if found is None or parts.keys() != found[1]:
            return url_for(endpoint, **parts)
        is_plain = all(map(_PLAIN.fullmatch, map(str, parts.values())))
        return found[0].format_map(parts) if is_plain else url_for(endpoint, **parts)

    return address


def _asset(folder: str) -> Callable[[str], str]:
    """Return what gives a static file's address: netmeet stands at the root of its host."""

    def asset(name: str) -> str:
        return f"{folder}/{name}"

    return asset
