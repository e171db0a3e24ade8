"""How templates are made ready."""

import re
from collections.abc import Callable, MutableMapping
from types import FunctionType, MethodType
from typing import Any

from flask import Flask, g, url_for
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_eval_context
from jinja2.runtime import Context

from netmeet.core import ids

_SIMPLE = frozenset({FunctionType, MethodType})
_MORE = object()
_EVALUATION: Any = pass_eval_context(lambda _: None)
_ASKS_EVALUATION = _EVALUATION.jinja_pass_arg


class Page(Context):
    """Jinja's context, which calls plain functions and methods in one step."""

    def call(self, thing: Any, /, *arguments: Any, **named: Any) -> Any:
        """Call ``thing`` as Jinja does: a page calls more than a hundred times."""
        asks = getattr(thing, "jinja_pass_arg", None) if type(thing) in _SIMPLE else _MORE
        if asks is not None and asks is not _ASKS_EVALUATION:
            return super().call(thing, *arguments, **named)
        if named:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
        if asks is None:
            return thing(*arguments, **named)
        return thing(self.eval_ctx, *arguments, **named)


class Templates(Environment):
    """Flask's environment, in which templates find things in one step.

    Jinja lets what all share change after a template has been loaded, and pays for it at every
    import and include. Here it is complete before the first page.
    """

    context_class = Page

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what ``obj.attribute`` is: of a dictionary its entry before its method."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows, and ``d`` over it."""
        return {**self.globals, **(d or {})}


def install(app: Flask) -> None:
    """Give templates what they ask for many times a page, found once.

    After Flask-WTF's and before the first page: what all templates share is then complete.
    """
    app.jinja_env.globals.update(
        csrf_token=_csrf_token,
        form_key=ids.new_id,
        static=app.static_url_path,
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
