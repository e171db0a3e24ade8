"""How templates are made ready."""

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask, g
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
    app.jinja_env.globals.update(csrf_token=_csrf_token, asset=_asset(app.static_url_path or ""))


def _csrf_token() -> str:
    """Return the token of every form of the page."""
    if "form_token" not in g:
        g.form_token = generate_csrf()
    token: str = g.form_token
    return token


def _asset(folder: str) -> Callable[[str], str]:
    """Return what gives a static file's address: netmeet stands at the root of its host."""

    def asset(name: str) -> str:
        return f"{folder}/{name}"

    return asset
