"""Which closed cases have had their time, and what was noted about keeping them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from netmeet.audit.models import Erasure
from netmeet.cases.models import Case, KeepingNote, TeamMember
from netmeet.cases.rules import CaseState, Keeping
from netmeet.core import calendar
from netmeet.core.db import db


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A closed case whose time is over: whether it is held, and where its papers were copied to."""

    case_id: str
    closed_at: datetime
    held: str
    copied: str

    @property
    def may_go(self) -> bool:
        """Tell whether it is erased now: nobody holds it, and its papers stand in a record."""
        return bool(self.copied) and not self.held


def kept_too_long(at: datetime, years: Mapping[str, int]) -> list[Kept]:
    """Return the closed cases that no organisation of their network needs to keep any more.

    ``years`` says how long each sector keeps; the longest of those in the network counts.
    """
    statement = (
        select(Case)
        .where(Case.state == CaseState.CLOSED, Case.closed_at < at)
        .options(selectinload(Case.team).joinedload(TeamMember.organisation))
        .order_by(Case.closed_at)
    )
    due = [case for case in db.session.scalars(statement) if _is_over(case, at, years)]
    notes = _keeping_notes([case.id for case in due])
    return [
        Kept(
            case_id=case.id,
            closed_at=case.closed_at,
            held=_held(notes.get(case.id, [])),
            copied=_last_words(notes.get(case.id, []), Keeping.COPIED),
        )
        for case in due
        if case.closed_at is not None
    ]


def _is_over(case: Case, at: datetime, years: Mapping[str, int]) -> bool:
    sectors = {m.organisation.sector.value for m in case.team if m.organisation is not None}
    longest = max(years[sector] for sector in sectors or {"other"})
    if case.closed_at is None:
        return False
    closed_on = calendar.to_local(case.closed_at).date()
    return calendar.add_months(closed_on, longest * 12) < calendar.to_local(at).date()


def _keeping_notes(case_ids: Collection[str]) -> dict[str, list[KeepingNote]]:
    found: dict[str, list[KeepingNote]] = {}
    statement = select(KeepingNote).where(KeepingNote.case_id.in_(case_ids))
    for note in db.session.scalars(statement.order_by(KeepingNote.at)):
        found.setdefault(note.case_id, []).append(note)
    return found


def _held(notes: Sequence[KeepingNote]) -> str:
    """Return why the case is held, empty when it is not."""
    held = [note for note in notes if note.kind is not Keeping.COPIED]
    return held[-1].words if held and held[-1].kind is Keeping.HOLD else ""


def _last_words(notes: Sequence[KeepingNote], kind: Keeping) -> str:
    return next((note.words for note in reversed(notes) if note.kind is kind), "")


def erasure_of(case_id: str) -> Erasure | None:
    """Return what is written of the case's erasure, if it was erased."""
    return db.session.scalars(select(Erasure).where(Erasure.case_id == case_id)).one_or_none()
