"""The forms of netmeet as its pages print them, and what a browser would make of a page."""

import itertools
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from tests import soak
from tests.access import facts, routes
from tests.access.canary import STORED
from tests.access.fields import read_by
from tests.access.judge import Wanted, expected, own_case
from tests.access.routes import NOBODYS
from tests.access.stage import Persona, Stage
from tests.world import now

BAD = "b1bad"
"""The name of an element and of an attribute that netmeet never writes."""

_OURS = frozenset({BAD, STORED})
_NEVER = _OURS | frozenset({"iframe", "base", "object", "embed", "math", "template"})
_ODD_LINK = re.compile(r"(?:javascript|vbscript|data):|(?:https?:)?//b1bad", re.IGNORECASE)

ROLES_A_PAGE = 20 if soak.IS_FULL else 1
SKIPPED = 0.0 if soak.IS_FULL else 0.5
"""How many of the pages the short run does not look for forms on."""

_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
_FILES = (".pdf", ".ics", ".xlsx", ".csv")
Parts = Callable[[facts.Thing], Mapping[str, Any]]

_SENSIBLE = {
    "date": (now() + timedelta(days=4)).date().isoformat(),
    "time": "13:00",
    "number": "5",
    "email": "ny@example.org",
}


@dataclass
class Form:
    """A form: where it goes, as whom, and each field with what a browser would send."""

    persona: str
    action: str
    method: str = "POST"
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Reads a page: its forms, its links, and whether anything bad has become markup."""

    def __init__(self, path: str, persona: str = "") -> None:
        super().__init__()
        self.path, self.persona = path, persona
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.bad: list[str] = []
        self.title = ""
        self._is_title = False
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field, a link, and what must not be there."""
        values = {name: value or "" for name, value in attrs}
        is_odd = tag in _NEVER or (tag == "script" and not values.get("src"))
        if is_odd or any(n in _OURS or n.startswith(("on", "hx-on", "srcdoc")) for n in values):
            self.bad.append(self.get_starttag_text() or tag)
        links = (values.get(name, "") for name in ("href", "src", "action", "formaction", "data"))
        if any(_ODD_LINK.match(re.sub(r"[\x00-\x20]", "", link)) for link in links):
            self.bad.append(self.get_starttag_text() or tag)
        self._is_title = tag == "title"
        if tag == "a" and values.get("href", "").startswith("/"):
            self.links.append(values["href"])
        if tag == "form":
            is_post = values.get("method", "get").lower() == "post"
            action = values.get("action") or self.path
            self._open = Form(self.persona, action) if is_post else None
            self.forms += [self._open] if self._open is not None else []
        elif self._open is not None:
            self._field(tag, values)

    def handle_endtag(self, tag: str) -> None:
        """Note that a form or the title has ended."""
        self._is_title = False
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        """Note what the title says."""
        self.title += data if self._is_title else ""

    def _field(self, tag: str, values: dict[str, str]) -> None:
        assert self._open is not None
        name, kind = values.get("name", ""), values.get("type", "text") if tag == "input" else tag
        if tag == "option" and self._select and values.get("value"):
            self._open.fields[self._select] = self._open.fields[self._select] or values["value"]
        if not name or name == "csrf_token" or tag not in {"input", "textarea", "select", "button"}:
            return
        if tag == "select":
            self._select = name
        value = values.get("value", "")
        if not value and tag != "select":
            value = _SENSIBLE.get(kind, "Noget at skrive")
        # Of many of one name a browser sends one, the first.
        self._open.fields.setdefault(name, value if tag != "select" else "")
        self._open.kinds.setdefault(name, kind)


def read(body: str, path: str = "", persona: str = "") -> Page:
    """Return what a browser makes of the page."""
    page = Page(path, persona)
    page.feed(body)
    return page


def opened(
    stage: Stage, known: facts.Facts, dice: random.Random, *, parts: Parts | None = None
) -> Iterator[tuple[Persona, str, str]]:
    """Yield every sort of page somebody may open, with its address and body."""
    for persona, path in doors(
        stage, known, dice, roles=ROLES_A_PAGE, skipped=SKIPPED, parts=parts
    ):
        answer = stage.ask(persona.fresh, "GET", path)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield persona, path, answer.get_data(as_text=True)


