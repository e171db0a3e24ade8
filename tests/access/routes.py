"""Every address of netmeet with its operation, found by walking the routes."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from netmeet.core.db import db

_ODD = {"Substitution": "invitation", "Landing": "personal_link", "Watcher": "", "Trail": "case"}
_OWN = "own"

SENT = {
    "indicators.note_risks": (("committee", "committee"), ("quarter", "quarter")),
    "pages.seen": (("of", "user"),),
    "pages.suppose": (("of", "user"),),
    "plans.contest": (("line_id", "goal"), ("line_kind", "line_kind")),
}
"""What a page is asked about beside its id, by the name in the address and that of the part."""

NOBODYS = "0" * 16
"""An id, and a token, that nothing has."""

NO_PARTS = {
    **dict.fromkeys(("action_id", "role_id", "user_id", "user", "goal"), NOBODYS),
    "question": "matters",
    "field": "talked",
    "key": "d",
    "n": 1,
    "door": "person",
    "line_kind": "goal",
    "committee": "",
    "quarter": "",
}
"""What stands in addresses beside the id when nothing belongs to it."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One address: what it does, towards a row of which table, and who may know of the row.

    ``reads`` is what it is in the log when it was only shown.

    ``table`` is empty for a page that belongs to nothing, ``"own"`` for the caller's own case.
    """

    rule: Any
    method: str
    operation: str
    see: str
    reads: str
    table: str
    loads: str = ""

    @property
    def is_deputy(self) -> bool:
        """Tell whether it needs somebody named to come instead."""
        return "Substitution" in self.loads

    @property
    def is_trail(self) -> bool:
        """Tell whether it is about what an organisation's staff did in a case."""
        return "Trail" in self.loads

    @property
    def endpoint(self) -> str:
        """Return the name of the view."""
        return str(self.rule.endpoint)

    @property
    def is_paper(self) -> bool:
        """Tell whether it prints something."""
        return str(self.rule.rule).endswith(".pdf")

    def path(self, row_id: str, parts: Mapping[str, Any]) -> str:
        """Return the address for a row, with whatever else it names taken from ``parts``."""
        values = {name: parts[name] for name in self.rule.arguments if name != "id"}
        if "id" in self.rule.arguments and "id" not in (self.rule.defaults or {}):
            values["id"] = row_id
        built = self.rule.build(values, append_unknown=False)
        assert built is not None, self.endpoint
        asked = self.asked(parts)
        return f"{built[1]}?{urlencode(asked)}" if asked else str(built[1])

    def asked(self, parts: Mapping[str, Any]) -> dict[str, str]:
        """Return what stands behind the question mark, and in the form as well."""
        return {name: str(parts[part]) for name, part in SENT.get(self.endpoint, ())}


def found(app: Flask) -> list[Route]:
    """Return every route but the static files, in a fixed order."""
    tables = {mapper.class_.__name__: mapper.local_table.name for mapper in _mappers()}
    all_of_them = [
        _route(app, rule, method, tables)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in sorted(rule.methods & {"GET", "POST"})
    ]
    return sorted(all_of_them, key=lambda route: (route.endpoint, route.method))


def _mappers() -> Any:
    return db.Model.registry.mappers


def _route(app: Flask, rule: Any, method: str, tables: Mapping[str, str]) -> Route:
    view = app.view_functions[rule.endpoint]
    # What the guard was told stands in its closure.
    told = inspect.getclosurevars(view).nonlocals
    load, see = told.get("load"), told.get("see")
    operation = str(view.operation)  # type: ignore[attr-defined]  # the guard's mark
    answer = str(inspect.signature(load).return_annotation) if load is not None else ""
    is_own = "id" in (rule.defaults or {}) and "Watcher" not in answer
    return Route(
        rule=rule,
        method=method,
        operation=operation,
        see=str(see) if see is not None else operation,
        reads=str(getattr(view, "read_as", operation)),
        table=_OWN if is_own else _table(answer, tables),
        loads=answer,
    )


def _table(answer: str, tables: Mapping[str, str]) -> str:
    """Return the table of what a loader says it returns."""
    if "NoPlan" in answer:
        return "case"
    names = [name for name in re.findall(r"[A-Z]\w+", answer) if name != "None"]
    known = [_ODD.get(name, tables.get(name)) for name in names]
    table = next((name for name in known if name is not None), "")
    assert not answer or table or "Watcher" in names, f"what table is {answer}?"
    return table
