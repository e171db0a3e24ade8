"""What a view asks beyond the matrix, told from the tables: the answer when it is lacking.

Each entry says when the view refuses somebody the matrix lets in, and how. Where it does not
refuse, the answer must be as good as any: no view may refuse by itself without standing here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.access import oracle
from tests.access.facts import Caller, Facts, Row, Thing

GOOD, PROVE, NOT_THIS, NOT_THERE = 0, 303, 403, 404
OFF = frozenset({"cancelled", "postponed"})
PERSONS_SIDE = frozenset({"pat", "prox"})
COMMON = frozenset("bdfhijkm")
"""The sections that somebody writes, by letter (domain § 3.5)."""
PERSONS = frozenset("bhi")
ORGANISATIONS = frozenset("dfjm")
QUESTIONS = frozenset(
    ("matters", "help", "goes_well", "not_talk", "who", "practical", "without_me")
)
"""What the person is asked before a meeting (domain § 3.1)."""


@dataclass(frozen=True)
class Asked:
    """One request, as the matrix allows it."""

    facts: Facts
    who: Caller
    thing: Thing
    parts: Mapping[str, Any]

    def may(self, operation: str, thing: Thing | None = None) -> bool:
        """Tell whether the matrix lets the caller do something else as well."""
        return oracle.allows(self.facts, self.who, operation, thing or self.thing)

    @property
    def row(self) -> Row:
        """Return the row it is about."""
        return self.facts.rows[self.thing.table][self.thing.id]

    @property
    def case(self) -> Row:
        """Return the case it is about."""
        found = self.facts.case_of(self.thing)
        assert found is not None
        return found

    def invitation(self, user_id: str) -> Row | None:
        """Return the user's invitation to the meeting, unless withdrawn."""
        return self.facts.any(
            "invitation", meeting_id=self.thing.id, user_id=user_id, withdrawn_at=None
        )

    @property
    def column(self) -> str:
        """Return the column of the matrix the caller acts in."""
        return oracle.role_towards(self.facts, self.who, self.thing)


Rule = Callable[[Asked], int]


def _unless(is_good: bool, otherwise: int = NOT_THERE) -> int:  # noqa: FBT001 - the one question
    return GOOD if is_good else otherwise


# accounts -----------------------------------------------------------------------------------------


def _has_password(asked: Asked) -> int:
    user = asked.facts.row("user", asked.who.user_id)
    return _unless(bool(user and user["password_hash"]))


def _proved_by_password(asked: Asked) -> int:
    return _has_password(asked) or _unless(asked.who.stepped_up, PROVE)


def _no_provider(asked: Asked) -> int:
    """There is none on the stage; who would connect an identity first proves who they are."""
    is_known = asked.who.role != "anon" and not asked.who.stepped_up
    return PROVE if is_known else NOT_THERE


def _private_identity(asked: Asked) -> int:
    return _unless(asked.row["door"] == "person")


def _their_role_here(asked: Asked) -> int:
    held = asked.facts.row("unit_role", asked.parts["role_id"])
    if held is None:
        return NOT_THERE
    unit = asked.facts.row("unit", held["unit_id"]) or {}
    is_here = unit.get("organisation_id") == asked.who.organisation_id
    return _unless(held["user_id"] == asked.thing.id and is_here)


# meetings and invitations -------------------------------------------------------------------------


def _draft_of_it(asked: Asked) -> int:
    action = asked.facts.row("action", asked.parts["action_id"])
    is_draft = action is not None and action["published_at"] is None
    return _unless(is_draft and action["meeting_id"] == asked.thing.id)


def _own_invitation(asked: Asked) -> int:
    found = asked.invitation(asked.who.user_id)
    return _unless(found is not None and found["sent_at"] is not None)


def _on_the_list(asked: Asked) -> int:
    """Whoever is on a meeting's list may be asked about times, invitation sent or not."""
    return _unless(asked.invitation(asked.who.user_id) is not None)


def _was_polled(asked: Asked) -> int:
    meeting = asked.facts.meeting_of(asked.thing) or {}
    return _unless(asked.facts.any("date_poll", meeting_id=meeting.get("id")) is not None)


def _answers_times(asked: Asked) -> int:
    return _on_the_list(asked) or _was_polled(asked)


