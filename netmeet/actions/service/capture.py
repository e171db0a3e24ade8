"""One line makes an agreement: what, who, by when. Doubt is asked, never guessed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from netmeet.actions import queries, rules
from netmeet.actions.models import Action
from netmeet.actions.rules import ActionKind, DueDoubt, OwnerDoubt
from netmeet.cases.models import Case, TeamMember
from netmeet.cases.rules import MemberRole
from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings.models import Meeting
from netmeet.meetings.rules import LifeArea

LONGEST_LINE = 300

Deciders = Callable[[str], Collection[tuple[str, str]]]
"""Takes a meeting's id; returns who has the mandate to decide which point, as two ids."""

_deciders: list[Deciders] = []


def ask_who_may_decide(deciders: Deciders) -> None:
    """Register who knows the mandates of a meeting: the slice that asks for them lies beside."""
    _deciders[:] = [deciders]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody picked where the line was in doubt, or corrected.

    ``asks_first`` says that the owner's organisation must say yes first, though they are here;
    ``after_id`` which agreement must have ended first.
    """

    owner_id: str = ""
    due_on: date | None = None
    kind: ActionKind | None = None
    asks_first: bool = False
    after_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a line says so far. One owner and a date mean that it may be kept without asking.

    With a doubt, ``owners`` and ``days`` are what to choose from (perhaps nothing). ``waits`` says
    that something must have happened first; which agreement that is (``after_id``) is asked, and
    may be none: much of what is waited for has been agreed with nobody.
    """

    line: str
    what: str
    owners: Sequence[TeamMember]
    owner_doubt: OwnerDoubt
    days: Sequence[date]
    due_doubt: DueDoubt
    life_area: LifeArea | None
    kind: ActionKind = ActionKind.TASK
    asks_first: bool = False
    waits: bool = False
    after_id: str = ""

    @property
    def owner(self) -> TeamMember | None:
        """Return who does it, when that is sure."""
        return self.owners[0] if self.owner_doubt is OwnerDoubt.NONE else None

    @property
    def due_on(self) -> date | None:
        """Return by when, when that is sure."""
        return self.days[0] if self.due_doubt is DueDoubt.NONE else None

    @property
    def is_sure(self) -> bool:
        """Tell whether owner and date are both sure."""
        return self.owner is not None and self.due_on is not None


def may_own(member: TeamMember) -> bool:
    """Tell whether the member may own an agreement: everybody but an interpreter."""
    return member.role.access is not Role.INTP


def read(case: Case, line: str, *, today: date, choice: Choice | None = None) -> Reading:
    """Read the line as an agreement in the case; what was chosen settles a doubt."""
    picked = choice or Choice()
    members = {member.user_id: member for member in case.members if may_own(member)}
    parsed = rules.parse(line, _people(members.values()), today, known_areas=tuple(LifeArea))
    owner_ids, owner_doubt = parsed.owner_ids, parsed.owner_doubt
    if owner_doubt is not OwnerDoubt.NONE and picked.owner_id in members:
        owner_ids, owner_doubt = (picked.owner_id,), OwnerDoubt.NONE
    days, due_doubt = parsed.due_candidates, parsed.due_doubt
    if parsed.due_on is not None:
        days, due_doubt = (parsed.due_on,), DueDoubt.NONE
    elif picked.due_on is not None and picked.due_on >= today:
        days, due_doubt = (picked.due_on,), DueDoubt.NONE
    return Reading(
        line=line,
        what=parsed.what,
        owners=[members[user_id] for user_id in owner_ids],
        owner_doubt=owner_doubt,
        days=days,
        due_doubt=due_doubt,
        life_area=LifeArea(parsed.life_area) if parsed.life_area else None,
        kind=picked.kind or (ActionKind(parsed.kind) if parsed.kind else ActionKind.TASK),
        asks_first=picked.asks_first,
        waits=parsed.waits,
        after_id=picked.after_id if parsed.waits else "",
    )


