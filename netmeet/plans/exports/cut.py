"""A plan's content cut for one reader: what page, paper, preview and journal text are made of.

What the reader's consent or legal basis does not open is left out. Staff's copies then say that
they are an extract; the copies of relatives and guests are never marked (``product.md``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from netmeet.actions import exports as agreements
from netmeet.actions import rules as action_rules
from netmeet.actions.rules import Commitment
from netmeet.cases.models import Case
from netmeet.cases.rules import EVERY_AREA
from netmeet.core.access import STAFF, Actor
from netmeet.core.permissions import Permission as P
from netmeet.meetings.models import ContestedLine
from netmeet.organisations.rules import Sector
from netmeet.plans import queries, rules
from netmeet.plans.exports import scale, words
from netmeet.plans.exports.content import Content, freeze
from netmeet.plans.models import Plan
from netmeet.plans.queries import Facts, Part
from netmeet.plans.rules import PlanType, SectionKey

_SCOPES = {"basic": P.PATIENT_READ_BASIC, "network": P.NETWORK_READ_MEMBERS}
_SCOPES |= {"plan": P.PLAN_READ_PUBLISHED, "actions": P.ACTION_READ, "crisis": P.CRISIS_PLAN_READ}

Line = dict[str, Any]


@dataclass
class _Knife:
    """Asks the rules of each line, and counts what it leaves out.

    A ``Part`` is all the rules see of a line: what is alike is asked about once.
    """

    case: Case
    reader: Actor
    left_out: int = 0
    answers: dict[tuple[P, Part], bool] = field(default_factory=dict)

    def opens(self, permission: P, line: Mapping[str, Any], *, area: str = "area") -> bool:
        """Tell whether the line may stay; ``area`` is where it says its area of life."""
        part = Part(
            case=self.case,
            life_area=line[area] or None if area else EVERY_AREA,
            author_id=line.get("owner_id", ""),
            is_live=line.get("is_live", True),
            is_hidden_from_private=line.get("is_hidden", False),
        )
        may = self.answers.get((permission, part))
        if may is None:
            may = queries.opens(part, reader=self.reader, permission=permission)
            self.answers[permission, part] = may
        self.left_out += not may
        return may

    def keep(self, permission: P, lines: Sequence[Mapping[str, Any]]) -> list[Line]:
        """Return copies of the lines that may stay."""
        return [dict(line) for line in lines if self.opens(permission, line)]

    def section_opens(self, key: SectionKey) -> bool:
        """Tell whether a section as a whole is open, whatever its lines are about."""
        part = Part(case=self.case, life_area=EVERY_AREA)
        permission = _SCOPES[rules.section(key).scope]
        return queries.opens(part, reader=self.reader, permission=permission)


def cut(
    content: Content,
    *,
    case: Case,
    reader: Actor,
    contested: Sequence[ContestedLine] = (),
) -> dict[str, Any]:
    """Return what ``reader`` may read of ``content``, with days as dates and words to show."""
    knife = _Knife(case, reader)
    content = _without(content, case.apart_from(reader.user_id))
    to_person = queries.is_on_persons_side(reader)
    kind = PlanType(content["kind"])
    mark = _marker(contested, to_person=to_person)
    made = {
        "kind": kind.value,
        "name": words.name_of(kind, to_person=to_person),
        "law": words.law_of(kind),
        "to_person": to_person,
        "made_on": date.fromisoformat(content["made_on"]),
        "first": content["person"]["first"],
        "person": _person(content, knife),
        "actions": _actions(content, knife, mark, to_person=to_person),
        "goals": [_goal(g, mark) for g in knife.keep(P.PLAN_READ_PUBLISHED, content["goals"])],
        "goals_ended": _ended(content, knife),
        "sections": _sections(content, knife, mark),
        "team": _team(content, knife),
        "next": _next(content, knife),
        "no_next": content["no_next"],
        "call": content["call"] if to_person else None,
        "wishes": [mark("item", w, w["title"]) for w in _of_plan(knife, content["wishes"])],
        "differs": [mark("item", d, d["text"]) for d in _of_plan(knife, content["differs"])],
        "met_on": _day(content["met_on"]),
    }
    made["is_extract"] = bool(knife.left_out) and _is_staff(reader, case)
    return made


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


def living(plan: Plan, facts: Facts, *, reader: Actor) -> dict[str, Any]:
    """Return the living plan cut for the reader; who may not read drafts gets what is published."""
    newest = plan.newest
    if newest is None or queries.may_read_draft(plan.case, reader):
        content = freeze(facts, kind=plan.kind, at=reader.at)
    else:
        content = newest.content
    return cut(content, case=plan.case, reader=reader, contested=facts.contested)


def find_line(plan: Mapping[str, Any], *, kind: str, line_id: str, n: int) -> str | None:
    """Return what the line of a cut says, ``None`` when the reader has no such line."""
    lines = [*plan["actions"], *plan["goals"], *plan["wishes"], *plan["differs"]]
    lines += [line for one in plan["sections"] for line in one["lines"]]
    for line in lines:
        where = line["line"]
        if (where["kind"], where["id"], where["n"]) == (kind, line_id, n):
            return str(where["text"])
    return None


def sharing(case: Case, *, at: datetime) -> list[dict[str, Any]]:
    """Return everybody else in the network and whether the plan is open to them, for the person."""
    return [
        {
            "user_id": member.user_id,
            "name": member.name,
            "who": member.relation or member.where,
            "reads": queries.may_read_plan(case, reader),
        }
        for member, reader in queries.readers(case, at=at)
        if not queries.is_on_persons_side(reader)
    ]


def _is_staff(reader: Actor, case: Case) -> bool:
    return reader.role_on(case) in STAFF


def _of_plan(knife: _Knife, lines: Sequence[Mapping[str, Any]]) -> list[Line]:
    return knife.keep(P.PLAN_READ_PUBLISHED, lines)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _person(content: Content, knife: _Knife) -> Line | None:
    if not knife.section_opens(SectionKey.BASIC):
        return None
    person = dict(content["person"])
    return {**person, "born": _day(person["born"])}


Mark = Callable[[str, Line, str], Line]


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


def _actions(content: Content, knife: _Knife, mark: Mark, *, to_person: bool) -> list[Line]:
    told_to = content["person"]["name"] if to_person else ""
    kept = knife.keep(P.ACTION_READ, content["actions"])
    return [_action(line, mark, told_to=told_to) for line in kept]


def _ended(content: Content, knife: _Knife) -> list[Line]:
    """Return the goals that have ended; the oldest versions hold none."""
    kept = knife.keep(P.PLAN_READ_PUBLISHED, content.get("goals_ended", ()))
    return [{**goal, "ended_on": _day(goal["ended_on"])} for goal in kept]


def _action(line: Line, mark: Mark, *, told_to: str) -> Line:
    """Return the agreement to show; ``told`` is how the person reads it, ``""`` to others."""
    line["due"], line["met_on"] = _day(line["due"]), _day(line["met_on"])
    by = action_rules.Telling(owner=line["owner"], person=told_to, is_own=line["is_persons"])
    line["told"] = action_rules.told(line["what"], by) if told_to else ""
    line["granted"] = _granted(line)
    return mark("action", line, line["what"])


def _granted(line: Line) -> str:
    """Return whether the one who must has said yes; old versions only say that nobody has."""
    old = Commitment.NONE if line.get("is_granted", True) else Commitment.AWAITED
    side = line.get("party", "")
    return agreements.committed(
        Commitment(line.get("commitment", old)),
        Sector(side) if side else None,
        on=_day(line.get("answered_on", "")),
    )


def _goal(line: Line, mark: Mark) -> Line:
    line["scale"] = scale.draw([(date.fromisoformat(on), value) for on, value in line["scores"]])
    return mark("goal", line, line["agreed"])


def _sections(content: Content, knife: _Knife, mark: Mark) -> list[Line]:
    """Return the written sections in the order of the plan, each with the lines that are open.

    What is common comes first, then each organisation's own part, whose lines say whose they are.
    """
    found = []
    for known in rules.SECTIONS:
        parts = [one for one in content["sections"] if one["key"] == known.key.value]
        parts.sort(key=lambda one: one.get("by", ""))
        permission = _SCOPES[known.scope]
        area = "area" if known.by_life_area else ""
        lines = [
            mark(
                f"section-{known.key.value}",
                {**line, "id": one["id"], "n": n, "by": one.get("by", "")},
                line["text"],
            )
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
    part = Part(case=knife.case, life_area=EVERY_AREA)
    knows = queries.opens(part, reader=knife.reader, permission=P.NETWORK_READ_MEMBER_CONTACT)
    to_person = queries.is_on_persons_side(knife.reader)
    shown = []
    for member in content["team"]:
        may_reach = knows or (member["is_staff"] and to_person)
        hidden = {} if may_reach else {"reach": "", "stand_in": ""}
        shown.append({**member, **hidden})
    return shown


def _next(content: Content, knife: _Knife) -> Line | None:
    if content["next"] is None or not knife.section_opens(SectionKey.FOLLOW_UP):
        return None
    coming = dict(content["next"])
    if not _reads_place(coming.pop("meeting_id", ""), knife):
        coming["place"] = ""
    return {**coming, "starts": datetime.fromisoformat(coming["starts"])}


def _reads_place(meeting_id: str, knife: _Knife) -> bool:
    """Tell whether the reader learns where it is: as who may read the meeting, and no protection.

    Who only reads the plan is told the day; where somebody can be found is not theirs to know.
    """
    reader, case = knife.reader, knife.case
    if queries.is_on_persons_side(reader):
        return True
    meeting = next((one for one in case.meetings if one.id == meeting_id), None)
    if case.person.is_protected or meeting is None:
        return False
    return queries.allows(reader, P.MEETING_READ, meeting)
