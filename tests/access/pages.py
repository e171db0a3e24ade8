"""The forms of netmeet as its pages print them, and what a browser would make of a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests import soak
from tests.access import facts, routes
from tests.access.judge import NOBODYS, Wanted, expected, own_case
from tests.access.stage import Persona, Stage

BAD = "b1bad"
"""The name of an element and of an attribute that netmeet never writes."""

ROLES_A_PAGE = 20 if soak.IS_FULL else 1

_SENSIBLE = {"date": "2026-12-03", "time": "13:00", "number": "5", "email": "ny@example.org"}


@dataclass
class Form:
    """A form that posts: where to, as whom, and each field with what a browser would send."""

    persona: str
    action: str
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
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field, a link, and what must not be there."""
        values = {name: value or "" for name, value in attrs}
        if tag == BAD or any(n == BAD or n.startswith("on") for n in values):
            self.bad.append(self.get_starttag_text() or tag)
        if (
            values.get("href", values.get("src", ""))
            .lower()
            .startswith(("javascript:", "data:text"))
        ):
            self.bad.append(self.get_starttag_text() or tag)
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
        """Note that a form has ended."""
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""

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


def opened(stage: Stage, known: facts.Facts, dice: object) -> Iterator[tuple[Persona, str, str]]:
    """Yield every sort of page somebody may open, with its address and body."""
    shuffle = dice.shuffle  # type: ignore[attr-defined]  # a random.Random
    everybody = list(stage.personas.values())
    for route in routes.found(stage.app):
        is_page = not route.rule.rule.endswith((".pdf", ".ics", ".xlsx", ".csv"))
        if route.method != "GET" or route.table == "personal_link" or not is_page:
            continue
        shuffle(everybody)
        seen = set()
        for persona in everybody:
            who = persona.fresh.caller
            if who.role in seen or len(seen) >= ROLES_A_PAGE:
                continue
            thing = _may_open(stage, known, route, persona)
            if thing is None:
                continue
            path = route.path(thing.id or NOBODYS, stage.parts)
            answer = stage.ask(persona.fresh, "GET", path)
            seen.add(who.role)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                yield persona, path, answer.get_data(as_text=True)


def _may_open(
    stage: Stage, known: facts.Facts, route: routes.Route, persona: Persona
) -> facts.Thing | None:
    who = persona.fresh.caller
    if route.table in {"", "own"}:
        things = [own_case(known, who) if route.table == "own" else facts.NOTHING]
    else:
        things = [facts.Thing(route.table, one) for one in stage.ids[route.table]]
    allowed = (one for one in things if expected(known, who, route, one) is Wanted.LET_IN)
    return next(allowed, None)


def forms(stage: Stage, known: facts.Facts, dice: object) -> list[Form]:
    """Return every form the pages print, each sort once for each role."""
    found = {}
    for persona, path, body in opened(stage, known, dice):
        for form in read(body, path, persona.name).forms:
            sort = (persona.fresh.caller.role, form.action, *sorted(form.fields))
            found.setdefault(sort, form)
    return [form for form in found.values() if not form.action.startswith("/i/")]
