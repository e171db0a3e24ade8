"""What the access matrix says, read from its file and judged on facts; netmeet's own judge is
neither imported nor asked (``security.md`` §§ 2.1-2.4)."""

import csv
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from tests.access.facts import HERE, SECRETS, Caller, Facts, Row, Thing

MATRIX = Path(__file__).resolve().parent.parent / "policies" / "access_matrix.csv"

with MATRIX.open(encoding="utf-8", newline="") as _file:
    CELLS = {row.pop("operation"): row for row in csv.DictReader(_file)}
"""Operation, then role, to the cell as written."""

WHOLE = "*"
"""The area of life of what belongs to the whole of a plan: every consent for the plan opens it."""

STAFF = frozenset({"reg", "mun", "gp"})
ACTS_AS = {
    "person": "pat",
    "custody_holder": "prox",
    "guardian": "prox",
    "relative": "rel",
    "supporter": "rel",
    "regional_staff": "reg",
    "municipal_staff": "mun",
    "gp": "gp",
    "interpreter": "intp",
    **dict.fromkeys(("residence", "school", "volunteer", "guest", "peer", "probation"), "ext"),
}
"""The column somebody with this place in a network acts in."""
# Where somebody is added, the consent is the one for who is added: the door asks for none.
ADDING = ("network.add_", "invitation.create_", "invitation.add_staff_guest")
OWN_ACCOUNT = ("account.", "home.", "inbox.", "role.", "audit.my_own", "ical.rotate")
OF_THE_AGENDA = ("agenda.", "room.")
OF_THE_PLAN = ("plan.", "crisis_plan.")
DECIDES = ("consent.grant", "consent.revoke")
SAYS_NOTHING = frozenset({"welcome", "next_meeting", "closing"})
"""Standing points that name nobody: a consent for some areas of life opens them too."""
AGE_OF_CONSENT, AGE_OF_MAJORITY = 15, 18


def nobody(operation: str) -> bool:
    """Tell whether no human role may ever do it: no route may exist."""
    return all(cell == "-" for role, cell in CELLS[operation].items() if role != "sys")


def steps_up(operation: str) -> bool:
    """Tell whether some role needs a fresh proof of identity for it."""
    return any("S" in cell.split("&") for cell in CELLS[operation].values())


def role_towards(facts: Facts, who: Caller, thing: Thing) -> str:
    """Return the column: staff who coordinate the case or chair the meeting are ``lead``."""
    return "lead" if who.role in STAFF and who.user_id in facts.leads(thing) else who.role


