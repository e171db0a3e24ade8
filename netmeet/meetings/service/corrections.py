"""Minutes that were sent out become final, or are corrected in a new edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import rules
from netmeet.meetings.models import AgendaItem, Correction, Meeting, MinutesEntry
from netmeet.meetings.rules import KINDS, AnswerToPerson, MeetingKind, MeetingState, MinutesField
from netmeet.meetings.service.meetings import move
from netmeet.meetings.service.minutes import LONGEST_ENTRY, answer_word, label, stands


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a field of a point is to say from now on; ``kind`` belongs to an answer alone."""

    item: AgendaItem
    field: MinutesField
    text: str
    kind: AnswerToPerson | None = None

    @property
    def said(self) -> str:
        """Return it in words, an answer with its kind."""
        if self.field is MinutesField.ANSWER:
            return f"{answer_word(self.kind)} {self.text}".strip()
        return self.text

    @property
    def heading(self) -> str:
        """Return which point and field it is, for two texts beside each other."""
        first = self.item.case.person.user.first_name
        return f"{self.item.title}: {label(self.field, first)}"

    @property
    def is_new(self) -> bool:
        """Tell whether it says something else than what stands there."""
        return self.said != stands(self.item, self.field)


def correct(
    meeting: Meeting,
    wordings: Sequence[Wording],
    *,
    reason: str,
    by: Actor,
    at: datetime,
    version: int,
) -> int:
    """Correct minutes that were sent out and return the number of the edition that makes.

    What stood there is kept and printed with who corrected it and why. Everybody has the days of
    the meeting's kind to comment anew, also when the minutes had become final.

    Raises ``Refused`` without a reason, when nothing is new or a text is too long, and before the
    minutes are sent out; ``Conflict`` with both texts when the meeting changed meanwhile.
    """
    new = [one for one in wordings if one.is_new]
    meeting.expect(
        version,
        mine={one.heading: one.said for one in new},
        theirs={one.heading: stands(one.item, one.field) for one in new},
    )
    _check(meeting, new, reason)
    if meeting.state is MeetingState.FINAL:
        move(meeting, MeetingState.PUBLISHED, by=by, at=at, reason=reason)
    meeting.edition += 1
    meeting.corrected_at = at
    kind = KINDS[MeetingKind(meeting.kind)]
    meeting.comments_until = rules.comment_deadline(calendar.to_local(at).date(), kind=kind)
    for one in new:
        _write(one, meeting, reason=reason, by=by, at=at)
    db.session.flush()
    return meeting.edition


def _check(meeting: Meeting, new: Sequence[Wording], reason: str) -> None:
    if meeting.published_at is None:
        raise Refused(_("Referatet er ikke sendt ud endnu. Ret det i kladden."))
    if not new:
        raise Refused(_("Der er ikke rettet noget endnu."))
    for one in new:
        if one.field is not MinutesField.PERSON_SAYS and len(one.text) > LONGEST_ENTRY:
            raise Refused(_("Skriv det kortere, højst %(most)d tegn.", most=LONGEST_ENTRY))
    if not reason.strip():
        raise Refused(_("Skriv hvorfor. Alle, der læser referatet, kan se det."), field="reason")


def _write(one: Wording, meeting: Meeting, *, reason: str, by: Actor, at: datetime) -> None:
    item = one.item
    db.session.add(
        Correction(
            meeting_id=meeting.id,
            item_id=item.id,
            edition=meeting.edition,
            field=one.field,
            was=stands(item, one.field),
            reason=reason,
            by_id=by.user_id,
            at=at,
        )
    )
    row = next((entry for entry in item.entries if entry.field is one.field), None)
    if row is None:
        row = MinutesEntry(item_id=item.id, field=one.field)
        item.entries.append(row)
    row.text, row.author_id, row.saved_at = one.text, by.user_id, at
    if one.field is MinutesField.ANSWER:
        item.answer_kind = one.kind


def finish(meeting: Meeting, *, at: datetime) -> None:
    """Make minutes final whose time for comments is over (domain § 2.5); before that do nothing."""
    today = calendar.to_local(at).date()
    is_open = meeting.state is MeetingState.PUBLISHED and meeting.comments_until is not None
    if is_open and meeting.comments_until < today:  # type: ignore[operator]  # there is a day
        move(
            meeting, MeetingState.FINAL, by=Actor(user_id="", name="", role=Role.SYS, at=at), at=at
        )
