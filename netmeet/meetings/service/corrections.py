"""Minutes that were sent out become final, or are corrected in a new edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from netmeet.core import calendar
from netmeet.core.access import Actor, Role
from netmeet.core.db import db
from netmeet.core.refusals import Refused
from netmeet.meetings import rules
from netmeet.meetings.models import AgendaItem, Correction, Meeting, MinutesEntry
from netmeet.meetings.queries import minutes as reading
from netmeet.meetings.rules import (
    KINDS,
    AnswerToPerson,
    Conclusion,
    MeetingKind,
    MeetingState,
    MinutesField,
    PointLack,
)
from netmeet.meetings.service.meetings import move
from netmeet.meetings.service.minutes import (
    LONGEST_ENTRY,
    Outcome,
    answer_word,
    decider,
    label,
    stands,
)

_NO_END = Outcome()


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What a field of a point is to say from now on.

    ``kind`` belongs to an answer alone; how a point ended is its ``outcome``, without a text.
    """

    item: AgendaItem
    field: MinutesField
    text: str = ""
    kind: AnswerToPerson | None = None
    outcome: Outcome = _NO_END

    @property
    def said(self) -> str:
        """Return it in words, an answer with its kind."""
        if self.field is MinutesField.ANSWER:
            return f"{answer_word(self.kind)} {self.text}".strip()
        if self.field is MinutesField.CONCLUSION:
            return _as_printed(self.outcome)
        return self.text

    @property
    def heading(self) -> str:
        """Return which point and field it is, for two texts beside each other."""
        first = self.item.case.person.user.first_name
        return f"{self.item.title}: {label(self.field, first)}"

    def is_new(self, earlier: Sequence[Correction], *, seen: int) -> bool:
        """Tell whether it says something else than what stood there in the edition ``seen``."""
        return self.said != _stood(self.item, self.field, earlier, edition=seen)


def correct(
    meeting: Meeting,
    wordings: Sequence[Wording],
    *,
    reason: str,
    by: Actor,
    at: datetime,
    version: int,
    seen: int,
) -> list[Wording]:
    """Correct minutes that were sent out, from the edition ``seen``; return what is new in it.

    What stood there is kept and printed with who corrected it and why. Everybody has the days of
    the meeting's kind to comment anew, also when the minutes had become final.

    Raises ``Refused`` without a reason, when nothing is new or a text is too long, and before the
    minutes are sent out; ``Conflict`` with both texts when the meeting changed meanwhile.
    """
    earlier = reading.corrections(meeting)
    new = [one for one in wordings if one.is_new(earlier, seen=seen)]
    meeting.expect(
        version,
        mine={one.heading: one.said for one in new},
        theirs={one.heading: _stands(one.item, one.field) for one in new},
    )
    new = [one for one in new if one.said != _stands(one.item, one.field)]
    _check(meeting, new, reason)
    if meeting.state is not MeetingState.PUBLISHED:
        move(meeting, MeetingState.PUBLISHED, by=by, at=at, reason=reason)
    meeting.edition += 1
    meeting.corrected_at = at
    meeting.first_comments_until = meeting.first_comments_until or meeting.comments_until
    kind = KINDS[MeetingKind(meeting.kind)]
    meeting.comments_until = rules.comment_deadline(calendar.to_local(at).date(), kind=kind)
    for one in new:
        _write(one, meeting, reason=reason, by=by, at=at)
    db.session.flush()
    return new


def _stood(
    item: AgendaItem, field: MinutesField, earlier: Sequence[Correction], *, edition: int
) -> str:
    """Return what stood in the field in that edition: what the next correction found there."""
    since = (
        one
        for one in earlier
        if (one.item_id, one.field) == (item.id, field) and one.edition > edition
    )
    found = next(since, None)
    return found.was if found is not None else _stands(item, field)


def _stands(item: AgendaItem, field: MinutesField) -> str:
    """Return what stands in the field now, as it is printed."""
    if field is MinutesField.CONCLUSION:
        return _as_printed(Outcome.of(item))
    return stands(item, field)