def _people(members: Iterable[TeamMember]) -> list[rules.Person]:
    return [
        rules.Person(
            id=member.user_id,
            full_name=member.name,
            organisation=member.organisation.name if member.organisation is not None else "",
            is_the_person=member.role is MemberRole.PERSON,
        )
        for member in members
    ]


def lacks_yes(meeting: Meeting, reading: Reading, *, item_id: str | None = None) -> bool:
    """Tell whether the owner's organisation is not bound by this yet, and must say yes to it.

    It is bound when the owner promises their own work in the room, or when somebody of theirs is
    there with the mandate for the point. The meeting's invitations are loaded.
    """
    owner = reading.owner
    if owner is None or not owner.role.is_staff:
        return False
    if reading.asks_first:
        return True
    here = queries.in_room(meeting)
    ours = {
        member.user_id
        for member in meeting.case.members
        if member.user_id == owner.user_id
        or (member.organisation_id is not None and member.organisation_id == owner.organisation_id)
    }
    may_decide = {
        user_id
        for deciders in _deciders
        for user_id, point in deciders(meeting.id)
        if item_id in {None, point}
    }
    return not rules.has_said_yes(
        reading.kind,
        owner_is_here=owner.user_id in here,
        mandate_is_here=bool(ours & here & may_decide),
    )


def keep(
    meeting: Meeting, reading: Reading, *, by: Actor, at: datetime, item_id: str | None = None
) -> Action:
    """Keep the line as a draft of an agreement. What is in doubt stays lacking.

    A draft is in force when the minutes are sent out, and cannot be sent out while it lacks owner
    or date. Raises ``Refused`` for a line without words, for waiting for what it may not wait for,
    or after the minutes were sent out. The meeting's points and who is there are loaded.
    """
    _check_open(meeting)
    items = set() if item_id is None else {item_id}
    if items and not items <= {item.id for item in meeting.items}:
        raise Refused(_("Punktet er ikke på dagsordenen."))
    action = Action(
        case_id=meeting.case_id,
        case=meeting.case,
        meeting_id=meeting.id,
        meeting=meeting,
        item_id=item_id,
        created_at=at,
        created_by_id=by.user_id,
    )
    _write(action, reading)
    action.after_id = _awaited(meeting, reading, by=by)
    action.needs_yes = lacks_yes(meeting, reading, item_id=item_id)
    db.session.add(action)
    db.session.flush()
    return action


def rewrite(action: Action, reading: Reading, *, by: Actor, version: int) -> None:
    """Let the draft say what the new line says; the read-back must be done again.

    The draft's meeting is loaded, with its invitations, points and who is there.

    Raises ``Conflict`` when somebody else changed it meanwhile, ``Refused`` after publication, or
    for waiting for what it may not wait for.
    """
    _check_draft(action)
    label = _("Aftalen")
    action.expect(version, mine={label: reading.line}, theirs={label: line_of(action)})
    of = action.meeting
    needs_yes = of is not None and lacks_yes(of, reading, item_id=action.item_id)
    after_id = _awaited(of, reading, by=by, action=action) if of is not None else None
    _write(action, reading)
    action.after_id = after_id
    action.needs_yes = needs_yes
    action.read_back_at = None
    db.session.flush()


def read_back(action: Action, *, what: str, at: datetime, version: int) -> None:
    """Note that the wording was read aloud and is right; ``what`` may mend it.

    Raises ``Refused`` without words, ``Conflict`` when it was changed meanwhile.
    """
    _check_draft(action)
    label = _("Aftalen")
    action.expect(version, mine={label: what}, theirs={label: action.what})
    if not what.strip():
        raise Refused(_("Skriv, hvad der er aftalt."), field="what")
    action.what = what.strip()
    action.read_back_at = at
    db.session.flush()


