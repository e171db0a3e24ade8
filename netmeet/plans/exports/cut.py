"""A plan's content cut for one reader: what page, paper, preview and journal text are made of.

What the reader's consent or legal basis does not open is left out. Staff's copies then say that
they are an extract; the copies of relatives and guests are never marked (``product.md``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from netmeet.actions import exports as agreements
from netmeet.actions import rules as action_rules
from netmeet.actions.models import Action
from netmeet.actions.rules import Commitment
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.rules import EVERY_AREA
from netmeet.core.access import STAFF, Actor
from netmeet.core.permissions import Permission as P
from netmeet.meetings.models import ContestedLine
from netmeet.meetings.queries import hides_place
from netmeet.organisations.rules import Sector
from netmeet.plans import queries, rules
from netmeet.plans.exports import scale, words
from netmeet.plans.exports.content import Content, action_now, freeze
from netmeet.plans.models import Plan, PlanVersion
from netmeet.plans.queries import Facts, Part
from netmeet.plans.rules import PlanType, SectionKey

_SCOPES = {"basic": P.PATIENT_READ_BASIC, "network": P.NETWORK_READ_MEMBERS}
_SCOPES |= {"plan": P.PLAN_READ_PUBLISHED, "actions": P.ACTION_READ, "crisis": P.CRISIS_PLAN_READ}

Line = dict[str, Any]
_BEFORE_OFFICES = {"office": ""}
"""What the oldest versions say of somebody's office: their ``phone`` is its number."""