def _as_printed(outcome: Outcome) -> str:
    """Return how a point ended in the words of the minutes, which are Danish to every reader."""
    with force_locale("da"):
        return outcome.settled.words


def _check(meeting: Meeting, new: Sequence[Wording], reason: str) -> None:
    if meeting.published_at is None:
        raise Refused(_("Referatet er ikke sendt ud endnu. Ret det i kladden."))
    if not new:
        raise Refused(_("Der er ikke rettet noget endnu."))
    for one in new:
        if one.field is not MinutesField.PERSON_SAYS and len(one.text) > LONGEST_ENTRY:
            short = _("Skriv det kortere, højst %(most)d tegn.", most=LONGEST_ENTRY)
            raise Refused(f"{one.heading}: {short}")
        if one.field is MinutesField.ANSWER and not _is_answer(one):
            first = one.item.case.person.user.first_name
            raise Refused(_("%(name)s skal have et svar til hvert af sine punkter.", name=first))
        if one.field is MinutesField.CONCLUSION:
            _check_outcome(one)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor. De, der læser hele referatet, kan se det."), field="reason")


def _check_outcome(one: Wording) -> None:
    """Raise ``Refused`` where it lacks what a point needs that is closed in the meeting."""
    ended = one.outcome.settled
    lacking = rules.may_close_point(
        is_persons=False,
        conclusion=ended.conclusion,
        decider=ended.decider,
        until=ended.until,
        reason=ended.reason,
    )
    if lacking:
        words = {
            PointLack.CONCLUSION: _("Vælg, hvordan det blev."),
            PointLack.DECIDER: _("Skriv, hvem der svarer."),
            PointLack.DATE: _("Vælg en dag."),
            PointLack.REASON: _("Skriv hvorfor."),
        }
        said = " ".join(text for lack, text in words.items() if lack in lacking)
        raise Refused(f"{one.heading}: {said}")
    if ended.decider:
        try:
            decider(one.item, ended.decider)
        except Refused as no:
            raise Refused(f"{one.heading}: {no}") from None


def _is_answer(one: Wording) -> bool:
    """Tell whether the person still gets an answer: a yes, or another word with words to it."""
    return one.kind is AnswerToPerson.YES or (one.kind is not None and bool(one.text.strip()))


def _write(one: Wording, meeting: Meeting, *, reason: str, by: Actor, at: datetime) -> None:
    item = one.item
    db.session.add(
        Correction(
            meeting_id=meeting.id,
            item_id=item.id,
            edition=meeting.edition,
            field=one.field,
            was=_stands(item, one.field),
            reason=reason,
            by_id=by.user_id,
            at=at,
        )
    )
    if one.field is MinutesField.CONCLUSION:
        _conclude(item, one.outcome.settled)
        return
    # What the person said of the line, and nobody has answered, stays beside it.
    for said in reading.contested_at(item, item.text(one.field)):
        said.line = one.text
    row = next((entry for entry in item.entries if entry.field is one.field), None)
    if row is None:
        row = MinutesEntry(item_id=item.id, field=one.field)
        item.entries.append(row)
    row.text, row.author_id, row.saved_at = one.text, by.user_id, at
    if one.field is MinutesField.ANSWER:
        item.answer_kind = one.kind


def _conclude(item: AgendaItem, outcome: Outcome) -> None:
    item.conclusion, item.conclude_on = outcome.conclusion, outcome.until
    item.reason = outcome.reason
    if outcome.conclusion is Conclusion.AWAITING:
        item.decider = decider(item, outcome.decider)


def finish(meeting: Meeting, *, at: datetime) -> None:
    """Make minutes final whose time for comments is over (domain § 2.5); before that do nothing."""
    today = calendar.to_local(at).date()
    is_open = meeting.state is MeetingState.PUBLISHED and meeting.comments_until is not None
    if is_open and meeting.comments_until < today:  # type: ignore[operator]  # there is a day
        move(
            meeting, MeetingState.FINAL, by=Actor(user_id="", name="", role=Role.SYS, at=at), at=at
        )
