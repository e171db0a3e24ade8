"""What the access matrix says, read from its file and judged on facts; netmeet's own judge is
neither imported nor asked (``security.md`` §§ 2.1-2.4)."""

import csv
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

from tests.access.facts import HERE, Caller, Facts, Row, Thing

MATRIX = Path(__file__).resolve().parent.parent / "policies" / "access_matrix.csv"

with MATRIX.open(encoding="utf-8", newline="") as _file:
    CELLS = {row.pop("operation"): row for row in csv.DictReader(_file)}
"""Operation, then role, to the cell as written."""

STAFF = frozenset({"reg", "mun", "gp"})
# Where somebody is added, the consent is the one for who is added: the door asks for none.
ADDING = ("network.add_", "invitation.create_", "invitation.add_staff_guest")
OWN_ACCOUNT = ("account.", "home.", "inbox.", "role.", "audit.my_own", "ical.rotate")
OF_THE_AGENDA = ("agenda.", "room.")
OF_THE_PLAN = ("plan.", "crisis_plan.")


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
    cell = CELLS[operation][role_towards(facts, who, thing)]
    return any(
        all(_holds(code, facts, who, operation, thing) for code in way.split("&"))
        for way in cell.split("+")
    )


def _holds(code: str, facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    name, _, scope = code.partition(":")
    if name in {"C", "CD"}:
        at_the_door = operation.startswith(ADDING)
        return at_the_door or _consent(facts, who, thing, scope, law=name == "CD")
    return _CODES[code](facts, who, operation, thing)


# conditions, one a code of security.md § 2.1 ------------------------------------------------------


def _self(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if operation.startswith(OWN_ACCOUNT) or operation == "network.leave":
        row = facts.row(thing.table, thing.id) if thing.table else None
        return row is None or row["user_id"] == who.user_id
    if not thing.table:
        return True
    case = facts.case_of(thing)
    return case is not None and facts.person_id(case) == who.user_id


def _represents(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    case = facts.case_of(thing)
    if case is None:
        return not thing.table
    return any(
        (held["suspended_at"] is None or held["suspended_at"] > facts.at)
        and held["valid_from"] <= facts.today
        and (held["valid_to"] is None or held["valid_to"] >= facts.today)
        for held in facts.of("representation", case_id=case["id"], user_id=who.user_id)
    )


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
    return case is not None and facts.place(case, who.user_id) is not None


def _invited(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    meeting = facts.meeting_of(thing)
    case = facts.case_of(thing)
    if meeting is None or case is None:
        return False
    found = facts.of("invitation", meeting_id=meeting["id"], user_id=who.user_id, withdrawn_at=None)
    from_the_start = {*facts.leads(thing), facts.person_id(case)}
    return next(found, None) is not None or (
        operation != "action.create" and who.user_id in from_the_start
    )


def _author(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if not thing.table:
        return operation == "action.read"  # the list of what one owes oneself
    row = facts.row(thing.table, thing.id) or {}
    return row.get("owner_id" if thing.table == "action" else "author_id") == who.user_id


def _consent(facts: Facts, who: Caller, thing: Thing, scope: str, *, law: bool) -> bool:
    case = facts.case_of(thing)
    if case is None:
        return False
    place = facts.place(case, who.user_id)
    ours = place["organisation_id"] if place and place["is_staff_guest"] else who.organisation_id
    gone = {row["consent_id"] for row in facts.of("consent_withdrawal") if row["at"] <= facts.at}
    given = [
        row
        for row in facts.of("consent", case_id=case["id"])
        if row["id"] not in gone
        and row["given_at"] <= facts.at
        and row["valid_from"] <= facts.today <= row["valid_to"]
    ]
    if law:
        given += [
            row
            for row in facts.of("legal_basis", case_id=case["id"])
            if row["ended_at"] is None or row["ended_at"] > facts.at
        ]
    return any(scope in row["scope_list"].split(",") and _is_for(row, who, ours) for row in given)


def _is_for(row: Row, who: Caller, ours: str | None) -> bool:
    if row["recipient_id"] is not None:
        return bool(row["recipient_id"] == who.user_id)
    return ours is not None and bool(row["organisation_id"] == ours)


def _released(facts: Facts, _who: Caller, operation: str, thing: Thing) -> bool:
    if operation.startswith(OF_THE_PLAN):
        row = facts.row(thing.table, thing.id) or {}
        known = {"case_id": thing.id} if thing.table == "case" else {}
        plans = [one["id"] for one in facts.of("plan", **known)] if known else []
        plan_ids = plans or [row.get("plan_id", thing.id)]
        return any(one["plan_id"] in plan_ids for one in facts.of("plan_version"))
    meeting = facts.meeting_of(thing)
    if meeting is None:
        return False
    if operation.startswith(OF_THE_AGENDA):
        row = facts.row(thing.table, thing.id) or {}
        return meeting["agenda_state"] != "draft" and not row.get("is_hidden_from_private", False)
    if thing.table == "attachment":
        return _is_beside_released(facts, meeting, thing)
    return meeting["published_at"] is not None


def _is_beside_released(facts: Facts, meeting: Row, thing: Thing) -> bool:
    """Tell whether a file stands beside what is shared or sent out, and is not hidden."""
    row = facts.row(thing.table, thing.id) or {}
    item = facts.row("agenda_item", row["item_id"]) or {}
    is_out = meeting["published_at"] is not None or meeting["agenda_state"] != "draft"
    is_hidden = row["is_kept_from_private"] or item.get("is_hidden_from_private", False)
    return is_out and not is_hidden and item.get("state") != "withdrawn"


def _in_time(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    row = facts.row(thing.table, thing.id) or {}
    if thing.table == "action":
        return row["published_at"] is not None and row["closed_at"] is None
    meeting = facts.meeting_of(thing)
    if meeting is None:
        return not thing.table or _member(facts, who, operation, thing)
    begins = facts.starts(meeting)
    if begins is None:
        return who.role != "intp"
    ends = begins + timedelta(minutes=meeting["minutes"])
    if who.role == "intp":
        return begins - timedelta(hours=24) <= facts.at <= ends + timedelta(hours=24)
    return facts.at <= max(ends + timedelta(hours=72), _comments_end(meeting) or begins)


def _comments_end(meeting: Row) -> datetime | None:
    last = meeting["comments_until"]
    return datetime.combine(last + timedelta(days=1), time(), HERE) if last else None


def _takes_minutes(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    meeting = facts.meeting_of(thing)
    return meeting is not None and meeting["minute_taker_id"] == who.user_id


def _own_unit(facts: Facts, who: Caller, _operation: str, thing: Thing) -> bool:
    if not thing.table:
        return True
    row = facts.row(thing.table, thing.id) or {}
    return who.unit_id is not None and row.get("unit_id") == who.unit_id


def _own_organisation(facts: Facts, who: Caller, operation: str, thing: Thing) -> bool:
    if not thing.table or operation.startswith("plan."):
        return True  # nothing yet, or a plan: whose part it is, the form says
    if thing.table == "user":
        units = {row["unit_id"] for row in facts.of("unit_role", user_id=thing.id)}
        theirs = {facts.rows["unit"][one]["organisation_id"] for one in units if one}
    elif thing.table == "organisation":
        theirs = {thing.id}
    else:
        row = facts.row(thing.table, thing.id) or {}
        unit = facts.row("unit", row.get("unit_id")) or {}
        # A case is a person's and belongs to no organisation.
        theirs = {row.get("organisation_id") or unit.get("organisation_id")} - {None}
        theirs = set() if thing.table == "case" else theirs
    return who.organisation_id in theirs


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
    return thing.table == "personal_link"


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
