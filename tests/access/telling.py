"""Who may be told which word: the operations of the matrix that open each column."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.access import oracle
from tests.access.canary import Place
from tests.access.facts import Caller, Facts, Thing

_AGENDA = ("agenda.read", "agenda.edit_own_item", "room.follow")
_DRAFT = ("minutes.read_draft", "room.follow")
_MINUTES = (*_DRAFT, "minutes.read_published")
_PLAN = ("plan.read_draft", "plan.read_published")
_OF_IT = ("case.read", "patient.read_basic", "network.read_members")

FEWEST = 5
"""So many others must have answered before what they wrote is shown, without a name."""

OPENS: Mapping[tuple[str, str], Iterable[str]] = {
    ("user", "name"): _OF_IT,
    ("user", "address"): ("patient.read_contact",),
    ("person", "language"): ("patient.read_basic", "patient.read_contact"),
    ("person", "interpreter"): ("patient.read_basic", "patient.read_contact"),
    ("person", "cpr"): ("patient.reveal_cpr",),
    ("meeting", "purpose"): ("meeting.read",),
    ("meeting", "place"): ("meeting.read",),
    ("meeting", "ground_rules"): (*_AGENDA, "room.follow", "meeting.update"),
    ("case", "court_order"): ("legal_basis.read",),
    ("invitation", "why"): ("invitation.read_responses",),
    ("agenda_item", "title"): (*_AGENDA, *_MINUTES, *_PLAN),
    ("minutes_entry", "text"): (*_MINUTES, *_PLAN),
    ("minutes_correction", "was"): ("minutes.read_published",),
    ("minutes_correction", "reason"): ("minutes.read_published",),
    ("minutes_statement", "text"): ("minutes.read_published",),
    ("preparation_answer", "text"): ("preparation.read",),
    ("meeting_evaluation", "text"): ("evaluation.read_own_meeting",),
    ("written_input", "text"): ("written_input.read",),
    ("plan_section", "text"): _PLAN,
    ("attachment", "title"): ("file.read", "file.delete_own_unpublished"),
    ("goal", "words"): _PLAN,
    ("goal", "agreed"): _PLAN,
    ("action", "what"): ("action.read", *_DRAFT),
    ("relative_word", "text"): ("relative.read_told",),
    ("meeting_request", "about"): ("request.read",),
    ("access_question", "words"): ("audit.answer_why", "audit.who_saw_me"),
    ("contested_line", "words"): _PLAN,
    ("contested_line", "line"): _PLAN,
    ("consent", "purpose"): ("consent.read",),
    ("legal_basis", "necessity"): ("legal_basis.read",),
    ("representation", "document"): ("legal_basis.read", "consent.read"),
    ("parked_text", "fields"): ("account.read_update_own",),
}
"""By table and column. What is said to nobody else stands to whom it is said: see ``_is_to``."""


def opened(places: Mapping[str, list[Place]], known: Facts, who: Caller) -> frozenset[str]:
    """Return the words that the caller may be told."""
    return frozenset(
        mark for mark, kept in places.items() if any(_tells(known, who, one) for one in kept)
    )


def _tells(known: Facts, who: Caller, place: Place) -> bool:
    thing, operations = place.thing, OPENS[place.thing.table, place.column]
    if thing.table in {"user", "person"}:
        return any(
            oracle.allows(known, who, operation, one)
            for one in _cases(known, thing)
            for operation in operations
        ) or (place.column == "name" and _is_asked(known, who, thing))
    if thing.table == "meeting_evaluation":
        return _is_open_to(known, who, thing)
    if thing.table in {"minutes_entry", "minutes_correction"}:
        thing = Thing("agenda_item", known.rows[thing.table][thing.id]["item_id"])
    return _is_to(known, who, thing) or any(
        _holds(known, operation, thing) and oracle.allows(known, who, operation, thing)
        for operation in operations
    )


def _is_open_to(known: Facts, who: Caller, thing: Thing) -> bool:
    """Tell whether somebody's answers after a meeting are the caller's own, or were opened to them.

    What others wrote is shown without a name when five besides the reader have answered.
    """
    row = known.rows[thing.table][thing.id]
    if row["user_id"] == who.user_id:
        return oracle.allows(known, who, "evaluation.answer_own", thing)
    is_opened = row["is_open_to_coordinator"] and oracle.role_towards(known, who, thing) == "lead"
    operations = OPENS["meeting_evaluation", "text"]
    is_shown = is_opened or _is_one_of_many(known, who, row)
    return is_shown and any(oracle.allows(known, who, one, thing) for one in operations)


def _is_one_of_many(known: Facts, who: Caller, row: Mapping[str, Any]) -> bool:
    others = {
        one["user_id"]
        for one in known.of("meeting_evaluation", meeting_id=row["meeting_id"], round="first")
        if one["side"] in {"staff", "relative"} and one["answered_at"] is not None
    }
    return row["user_id"] in others and len(others - {who.user_id}) >= FEWEST


def _cases(known: Facts, thing: Thing) -> list[Thing]:
    """Return the cases about the user or person."""
    return [
        Thing("case", case["id"])
        for case in known.rows["case"].values()
        if thing.id in {case["person_id"], known.person_id(case)}
    ]


def _is_asked(known: Facts, who: Caller, thing: Thing) -> bool:
    """Tell whether staff are asked to do something for the person: then they are told for whom."""
    cases = _cases(known, thing) if who.role in oracle.STAFF else []
    owed = [
        Thing("action", one["id"])
        for case in cases
        for one in known.of("action", case_id=case.id, owner_id=who.user_id)
        if one["published_at"] is not None
    ]
    asked = [
        Thing("meeting_request", one["id"])
        for case in cases
        for one in known.of("meeting_request", case_id=case.id)
    ]
    return any(oracle.allows(known, who, "action.read", one) for one in owed) or any(
        oracle.allows(known, who, "request.read", one) for one in asked
    )


def _is_to(known: Facts, who: Caller, thing: Thing) -> bool:
    """Tell whether it is said to the caller: why they are invited, while they are."""
    row = known.rows[thing.table][thing.id]
    is_theirs = thing.table == "invitation" and row["user_id"] == who.user_id
    return is_theirs and oracle.allows(known, who, "invitation.respond_own", thing)


def _holds(known: Facts, operation: str, thing: Thing) -> bool:
    """Tell whether there is such a text yet: a draft before, minutes and a plan after."""
    meeting, row = known.meeting_of(thing), known.rows[thing.table][thing.id]
    if operation in _DRAFT and thing.table == "action":
        return meeting is not None and meeting["published_at"] is None
    if operation == "action.read":
        return row["published_at"] is not None
    if meeting is None:
        return True
    if operation in _PLAN:
        return known.any("plan_version", meeting_id=meeting["id"]) is not None
    is_out = meeting["published_at"] is not None
    return is_out or operation != "minutes.read_published"
