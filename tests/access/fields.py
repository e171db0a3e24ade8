"""Every field that a form or a view of netmeet reads, found by walking its classes and its code."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from flask import Flask
from wtforms.fields.core import UnboundField

from netmeet.web.forms import Form

_READ = re.compile(r"request\.(form|values|args)(?:\.get|\.getlist)?[\[(]\s*\"([a-z_-]+)\"")
_ASKED = re.compile(r"asked_for\(\"([a-z_]+)\"\)")
_SENSIBLE = {
    "DateField": "2026-12-03",
    "TimeField": "13:00",
    "WholeNumberField": "5",
    "EmailField": "ny@example.org",
    "BooleanField": "y",
}


@cache
def of_forms(slice_name: str) -> dict[str, str]:
    """Return the fields of all form classes of a slice, each with something to write in it."""
    found: dict[str, str] = {}
    for module in _modules(f"netmeet.{slice_name}.forms"):
        for _name, model in inspect.getmembers(module, inspect.isclass):
            if issubclass(model, Form):
                found |= _fields(model)
    return found


def _fields(model: Any) -> dict[str, str]:
    return {
        name: _sensible(value)
        for name, value in inspect.getmembers(model)
        if isinstance(value, UnboundField)
    }


def _sensible(field: UnboundField) -> str:
    choices = field.kwargs.get("choices") or []
    first = next(iter(choices), None) if not callable(choices) else None
    value = getattr(first, "value", first[0] if isinstance(first, tuple) else None)
    return str(value or _SENSIBLE.get(field.field_class.__name__, "Noget at skrive"))


@cache
def of_views(slice_name: str) -> dict[str, set[str]]:
    """Return the names that a slice's views read themselves, by where: form, values or args."""
    found: dict[str, set[str]] = {"form": set(), "values": set(), "args": set()}
    for module in _modules(f"netmeet.{slice_name}.views"):
        source = inspect.getsource(module)
        for where, name in _READ.findall(source):
            found[where].add(name)
        found["values"] |= set(_ASKED.findall(source))
    return found


def _modules(name: str) -> Iterator[ModuleType]:
    """Yield the module and, if it is a package, everything in it."""
    try:
        top = importlib.import_module(name)
    except ModuleNotFoundError:
        return
    yield top
    for inner in pkgutil.iter_modules(getattr(top, "__path__", [])):
        yield importlib.import_module(f"{name}.{inner.name}")


def read_by(app: Flask, endpoint: str, method: str) -> dict[str, str]:
    """Return all that the view's slice may read from a request, each with something in it."""
    slice_name = app.view_functions[endpoint].__module__.split(".")[1]
    names = of_views(slice_name)
    if method == "GET":
        return dict.fromkeys(sorted(names["args"] | names["values"]), "1")
    asked = dict.fromkeys(sorted(names["form"] | names["values"]), "Noget at skrive")
    return asked | of_forms(slice_name)
