"""What the guard must answer: the matrix' word put into a status (``netmeet.web.guard``)."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from werkzeug.test import TestResponse

from tests.access import beyond, oracle
from tests.access.facts import SECRETS, Caller, Facts, Row, Thing
from tests.access.routes import Route


class Wanted(StrEnum):
    """What an answer must be."""

    LET_IN = "let in"
    SIGN_IN = "sign in"
    PROVE = "prove"
    NOT_THIS = "403"
    NOT_THERE = "404"


_REFUSED = frozenset({401, 403, 404, 405, 500})
_REFUSES = {
    beyond.GOOD: Wanted.LET_IN,
    beyond.PROVE: Wanted.PROVE,
    beyond.NOT_THIS: Wanted.NOT_THIS,
    beyond.NOT_THERE: Wanted.NOT_THERE,
}


def expected(
    known: Facts,
    who: Caller,
    route: Route,
    thing: Thing,
    parts: Mapping[str, Any] | None = None,
) -> Wanted:
    """Return what the matrix, and then the view, means for this request.

    Without ``parts`` of the address the matrix alone is asked.
    """
    is_there = _is_there(known, who, route, thing)
    if is_there and oracle.allows(known, who, route.operation, thing):
        if parts is None:
            return Wanted.LET_IN
        asked = beyond.Asked(known, who, thing, parts)
        return _REFUSES[beyond.refusal(route.endpoint, asked)]
    if who.role == "anon" and route.table not in SECRETS:
        return Wanted.SIGN_IN
    if not is_there:
        return Wanted.NOT_THERE
    proved = Caller(**{**vars(who), "stepped_up": True})
    if oracle.allows(known, proved, route.operation, thing):
        return Wanted.PROVE
    sees = route.see != route.operation and oracle.allows(known, who, route.see, thing)
    return Wanted.NOT_THIS if sees else Wanted.NOT_THERE


def _is_there(known: Facts, who: Caller, route: Route, thing: Thing) -> bool:
    """Tell whether there is such a row to load."""
    if route.table == "":
        return "Watcher" not in route.loads
    if route.table in SECRETS:
        return known.secrets.get(route.table, {}).get(thing.id, False)
    row = known.row(thing.table, thing.id)
    if row is None or thing.table != (route.table if route.table != "own" else "case"):
        return False
    if route.is_deputy:
        return known.any("deputy", invitation_id=thing.id) is not None
    if route.is_trail:
        ours = who.organisation_id or "none"
        return known.any("team_member", case_id=thing.id, organisation_id=ours) is not None
    return _is_whole(known, row, who, thing)


def _is_whole(known: Facts, row: Row, who: Caller, thing: Thing) -> bool:
    """Tell whether the row counts: who left has no place, a parked text is one's own for an hour,
    and a line of the minutes is no agreement yet."""
    if thing.table == "parked_text":
        is_kept = known.at - row["created_at"] < timedelta(hours=1)
        return bool(row["user_id"] == who.user_id) and is_kept
    if thing.table == "action":
        return row["published_at"] is not None
    return thing.table != "team_member" or row["left_at"] is None


def is_as_expected(wanted: Wanted, answer: TestResponse) -> bool:
    """Tell whether the answer is what was wanted."""
    code, to = answer.status_code, answer.headers.get("Location", "")
    if wanted is Wanted.SIGN_IN:
        return code == 401 or (code == 303 and to.startswith("/login?next="))
    if wanted is Wanted.PROVE:
        return code == 303 and to.startswith("/step-up")
    if wanted in {Wanted.NOT_THIS, Wanted.NOT_THERE}:
        return code == int(wanted)
    return code not in _REFUSED and not to.startswith(("/login?next=", "/step-up?next="))


def own_case(known: Facts, who: Caller) -> Thing:
    """Return the case about the caller, or about whom they hold a mandate for now."""
    about = [c for c in known.rows["case"].values() if known.person_id(c) == who.user_id]
    if not about and who.role == "prox":
        about = [
            case
            for case in known.rows["case"].values()
            if oracle.holds_mandate(known, who, Thing("case", case["id"]))
        ]
    newest = max(about, key=lambda case: case["opened_at"], default=None)
    return Thing("case", newest["id"]) if newest is not None else Thing()