def remove(action: Action) -> None:
    """Delete a draft that was no agreement after all. Raises ``Refused`` after publication."""
    _check_draft(action)
    free = update(Action).where(Action.after_id == action.id).values(after_id=None)
    db.session.execute(free)
    db.session.execute(delete(Action).where(Action.id == action.id))


def to_wait_for(meeting: Meeting, *, reader: Actor, by: Action | None = None) -> list[Action]:
    """Return what an agreement of the meeting may wait for, of what the reader may see.

    Not itself, nor what waits for it. The meeting's points and who is there are loaded.
    """
    return queries.shown(_free(meeting, by), meeting, reader=reader)


def _free(meeting: Meeting, by: Action | None) -> list[Action]:
    """Return everything open around the meeting that does not wait for ``by``."""
    found = queries.open_around(meeting)
    after = {one.id: one.after_id for one in found}
    return [one for one in found if by is None or by.id not in _chain(one.id, after)]


def _chain(first: str, after: Mapping[str, str | None]) -> list[str]:
    """Return the agreement and all that it waits for, one after another."""
    chain = [first]
    while (following := after.get(chain[-1])) is not None and following not in chain:
        chain.append(following)
    return chain


def first_of(action: Action) -> str:
    """Return which agreement the draft waits for, ``""`` for none or one that has ended."""
    return action.after_id or "" if queries.waits_still(action) else ""


def _awaited(
    meeting: Meeting, reading: Reading, *, by: Actor, action: Action | None = None
) -> str | None:
    """Return what is to be waited for; what was chosen before stays, seen by the writer or not."""
    if not reading.after_id:
        return None
    if action is not None and reading.after_id == action.after_id:
        return first_of(action) or None
    # Two who choose at once would else let two agreements wait for each other.
    db.session.execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    if reading.after_id not in {one.id for one in to_wait_for(meeting, reader=by, by=action)}:
        raise Refused(_("Den kan ikke vente på den aftale. Vælg en af dem, der står her."))
    return reading.after_id


def draft(meeting: Meeting, action_id: str) -> Action | None:
    """Return the meeting's agreement of that id, with its owner, unless it has been published."""
    statement = (
        select(Action)
        .where(
            Action.id == action_id, Action.meeting_id == meeting.id, Action.published_at.is_(None)
        )
        .options(joinedload(Action.owner))
    )
    return db.session.scalars(statement).one_or_none()


def line_of(action: Action) -> str:
    """Return the agreement as the line that would make it, for mending; lines are Danish."""
    owner = f"{action.owner.name}: " if action.owner is not None else ""
    due = f" {calendar.day_with_year(action.due_on, lang='da')}" if action.due_on else ""
    return f"{owner}{action.what}{due}"


def _write(action: Action, reading: Reading) -> None:
    if not reading.what.strip():
        raise Refused(_("Skriv, hvad der er aftalt."), field="line")
    if len(reading.line) > LONGEST_LINE:
        raise Refused(_("Skriv det kortere. Én aftale er én linje."), field="line")
    owner = reading.owner
    is_persons = owner is not None and owner.role is MemberRole.PERSON
    action.what = reading.what
    action.owner_id = owner.user_id if owner is not None else None
    action.owner = owner.user if owner is not None else None
    action.unit_id = owner.unit_id if owner is not None else None
    action.is_persons = is_persons
    action.kind = ActionKind.OWN if is_persons else reading.kind
    action.due_on = action.first_due_on = reading.due_on
    action.life_area = reading.life_area or action.life_area


def _check_open(meeting: Meeting) -> None:
    if meeting.published_at is not None:
        raise Refused(_("Referatet er sendt ud. Nye aftaler hører til det næste møde."))


def _check_draft(action: Action) -> None:
    if action.published_at is not None:
        raise Refused(_("Aftalen er sendt ud. Den kan ikke skrives om her."))


def today_of(at: datetime) -> date:
    """Return the day in Copenhagen that words such as *i morgen* are counted from."""
    return calendar.to_local(at).date()
