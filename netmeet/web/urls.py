"""Address parts."""

from flask import Flask, request
from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """An opaque id as :func:`netmeet.core.ids.new_id` makes them."""

    regex = "[0-9a-z]{16}"


def install(app: Flask) -> None:
    """Let ``app`` write ``<oid:id>`` in its routes."""
    app.url_map.converters["oid"] = IdConverter


def own_path(target: str, *, otherwise: str) -> str:
    """Return ``target`` when it is a path of this site, else ``otherwise`` (no open redirect)."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or "\n" in target:
        return otherwise
    return target


def wants_fragment() -> bool:
    """Tell whether a script of our own asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" or request.headers.get("X-Refresh") == "1"
