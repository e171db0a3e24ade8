"""What each list should hold, by the matrix: the ids of the rows its reader may open."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tests.access import oracle
from tests.access.facts import Caller, Facts, Row, Thing

COMING = frozenset({"planned", "invited", "confirmed", "postponed", "not_completed"})
PERSONS_SIDE = frozenset({"pat", "prox"})
GUESTS = frozenset({"ext", "intp"})

Expected = Callable[[Facts, Caller], set[str]]


@dataclass(frozen=True)
class List:
    """One list: where it stands, for which roles, what it holds, and how its rows are known.

    That is by what they link to, or where they are prose by the words of a column of a table.
    """

    path: str
    roles: Iterable[str]
    links: str
    holds: Expected
    words: tuple[str, str] | None = None


def _may(known: Facts, who: Caller, operation: str, table: str, rows: Iterable[Row]) -> set[str]:
    return {
        row["id"] for row in rows if oracle.allows(known, who, operation, Thing(table, row["id"]))
    }


def _open_cases(known: Facts) -> list[Row]:
    return [case for case in known.rows["case"].values() if case["state"] == "open"]


def _placed(known: Facts, who: Caller) -> list[Row]:
    """Return the open cases the caller is in, in the role acted in."""
    if who.role in oracle.STAFF:
        mine = my_cases(known, who)
        return [case for case in _open_cases(known) if case["id"] in mine]
    return [case for case in _open_cases(known) if oracle.place(known, who, case) is not None]


def _owned(known: Facts, who: Caller) -> list[Row]:
    owned = known.of("action", owner_id=who.user_id)
    return [one for one in owned if one["published_at"] is not None]


# one's own ----------------------------------------------------------------------------------------


def promised(known: Facts, who: Caller) -> set[str]:
    """Return what somebody owes over all meetings; to the person what is agreed."""
    if who.role not in PERSONS_SIDE:
        return _may(known, who, "action.read", "action", _owned(known, who))
    published = [one for one in known.rows["action"].values() if one["published_at"] is not None]
    mine = [one for one in published if one["case_id"] in _own_case(known, who)]
    return _may(known, who, "action.read", "action", mine)


def _own_case(known: Facts, who: Caller) -> set[str]:
    return {
        case["id"]
        for case in known.rows["case"].values()
        if oracle.allows(known, who, "case.read", Thing("case", case["id"]))
    }


def owed_at_home(known: Facts, who: Caller) -> set[str]:
    """Return what still is owed in open cases, to a relative while they may know whom it is for."""
    placed = {case["id"] for case in _placed(known, who)}
    owed = [
        one for one in _owned(known, who) if one["closed_at"] is None and one["case_id"] in placed
    ]
    if who.role == "rel":
        owed = [
            one
            for one in owed
            if oracle.allows(known, who, "patient.read_basic", Thing("case", one["case_id"]))
        ]
    return _may(known, who, "action.read", "action", owed)


def invited(known: Facts, who: Caller) -> set[str]:
    """Return the meetings to come that somebody has been sent an invitation to and may read."""
    placed = {case["id"] for case in _placed(known, who)}
    sent = [
        known.rows["meeting"][one["meeting_id"]]
        for one in known.of("invitation", user_id=who.user_id, withdrawn_at=None)
        if one["sent_at"] is not None
    ]
    coming = [
        meeting
        for meeting in sent
        if meeting["case_id"] in placed
        and meeting["state"] in COMING
        and meeting["starts_local"].date() >= known.today
        and (who.role not in oracle.STAFF or meeting["chair_id"] != who.user_id)
    ]
    operation = "invitation.respond_own" if who.role in oracle.STAFF else "meeting.read"
    return _may(known, who, operation, "meeting", coming)


def minutes(known: Facts, who: Caller) -> set[str]:
    """Return the minutes a relative may read."""
    placed = {case["id"] for case in _placed(known, who)}
    out = [
        meeting
        for meeting in known.rows["meeting"].values()
        if meeting["case_id"] in placed and meeting["published_at"] is not None
    ]
    return _may(known, who, "minutes.read_published", "meeting", out)


def plans(known: Facts, who: Caller) -> set[str]:
    """Return the plans a relative may read."""
    placed = {case["id"] for case in _placed(known, who)}
    some = [plan for plan in known.rows["plan"].values() if plan["case_id"] in placed]
    return _may(known, who, "plan.read_published", "plan", some)


# cases --------------------------------------------------------------------------------------------


def my_cases(known: Facts, who: Caller) -> set[str]:
    """Return the open cases of a member of staff."""
    return _may(known, who, "patient.list_mine", "case", _open_cases(known))


def closed(known: Facts, who: Caller) -> set[str]:
    """Return the closed ones."""
    ended = [case for case in known.rows["case"].values() if case["state"] == "closed"]
    return _may(known, who, "patient.list_mine", "case", ended)


# offices ------------------------------------------------------------------------------------------


def questions(known: Facts, who: Caller) -> set[str]:
    """Return what persons asked of looks that the caller may answer."""
    asked = known.rows["access_question"].values()
    return _may(known, who, "audit.answer_why", "access_question", asked)


def users(known: Facts, who: Caller) -> set[str]:
    """Return who works in the caller's organisation now, and whose roles the caller may change."""
    held = {one["user_id"] for one in known.rows["unit_role"].values() if _is_held(known, one)}
    return _may(known, who, "user.assign_role", "user", [known.rows["user"][one] for one in held])


def _is_held(known: Facts, held: Row) -> bool:
    return held["until"] is None or held["until"] > known.at


def units(known: Facts, who: Caller) -> set[str]:
    """Return the units an administrator may change."""
    return _may(known, who, "organisation.write", "unit", known.rows["unit"].values())


WHAT = ("action", "what")
_STAFF = tuple(oracle.STAFF)
LISTS: Mapping[str, List] = {
    "what is agreed": List("/actions", ("pat", "prox"), "", promised, WHAT),
    "agreements": List("/actions", ("rel", "ext", *_STAFF), "actions.show", promised, WHAT),
    "owed at home": List("/", ("rel", "ext", *_STAFF), "actions.show", owed_at_home, WHAT),
    "invitations": List("/", ("rel", *GUESTS, *_STAFF), "pages.answer", invited),
    "minutes": List("/", ("rel",), "pages.minutes", minutes),
    "plans": List("/", ("rel",), "plans.show", plans),
    "my cases": List("/", _STAFF, "pages.case", my_cases),
    "closed cases": List("/cases/closed", _STAFF, "pages.case", closed),
    "questions": List("/access-questions", ("mgr", "aud"), "cases.access_question", questions),
    "users": List("/users", ("adm",), "accounts.user_roles", users),
    "units": List("/organisation", ("adm",), "organisations.edit_unit", units),
}