def doors(
    stage: Stage,
    known: facts.Facts,
    dice: random.Random,
    *,
    roles: int = 0,
    things: int = 1,
    skipped: float = 0.0,
    endings: tuple[str, ...] = ("",),
    parts: Parts | None = None,
) -> Iterator[tuple[Persona, str]]:
    """Yield who may open which address: of every route so many roles, of each so many things.

    Without ``roles`` everybody does; the share ``skipped`` of the routes is left out.
    ``endings`` are those of files (``".pdf"``), or ``""`` for pages; ``parts`` gives what stands
    in a thing's addresses beside its id, else chance does.
    """
    everybody = list(stage.personas.values())
    for route in routes.found(stage.app):
        if route.method != "GET" or route.table in facts.SECRETS or _ending(route) not in endings:
            continue
        if dice.random() < skipped:
            continue
        dice.shuffle(everybody)
        seen: set[str] = set()
        for persona in everybody:
            who = persona.fresh.caller
            if roles and (who.role in seen or len(seen) >= roles):
                continue
            found = _may_open(stage, known, route, persona, parts or _by_chance(stage, dice))
            for path in itertools.islice(found, things):
                seen.add(who.role)
                yield persona, path


def shape(path: str) -> str:
    """Return the address with its ids made alike, so that sorts of pages can be counted."""
    return _ID.sub("*", path)


def _ending(route: routes.Route) -> str:
    name = str(route.rule.rule)
    return next((end for end in _FILES if name.endswith(end)), "")


def _by_chance(stage: Stage, dice: random.Random) -> Parts:
    return lambda _thing: stage.choose_parts(dice)


def _may_open(
    stage: Stage, known: facts.Facts, route: routes.Route, persona: Persona, parts: Parts
) -> Iterator[str]:
    """Yield the addresses of the route that the persona may open."""
    who = persona.fresh.caller
    if route.table in {"", "own"}:
        things = [own_case(known, who) if route.table == "own" else facts.NOTHING]
    elif route.table in facts.SECRETS:
        things = [facts.Thing(route.table, one) for one in stage.secrets[route.table]]
    else:
        things = [facts.Thing(route.table, one) for one in stage.ids[route.table]]
    for thing in things:
        said = parts(thing)
        judged = said if route.rule.arguments - {"id"} else None
        if expected(known, who, route, thing, judged) is Wanted.LET_IN:
            yield route.path(thing.id or NOBODYS, said)


def forms(stage: Stage, known: facts.Facts, dice: random.Random) -> list[Form]:
    """Return every form the pages print, each sort once for each role."""
    return sorts_of_forms(opened(stage, known, dice))


def sorts_of_forms(found: Iterable[tuple[Persona, str, str]]) -> list[Form]:
    """Return every form of these pages, each sort once for each role."""
    sorts: dict[tuple[str, ...], Form] = {}
    for persona, path, body in found:
        for form in read(body, path, persona.name).forms:
            sort = (persona.fresh.caller.role, form.action, *sorted(form.fields))
            sorts.setdefault(sort, form)
    return [form for form in sorts.values() if not form.action.startswith("/i/")]


def unprinted(stage: Stage, known: facts.Facts, dice: random.Random) -> list[Form]:
    """Return a form for every address, of all that the views of its slice read.

    So that no field is left out because the stage has no row in the state that prints its form.
    """
    found, everybody = [], list(stage.personas.values())
    for route in routes.found(stage.app):
        if route.is_paper or route.endpoint in {"accounts.logout", "accounts.leave"}:
            continue
        fields = read_by(stage.app, route.endpoint, route.method)
        dice.shuffle(everybody)
        by_chance = _by_chance(stage, dice)
        may = (
            (one, next(_may_open(stage, known, route, one, by_chance), None)) for one in everybody
        )
        persona, path = next(((one, path) for one, path in may if path), (None, None))
        if persona is not None and path is not None and fields:
            action = path.partition("?")[0]
            found.append(Form(persona.name, action, method=route.method, fields=fields))
    return found
