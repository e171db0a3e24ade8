"""Who may open what, as the access matrix says: the one place here that asks ``tests.access``."""

import itertools
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.access import facts, judge, pages, routes
from tests.access.facts import Facts, Thing
from tests.access.judge import NOBODYS
from tests.access.pages import Form
from tests.access.routes import Route
from tests.misuse.players import Player
from tests.misuse.told import Told

FILES = (".pdf", ".ics", ".xlsx", ".csv")
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_NEVER = frozenset({"b1bad", "iframe", "base", "object", "embed", "math", "template"})
_ODD_LINK = re.compile(r"(?:javascript|vbscript|data):|(?:https?:)?//b1bad", re.IGNORECASE)


def now() -> Facts:
    """Return what decides access, as it is now; within an application context."""
    return facts.read()


def expects(known: Facts, player: Player, route: Route, thing: Thing) -> judge.Wanted:
    """Return what the player must be answered."""
    return judge.expected(known, player.caller, route, thing)


def is_let_in(known: Facts, player: Player, route: Route, thing: Thing) -> bool:
    """Tell whether the player may open it."""
    return expects(known, player, route, thing) is judge.Wanted.LET_IN


def is_as(wanted: judge.Wanted, route: Route, answer: TestResponse) -> bool:
    """Tell whether the answer is what was wanted; who may read what is not there gets 404."""
    is_missing = wanted is judge.Wanted.LET_IN and answer.status_code == 404
    return is_missing or judge.is_as_expected(wanted, route, answer)


def rows(app: Flask) -> list[Route]:
    """Return the pages that are about one row and nothing beside it."""
    return [
        one
        for one in routes.found(app)
        if one.method == "GET" and one.table not in {"", "own", "personal_link"}
        if one.rule.arguments == {"id"} and ending(one) == ""
        if one.endpoint not in judge.DEMO_ONLY
    ]


def ending(route: Route) -> str:
    """Return what the address ends with when it is a file's, else ``""``."""
    name = str(route.rule.rule)
    return next((end for end in FILES if name.endswith(end)), "")


def shape(path: str) -> str:
    """Return the address with its ids made alike, so that sorts of pages can be counted."""
    return _ID.sub("*", path)


def doors(
    told: Told,
    known: Facts,
    dice: Random,
    *,
    roles: int = 0,
    things: int = 1,
    endings: tuple[str, ...] = ("",),
) -> Iterator[tuple[Player, str]]:
    """Yield who may open which address: of every route so many roles, of each so many things.

    Without ``roles`` everybody does. ``endings`` are those of files, or ``""`` for pages.
    """
    everybody = list(told.of.values())
    for route in routes.found(told.app):
        if route.method != "GET" or route.table == "personal_link" or ending(route) not in endings:
            continue
        dice.shuffle(everybody)
        seen: set[str] = set()
        for player in everybody:
            role = player.caller.role
            if roles and (role in seen or len(seen) >= roles):
                continue
            may = (
                t for t in _things(told, known, route, player) if is_let_in(known, player, route, t)
            )
            for thing in itertools.islice(may, things):
                seen.add(role)
                yield player, route.path(thing.id or NOBODYS, told.parts_for(thing))


def _things(told: Told, known: Facts, route: Route, player: Player) -> list[Thing]:
    if route.table == "own":
        return [judge.own_case(known, player.caller)]
    if route.table == "":
        return [facts.NOTHING]
    return [Thing(route.table, one) for one in told.ids[route.table]]


class Page(pages.Page):
    """Reads a page more strictly still, and its title."""

    def __init__(self, path: str, player: str = "") -> None:
        super().__init__(path, player)
        self.title = ""
        self._is_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what netmeet never writes."""
        super().handle_starttag(tag, attrs)
        self._is_title = tag == "title"
        values = {name: value or "" for name, value in attrs}
        links = (values.get(name, "") for name in ("href", "src", "action", "formaction", "data"))
        is_odd = tag in _NEVER or (tag == "script" and not values.get("src"))
        is_odd = is_odd or any(
            name.startswith(("on", "hx-on", "srcdoc", "b1bad")) for name in values
        )
        if is_odd or any(_ODD_LINK.match(re.sub(r"[\x00-\x20]", "", link)) for link in links):
            self.bad.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that the title has ended."""
        super().handle_endtag(tag)
        self._is_title = False

    def handle_data(self, data: str) -> None:
        """Note what the title says."""
        self.title += data if self._is_title else ""


def read(body: str, path: str = "", player: str = "") -> Page:
    """Return what a browser makes of the page."""
    page = Page(path, player)
    page.feed(body)
    return page


def forms(told: Told, opened: list[tuple[Player, str, str]]) -> list[tuple[str, Form]]:
    """Return every form of these pages with who sends it, each sort once for each role."""
    found: dict[Any, tuple[str, Form]] = {}
    for player, path, body in opened:
        for form in read(body, path, player.name).forms:
            sort = (told.of[player.name].caller.role, form.action, *sorted(form.fields))
            found.setdefault(sort, (player.name, form))
    return [one for one in found.values() if not one[1].action.startswith("/i/")]