def _enters_times(asked: Asked) -> int:
    return _unless(asked.row["withdrawn_at"] is None) or _was_polled(asked)


def _decides(asked: Asked) -> int:
    return _own_invitation(asked) or _unless(asked.may("agenda.read"), NOT_THIS)


def _calendar_file(asked: Asked) -> int:
    user = asked.facts.rows["user"][asked.who.user_id]
    has_day = asked.row["starts_local"] is not None and asked.row["state"] not in OFF
    return _own_invitation(asked) or _unless(has_day and user["email_index"] is not None)


def _letter(asked: Asked) -> int:
    """A letter is printed of what was sent and holds; the person prints their own."""
    facts, to = asked.facts, asked.parts["user_id"]
    found = asked.invitation(to)
    is_anothers = asked.who.role in PERSONS_SIDE and to != facts.person_id(asked.case)
    if found is None or found["sent_at"] is None or is_anothers or asked.row["state"] in OFF:
        return NOT_THERE
    was_sent = any(
        one["key"].startswith(f"invitation:{found['id']}:")
        for one in facts.of("message", user_id=to)
    )
    return _unless(was_sent and may_be_invited(facts, asked.thing, to))


def may_be_invited(facts: Facts, thing: Thing, user_id: str) -> bool:
    """Tell whether somebody of the network may be invited, by consent, law or mandate."""
    case = facts.case_of(thing)
    held = facts.place(case, user_id) if case is not None else None
    if case is None or held is None:
        return False
    role = oracle.ACTS_AS[held["role"]]
    who = Caller(user_id=user_id, role=role, organisation_id=held["organisation_id"])
    if role in {"pat", "intp"} or user_id in facts.leads(Thing("case", case["id"])):
        return True
    if role in oracle.STAFF:
        return oracle.consents(facts, who, thing, "network", law=True)
    if role == "prox" and oracle.holds_mandate(facts, who, thing):
        return True
    return oracle.consents(facts, who, thing, "invite", law=False)


def _takes_back(asked: Asked) -> int:
    """Only who sends invitations takes one back from staff."""
    held = asked.facts.place(asked.case, asked.row["user_id"])
    is_staff = held is not None and oracle.ACTS_AS[held["role"]] in oracle.STAFF
    return _unless(not is_staff or asked.may("invitation.send"), NOT_THIS)


def _deputy_let_in(asked: Asked) -> int:
    """The consent that counts is the one for the workplace of whom the deputy comes instead of."""
    held = asked.facts.place(asked.case, asked.row["user_id"])
    ours = held["organisation_id"] if held is not None else None
    them = Caller(user_id="", role="", organisation_id=ours)
    opened = oracle.consents(asked.facts, them, asked.thing, "network", law=True)
    return _unless(opened, NOT_THIS)


def _begins_meeting(asked: Asked) -> int:
    case = Thing("case", asked.case["id"])
    return _unless(asked.may("meeting.create", case), NOT_THIS)


def _is_a_question(asked: Asked) -> int:
    return _unless(asked.parts["question"] in QUESTIONS)


def _out_or_draft(asked: Asked) -> int:
    is_out = asked.row["published_at"] is not None
    return _unless(is_out or asked.may("minutes.read_draft"))


def _journal(asked: Asked) -> int:
    version = asked.facts.any("plan_version", meeting_id=asked.thing.id)
    is_out = asked.row["published_at"] is not None and version is not None
    return _unless(is_out and asked.may("minutes.tick_journalised"))


def _sends_plan(asked: Asked) -> int:
    return _unless(asked.may("plan.publish_version"), NOT_THIS)


# the plan -----------------------------------------------------------------------------------------


def _may_write(asked: Asked, key: str) -> bool:
    """Tell whose section it is: the person's own words, or what the others agree on."""
    if asked.column in PERSONS_SIDE:
        return key in PERSONS
    if asked.column != "lead":
        return key in ORGANISATIONS
    plan_id = asked.row.get("plan_id", asked.thing.id)
    row = asked.facts.any("plan_section", plan_id=plan_id, key=key, organisation_id=None)
    by_person = row is not None and row["author_id"] == asked.facts.person_id(asked.case)
    return not (key == "b" and by_person)


def _section(asked: Asked) -> int:
    key = asked.parts["key"]
    if key not in COMMON - {"i"}:
        return NOT_THERE
    return _unless(_may_write(asked, key), NOT_THIS)


