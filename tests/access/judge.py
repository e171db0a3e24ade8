"""What the guard must answer: the matrix' word put into a status (``netmeet.web.guard``)."""

from enum import StrEnum

from werkzeug.test import TestResponse

from tests.access import oracle
from tests.access.facts import Caller, Facts, Thing
from tests.access.routes import Route


class Wanted(StrEnum):
    """What an answer must be."""

    LET_IN = "let in"
    SIGN_IN = "sign in"
    PROVE = "prove"
    NOT_THIS = "403"
    NOT_THERE = "404"


NOBODYS = "0" * 16
"""An id, and a token, that nothing has."""

_REFUSED = frozenset({401, 403, 404, 405, 500})
NARROWER = {
    "accounts.end_role": "the role must be that user's",
    "accounts.password": "who signs in by code has no password",
    "accounts.change_password": "who signs in by code has no password",
    "accounts.take_role": "the form names a role that must be one's own",
    "actions.draft": "the line must be a draft of this meeting",
    "actions.read_back": "the line must be a draft of this meeting",
    "cases.closed": "only staff have cases that ended",
    "indicators.note_risks": "there must be a committee of one's own",
    "invitations.decide": "one decides on points one may read",
    "invitations.deputy": "there must be an invitation of one's own",
    "invitations.ics": "there is a file for who is on the list of a meeting that goes on",
    "invitations.letter": "the letter is for somebody on the list",
    "invitations.letter_pdf": "the letter is for somebody on the list",
    "invitations.letter_with_code": "the letter is for somebody on the list",
    "invitations.letter_with_code_pdf": "the letter is for somebody on the list",
    "invitations.respond": "there must be an invitation of one's own",
    "invitations.write": "there must be an invitation of one's own",
    "meetings.accept_request": "accepting begins a meeting, for members",
    "meetings.answer_question": "there must be such a question",
    "meetings.question": "there must be such a question",
    "organisations.show": "a guest has no organisation on netmeet",
    "organisations.everybody": "a guest has no organisation on netmeet",
    "organisations.lists": "a guest has no organisation on netmeet",
    "pages.answer": "there is a page for who is on the list",
    "pages.minutes": "before they are sent out, minutes are for who reads drafts",
    "pages.minutes_pdf": "before they are sent out, minutes are for who reads drafts",
    "plans.add_goal": "goals are set by who writes contributions",
    "plans.as_seen_by": "it is shown to the person and to who coordinates",
    "plans.contest": "there must be such a line",
    "plans.crisis_card": "there is a card when somebody wrote one",
    "plans.edit_section": "each section says whose words it holds",
    "plans.end_goal": "goals are set by who writes contributions",
    "plans.journal": "there is a text to file once something was sent out, for authorities",
    "plans.reopen_goal": "goals are set by who writes contributions",
    "plans.score": "the person says where they are on the scale",
}
"""Views that ask for one thing more than the matrix, and refuse with 403 or 404 without it."""

DEMO_ONLY = frozenset({"accounts.demo_login", "accounts.post"})
"""Their door is the demo's: outside it they are not there for anybody."""


def expected(known: Facts, who: Caller, route: Route, thing: Thing) -> Wanted:
    """Return what the matrix means for this request."""
    if route.endpoint in DEMO_ONLY:
        return Wanted.NOT_THERE
    is_there = _is_there(known, who, route, thing)
    if is_there and oracle.allows(known, who, route.operation, thing):
        return Wanted.LET_IN
    if who.role == "anon" and route.table != "personal_link":
        return Wanted.SIGN_IN
    if not is_there:
        return Wanted.NOT_THERE
    proved = Caller(**{**vars(who), "stepped_up": True})
    if oracle.allows(known, proved, route.operation, thing):
        return Wanted.PROVE
    sees = route.see != route.operation and oracle.allows(known, who, route.see, thing)
    return Wanted.NOT_THIS if sees else Wanted.NOT_THERE


def _is_there(known: Facts, who: Caller, route: Route, thing: Thing) -> bool:
    """Tell whether there is such a row to load: whoever left has no place, a text is one's own."""
    if route.table == "":
        return "Watcher" not in route.loads
    if thing.table == "personal_link":
        return thing.id != NOBODYS
    row = known.row(thing.table, thing.id)
    if row is None or thing.table != (route.table if route.table != "own" else "case"):
        return False
    if thing.table == "parked_text":
        return bool(row["user_id"] == who.user_id)
    if thing.table == "action" and row["published_at"] is None:
        return False  # a line of the minutes yet
    is_gone = thing.table == "team_member" and row["left_at"] is not None
    return not is_gone and not route.is_deputy


def is_as_expected(wanted: Wanted, route: Route, answer: TestResponse) -> bool:
    """Tell whether the answer is what was wanted."""
    code, to = answer.status_code, answer.headers.get("Location", "")
    if wanted is Wanted.SIGN_IN:
        return code == 401 or (code == 303 and to.startswith("/login?next="))
    if wanted is Wanted.PROVE:
        return code == 303 and to.startswith("/step-up")
    if wanted in {Wanted.NOT_THIS, Wanted.NOT_THERE}:
        return code == int(wanted)
    if code in {403, 404} and route.endpoint in NARROWER:
        return True
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