def allows(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    """Tell whether the cell lets ``who`` do ``operation`` with ``thing`` now."""
    if _is_over(facts, who, thing):
        return False
    cell = CELLS[operation][role_towards(facts, who, thing)]
    return any(
        all(_holds(code, facts, who, operation, thing) for code in way.split("&"))
        for way in cell.split("+")
    )


def _holds(code: str, facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    name, _, scope = code.partition(":")
    if name in {"C", "CD"}:
        at_the_door = operation.startswith(ADDING)
        return at_the_door or consents(facts, who, thing, scope, law=name == "CD")
    return _CODES[code](facts, who, operation, thing)


# places -------------------------------------------------------------------------------------------


def place(facts: Facts, who: Caller, case: Row) -> Row | None:
    """Return the place the caller has in the role acted in: one role at a time, never the union.

    A role is somebody's for an organisation and a person; a staff guest acts for no unit.
    """
    held = facts.place(case, who.user_id)
    if held is None or ACTS_AS[held["role"]] != who.role:
        return None
    if who.role not in STAFF:
        return held
    if held["is_staff_guest"]:
        return held if who.unit_id is None else None
    return held if held["organisation_id"] == who.organisation_id else None


def _is_over(facts: Facts, who: Caller, thing: Thing) -> bool:
    """Tell whether a staff guest's time is over: then only what they still owe is theirs."""
    case = facts.case_of(thing)
    held = facts.place(case, who.user_id) if case is not None else None
    if case is None or held is None or not held["is_staff_guest"] or who.role not in STAFF:
        return False
    row = facts.row(thing.table, thing.id) or {}
    if thing.table == "action" and row["owner_id"] == who.user_id and _is_open(row):
        return False
    invited = invited_to(facts, who, case)
    return bool(invited) and not any(_window(facts, meeting) for meeting in invited)


def invited_to(facts: Facts, who: Caller, case: Row) -> list[Row]:
    """Return the meetings of the case that the caller is invited to."""
    invitations = facts.of("invitation", user_id=who.user_id, withdrawn_at=None)
    meetings = (facts.rows["meeting"][one["meeting_id"]] for one in invitations)
    return [meeting for meeting in meetings if meeting["case_id"] == case["id"]]


# conditions, one a code of security.md § 2.1 ------------------------------------------------------


def _self(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if operation.startswith(OWN_ACCOUNT) or operation == "network.leave":
        row = facts.row(thing.table, thing.id) if thing.table else None
        return row is None or row["user_id"] == who.user_id
    if not thing.table:
        return True
    case = facts.case_of(thing)
    return case is not None and facts.person_id(case) == who.user_id


def _represents(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    case = facts.case_of(thing)
    if case is None:
        return not thing.table
    held = facts.of("representation", case_id=case["id"], user_id=who.user_id)
    return any(_is_mandated(facts, case, one, decides=operation in DECIDES) for one in held)


def _is_mandated(facts: Facts, case: Row, held: Row, *, decides: bool) -> bool:
    """Tell whether the mandate is for personal matters and holds at the person's age."""
    today, age = facts.today, facts.age(case)
    begun = held["valid_from"] <= today and (held["valid_to"] is None or held["valid_to"] >= today)
    stopped = held["suspended_at"] is not None and held["suspended_at"] <= facts.at
    if not begun or stopped or "personal" not in held["scope_list"].split(","):
        return False
    if held["kind"] != "custody_holder" or age is None:
        return True
    return age < (AGE_OF_CONSENT if decides else AGE_OF_MAJORITY)


def holds_mandate(facts: Facts, who: Caller, thing: Thing) -> bool:
    """Tell whether the caller may act for the person of the thing now."""
    return _represents(facts, who, "", thing)


def _own(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    if thing.table == "case":
        return _member(facts, who, "", thing)
    row = facts.row(thing.table, thing.id) or {}
    return who.user_id in {row.get(name) for name in ("recipient_id", "user_id", "author_id")}


def _member(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    case = facts.case_of(thing)
    return case is not None and place(facts, who, case) is not None


def _invited(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    meeting, case = facts.meeting_of(thing), facts.case_of(thing)
    if meeting is None or case is None or place(facts, who, case) is None:
        return False
    found = facts.any(
        "invitation", meeting_id=meeting["id"], user_id=who.user_id, withdrawn_at=None
    )
    from_the_start = {*facts.leads(thing), facts.person_id(case)}
    return found is not None or who.user_id in from_the_start


def _author(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if not thing.table:
        return operation == "action.read"  # the list of what one owes oneself
    row = facts.row(thing.table, thing.id) or {}
    if thing.table == "written_input":
        row = {"author_id": facts.rows["invitation"][row["invitation_id"]]["user_id"]}
    return row.get("owner_id" if thing.table == "action" else "author_id") == who.user_id


def consents(facts: Facts, who: Caller, thing: Thing, scope: str, *, law: bool) -> bool:
    """Tell whether the person's consent (or a law) opens ``scope`` of the thing to the caller."""
    case = facts.case_of(thing)
    if case is None:
        return False
    held = facts.place(case, who.user_id)
    ours = held["organisation_id"] if held and held["is_staff_guest"] else who.organisation_id
    given = [row for row in facts.of("consent", case_id=case["id"]) if _is_given(facts, row)]
    given = [row for row in given if _covers(facts, row, thing)]
    if law:
        given += [
            row for row in facts.of("legal_basis", case_id=case["id"]) if _is_lawful(facts, row)
        ]
    return any(scope in row["scope_list"].split(",") and _is_for(row, who, ours) for row in given)


def _is_given(facts: Facts, row: Row) -> bool:
    """Tell whether the consent holds now: by everybody who must say yes, and not taken back."""
    if not (row["given_at"] <= facts.at and row["valid_from"] <= facts.today <= row["valid_to"]):
        return False
    taken_back = facts.any("consent_withdrawal", consent_id=row["id"])
    said = {
        yes["by_id"]
        for yes in facts.of("consent_assent", consent_id=row["id"])
        if yes["at"] <= facts.at
    }
    awaited = {one for one in row["awaits_list"].split(",") if one} - said
    return not awaited and (taken_back is None or taken_back["at"] > facts.at)


def _covers(facts: Facts, row: Row, thing: Thing) -> bool:
    """Tell whether the consent covers the area of life that the thing is about, if it is a line."""
    areas = {one for one in row["area_list"].split(",") if one}
    area = facts.area_of(thing)
    if not areas or area is None or area == WHOLE:
        return True
    known = facts.row(thing.table, thing.id) or {}
    return area in areas or known.get("standing") in SAYS_NOTHING


def _is_lawful(facts: Facts, row: Row) -> bool:
    on_time = row["valid_to"] is None or row["valid_to"] >= facts.today
    ended = row["ended_at"] is not None and row["ended_at"] <= facts.at
    return bool(on_time and not ended and row["recorded_at"] <= facts.at)


def _is_for(row: Row, who: Caller, ours: str | None) -> bool:
    if row["recipient_id"] is not None:
        return bool(row["recipient_id"] == who.user_id)
    return ours is not None and bool(row["organisation_id"] == ours)


def _released(facts: Facts, _who: Caller, operation: str, thing: Thing) -> bool:
    row, case = facts.row(thing.table, thing.id) or {}, facts.case_of(thing)
    if row.get("is_hidden_from_private", False) or case is None:
        return False
    if operation.startswith(OF_THE_PLAN):
        plans = [one["id"] for one in facts.of("plan", case_id=case["id"])]
        return any(facts.any("plan_version", plan_id=one) is not None for one in plans)
    meeting = facts.meeting_of(thing)
    if meeting is None:
        return False
    if operation.startswith(OF_THE_AGENDA):
        return bool(meeting["agenda_state"] != "draft")
    if thing.table == "attachment":
        return _is_beside_released(facts, meeting, row)
    return meeting["published_at"] is not None


def _is_beside_released(facts: Facts, meeting: Row, row: Row) -> bool:
    """Tell whether a file stands beside what is shared or sent out, and is not hidden."""
    item = facts.row("agenda_item", row["item_id"]) or {}
    is_out = meeting["published_at"] is not None or meeting["agenda_state"] != "draft"
    is_hidden = row["is_kept_from_private"] or item.get("is_hidden_from_private", False)
    return is_out and not is_hidden and item.get("state") != "withdrawn"


def _in_time(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    if not thing.table:
        return True
    row = facts.row(thing.table, thing.id) or {}
    if thing.table == "action":
        return _is_open(row)
    meeting, case = facts.meeting_of(thing), facts.case_of(thing)
    if meeting is None:  # the plan is of every meeting
        invited = invited_to(facts, who, case) if case is not None else []
        return any(_window(facts, one) for one in invited)
    begins = facts.starts(meeting)
    if who.role != "intp" or begins is None:
        return who.role != "intp" and _window(facts, meeting)
    ends = begins + timedelta(minutes=meeting["minutes"])
    return begins - timedelta(hours=24) <= facts.at <= ends + timedelta(hours=24)


def _is_open(action: Row) -> bool:
    return action["published_at"] is not None and action["closed_at"] is None


def _window(facts: Facts, meeting: Row) -> bool:
    """Tell whether a guest's time of the meeting lasts; one without a day has no end yet."""
    begins = facts.starts(meeting)
    if begins is None:
        return True
    ends = begins + timedelta(minutes=meeting["minutes"])
    return facts.at <= max(ends + timedelta(hours=72), _comments_end(meeting) or begins)


def _comments_end(meeting: Row) -> datetime | None:
    last = meeting["first_comments_until"] or meeting["comments_until"]
    return datetime.combine(last + timedelta(days=1), time(), HERE) if last else None


def _takes_minutes(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    meeting = facts.meeting_of(thing)
    return meeting is not None and meeting["minute_taker_id"] == who.user_id


def _own_unit(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    if not thing.table:
        return who.unit_id is not None
    row = facts.row(thing.table, thing.id) or {}
    return who.unit_id is not None and row.get("unit_id") == who.unit_id


def _own_organisation(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if not thing.table or operation.startswith("plan."):
        # Of a plan the form says whose part it is; who acts for nobody has none.
        return who.organisation_id is not None
    row = facts.row(thing.table, thing.id) or {}
    if thing.table == "user":
        units = {held["unit_id"] for held in facts.of("unit_role", user_id=thing.id)}
        theirs = {facts.rows["unit"][one]["organisation_id"] for one in units if one}
    elif thing.table == "organisation":
        theirs = {thing.id}
    elif thing.table == "case":
        # A case is a person's; of an organisation is what its staff did there.
        is_trail = operation == "audit.read_patient_trail"
        team = facts.of("team_member", case_id=thing.id) if is_trail else ()
        theirs = {one["organisation_id"] for one in team}
    else:
        unit = facts.row("unit", row.get("unit_id")) or {}
        theirs = {row.get("organisation_id") or unit.get("organisation_id")}
    return who.organisation_id is not None and who.organisation_id in theirs


def _not_oneself(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    row = facts.row(thing.table, thing.id) or {}
    return row.get("about_user_id", row.get("id", "")) != who.user_id


def _always(_facts: Facts, _who: Caller, _operation: str, _thing: Thing) -> bool:
    return True


def _never(_facts: Facts, _who: Caller, _operation: str, _thing: Thing) -> bool:
    return False


def _fresh(_facts: Facts, who: Caller, _operation: str, _thing: Thing) -> bool:
    return who.stepped_up


def _token(_facts: Facts, _who: Caller, _operation: str, thing: Thing) -> bool:
    return thing.table in SECRETS


_CODES: dict[str, Callable[[Facts, Caller, str, Thing], bool]] = {
    "-": _never,
    "Y": _always,
    "self": _self,
    "R": _represents,
    "own": _own,
    "N": _member,
    "M": _invited,
    "O": _author,
    "P": _released,
    "T": _in_time,
    "K": _takes_minutes,
    "U": _own_unit,
    "A": _own_organisation,
    "S": _fresh,
    "V": _always,  # the form's version is the service's to judge
    "why": _always,  # so is the reason
    "note": _always,  # and the notice
    "2": _always,  # and the second person
    "notself": _not_oneself,
    "tok": _token,
    "scope": _never,  # no SMART scope has been granted to anybody
    "J": _never,  # no human is a job
}
