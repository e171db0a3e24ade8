"""Writing the minutes: one field at a time, the answer to the person, and what comes after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from netmeet.accounts.models import User
from netmeet.core import calendar
from netmeet.core.access import Actor
from netmeet.core.db import db
from netmeet.core.refusals import Conflict, Refused
from netmeet.meetings import rules
from netmeet.meetings.models import AgendaItem, Journalised, Meeting, MinutesEntry, Statement
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    AnswerToPerson,
    Conclusion,
    ItemState,
    MinutesField,
    PointLack,
)

LONGEST_ENTRY = 600
"""Characters in one field: only what matters from here on (domain § 3.3)."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a point ended, and where that is open: who decides by when, or why."""

    conclusion: Conclusion | None = None
    until: date | None = None
    decider: str = ""
    reason: str = ""

    @classmethod
    def of(cls, item: AgendaItem) -> "Outcome":
        """Return how the point ended, with all that is noted beside it."""
        return cls(
            conclusion=item.conclusion,
            until=item.conclude_on,
            decider=item.decider.name if item.decider is not None else "",
            reason=item.reason,
        )

    @property
    def settled(self) -> "Outcome":
        """Return it without what was noted while something else was chosen."""
        c = self.conclusion
        return Outcome(
            conclusion=c,
            until=self.until if c in {Conclusion.AWAITING, Conclusion.DEFERRED} else None,
            decider=self.decider if c is Conclusion.AWAITING else "",
            reason=self.reason if c in {Conclusion.DEFERRED, Conclusion.NOT_DEALT_WITH} else "",
        )

    @property
    def words(self) -> str:
        """Return it in one line, for two texts side by side."""
        words = {
            Conclusion.AGREED: _("aftalt"),
            Conclusion.DECIDED: _("besluttet"),
            Conclusion.AWAITING: _("svarer senest"),
            Conclusion.DEFERRED: _("udsat til"),
            Conclusion.NOT_DEALT_WITH: _("ikke nået"),
        }
        parts = (
            self.decider if self.conclusion is Conclusion.AWAITING else "",
            words[self.conclusion] if self.conclusion else "",
            self.decider if self.conclusion is not Conclusion.AWAITING else "",
            calendar.day(self.until) if self.until else "",
            self.reason,
        )
        return " ".join(part for part in parts if part)


def label(field: MinutesField, name: str) -> str:
    """Return the field's heading; ``name`` is the person's first name."""
    words: dict[MinutesField, str] = {
        MinutesField.TALKED: _("Vi talte om"),
        MinutesField.PERSON_SAYS: _("%(name)s siger", name=name),
        MinutesField.ANSWER: _("Svar til %(name)s", name=name),
        MinutesField.CONCLUSION: _("Sådan blev det"),
        MinutesField.SEEN_DIFFERENTLY: _("Nogen ser det anderledes"),
    }
    return words[field]


def write(
    item: AgendaItem, field: MinutesField, text: str, *, by: Actor, at: datetime, version: int
) -> int:
    """Keep what the minutes say in one field and return the field's new version.

    Raises ``Conflict`` with both texts when somebody else wrote there meanwhile, ``Refused`` when
    the text is too long or the minutes have been sent out.
    """
    if field is not MinutesField.PERSON_SAYS and len(text) > LONGEST_ENTRY:
        raise Refused(_("Skriv det kortere, højst %(most)d tegn.", most=LONGEST_ENTRY))
    heading = label(field, item.case.person.user.first_name)
    row = _entry(item, field, version=version, mine={heading: text})
    return _keep(item, field, row, text, by=by, at=at)


def answer(
    item: AgendaItem,
    *,
    kind: AnswerToPerson | None,
    text: str,
    by: Actor,
    at: datetime,
    version: int,
) -> int:
    """Keep the answer to the person's wish, in one word and in words; return its new version.

    Raises ``Refused`` on a point that is not the person's, else as :func:`write`.
    """
    if not item.is_persons:
        raise Refused(_("Svaret hører til borgerens egne punkter."))
    if len(text) > LONGEST_ENTRY:
        raise Refused(_("Skriv det kortere, højst %(most)d tegn.", most=LONGEST_ENTRY))
    heading = label(MinutesField.ANSWER, item.case.person.user.first_name)
    mine = {heading: f"{answer_word(kind)} {text}".strip()}
    row = _entry(item, MinutesField.ANSWER, version=version, mine=mine)
    item.answer_kind = kind
    return _keep(item, MinutesField.ANSWER, row, text, by=by, at=at)


def conclude(item: AgendaItem, *, outcome: Outcome, by: Actor, at: datetime, version: int) -> int:
    """Keep how the point ended and return the conclusion's new version.

    What is still lacking may come later; the point stays open until then. Raises ``Refused`` when
    the one who decides is not known or the minutes have been sent out, ``Conflict`` when stale.
    """
    heading = label(MinutesField.CONCLUSION, item.case.person.user.first_name)
    awaited = None
    if outcome.conclusion is Conclusion.AWAITING and outcome.decider.strip():
        awaited = decider(item, outcome.decider)
        outcome = replace(outcome, decider=awaited.name)
    row = _entry(item, MinutesField.CONCLUSION, version=version, mine={heading: outcome.words})
    item.decider = awaited or item.decider
    item.conclusion = outcome.conclusion
    item.conclude_on = outcome.until
    item.reason = outcome.reason
    text = row.text if row is not None else ""
    return _keep(item, MinutesField.CONCLUSION, row, text, by=by, at=at)