@dataclass
class _Knife:
    """Asks the rules of each line, and counts what it leaves out.

    What the rules see of a line is alike for many: the same question is asked once.
    """

    case: Case
    reader: Actor
    leads: frozenset[str]
    answers: dict[tuple[P, tuple[Any, ...]], bool]
    left_out: int = 0

    def opens(self, permission: P, line: Mapping[str, Any], *, area: str = "area") -> bool:
        """Tell whether the line may stay; ``area`` is where it says its area of life."""
        may = self._may(
            permission,
            line[area] or None if area else EVERY_AREA,
            line.get("owner_id", ""),
            line.get("is_live", True),
            line.get("is_hidden", False),
        )
        self.left_out += not may
        return may

    def _may(self, permission: P, *seen: Any) -> bool:
        if (permission, seen) not in self.answers:
            area, owner_id, is_live, is_hidden = seen
            part = Part(
                case=self.case,
                life_area=area,
                author_id=owner_id,
                is_live=is_live,
                is_hidden_from_private=is_hidden,
                leads=self.leads,
            )
            may = queries.opens(part, reader=self.reader, permission=permission)
            self.answers[permission, seen] = may
        return self.answers[permission, seen]

    def keep(self, permission: P, lines: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Return copies of the lines that may stay."""
        return [dict(line) for line in lines if self.opens(permission, line)]

    def whole_opens(self, permission: P) -> bool:
        """Tell whether what belongs to the whole plan is open, whatever its lines are about."""
        return self._may(permission, EVERY_AREA, "", True, False)  # noqa: FBT003 - as seen

    def section_opens(self, key: SectionKey) -> bool:
        """Tell whether a section as a whole is open."""
        return self.whole_opens(_SCOPES[rules.section(key).scope])


class Reading:
    """What one reader may read of a plan: of its content now and of its versions."""

    def __init__(self, case: Case, reader: Actor) -> None:
        self._case, self._reader = case, reader
        self._to_person = queries.is_on_persons_side(reader)
        self._unknown = case.apart_from(reader.user_id)
        self._leads = case.lead_ids
        self._answers: dict[tuple[P, tuple[Any, ...]], bool] = {}

    def _knife(self) -> _Knife:
        return _Knife(self._case, self._reader, self._leads, self._answers)

    def gist(self, content: Content) -> dict[str, Any]:
        """Return what two versions are compared by: agreements, goals, texts."""
        return self._gist(_without(content, self._unknown), self._knife())

    def _gist(self, content: Content, knife: _Knife) -> dict[str, Any]:
        told_to = content["person"]["name"] if self._to_person else ""
        return {
            "kind": PlanType(content["kind"]).value,
            "to_person": self._to_person,
            "first": content["person"]["first"],
            "actions": [
                _action(line, told_to) for line in knife.keep(P.ACTION_READ, content["actions"])
            ],
            "goals": knife.keep(P.PLAN_READ_PUBLISHED, content["goals"]),
            "goals_ended": _ended(content, knife),
            "sections": _sections(content, knife),
            "differs": knife.keep(P.PLAN_READ_PUBLISHED, content["differs"]),
        }

    def cut(self, content: Content, *, contested: Sequence[ContestedLine] = ()) -> dict[str, Any]:
        """Return what the reader may read of ``content``, with days as dates and words to show."""
        knife = self._knife()
        content = _without(content, self._unknown)
        kind = PlanType(content["kind"])
        made = {
            **self._gist(content, knife),
            "name": words.name_of(kind, to_person=self._to_person),
            "law": words.law_of(kind),
            "made_on": date.fromisoformat(content["made_on"]),
            "person": _person(content, knife),
            "team": _team(content, knife),
            "next": _next(content, knife),
            "no_next": content["no_next"],
            "call": {**_BEFORE_OFFICES, **content["call"]}
            if content["call"] and self._to_person
            else None,
            "wishes": knife.keep(P.PLAN_READ_PUBLISHED, content["wishes"]),
            "met_on": _day(content["met_on"]),
        }
        _describe(made, _marker(contested, to_person=self._to_person))
        made["is_extract"] = bool(knife.left_out) and _is_staff(self._reader, self._case)
        return made

    def living(self, plan: Plan, facts: Facts) -> dict[str, Any] | None:
        """Return the living plan; who may not read drafts gets what is published, or ``None``."""
        if not queries.may_read_draft(self._case, self._reader):
            return self.newest(plan.newest, facts) if plan.newest is not None else None
        content = freeze(facts, kind=plan.kind, at=self._reader.at)
        return self.cut(content, contested=facts.contested)

    def newest(self, version: PlanVersion, facts: Facts) -> dict[str, Any]:
        """Return the newest version: its words as sent out, and how far each agreement is now.

        A reader who was shown nothing but "not begun" would believe that nothing has happened.
        """
        content = {**version.content, "actions": _as_they_stand(version.content, facts.actions)}
        return self.cut(content, contested=facts.contested)


def cut(
    content: Content,
    *,
    case: Case,
    reader: Actor,
    contested: Sequence[ContestedLine] = (),
) -> dict[str, Any]:
    """Return what ``reader`` may read of ``content`` (:meth:`Reading.cut`)."""
    return Reading(case, reader).cut(content, contested=contested)


def living(plan: Plan, facts: Facts, *, reader: Actor) -> dict[str, Any] | None:
    """Return the living plan for the reader (:meth:`Reading.living`)."""
    return Reading(plan.case, reader).living(plan, facts)


def _as_they_stand(content: Content, actions: Sequence[Action]) -> list[Line]:
    """Return the agreements of a version, each with its present status and who said yes to it."""
    known = {action.id: action_now(action) for action in actions}
    return [{**line, **known.get(line["id"], {})} for line in content["actions"]]


def _without(content: Content, unknown: frozenset[str]) -> Content:
    """Return the content without those of whom the reader must learn nothing."""
    if not unknown:
        return content
    nobody = {"owner": _("Den anden forælder"), "where": ""}
    return {
        **content,
        "team": [one for one in content["team"] if one["user_id"] not in unknown],
        "actions": [
            {**one, **nobody} if one["owner_id"] in unknown else one for one in content["actions"]
        ],
    }


def find_line(plan: Mapping[str, Any], *, kind: str, line_id: str, n: int) -> str | None:
    """Return what the line of a cut says, ``None`` when the reader has no such line."""
    lines = [*plan["actions"], *plan["goals"], *plan["wishes"], *plan["differs"]]
    lines += [line for one in plan["sections"] for line in one["lines"]]
    for line in lines:
        where = line["line"]
        if (where["kind"], where["id"], where["n"]) == (kind, line_id, n):
            return str(where["text"])
    return None


def readers(case: Case, *, at: datetime) -> list[dict[str, Any]]:
    """Return everybody in the network but the person's side: id, name and who it is."""
    return [_reader(member) for member, _actor in _others(case, at)]


def sharing(case: Case, *, at: datetime) -> list[dict[str, Any]]:
    """Return :func:`readers` and whether the plan is open to them (``reads``), for the person."""
    return [
        {**_reader(member), "reads": queries.may_read_plan(case, actor)}
        for member, actor in _others(case, at)
    ]


def _others(case: Case, at: datetime) -> list[tuple[TeamMember, Actor]]:
    seen = queries.readers(case, at=at)
    return [(member, actor) for member, actor in seen if not queries.is_on_persons_side(actor)]


def _reader(member: TeamMember) -> dict[str, Any]:
    who = member.relation or member.where
    return {"user_id": member.user_id, "name": member.name, "who": who}


def _is_staff(reader: Actor, case: Case) -> bool:
    return reader.role_on(case) in STAFF


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _person(content: Content, knife: _Knife) -> Line | None:
    if not knife.section_opens(SectionKey.BASIC):
        return None
    person = dict(content["person"])
    return {**person, "born": _day(person["born"])}


Mark = Callable[[str, Line, str], Line]


def _describe(made: dict[str, Any], mark: Mark) -> None:
    """Put into words what a page shows of each line, and beside it that the person contests it."""
    for action in made["actions"]:
        action["met_on"], action["granted"] = _day(action["met_on"]), _granted(action)
        mark("action", action, action["what"])
    for goal in made["goals"]:
        goal["scale"] = scale.draw([(date.fromisoformat(on), at) for on, at in goal["scores"]])
        mark("goal", goal, goal["agreed"])
    for one in made["sections"]:
        for line in one["lines"]:
            mark(f"section-{one['key']}", line, line["text"])
    for wish in made["wishes"]:
        mark("item", wish, wish["title"])
    for seen in made["differs"]:
        mark("item", seen, seen["text"])


def _marker(contested: Sequence[ContestedLine], *, to_person: bool) -> Mark:
    """Return what puts beside a line that the person says it is wrong.

    It stands there for everybody until it is answered; the person sees the answer too.
    """

    def mark(kind: str, line: Line, text: str) -> Line:
        line["line"] = {"kind": kind, "id": line["id"], "n": line.get("n", 0), "text": text}
        line["contested"] = said_of(contested, kind, line["id"], text, to_person=to_person)
        return line

    return mark


def said_of(
    contested: Sequence[ContestedLine], kind: str, line_id: str, text: str, *, to_person: bool
) -> list[Line]:
    """Return what stands beside one line: that it is wrong, and to the person what was answered."""
    return [
        {
            "words": one.words,
            "kind": one.kind.value,
            "due": one.due_on,
            "answer": one.answer,
            "id": one.id,
            "is_answered": one.answered_at is not None,
        }
        for one in contested
        if (one.line_kind, one.line_id, one.line) == (kind, line_id, text)
        and (to_person or one.answered_at is None)
    ]


def _ended(content: Content, knife: _Knife) -> list[Line]:
    """Return the goals that have ended; the oldest versions hold none."""
    kept = knife.keep(P.PLAN_READ_PUBLISHED, content.get("goals_ended", ()))
    return [{**goal, "ended_on": _day(goal["ended_on"])} for goal in kept]


def _action(line: Line, told_to: str) -> Line:
    """Return the agreement; ``told`` is how the person reads it, ``""`` to others."""
    line["due"] = _day(line["due"])
    by = action_rules.Telling(owner=line["owner"], person=told_to, is_own=line["is_persons"])
    line["told"] = action_rules.told(line["what"], by) if told_to else ""
    return line


def _granted(line: Line) -> str:
    """Return whether the one who must has said yes; old versions only say that nobody has."""
    old = Commitment.NONE if line.get("is_granted", True) else Commitment.AWAITED
    side = line.get("party", "")
    return agreements.committed(
        Commitment(line.get("commitment", old)),
        Sector(side) if side else None,
        on=_day(line.get("answered_on", "")),
    )


def _sections(content: Content, knife: _Knife) -> list[Line]:
    """Return the written sections in the order of the plan, each with the lines that are open.

    What is common comes first, then each organisation's own part, whose lines say whose they are.
    """
    written: dict[str, list[Line]] = {}
    for one in sorted(content["sections"], key=lambda one: one.get("by", "")):
        written.setdefault(one["key"], []).append(one)
    found = []
    for known in rules.SECTIONS:
        parts = written.get(known.key.value, [])
        permission = _SCOPES[known.scope]
        area = "area" if known.by_life_area else ""
        lines = [
            {**line, "id": one["id"], "n": n, "by": one.get("by", "")}
            for one in parts
            for n, line in enumerate(one["lines"])
            if knife.opens(permission, line, area=area)
        ]
        if lines:
            title = known.plain_title if queries.is_on_persons_side(knife.reader) else known.title
            saved_on = max(_day(one["saved_on"]) or date.min for one in parts)
            found.append({**parts[0], "title": title, "lines": lines, "saved_on": saved_on})
    return found


def _team(content: Content, knife: _Knife) -> list[Line]:
    """Return the contacts. How private people are reached is only for who may know it."""
    if not knife.section_opens(SectionKey.TEAM):
        knife.left_out += bool(content["team"])
        return []
    knows = knife.whole_opens(P.NETWORK_READ_MEMBER_CONTACT)
    to_person = queries.is_on_persons_side(knife.reader)
    shown = []
    for member in content["team"]:
        may_reach = knows or (member["is_staff"] and to_person)
        hidden = {} if may_reach else {"reach": "", "stand_in": "", "phone": ""}
        shown.append({**_BEFORE_OFFICES, **member, **hidden})
    return shown


def _next(content: Content, knife: _Knife) -> Line | None:
    if content["next"] is None or not knife.section_opens(SectionKey.FOLLOW_UP):
        return None
    coming = dict(content["next"])
    if not _reads_place(coming.pop("meeting_id", ""), knife):
        coming["place"] = ""
    return {**coming, "starts": datetime.fromisoformat(coming["starts"])}


def _reads_place(meeting_id: str, knife: _Knife) -> bool:
    """Tell whether the reader learns where it is: as who may read the meeting.

    Who only reads the plan is told the day; where somebody can be found is not theirs to know.
    """
    reader, case = knife.reader, knife.case
    if queries.is_on_persons_side(reader):
        return True
    meeting = next((one for one in case.meetings if one.id == meeting_id), None)
    if meeting is None or hides_place(case, reader):
        return False
    return queries.allows(reader, P.MEETING_READ, meeting)