def _goal(asked: Asked) -> int:
    return _unless(_may_write(asked, "h"), NOT_THIS)


def _crisis_text(asked: Asked) -> int:
    row = asked.facts.any("plan_section", plan_id=asked.thing.id, key="i", organisation_id=None)
    return _unless(row is not None)


def _contested(asked: Asked) -> int:
    goal = asked.facts.row("goal", asked.parts["goal"])
    return _unless(goal is not None and goal["plan_id"] == asked.thing.id)


def _shows_others(asked: Asked) -> int:
    """What others see is shown to the person and to who coordinates."""
    return _unless(asked.may("plan.approve"))


def _shows_somebody(asked: Asked) -> int:
    held = asked.facts.place(asked.case, asked.parts["user"])
    return _shows_others(asked) or _unless(held is not None)


def _version(asked: Asked) -> int:
    known = asked.facts.any("plan_version", plan_id=asked.thing.id, n=asked.parts["n"])
    return _unless(known is not None)


def _any_version(asked: Asked) -> int:
    return _unless(asked.facts.any("plan_version", plan_id=asked.thing.id) is not None)


# offices ------------------------------------------------------------------------------------------


def _is_staff(asked: Asked) -> int:
    return _unless(asked.who.role in oracle.STAFF)


def _in_committee(asked: Asked) -> int:
    return _unless(
        asked.facts.any("committee_member", organisation_id=asked.who.organisation_id) is not None
    )


def _never(_asked: Asked) -> int:
    return NOT_THERE


RULES: Mapping[str, Rule] = {
    # The stage knows no OpenID provider and is no demo: those doors are not there.
    "accounts.ask_provider": _no_provider,
    "accounts.connect_identity": _never,
    "accounts.demo_login": _never,
    "accounts.post": _never,
    "accounts.password": _has_password,
    "accounts.change_password": _has_password,
    "accounts.own_second": _proved_by_password,
    "accounts.begin_second": _proved_by_password,
    "accounts.confirm_second": _proved_by_password,
    "accounts.end_second": _proved_by_password,
    "accounts.end_identity": _private_identity,
    "accounts.end_role": _their_role_here,
    "actions.draft": _draft_of_it,
    "actions.read_back": _draft_of_it,
    "cases.closed": _is_staff,
    "indicators.note_risks": _in_committee,
    "invitations.decide": _decides,
    "invitations.answer_times": _answers_times,
    "invitations.chase": _was_polled,
    "invitations.choose_time": _was_polled,
    "invitations.drop_time": _was_polled,
    "invitations.deputy": _own_invitation,
    "invitations.enter_times": _enters_times,
    "invitations.own_times": _on_the_list,
    "invitations.ics": _calendar_file,
    "invitations.invite_deputy": _deputy_let_in,
    "invitations.letter": _letter,
    "invitations.letter_pdf": _letter,
    "invitations.letter_with_code": _letter,
    "invitations.letter_with_code_pdf": _never,
    "invitations.respond": _own_invitation,
    "invitations.withdraw": _takes_back,
    "invitations.write": _own_invitation,
    "meetings.accept_request": _begins_meeting,
    "meetings.answer_question": _is_a_question,
    "meetings.question": _is_a_question,
    "pages.answer": _own_invitation,
    "pages.minutes": _out_or_draft,
    "pages.minutes_pdf": _out_or_draft,
    "pages.seen": _shows_somebody,
    "pages.suppose": _shows_others,
    "plans.add_goal": _goal,
    "plans.answer": _any_version,
    "plans.as_seen_by": _shows_somebody,
    "plans.compare": _any_version,
    "plans.contest": _contested,
    "plans.copies": _shows_others,
    "plans.crisis_card": _crisis_text,
    "plans.edit_crisis": lambda asked: _unless(_may_write(asked, "i"), NOT_THIS),
    "plans.edit_section": _section,
    "plans.end_goal": _goal,
    "plans.journal": _journal,
    "plans.publish": _sends_plan,
    "plans.reopen_goal": _goal,
    "plans.score": _goal,
    "plans.version": _version,
}
"""By view."""


def refusal(endpoint: str, asked: Asked) -> int:
    """Return how the view refuses by itself, ``GOOD`` when it does not."""
    return RULES[endpoint](asked) if endpoint in RULES else GOOD