def _entry(
    item: AgendaItem, field: MinutesField, *, version: int, mine: Mapping[str, str]
) -> MinutesEntry | None:
    """Return the field's row as the database has it, when nobody changed it meanwhile."""
    _check_writable(item.meeting)
    row = reading.entry(item, field)
    stored = row.version if row is not None else 0
    theirs = {next(iter(mine)): stands(item, field)}
    # The same words come twice when the answer to the first was lost on the way.
    if stored != version and mine != theirs:
        raise Conflict(mine=mine, theirs=theirs, version=stored)
    return row


def _keep(
    item: AgendaItem,
    field: MinutesField,
    row: MinutesEntry | None,
    text: str,
    *,
    by: Actor,
    at: datetime,
) -> int:
    if row is None:
        row = MinutesEntry(item_id=item.id, field=field)
        item.entries.append(row)
    row.text = text
    row.author_id = by.user_id
    row.saved_at = at
    if item.state is ItemState.CLOSED and lacks(item):
        item.state = ItemState.OPEN
        item.closed_at = None
    db.session.flush()
    return row.version


def lacks(item: AgendaItem) -> frozenset[PointLack]:
    """Return what the point lacks before it can be closed.

    A standing point needs nothing; a point of the person's is never closed without an answer.
    """
    if item.standing:
        return frozenset()
    return rules.may_close_point(
        is_persons=item.is_persons,
        conclusion=item.conclusion,
        answer=item.answer_kind,
        answer_text=item.text(MinutesField.ANSWER),
        decider=item.decider.name if item.decider is not None else "",
        until=item.conclude_on,
        reason=item.reason,
    )


def state(
    meeting: Meeting, *, by: Actor, at: datetime, text: str, disagrees: bool = False
) -> Statement:
    """Add what a participant says to the published minutes; printed with them.

    Raises ``Refused`` without words, before the minutes are sent out, and after the time for
    comments; the person may say that they see it differently (``disagrees``) at any time.
    """
    if not text.strip():
        raise Refused(_("Skriv, hvad du vil sige til referatet."), field="text")
    if meeting.published_at is None:
        raise Refused(_("Referatet er ikke sendt ud endnu."), field="text")
    is_late = meeting.comments_until is not None and (
        calendar.to_local(at).date() > meeting.comments_until
    )
    if is_late and not disagrees:
        raise Refused(_("Tiden til kommentarer er gået. Skriv til koordinatoren."), field="text")
    said = Statement(
        meeting_id=meeting.id, author_id=by.user_id, text=text, at=at, disagrees=disagrees
    )
    db.session.add(said)
    db.session.flush()
    return said


def journalise(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Note that the actor's organisation has filed the minutes in its own record.

    Once is enough; when they were corrected since, it has filed them anew.

    Raises ``Refused`` before the minutes are sent out, and for somebody without an organisation.
    """
    member = meeting.case.member(by.user_id)
    ours = member.organisation_id if member is not None else by.organisation_id
    if meeting.published_at is None:
        raise Refused(_("Referatet er ikke sendt ud endnu."))
    if ours is None:
        raise Refused(_("Din organisation er ikke kendt her."))
    statement = select(Journalised).where(
        Journalised.meeting_id == meeting.id, Journalised.organisation_id == ours
    )
    row = db.session.scalar(statement)
    if row is None:
        row = Journalised(meeting_id=meeting.id, organisation_id=ours, by_id=by.user_id, at=at)
        db.session.add(row)
    elif meeting.corrected_at is not None and row.at < meeting.corrected_at:
        row.by_id, row.at = by.user_id, at
    db.session.flush()


def _check_writable(meeting: Meeting) -> None:
    if meeting.published_at is not None:
        raise Refused(_("Referatet er sendt ud. En rettelse bliver en ny udgave."))


def stands(item: AgendaItem, field: MinutesField) -> str:
    """Return what stands in the field now, in words: an answer with its kind, how a point ended."""
    text = item.text(field)
    if field is MinutesField.ANSWER:
        return f"{answer_word(item.answer_kind)} {text}".strip()
    if field is MinutesField.CONCLUSION:
        return Outcome.of(item).words
    return text


def answer_word(kind: AnswerToPerson | None) -> str:
    """Return the one word of an answer to the person, ``""`` without one."""
    words = {
        AnswerToPerson.YES: _("ja"),
        AnswerToPerson.IN_PART: _("delvist"),
        AnswerToPerson.NO_BECAUSE: _("nej, fordi"),
    }
    return words[kind] if kind is not None else ""


def decider(item: AgendaItem, name: str) -> User:
    """Return the member of staff of that name; a first name is enough when only one has it.

    Who is to decide already may have left the network since. Raises ``Refused`` when nobody has it,
    or several.
    """
    wanted = name.strip().lower()
    if item.decider is not None and item.decider.name.lower() == wanted:
        return item.decider
    staff = [member.user for member in item.case.members if member.role.is_staff]
    found = [user for user in staff if user.name.lower().startswith(wanted)]
    exact = [user for user in found if user.name.lower() == wanted]
    if len(exact or found) != 1:
        raise Refused(_("Skriv hele navnet på en, der er med i netværket."), field="decider")
    return (exact or found)[0]
